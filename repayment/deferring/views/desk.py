"""The deferral desk: what waits for whom, what runs and ends, and who is not connected yet."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.roles import Permission
from audit.enums import AccessAction
from repayment.deferring import desk
from repayment.deferring.enums import OfferOutcome
from repayment.deferring.views.asking import record_seen, staff

PAGE = 50


@require_GET
@permission(Permission.SEE_CASES)
def deferrals(request: HttpRequest) -> HttpResponse:
    """One group of the desk at a time; every number above it leads to its rows."""
    user, today = staff(request), timezone.localdate()
    groups = desk.groups(user, today)
    asked = request.GET.get("show", "")
    group = next((each for each in groups if each.name == asked), None)
    group = group or next((each for each in groups if each.number and each.name in desk.WORK), groups[0])
    page = Paginator(desk.rows_of(group.name, user, today), PAGE).get_page(request.GET.get("page"))
    rows: Sequence[desk.Row] = desk.shown(group.name, page.object_list, today)
    record_seen(request, AccessAction.LIST, [row.person_id for row in rows], subject="person")
    context = {
        "groups": [(each, f"{reverse('repayment:deferrals')}?show={each.name}") for each in groups],
        "group": group,
        "page": page,
        "rows": rows,
        "offers": dict(OfferOutcome.choices),
    }
    return render(request, "repayment/deferrals/desk.html", context)

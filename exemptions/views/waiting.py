"""The proposals that wait for repayment to begin, with the day from which each may be decided (EX-35)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.roles import Permission
from audit.enums import AccessAction
from exemptions.queue import waiting_for_start
from exemptions.views.asking import record_seen, staff

PAGE = 50


@require_GET
@permission(Permission.SEE_CASES)
def waiting(request: HttpRequest) -> HttpResponse:
    """What the night lets go on to its decision, the next day first."""
    page = Paginator(waiting_for_start(staff(request)), PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    record_seen(request, AccessAction.LIST, *(row.pk for row in rows))
    return render(request, "exemptions/waiting.html", {"page": page, "rows": rows})

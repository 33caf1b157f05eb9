"""The list of everything that was decided, here and before the change of systems."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.roles import Permission
from audit.enums import AccessAction
from exemptions.decided import decided, rows_of
from exemptions.decided_form import DecidedForm
from exemptions.views.asking import record_seen, staff

PAGE = 50


@require_GET
@permission(Permission.SEE_CASES)
def decisions(request: HttpRequest) -> HttpResponse:
    """Decisions on exemptions, the latest first, filtered by day and outcome."""
    form = DecidedForm(request.GET)
    page = Paginator(decided(staff(request), form.wanted()), PAGE).get_page(request.GET.get("page"))
    rows = list(rows_of(page.object_list))
    record_seen(request, AccessAction.LIST, *(row.loan_id for row in rows), subject="loan")
    context = {"form": form, "page": page, "rows": rows, "query": form.query(), "filtered": bool(form.query())}
    return render(request, "exemptions/decisions.html", context)

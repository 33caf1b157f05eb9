"""The page behind a cell of the relief map."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.roles import Permission
from audit.enums import AccessAction
from exemptions.reliefs.cells import Relief
from exemptions.reliefs.mapping import cells_of
from exemptions.reliefs.page import relief_page
from exemptions.reliefs.selectors import columns_of
from exemptions.views.asking import record_seen, staff
from loans.models import Loan


@require_GET
@permission(Permission.SEE_CASES)
def relief(request: HttpRequest, pk: int, relief: str) -> HttpResponse:
    """Why one loan can or cannot have one relief today, and the form that asks for it."""
    user, today = staff(request), timezone.localdate()
    loan = get_object_or_404(Loan.objects.visible_to(user).select_related("borrower"), pk=pk)
    columns = columns_of(loan.borrower, [loan], on=today)
    if relief not in Relief.values or not columns:
        raise Http404
    asked = columns[0].asked
    chosen = Relief(relief)
    cell = next(cell for cell in cells_of(asked) if cell.relief == chosen)
    record_seen(request, AccessAction.VIEW, loan.pk, subject="loan")
    context = {
        "loan": loan,
        "relief": chosen,
        "page": relief_page(chosen, loan, asked, cell, user=user),
        "today": today,
    }
    return render(request, "exemptions/reliefs/relief.html", context)

"""History: loans of other prefectures, and facts of a historic loan that are put right."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import permission
from accounts.roles import Permission
from audit.enums import AccessAction
from loans.enums import FundKind, IntakeChannel
from loans.intake.small_forms import CorrectionForm, ElsewhereForm
from loans.models import Loan, PriorLoanElsewhere
from loans.refusals import EntryRefused, LendingRefused
from loans.services.history import CORRECTABLE, correct_loan, record_loan_elsewhere
from loans.views.asking import actor, record_seen, staff
from people.models import Person


@require_http_methods(["GET", "POST"])
@permission(Permission.ENTER_LENDING, Permission.REVIEW_LENDING)
def elsewhere(request: HttpRequest, pk: int) -> HttpResponse:
    """Loans of another prefecture's council: they count for what may follow what (question 8-5)."""
    person = get_object_or_404(Person.objects.visible_to(staff(request)), pk=pk)
    form = ElsewhereForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            record_loan_elsewhere(
                person=person,
                council=data["council"],
                fund_kind=FundKind(data["fund"]),
                applied_on=data["applied_on"],
                last_month=data["last_month"],
                amount=data["amount"],
                proof=data["proof"],
                by=actor(request),
                at=timezone.now(),
            )
        except EntryRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        except LendingRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "ほかの都道府県の貸付を登録しました。")
            return redirect("loans:elsewhere", pk)
    record_seen(request, AccessAction.VIEW, pk, subject="person")
    rows = PriorLoanElsewhere.objects.filter(person=person).select_related("recorded_by").order_by("applied_on", "pk")
    return render(request, "loans/elsewhere.html", {"person": person, "form": form, "rows": rows})


@require_http_methods(["GET", "POST"])
@permission(Permission.REVIEW_LENDING)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put facts of a loan right, with the reason; the earlier values stay on the page."""
    loan = get_object_or_404(Loan.objects.visible_to(staff(request)).select_related("borrower", "office"), pk=pk)
    form = CorrectionForm(request.POST or None, initial={name: getattr(loan, name) for name in CORRECTABLE})
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in CORRECTABLE}
        try:
            changed = correct_loan(
                loan_id=pk,
                facts=facts | {"channel": IntakeChannel(facts["channel"])},
                reason=form.cleaned_data["reason"],
                by=actor(request),
                at=timezone.now(),
            )
        except EntryRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        except LendingRefused as refused:
            form.add_error(None, str(refused))
        else:
            if changed:
                messages.success(request, f"貸付コード {loan.code} の{len(changed)}項目を訂正しました。")
            else:
                messages.info(request, "変わった項目はありません。何も記録していません。")
            return redirect("loans:correct", pk)
    record_seen(request, AccessAction.VIEW, pk, subject="loan")
    rows = loan.corrections.select_related("by_user").order_by("-pk")
    lines = [(row, str(Loan._meta.get_field(row.field).verbose_name)) for row in rows]  # type: ignore[union-attr]
    return render(request, "loans/correct.html", {"loan": loan, "form": form, "lines": lines})

"""Writing a payment down by hand, and taking one back with a reason."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from japan.eras import era_date
from japan.yen import yen
from repayment.entries import PAID
from repayment.enums import PaymentChannel
from repayment.models import LedgerEntry
from repayment.payments import PaymentForm, ReversalForm
from repayment.services import PostingRefused, post_payment, reverse_payment
from repayment.views.loan import loan_page, visible_loan


@require_POST
@permission(Permission.ENTER_REPAYMENT)
def payment_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Post a payment that came in over the counter, by transfer or by slip; in every state of the loan."""
    loan, today = visible_loan(request, pk), timezone.localdate()
    form = PaymentForm(request.POST, loan=loan, today=today, auto_id="payment_%s")
    if form.is_valid():
        told = form.cleaned_data
        try:
            entry = post_payment(
                loan=loan,
                amount=told["amount"],
                effective_on=told["effective_on"],
                source_key=f"desk:{told['token']}",
                channel=PaymentChannel(told["channel"]),
                note=told["note"],
                by=Actor.person(cast(User, request.user)),
                at=timezone.now(),
            )
        except PostingRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{era_date(entry.effective_on)}の入金 {yen(entry.amount)}を記帳しました。")
            return redirect("repayment:loan", pk)
    return loan_page(request, loan, payment_form=form, status=422)


@require_http_methods(["GET", "POST"])
@permission(Permission.MOVE_MONEY)
def payment_reverse(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Take a payment back: what will happen, and a reason. Only payments are taken back, and each once."""
    loan, today, user = visible_loan(request, pk), timezone.localdate(), cast(User, request.user)
    row = get_object_or_404(LedgerEntry.objects.select_related("reversed_by"), pk=entry, loan=loan)
    form = ReversalForm(request.POST or None, entry=row, today=today)
    refusal = _refusal(row)
    if request.method == "POST" and not refusal and form.is_valid():
        told = form.cleaned_data
        try:
            reverse_payment(entry=row, **told, by=Actor.person(user), at=timezone.now())
        except PostingRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{era_date(row.effective_on)}の入金 {yen(row.amount)}を取り消しました。")
            return redirect("repayment:loan", pk)
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="loan", ids=[loan.pk], at=timezone.now())
    context = {"loan": loan, "entry": row, "form": form, "refusal": refusal}
    failed = request.method == "POST"
    return render(request, "repayment/reverse.html", context, status=422 if failed else 200)


def _refusal(row: LedgerEntry) -> str:
    """Why a row cannot be taken back; empty where it can."""
    if row.reverses_id is not None:
        return "取消の行は取り消せません。入金が正しかったときは、あらためて入金を記帳してください。"
    if row.kind != PAID:
        return f"取り消せるのは入金の行だけです。この行は「{row.get_kind_display()}」です。"
    if getattr(row, "reversed_by", None) is not None:
        return f"この入金は、{era_date(row.reversed_by.effective_on)}に取り消されています。"
    return ""

"""The comparison of two systems on the day of the change: where they differ, why, and who has looked."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from japan.forms import YenField
from repayment.cutover.batches import ReconciliationRefused, batches
from repayment.cutover.controls import enter_control
from repayment.cutover.reconciling import (
    differing_loans,
    explain,
    reconciliation,
    sign_off,
)


class ExplanationForm(forms.Form):
    """Why two systems differ for one fund at one office."""

    fund = forms.CharField(widget=forms.HiddenInput)
    office = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="差の理由",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "差の理由を入力してください。"},
    )


class ControlForm(forms.Form):
    """What the other system's own list of totals says."""

    loans = forms.IntegerField(
        label="貸付の件数", min_value=0, max_value=2_000_000, error_messages={"required": "件数を入力してください。"}
    )
    outstanding = YenField(label="残額の合計", error_messages={"required": "残額の合計を入力してください。"})
    arrears = YenField(label="滞納額の合計", error_messages={"required": "滞納額の合計を入力してください。"})
    source = forms.CharField(
        label="確かめた帳票",
        max_length=120,
        help_text="元のシステムの残高合計表など、取り込んだファイルとは別に出したもの。",
        error_messages={"required": "合計を確かめた帳票の名前を入力してください。"},
    )


def staff(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_GET
@permission(Permission.RECONCILE, Permission.SEE_AUDIT)
def reconciliations(request: HttpRequest) -> HttpResponse:
    """The files of opening balances that were taken in."""
    return render(request, "repayment/reconciliations.html", {"batches": batches()[:50]})


@require_GET
@permission(Permission.RECONCILE, Permission.SEE_AUDIT)
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Old totals beside ours, by fund and office; under ``?fund=&office=`` the loans behind a difference."""
    batch = get_object_or_404(batches(), pk=pk)
    user = staff(request)
    found = reconciliation(batch)
    fund, office = request.GET.get("fund", ""), request.GET.get("office", "")
    group = next((each for each in found.groups if each.fund == fund and str(each.office_id) == office), None)
    loans = differing_loans(batch, fund=group.fund, office_id=group.office_id) if group else []
    if loans:
        record_access(
            by=Actor.person(user), action=AccessAction.LIST, subject="loan", ids=[each.loan_id for each in loans],
            at=timezone.now(),
        )  # fmt: skip
    may_write = user.can(Permission.RECONCILE) and found.signed is None
    context = {
        "found": found,
        "batch": batch,
        "group": group,
        "loans": loans,
        "form": ExplanationForm(initial={"fund": group.fund, "office": group.office_id})
        if group and group.differs and may_write
        else None,
        "control_form": ControlForm() if may_write else None,
        "may_sign": may_write
        and user.pk != batch.uploaded_by_id
        and found.is_complete
        and not found.open
        and not found.left_out,
        "may_write": may_write,
        "is_uploader": user.pk == batch.uploaded_by_id,
        "consequences": [
            f"貸付{found.loans:,}件、残額の合計{found.total('our_outstanding'):,}円を確認済みにします。",
            "確認した後は、理由の記入や確認のやり直しはできません。",
        ],
    }
    return render(request, "repayment/reconciliation.html", context)


@require_POST
@permission(Permission.RECONCILE)
def settle(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """Write down the other system's totals, explain a difference, or sign the comparison."""
    batch = get_object_or_404(batches(), pk=pk)
    user, now = staff(request), timezone.now()
    try:
        if move == "explain":
            form = ExplanationForm(request.POST)
            if not form.is_valid():
                raise ReconciliationRefused("差の理由を入力してください。")
            explain(
                batch_id=batch.pk,
                fund=form.cleaned_data["fund"],
                office_id=form.cleaned_data["office"],
                text=form.cleaned_data["text"],
                user=user,
                by=Actor.person(user),
                at=now,
            )
            messages.success(request, "差の理由を登録しました。")
        elif move == "control":
            totals = ControlForm(request.POST)
            if not totals.is_valid():
                raise ReconciliationRefused(str(list(totals.errors.values())[0][0]))
            enter_control(batch_id=batch.pk, **totals.cleaned_data, user=user, by=Actor.person(user), at=now)
            messages.success(request, "元のシステムの合計を登録しました。")
        elif move == "sign":
            sign_off(batch_id=batch.pk, user=user, by=Actor.person(user), at=now)
            messages.success(request, "移行の照合を確認済みにしました。")
        else:
            raise Http404
    except ReconciliationRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("repayment:reconciliation", pk=pk)

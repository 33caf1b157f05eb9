"""Payments written down by hand, and payments taken back: the forms of the ledger page."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms

from japan.eras import era_date
from japan.forms import EraDateField, YenField
from loans.models import Loan
from repayment.enums import PaymentChannel
from repayment.models import LedgerEntry

BY_HAND = (PaymentChannel.COUNTER, PaymentChannel.TRANSFER, PaymentChannel.SLIP)
"""Debits come from the bank's result files only."""


class PaymentForm(forms.Form):
    """A payment as it came in. ``token`` makes a second press of the button the same payment."""

    channel = forms.ChoiceField(
        label="入金の方法",
        choices=[(channel.value, channel.label) for channel in BY_HAND],
        initial=PaymentChannel.COUNTER.value,
        widget=forms.RadioSelect(attrs={"data-row": "1"}),
        error_messages={"required": "入金の方法を選んでください。"},
    )
    amount = YenField(label="入金額", error_messages={"required": "入金額を入力してください。"})
    effective_on = EraDateField(label="入金日", error_messages={"required": "入金日を入力してください。"})
    note = forms.CharField(label="摘要", max_length=120, required=False)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, loan: Loan, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"effective_on": today, "token": uuid4()}
        super().__init__(*args, **kwargs)
        self.loan, self.today = loan, today

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if amount <= 0:
            raise forms.ValidationError("入金額は1円以上で入力してください。")
        return amount

    def clean_effective_on(self) -> date:
        day: date = self.cleaned_data["effective_on"]
        if day > self.today:
            raise forms.ValidationError(f"入金日に先の日付（{era_date(day)}）は使えません。")
        if day < self.loan.applied_on:
            raise forms.ValidationError(f"借入申込日（{era_date(self.loan.applied_on)}）より前の日は使えません。")
        return day


class ReversalForm(forms.Form):
    """Why a payment is taken back, and from which day."""

    effective_on = EraDateField(label="取消日", error_messages={"required": "取消日を入力してください。"})
    reason = forms.CharField(
        label="取消の理由",
        max_length=120,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "取消の理由を入力してください。"},
    )

    def __init__(self, *args: Any, entry: LedgerEntry, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"effective_on": today}
        super().__init__(*args, **kwargs)
        self.entry, self.today = entry, today

    def clean_effective_on(self) -> date:
        day: date = self.cleaned_data["effective_on"]
        if not self.entry.effective_on <= day <= self.today:
            raise forms.ValidationError(
                f"取消日は、入金日（{era_date(self.entry.effective_on)}）から今日までの日にしてください。"
            )
        return day

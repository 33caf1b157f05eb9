"""Forms of small repayment."""

from __future__ import annotations

from typing import Any

from django import forms

from japan.forms import EraDateField, EraMonthField, YenField
from repayment.agreements.growth import Terms
from repayment.agreements.services import LONGEST
from repayment.enums import AgreementEnd, DeferralGround
from repayment.proposing import LONGEST_REASON


class AgreementForm(forms.Form):
    """What the borrower asked for, and why."""

    asked_on = EraDateField(label="申出日", error_messages={"required": "申出日を入力してください。"})
    monthly_amount = YenField(label="毎月の額", error_messages={"required": "毎月の額を入力してください。"})
    from_month = EraMonthField(
        label="いつの分から",
        help_text="例：令和9年1月、R9.1",
        error_messages={"required": "いつの分からかを入力してください。"},
    )
    months = forms.IntegerField(
        label="月数",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 5, "data-unit": "か月", "autocomplete": "off"}),
        error_messages={
            "required": "月数を入力してください。",
            "invalid": f"月数は1から{LONGEST}までの数字で入力してください。",
        },
    )
    review_on = EraDateField(label="見直し日", error_messages={"required": "見直し日を入力してください。"})
    ground = forms.ChoiceField(
        label="当てはまる事情",
        choices=DeferralGround.choices,
        widget=forms.RadioSelect,
        help_text="償還猶予と同じ六つです（宮城県社協の案内）。",
        error_messages={"required": "当てはまる事情を選んでください。"},
    )
    reason = forms.CharField(
        label="事情の聞き取り",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="内部の記録です。通知には書かれません。",
        error_messages={"required": "事情を入力してください。"},
    )

    @property
    def terms(self) -> Terms:
        """The terms of a valid form."""
        told = self.cleaned_data
        return Terms(told["monthly_amount"], told["from_month"], told["months"])

    @property
    def readable_terms(self) -> Terms | None:
        """The terms as far as they can be looked at, whatever else of the form is wrong."""
        told: dict[str, Any] = self.cleaned_data
        if not all(told.get(name) for name in ("monthly_amount", "from_month", "months")):
            return None
        return self.terms if 1 <= told["months"] <= LONGEST and told["monthly_amount"] > 0 else None


class EndForm(forms.Form):
    """Why an agreement ends before its last month."""

    because = forms.ChoiceField(
        label="終了の理由",
        choices=[choice for choice in AgreementEnd.choices if choice[0] != AgreementEnd.RENEWED],
        widget=forms.RadioSelect,
        error_messages={"required": "終了の理由を選んでください。"},
    )
    note = forms.CharField(label="事情", max_length=LONGEST_REASON, required=False)

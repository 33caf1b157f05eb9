"""The form of a plan change."""

from __future__ import annotations

from typing import Any

from django import forms

from japan.forms import EraDateField, EraMonthField, YenField
from repayment.models.plan_changes import CHANGES
from repayment.proposing import LONGEST_REASON

BY_COUNT, BY_AMOUNT, EARLY = "count", "amount", "early"


class PlanChangeForm(forms.Form):
    """How the plan is to be changed: by count, by monthly yen, or by dropping the latest instalments."""

    asked_on = EraDateField(label="申出日", error_messages={"required": "申出日を入力してください。"})
    way = forms.ChoiceField(
        label="変更のしかた",
        choices=[
            (BY_COUNT, "回数を決める（額は残りの元金を割って決まる）"),
            (BY_AMOUNT, "月額を決める（回数は返し終わるまで）"),
            (EARLY, "繰り上げて納めた分だけ、終わりの回を減らす（月額は同じ）"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "変更のしかたを選んでください。"},
    )
    count = forms.IntegerField(
        label="回数",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 5, "data-unit": "回", "autocomplete": "off"}),
        error_messages={"invalid": "回数を数字で入力してください。"},
    )
    monthly_amount = YenField(label="月額", required=False)
    from_month = EraMonthField(
        label="いつの分から",
        help_text="例：令和9年1月、R9.1",
        error_messages={"required": "いつの分からかを入力してください。"},
    )
    reason = forms.CharField(
        label="事情の聞き取り",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="内部の記録です。通知には書かれません。",
        error_messages={"required": "事情を入力してください。"},
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        way = told.get("way")
        if way == BY_COUNT and told.get("count") is None and "count" not in self.errors:
            self.add_error("count", "回数を入力してください。")
        if way == BY_AMOUNT and told.get("monthly_amount") is None and "monthly_amount" not in self.errors:
            self.add_error("monthly_amount", "月額を入力してください。")
        return told

    @property
    def wish(self) -> dict[str, Any] | None:
        """What is asked for, as the services take it, whatever else of the form is wrong; None while it is not told."""
        told = self.cleaned_data
        way, month = told.get("way"), told.get("from_month")
        count, amount = told.get("count"), told.get("monthly_amount")
        if month is None or not way or (way == BY_COUNT and count is None) or (way == BY_AMOUNT and amount is None):
            return None
        return {
            "kind": CHANGES[1] if way == EARLY else CHANGES[0],
            "from_month": month,
            "count": count if way == BY_COUNT else None,
            "monthly_amount": amount if way == BY_AMOUNT else None,
        }

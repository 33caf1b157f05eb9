"""What is typed at the dunning desk: a day, a promise, a hold, its end, a reason."""

from __future__ import annotations

from typing import Any

from django import forms

from japan.forms import EraDateField, YenField
from repayment.arrears.holds import BY_HAND
from repayment.enums import HoldReason, PromiseWay


class DayForm(forms.Form):
    """As of which day."""

    on = EraDateField(label="いつ現在", required=False, help_text="")


class PromiseForm(forms.Form):
    """What somebody said they will pay, and by when."""

    amount = YenField(label="約束の金額")
    due_on = EraDateField(label="約束の日", help_text="")
    taken_on = EraDateField(label="聞いた日", help_text="")
    way = forms.ChoiceField(label="聞いた方法", choices=PromiseWay.choices)
    note = forms.CharField(label="メモ", max_length=200, required=False)


class HoldForm(forms.Form):
    """Why debits and dunning are to stop, since when."""

    reason = forms.ChoiceField(
        label="理由",
        choices=[("", "選んでください"), *((value, HoldReason(value).label) for value in BY_HAND)],
        error_messages={"required": "理由を選んでください。"},
    )
    since = EraDateField(label="開始日", help_text="")
    note = forms.CharField(label="事情", max_length=200, error_messages={"required": "止める事情を入力してください。"})


class EndHoldForm(forms.Form):
    """The last day of a hold."""

    until = EraDateField(label="終了日", help_text="")


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = forms.CharField(label="理由", max_length=200, error_messages={"required": "理由を入力してください。"})


def first_problem(form: forms.Form) -> str:
    """What is wrong with a form, in one line for a message."""
    found: list[Any] = [
        f"{form.fields[name].label}：{error}" if name in form.fields else str(error)
        for name, errors in form.errors.items()
        for error in errors
    ]
    return " ".join(found)

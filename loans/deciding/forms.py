"""Forms of the decision page."""

from __future__ import annotations

from django import forms

from loans.deciding.enums import Bridge


class RefusalForm(forms.Form):
    """Why an application is refused: kept inside."""

    reason = forms.CharField(
        label="不承認の理由（内部の記録）",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="通知には書かれません。問合せや監査のために残します。",
        error_messages={"required": "不承認の理由を入力してください。"},
    )


class PayFirstForm(forms.Form):
    """Why money goes out before the decision, and what helps until then was offered (question 21)."""

    reason = forms.CharField(
        label="急を要する事情",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "急を要する事情を入力してください。"},
    )
    bridges = forms.MultipleChoiceField(
        label="送金までの間に案内した支援",
        choices=Bridge.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

"""Forms of the closing pages."""

from __future__ import annotations

from django import forms

from japan.forms import EraMonthField


class MonthForm(forms.Form):
    """Which month is to be closed, or looked at."""

    month = EraMonthField(
        label="対象月",
        help_text="例：令和8年10月、R8.10、2026/10",
        error_messages={"required": "対象月を入力してください。"},
    )


class ReasonForm(forms.Form):
    """Why a closing is sent back."""

    remark = forms.CharField(
        label="差し戻す理由",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "差し戻す理由を入力してください。"},
    )


class RemarkForm(forms.Form):
    """What whoever signs says; needed where the bank's files and the ledger differ."""

    remark = forms.CharField(
        label="所見", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="銀行ファイルとの差があるときは、理由を書いてください。",
    )  # fmt: skip

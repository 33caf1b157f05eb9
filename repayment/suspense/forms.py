"""Forms of suspense."""

from __future__ import annotations

from django import forms


class AssignForm(forms.Form):
    """To which loan a receipt belongs, and how that is known."""

    code = forms.CharField(
        label="貸付コード",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 14}),
        error_messages={"required": "貸付コードを入力してください。"},
    )
    reason = forms.CharField(
        label="この貸付のものと分かった理由",
        max_length=200,
        help_text="例：登録された口座からの支払い。",
        error_messages={"required": "この貸付のものと分かった理由を入力してください。"},
    )


class ReturnForm(forms.Form):
    """How and why a receipt went back."""

    reason = forms.CharField(
        label="返金した方法と理由",
        max_length=200,
        error_messages={"required": "返金した方法と理由を入力してください。"},
    )

"""What clerks fill in about bank accounts. What can be said at a field is said there; the services check again."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms

from japan.forms import EraDateField
from people.enums import AccountKind, AccountUse
from people.person_forms import reason_field, words

_FIGURES = {"autocomplete": "off", "inputmode": "numeric"}


def figures(label: str, length: int, **more: Any) -> forms.CharField:
    """Digits as typed, in any width; whether they can be right is said by the service, in words."""
    return forms.CharField(
        label=label, max_length=20, widget=forms.TextInput(attrs=_FIGURES | {"size": max(length, 10)}), **more
    )


def plain(value: str) -> str:
    return "".join(unicodedata.normalize("NFKC", value).split())


class AccountForm(forms.Form):
    """An account at any bank but ゆうちょ銀行."""

    use = forms.TypedChoiceField(
        label="用途", choices=AccountUse, coerce=AccountUse, widget=forms.RadioSelect(attrs={"data-row": "true"})
    )
    bank_code = figures("銀行番号", 12, help_text="4桁。分からないときは銀行名の一部を入れると、番号の候補が出ます。")
    branch_code = figures("支店番号", 12, help_text="3桁（通帳の店番）。支店名の一部からもさがせます。")
    kind = forms.TypedChoiceField(
        label="預金種目",
        choices=AccountKind,
        coerce=AccountKind,
        initial=AccountKind.ORDINARY,
        widget=forms.RadioSelect(attrs={"data-row": "true"}),
    )
    number = figures("口座番号", 7, help_text="7桁まで。足りない桁は前に0を補います。")
    holder_kana = words("口座名義（カナ）", 60, help_text="通帳に印字されたカナ。借受人本人の名義に限ります。")
    since = EraDateField(label="いつから使う")

    def clean_bank_code(self) -> str:
        return plain(self.cleaned_data["bank_code"])

    def clean_branch_code(self) -> str:
        return plain(self.cleaned_data["branch_code"])


class YuchoForm(forms.Form):
    """An account at ゆうちょ銀行, as it stands in the passbook."""

    use = forms.TypedChoiceField(
        label="用途", choices=AccountUse, coerce=AccountUse, widget=forms.RadioSelect(attrs={"data-row": "true"})
    )
    symbol = figures("記号", 7, help_text="5桁。あとに1桁の数字があれば「01940-1」のように続けます。")
    number = figures("番号", 8, help_text="2桁から8桁。")
    savings = forms.BooleanField(label="通常貯蓄貯金である", required=False)
    holder_kana = words("口座名義（カナ）", 60, help_text="通帳に印字されたカナ。借受人本人の名義に限ります。")
    since = EraDateField(label="いつから使う")


class AccountEndForm(forms.Form):
    until = EraDateField(label="最後に使う日")


class AccountNumberForm(forms.Form):
    reason = reason_field("口座番号が必要な理由")

"""What clerks fill in to keep a person's registration right."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms

from accounts.enums import OfficeKind
from accounts.models import Office
from japan.forms import EraDateField
from people.addresses import Place
from people.enums import AddressKind, Language, MailBlockReason, PhoneKind

_POSTAL = re.compile(r"(\d{3})-?(\d{4})", re.ASCII)
_HYPHENS = str.maketrans("‐‑‒–—―−ー", "--------")


def reason_field(label: str, help_text: str = "記録に残ります。お名前や住所は書かないでください。") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=200,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": f"{label}を入力してください。"},
    )


def words(label: str, length: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, widget=forms.TextInput(attrs={"autocomplete": "off"}), **more
    )


class CorrectionForm(forms.Form):
    name = words(
        "氏名", 80, help_text="書類のとおりの字で入力します。そのまま保存し、通知にも印刷します。", strip=False
    )
    kana = words("カナ氏名", 80)
    birth_date = EraDateField(label="生年月日")
    reason = reason_field("訂正の理由", "例：婚姻による改姓（戸籍抄本を確認）。お名前は書かないでください。")


class DeathForm(forms.Form):
    died_on = EraDateField(label="死亡日")


class ReasonForm(forms.Form):
    reason = reason_field("理由")


class PhoneForm(forms.Form):
    kind = forms.TypedChoiceField(
        label="種別", choices=PhoneKind, coerce=PhoneKind, widget=forms.RadioSelect(attrs={"data-row": "true"})
    )
    number = words("電話番号", 20, help_text="例：090-1234-5678。市外局番から入力します。")
    since = EraDateField(label="いつから")


class ContactForm(forms.Form):
    language = forms.TypedChoiceField(label="使用言語", choices=Language, coerce=Language)
    needs_interpreter = forms.BooleanField(label="通訳が必要", required=False)
    reachable = words("つながる時間", 60, required=False, help_text="例：平日の18時以降")


class AddressForm(forms.Form):
    kind = forms.TypedChoiceField(label="種別", choices=AddressKind, coerce=AddressKind, widget=forms.RadioSelect)
    since = EraDateField(label="いつから")
    postal_code = words("郵便番号", 8, help_text="例：123-4567")
    area = words("都道府県・市区町村", 60)
    street = words("町名・番地", 80)
    building = words("建物名・部屋番号", 80, required=False)

    def clean_postal_code(self) -> str:
        plain = unicodedata.normalize("NFKC", self.cleaned_data["postal_code"]).translate(_HYPHENS)
        found = _POSTAL.fullmatch(plain.strip())
        if found is None:
            raise forms.ValidationError("郵便番号は7桁の数字で入力してください。")
        return f"{found[1]}{found[2]}"

    @property
    def place(self) -> Place:
        given = self.cleaned_data
        return Place(
            postal_code=given["postal_code"],
            area=given["area"],
            street=given["street"],
            building=given["building"],
        )


class ProtectionForm(forms.Form):
    since = EraDateField(label="開始日")
    ground = words("確認した書類", 120, help_text="例：住民基本台帳事務における支援措置の決定通知書（○○市）")


class ProtectionEndForm(forms.Form):
    until = EraDateField(label="終了日（この日まで秘匿）")
    reason = reason_field("終了を確認した書類・理由")


class MailBlockForm(forms.Form):
    reason = forms.TypedChoiceField(
        label="理由", choices=MailBlockReason, coerce=MailBlockReason, widget=forms.RadioSelect
    )
    since = EraDateField(label="いつから")


class OfficeForm(forms.Form):
    """A council and a day."""

    office = forms.ModelChoiceField(Office.objects.none(), label="加える事業所", empty_label="選んでください")
    since = EraDateField(label="担当を始める日")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        councils = Office.objects.filter(closed_on__isnull=True).exclude(kind=OfficeKind.AGENCY)
        self.fields["office"].queryset = councils  # type: ignore[attr-defined]


class TransferForm(OfficeForm):
    office = forms.ModelChoiceField(Office.objects.none(), label="引き継ぎ先", empty_label="選んでください")
    since = EraDateField(label="引き継ぐ日（この日から担当）")

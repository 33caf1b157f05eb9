"""Forms of the transfer desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from japan.eras import era_month
from japan.forms import EraDateField, YenField
from loans.deciding.enums import SanctionKind
from loans.disbursement.enums import ReturnReason


class PayDayForm(forms.Form):
    """For which day money is selected."""

    on = EraDateField(label="振込指定日", required=False)


class ReceiptForm(forms.Form):
    """The number of the bank's receipt."""

    bank_receipt = forms.CharField(
        label="銀行の受付番号",
        max_length=40,
        help_text="インターネットバンキングなどの受付画面に出る番号です。",
        error_messages={"required": "銀行の受付番号を入力してください。"},
    )


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = forms.CharField(
        label="理由",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "理由を入力してください。"},
    )


class ReturnForm(forms.Form):
    """Which line came back, and why."""

    number = forms.IntegerField(
        label="明細の番号",
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6, "autocomplete": "off"}),
        error_messages={
            "required": "明細の番号を入力してください。",
            "invalid": "明細の番号を数字で入力してください。",
        },
    )
    reason = forms.ChoiceField(
        label="送金不能の理由",
        choices=[("", "選んでください"), *ReturnReason.choices],
        error_messages={"required": "送金不能の理由を選んでください。"},
    )


class SenderForm(forms.Form):
    """Whose account the money leaves, as the bank's papers say."""

    valid_from = EraDateField(label="適用開始日")
    consignor_code = forms.CharField(label="委託者コード", max_length=14, help_text="銀行が決めた10桁の数字です。")
    name_kana = forms.CharField(label="委託者名（カナ）", max_length=60)
    bank_code = forms.CharField(label="仕向銀行番号", max_length=8, help_text="4桁の数字です。")
    branch_code = forms.CharField(label="仕向支店番号", max_length=8, help_text="3桁の数字です。")
    account_kind = forms.ChoiceField(label="預金種目", choices=[("1", "普通"), ("2", "当座"), ("9", "その他")])
    account_number = forms.CharField(label="口座番号", max_length=10, help_text="7桁の数字です。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.error_messages["required"] = f"{field.label}を入力してください。"
            if name.endswith(("_code", "_number")):
                field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "size": 14}


class MonthsForm(forms.Form):
    """The yen of every month of the period that can still change; an empty month is not paid out."""

    def __init__(self, *args: Any, months: Sequence[tuple[int, int | None]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.months = [month for month, _ in months]
        for month, amount in months:
            self.fields[f"m{month}"] = YenField(label=f"{era_month(month)}分", required=False, initial=amount)
        self.fields["reason"] = forms.CharField(
            label="変更の理由", max_length=400, error_messages={"required": "変更の理由を入力してください。"}
        )

    def wanted(self) -> list[tuple[int, int]]:
        """(month, yen) of the months with an amount."""
        return [(month, amount) for month in self.months if (amount := self.cleaned_data.get(f"m{month}"))]


class SanctionForm(forms.Form):
    """What is to be done about deceit, why, and by when the money is asked back."""

    kind = forms.ChoiceField(label="措置", choices=SanctionKind.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="不正の内容と、確かめた方法",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="内部の記録です。通知には書かれません。",
        error_messages={"required": "不正の内容と、確かめた方法を入力してください。"},
    )
    pay_back_by = EraDateField(label="一括償還の期限（停止だけのときは空欄）", required=False)

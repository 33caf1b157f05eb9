"""Forms of the collection desk."""

from __future__ import annotations

from typing import Any

from django import forms

from japan.forms import EraDateField
from japan.zengin.yucho import Convention


class DebitDayForm(forms.Form):
    """For which day debits are selected."""

    on = EraDateField(label="引落日", required=False)


class ReceiptForm(forms.Form):
    """The number of the bank's or agent's receipt."""

    bank_receipt = forms.CharField(
        label="受付番号",
        max_length=40,
        help_text="銀行や収納代行会社の受付画面に出る番号です。",
        error_messages={"required": "受付番号を入力してください。"},
    )


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = forms.CharField(
        label="理由",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "理由を入力してください。"},
    )


class ResultForm(forms.Form):
    """The bank's result file."""

    file = forms.FileField(
        label="結果ファイル",
        help_text="銀行や収納代行会社から届いたままのファイル（120バイトの固定長）を選んでください。",
        error_messages={
            "required": "結果ファイルを選んでください。",
            "empty": "ファイルが空です。結果ファイルを選び直してください。",
        },
    )


class HandlingForm(forms.Form):
    """What was done about a failed debit."""

    handling = forms.CharField(
        label="対応の内容", max_length=200, error_messages={"required": "対応の内容を入力してください。"}
    )


class OriginatorForm(forms.Form):
    """For whom debits are made, as the papers of the bank or agent say."""

    valid_from = EraDateField(label="適用開始日")
    agent = forms.CharField(label="収納代行会社・銀行", max_length=60)
    consignor_code = forms.CharField(label="委託者コード", max_length=14, help_text="銀行が決めた10桁の数字です。")
    name_kana = forms.CharField(label="委託者名（カナ）", max_length=60)
    bank_code = forms.CharField(label="取引銀行番号", max_length=8, help_text="4桁の数字です。")
    branch_code = forms.CharField(label="取引支店番号", max_length=8, help_text="3桁の数字です。")
    account_kind = forms.ChoiceField(label="預金種目", choices=[("1", "普通"), ("2", "当座"), ("9", "その他")])
    account_number = forms.CharField(label="口座番号", max_length=10, help_text="7桁の数字です。")
    yucho = forms.ChoiceField(
        label="ゆうちょ銀行の書き方",
        choices=[
            (Convention.TRANSFER.value, "振込用の店番・口座番号"),
            (Convention.KIGO_2_4.value, "記号の2〜4桁目と番号の上7桁"),
        ],
        help_text="収納代行会社に確かめてください。",
    )
    cut_off_bank_days = forms.IntegerField(
        label="データの締切",
        min_value=1,
        max_value=60,
        help_text="引落日の何営業日前までにデータを渡すか。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4, "data-unit": "営業日前"}),
        error_messages={
            "required": "データの締切を入力してください。",
            "invalid": "数字で入力してください。",
            "min_value": "1〜60営業日前で入力してください。",
            "max_value": "1〜60営業日前で入力してください。",
        },
    )
    crlf = forms.BooleanField(label="レコードを改行（CR LF）で区切る", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name not in ("cut_off_bank_days", "crlf", "valid_from"):
                field.error_messages["required"] = f"{field.label}を入力してください。"
            if name.endswith(("_code", "_number")):
                field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "size": 14}


class BankDayForm(forms.Form):
    """On which day a bank debits."""

    bank_code = forms.CharField(
        label="銀行番号", max_length=8, error_messages={"required": "銀行番号を入力してください。"}
    )
    debit_day = forms.IntegerField(
        label="引落日",
        min_value=1,
        max_value=28,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4, "data-unit": "日"}),
        error_messages={
            "required": "引落日を入力してください。",
            "invalid": "数字で入力してください。",
            "min_value": "1日から28日までで入力してください。",
            "max_value": "1日から28日までで入力してください。",
        },
    )
    valid_from = EraDateField(label="適用開始日")


class MandateForm(forms.Form):
    """On which day a step with a mandate was taken."""

    on = EraDateField(label="日付")
    debit_day = forms.IntegerField(
        label="この口座だけの引落日（銀行と同じときは空欄）",
        required=False,
        min_value=1,
        max_value=28,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4, "data-unit": "日"}),
        error_messages={
            "invalid": "数字で入力してください。",
            "min_value": "1日から28日までで入力してください。",
            "max_value": "1日から28日までで入力してください。",
        },
    )

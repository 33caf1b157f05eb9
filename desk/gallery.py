"""What the component gallery shows: invented samples for every component, one form with mistakes in it.

Nobody in here exists, and nothing is read from the database.
"""

from dataclasses import dataclass
from typing import Any

from django import forms

from japan.forms import EraDateField
from japan.yen import YenError, parse_yen


class SampleForm(forms.Form):
    """One field of every sort, all of them wrong or filled."""

    applicant = forms.CharField(
        label="借受人氏名", max_length=60, help_text="申請書のとおりに入力してください（髙・﨑・𠮷もそのまま）。"
    )
    received_on = EraDateField(label="受付日")
    amount = forms.CharField(
        label="免除を申請する額",
        widget=forms.TextInput(attrs={"data-unit": "円", "data-figures": "1", "size": "14", "inputmode": "numeric"}),
    )
    situation = forms.ChoiceField(
        label="世帯の状況",
        choices=[
            ("single", "借受人が世帯主で、ひとり世帯"),
            ("head", "借受人が世帯主で、二人以上の世帯"),
            ("member", "借受人は世帯主ではない"),
        ],
        widget=forms.RadioSelect,
        help_text="1つだけ選んでください。",
    )
    papers = forms.MultipleChoiceField(
        label="届いた書類",
        choices=[("record", "住民票"), ("certificate", "課税（非課税）証明書"), ("deed", "借用書の写し")],
        widget=forms.CheckboxSelectMultiple(attrs={"data-row": "1"}),
        required=False,
    )
    fund = forms.ChoiceField(
        label="資金種類", choices=[("small", "緊急小口資金"), ("initial", "総合支援資金（初回）")]
    )
    note = forms.CharField(label="連絡事項", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    consent = forms.BooleanField(label="同意事項⑥（虚偽があったときの取消し）に同意している")

    def clean_amount(self) -> int:
        try:
            return parse_yen(self.cleaned_data["amount"])
        except YenError as error:
            raise forms.ValidationError(str(error)) from None


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    state: str
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Night:
    day: str
    word: str
    meaning: str
    url: str = ""


def _nights() -> list[Night]:
    words = {"done": "済み", "caution": "一部失敗", "stop": "失敗", "": "未実行"}
    meanings = ["done"] * 8 + ["caution", "done", "done", "stop", "done", ""]
    return [Night(f"令和5年1月{13 + n}日", words[meaning], meaning) for n, meaning in enumerate(meanings)]


def sample_form() -> SampleForm:
    """The form after somebody pressed save too early."""
    return SampleForm(
        {
            "applicant": "架空 太郎",
            "received_on": "令和5年13月1日",
            "amount": "540,000.5",
            "fund": "small",
            "papers": ["record"],
        }
    )


def gallery_context() -> dict[str, Any]:
    """The whole context of ``desk/gallery.html``."""
    return {
        "form": sample_form(),
        "facts": [
            ("生年月日", "昭和46年3月2日（51歳）"),
            ("電話", "090-0000-0000"),
            ("世帯主", "本人"),
            ("自立相談", "見本市くらし支援窓口"),
            ("つながる時間", ""),
        ],
        "working": [
            ("貸付額", "200,000円"),
            ("償還済み", "− 83,280円"),
            ("免除", "− 0円"),
            ("残額", "116,720円"),
        ],
        "arrears_working": [
            ("令和4年12月分", "8,330円"),
            ("令和5年1月分", "8,330円"),
            ("滞納額", "16,660円"),
        ],
        "steps": [
            Step("抽出", "done", "412件 3,431,960円"),
            Step("確定", "done", "409件 3,406,970円"),
            Step("ファイル作成", "done", "1月20日"),
            Step("送信済み", "current", "結果待ち"),
            Step("結果取込", "todo"),
            Step("消込", "todo"),
            Step("締め", "todo"),
        ],
        "nights": _nights(),
        "action": {"url": "#empty", "label": "申請を入力する"},
        "consequences": [
            "令和6年1月以降の 540,000円 を免除します。",
            "令和5年9月〜12月分の 20,000円 は残ります。",
            "決定通知は今夜作成されます。",
        ],
        "rows": [
            ("架空 太郎", "0200001", "住民税非課税", "540,000円", "12日", "書類完備", "done"),
            ("見本 花子", "0100002", "住民税非課税", "200,000円", "9日", "書類不足", "caution"),
            ("例示 一郎", "0200103", "住民税非課税（判定年度後）", "116,720円", "3日", "期限超過", "stop"),
        ],
        "loans": [
            {
                "fund": "緊急小口資金",
                "code": "0100001",
                "state": "償還中",
                "money": {"paid": 83_280, "arrears": 16_660, "exempted": 0, "to_come": 100_060},
            },
            {
                "fund": "総合支援資金（初回）",
                "code": "0200001",
                "state": "償還中",
                "money": {"paid": 0, "arrears": 20_000, "exempted": 0, "to_come": 540_000},
            },
            {
                "fund": "総合支援資金（延長）",
                "code": "0300001",
                "state": "免除済み",
                "money": {"paid": 50_000, "arrears": 0, "exempted": 400_000, "to_come": 0},
            },
        ],
    }

"""The intake form: what was told at the desk, read into a ``Transcript``. The services and the rules decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms

from accounts.models import Office
from japan.eras import age_on
from japan.forms import EraDateField, YenField
from loans.enums import AgencyContact, FundKind, IntakeChannel
from loans.intake.choices import NOT_CHOSEN, YES_NO, asks
from loans.lending.enums import (
    BridgeTo,
    Burden,
    ChildAbsence,
    Condition,
    Exclusion,
    IncomeProof,
    LendingCause,
    LendingPurpose,
    MinorWay,
    OtherScheme,
    Residence,
    SmallLoanGround,
)
from loans.lending.transcript import Transcript

EVER_MINOR_BELOW = 20
"""Years of age under which somebody may have been a minor: majority was at 20 until 2022-03-31."""
PLAIN = (
    "applied_on", "channel", "household_size", "household_size_before", "amount_asked", "monthly_amount", "months",
    "instalments", "grace_months", "purpose", "purpose_note", "cause", "cause_on", "cause_note", "other_ground",
    "income_proof", "agency_consulted_on", "agency_contact", "agency_consent_on", "minor_way", "residence", "note",
)  # fmt: skip
"""Fields that are columns of the application under the same name."""
CIRCUMSTANCES = ("child_absence", "contract_changed", "married", "lives_in_prefecture")
REGULAR = ("exemption_was_special", "urgent_appliance")
BRIDGE = ("to", "held_months", "left_on", "hired_on", "expected_months")


def whole_number(label: str, *, unit: str, most: int, **kwargs: Any) -> forms.IntegerField:
    """A small whole number with its unit beside it."""
    widget = forms.TextInput(attrs={"inputmode": "numeric", "size": "5", "data-unit": unit, "autocomplete": "off"})
    return forms.IntegerField(label=label, min_value=0, max_value=most, required=False, widget=widget, **kwargs)


def yes_no(label: str, help_text: str = "") -> forms.ChoiceField:
    """A question that may be open still."""
    return forms.ChoiceField(
        label=label,
        choices=YES_NO,
        required=False,
        widget=forms.RadioSelect(attrs={"data-row": "1"}),
        initial="",
        help_text=help_text,
    )


def one_of(label: str, choices: Any, help_text: str = "") -> forms.ChoiceField:
    """One code of a closed list, or none yet."""
    return forms.ChoiceField(label=label, choices=[NOT_CHOSEN, *choices], required=False, help_text=help_text)


def some_of(label: str, choices: Any, help_text: str = "") -> forms.MultipleChoiceField:
    """Any number of codes of a closed list."""
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


class IntakeForm(forms.Form):
    """One application for one fund. Nothing but the day is required while it is told: what is missing is listed beside."""

    applied_on = EraDateField(label="借入申込日")
    channel = forms.ChoiceField(label="受付経路", choices=IntakeChannel.choices)
    urgent = forms.BooleanField(
        label="至急の送金が必要",
        required=False,
        help_text="申込みの翌々営業日までに送金し、書類と審査を後にする扱いです（Q&A問21）。",
    )
    household_size = whole_number("現在の世帯人数", unit="人", most=30)
    household_size_before = whole_number(
        "減収前の世帯人数", unit="人", most=30, help_text="離婚などで人数が変わったときに入力します。"
    )
    on_public_assistance = yes_no("生活保護を受給している")
    residence = one_of("居住の状況", Residence.choices)
    care_of = forms.ModelChoiceField(
        label="郵便物の気付", queryset=Office.objects.none(), required=False, empty_label="なし",
        help_text="住所がない方は、受付事業所などを気付にできます（Q&A問26）。",
    )  # fmt: skip
    lives_in_prefecture = yes_no("県内に住んでいる")
    married = yes_no("婚姻している（したことがある）")
    minor_way = one_of("未成年者の確認方法", MinorWay.choices, "問17-1の4つの方法のいずれかが必要です。")

    amount_asked = YenField(label="借入希望額", required=False)
    monthly_amount = YenField(label="1か月の借入希望額", required=False)
    months = whole_number("貸付月数", unit="か月", most=99)
    instalments = whole_number("償還回数", unit="回", most=600)
    grace_months = whole_number("据置月数", unit="か月", most=60)
    purpose = one_of("使いみち", LendingPurpose.choices)
    purpose_note = forms.CharField(label="使いみちの内容", max_length=300, required=False)
    grounds = some_of("20万円以内とする要件（ア～カ）", SmallLoanGround.choices, "一つもなければ10万円以内です。")
    other_ground = forms.CharField(label="カの内容", max_length=300, required=False)
    child_absence = one_of("エの子の状況", ChildAbsence.choices)

    cause = one_of("貸付対象理由", LendingCause.choices, "選ぶと、必要な書類の一覧が変わります。")
    cause_on = EraDateField(label="理由が生じた日", required=False, help_text="")
    cause_note = forms.CharField(
        label="理由の内容", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    bridge_to = one_of("何までのつなぎか", BridgeTo.choices, "理由が③または④のとき")
    bridge_held_months = whole_number("前の仕事の継続期間", unit="か月", most=600)
    bridge_left_on = EraDateField(label="前の仕事の離職日", required=False, help_text="")
    bridge_hired_on = EraDateField(label="新しい仕事の採用日", required=False, help_text="")
    bridge_expected_months = whole_number("新しい仕事の継続見込み", unit="か月", most=600)
    exemption_was_special = yes_no("過去の償還免除は特例貸付のもの", "特例貸付の免除は、借入れの妨げになりません。")
    urgent_appliance = yes_no("生活保護世帯のエアコン設置など、緊急の用途")

    income_proof = forms.ChoiceField(
        label="収入減少の確認方法",
        choices=[("", "未確認"), *IncomeProof.choices],
        required=False,
        widget=forms.RadioSelect,
        initial="",
        help_text="減少の程度や給与明細の月数に決まりはありません（問2-2、2-4）。",
    )
    other_schemes = some_of(
        "利用中・申請中のほかの制度", OtherScheme.choices, "どれを利用していても、貸付の可否は変わりません（問2-8）。"
    )
    burdens = some_of("そのほかの事情", Burden.choices, "どれも、それだけでは断る理由になりません（問20-1-1）。")
    contract_changed = yes_no(
        "特例への契約変更をした", "令和2年1月16日から3月24日までに申し込まれた分だけ確認します（問15）。"
    )

    agency_consulted_on = EraDateField(label="自立相談支援機関への相談日", required=False, help_text="")
    agency_contact = one_of("相談の方法", AgencyContact.choices)
    agency_support_consent = yes_no(
        "自立相談支援機関の支援を受けることに同意", "令和2年10月1日以降の申込みで必要です（問14-1）。"
    )
    agency_consent_on = EraDateField(label="同意日", required=False, help_text="")

    note = forms.CharField(
        label="受付メモ", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="内部の記録です。通知には書かれません。",
    )  # fmt: skip

    def __init__(self, *args: Any, fund: FundKind, born_on: date, offices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fund = fund
        for condition in Condition:
            self.fields[f"condition_{condition.value}"] = yes_no(str(condition.label))
        for exclusion in Exclusion:
            self.fields[f"exclusion_{exclusion.value}"] = yes_no(str(exclusion.label))
        self.fields["care_of"].queryset = offices  # type: ignore[attr-defined]
        for name in [name for name in self.fields if not asks(fund, name)]:
            del self.fields[name]
        if age_on(born_on, self.day_told(kwargs)) >= EVER_MINOR_BELOW:
            del self.fields["married"], self.fields["minor_way"]

    def day_told(self, kwargs: dict[str, Any]) -> date:
        """The day of application as far as it is known: typed, else stored."""
        typed = self.fields["applied_on"].bound_data(self.data.get("applied_on"), None) if self.is_bound else None
        stored: date = (kwargs.get("initial") or {})["applied_on"]
        return typed if isinstance(typed, date) else stored

    @property
    def condition_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith("condition_")]

    @property
    def exclusion_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith("exclusion_")]

    def over(self, stored: Transcript) -> Transcript:
        """What was typed, as far as it could be read, over what is stored."""
        data = self.cleaned_data
        plain = {name: data[name] for name in PLAIN if name in data}
        if "on_public_assistance" in data:
            plain["on_public_assistance"] = as_bool(data["on_public_assistance"])
        if "agency_support_consent" in data:
            plain["agency_support_consent"] = as_bool(data["agency_support_consent"])
        for name in ("grounds", "other_schemes"):
            if name in data:
                plain[name] = tuple(data[name])
        if "care_of" in data:
            plain["care_of_id"] = data["care_of"].pk if data["care_of"] is not None else None
        return replace(stored, **plain, urgent=bool(data.get("urgent")), answers=self._answers(stored))

    def _answers(self, stored: Transcript) -> dict[str, dict[str, str]]:
        data = self.cleaned_data
        kept = {group: dict(stored.answers.get(group, {})) for group in stored.answers}
        groups = {
            "circumstances": {name: data[name] for name in CIRCUMSTANCES if name in data},
            "regular": {name: data[name] for name in REGULAR if name in data},
            "bridge": {name: as_text(data[f"bridge_{name}"]) for name in BRIDGE if f"bridge_{name}" in data},
            "conditions": {
                code: data[f"condition_{code}"] for code in Condition.values if f"condition_{code}" in data
            },
            "exclusions": {
                code: data[f"exclusion_{code}"] for code in Exclusion.values if f"exclusion_{code}" in data
            },
            "burdens": {code: "yes" for code in data.get("burdens", ())},
        }
        for group, answers in groups.items():
            kept.setdefault(group, {})
            if group == "burdens" and "burdens" in data:
                kept[group] = {}
            kept[group] = {key: answer for key, answer in {**kept[group], **answers}.items() if answer}
        return {group: answers for group, answers in kept.items() if answers}


def initial_of(told: Transcript) -> dict[str, Any]:
    """The form's initial values for what is stored of an application."""
    values: dict[str, Any] = {name: getattr(told, name) for name in PLAIN}
    values |= {
        "urgent": told.urgent,
        "care_of": told.care_of_id,
        "grounds": list(told.grounds),
        "other_schemes": list(told.other_schemes),
        "on_public_assistance": as_answer(told.on_public_assistance),
        "agency_support_consent": as_answer(told.agency_support_consent),
        "burdens": list(told.answers.get("burdens", {})),
    }
    values |= {**told.answers.get("circumstances", {}), **told.answers.get("regular", {})}
    for name, text in told.answers.get("bridge", {}).items():
        values[f"bridge_{name}"] = date.fromisoformat(text) if name.endswith("_on") else text
    for group, prefix in (("conditions", "condition_"), ("exclusions", "exclusion_")):
        values |= {f"{prefix}{key}": answer for key, answer in told.answers.get(group, {}).items()}
    return values


def as_bool(answer: str) -> bool | None:
    """An answer of the form: はい, いいえ, or still open."""
    return {"yes": True, "no": False}.get(answer)


def as_answer(value: bool | None) -> str:
    """The same the other way round."""
    return {True: "yes", False: "no"}.get(value, "") if value is not None else ""


def as_text(value: object) -> str:
    """A value as it is kept among the answers: days as ISO text, numbers as digits, nothing as nothing."""
    if value is None or value == "":
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)

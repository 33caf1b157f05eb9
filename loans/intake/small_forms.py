"""The small forms around an application: finding and registering a person, tasks, guidance, exceptions, papers, history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from japan.forms import EraDateField, EraMonthField, PhoneField, YenField
from loans.deciding.enums import DecisionOutcome
from loans.deciding.terms import Terms
from loans.enums import FundKind, GuidanceKind, IntakeChannel, LendingState
from loans.intake.choices import NOT_CHOSEN
from loans.intake.forms import whole_number
from loans.intake.worklist import Filters
from loans.lending.windows import is_open
from people.enums import PaperKind, Sex

SPECIAL_CHOICES = [(kind.value, kind.label) for kind in FundKind if kind != FundKind.REG_SMALL]


class WorklistForm(forms.Form):
    """The filters of the work list, as they stand in the address."""

    state = forms.ChoiceField(label="状態", required=False, choices=[("", "手続き中のすべて"), *LendingState.choices])
    office = forms.TypedChoiceField(label="受付事業所", required=False, coerce=int, empty_value=None)
    fund = forms.ChoiceField(label="資金", required=False, choices=[("", "すべて"), *FundKind.choices])
    urgent = forms.BooleanField(label="至急だけ", required=False)
    with_task = forms.BooleanField(label="確認することがあるものだけ", required=False)

    def __init__(self, *args: Any, offices: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].choices = [("", "すべて"), *offices]  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        """The filters asked for; a value that is none of the choices asks for nothing."""
        self.is_valid()
        data = self.cleaned_data
        return Filters(
            state=data.get("state") or "",
            office=data.get("office"),
            fund=data.get("fund") or "",
            urgent=bool(data.get("urgent")),
            with_task=bool(data.get("with_task")),
        )


class ApplicantForm(forms.Form):
    """Somebody who is not registered yet."""

    name = forms.CharField(label="氏名", max_length=80)
    kana = forms.CharField(label="カナ氏名", max_length=80)
    birth_date = EraDateField(label="生年月日")
    sex = forms.ChoiceField(label="性別", choices=Sex.choices, initial=Sex.UNKNOWN)
    phone = PhoneField(label="電話番号", max_length=20, required=False)
    not_the_same = forms.TypedMultipleChoiceField(
        label="次の方とは別人であることを確かめた",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, similar: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list(similar)
        if choices:
            self.fields["not_the_same"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["not_the_same"]


class BeginForm(forms.Form):
    """For which fund, and how the application came in."""

    fund = forms.ChoiceField(
        label="資金",
        error_messages={
            "invalid_choice": "この資金の受付は終わっています。当時の貸付は「過去の特例貸付を登録する」から登録してください。"
        },
    )
    channel = forms.ChoiceField(label="受付経路", choices=IntakeChannel.choices)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_now = [(kind.value, kind.label) for kind in reversed(FundKind) if is_open(kind, on)]
        self.fields["fund"].choices = open_now  # type: ignore[attr-defined]


class DoubtForm(forms.Form):
    text = forms.CharField(
        label="確かめること", max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="申込人に確かめます。結果を記録するまで、起案と決裁はできません。",
    )  # fmt: skip


class AnswerForm(forms.Form):
    answer = forms.CharField(label="確かめた結果", max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class GuidanceForm(forms.Form):
    """Where somebody was pointed to."""

    kind = forms.ChoiceField(label="案内・つなぎ", choices=GuidanceKind.choices)
    given_on = EraDateField(label="案内した日", help_text="")
    place = forms.CharField(label="案内先", max_length=120, required=False)
    note = forms.CharField(label="内容", max_length=300, required=False)


class OverrideForm(forms.Form):
    """An exception to a rule that holds in principle."""

    rule = forms.ChoiceField(label="例外とする規則")
    reason = forms.CharField(label="理由", max_length=400, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, rules: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [NOT_CHOSEN, *rules]  # type: ignore[attr-defined]


class PaperForm(forms.Form):
    """A paper that came in."""

    kind = forms.ChoiceField(label="書類", choices=[NOT_CHOSEN, *PaperKind.choices])
    member = forms.ChoiceField(label="だれの書類", required=False)
    name = forms.CharField(label="書類の名前", max_length=80, required=False, help_text="「その他」のときだけ")
    received_on = EraDateField(label="受領日", help_text="")
    issued_on = EraDateField(label="発行日", required=False, help_text="住民票は発行日が必要です。")

    def __init__(self, *args: Any, members: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = [(label, label) for label in members]  # type: ignore[attr-defined]


class ElsewhereForm(forms.Form):
    """A special loan of another prefecture, as its paper says (question 8-5)."""

    council = forms.CharField(label="貸し付けた社協", max_length=60, help_text="例：◯◯県社会福祉協議会")
    fund = forms.ChoiceField(label="資金", choices=SPECIAL_CHOICES)
    applied_on = EraDateField(label="借入申込日")
    last_month = EraMonthField(label="貸付の最後の月", required=False, help_text="例：令和2年10月、R2.10")
    amount = YenField(label="貸付金額", required=False)
    proof = forms.CharField(label="確認した書類", max_length=120, help_text="例：貸付決定通知書の写し")


class CorrectionForm(forms.Form):
    """One fact of a loan that is on record, and why it is put right."""

    applied_on = EraDateField(label="借入申込日")
    decided_on = EraDateField(label="貸付決定日", required=False)
    disbursed_on = EraDateField(label="最終交付日", required=False)
    household_size = forms.IntegerField(
        label="貸付時の世帯人数", min_value=1, max_value=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "5", "data-unit": "人"}),
    )  # fmt: skip
    channel = forms.ChoiceField(label="受付経路", choices=IntakeChannel.choices)
    reason = forms.CharField(
        label="訂正の理由", max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="どの書類で確かめたかも書いてください。監査のために残ります。",
    )  # fmt: skip


class ProposalForm(forms.Form):
    """What is proposed to the person who decides: to lend, on which terms, or to refuse."""

    outcome = forms.ChoiceField(
        label="起案の内容", choices=DecisionOutcome.choices, widget=forms.RadioSelect, initial=DecisionOutcome.APPROVED
    )
    amount = YenField(label="貸付金額", required=False)
    monthly_amount = YenField(label="月額", required=False)
    months = whole_number("貸付月数", unit="か月", most=99)
    instalments = whole_number("償還回数", unit="回", most=600)
    grace_months = whole_number("据置月数", unit="か月", most=60)
    reason = forms.CharField(
        label="理由", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="希望額より少なくするとき、不承認とするとき、個別に確認する点が残るときに必要です。内部の記録です。",
    )  # fmt: skip

    def __init__(self, *args: Any, monthly: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("amount",) if monthly else ("monthly_amount", "months"):
            del self.fields[name]

    @property
    def proposed(self) -> DecisionOutcome:
        return DecisionOutcome(self.cleaned_data["outcome"])

    def terms(self) -> Terms | None:
        """The terms, where lending is proposed."""
        data = self.cleaned_data
        if self.proposed != DecisionOutcome.APPROVED:
            return None
        monthly, months = data.get("monthly_amount"), data.get("months") or 0
        return Terms(
            amount=monthly * months if monthly else data.get("amount") or 0,
            instalments=data.get("instalments") or 0,
            grace_months=data.get("grace_months") or 0,
            monthly_amount=monthly,
            months=months if monthly else 1,
        )


class ReasonForm(forms.Form):
    """Why: for the steps that need words."""

    reason = forms.CharField(label="理由", max_length=400, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(
        self, *args: Any, label: str = "理由", help_text: str = "", required: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label, field.help_text, field.required = label, help_text, required
        field.error_messages["required"] = f"{label}を入力してください。"


def today_first(day: date) -> dict[str, date]:
    """Initial values of forms whose day is mostly today."""
    return {"given_on": day, "received_on": day}

"""The form for a historic special loan: the application of its day, and the loan as it was lent."""

from __future__ import annotations

from typing import Any

from django import forms

from japan.forms import EraDateField, EraMonthField, YenField
from loans.enums import FundKind, IncomeKind, IntakeChannel
from loans.intake.forms import as_bool, one_of, some_of, whole_number, yes_no
from loans.lending.enums import IncomeProof, LendingPurpose, MinorWay, SmallLoanGround
from loans.lending.facts import APPLICANT
from loans.lending.transcript import IncomeEntry, MemberEntry, Transcript
from loans.models import Loan
from people.models import Person
from repayment.history.services import LentLoan

SPECIAL = [(kind.value, kind.label) for kind in FundKind if kind != FundKind.REG_SMALL]
GENERAL = (FundKind.SP_GS_INITIAL, FundKind.SP_GS_EXTENSION, FundKind.SP_GS_RELOAN)


class HistoryForm(forms.Form):
    """What the application and the decision of those days say. What the paper leaves open may be open here."""

    fund = forms.ChoiceField(label="資金", choices=SPECIAL)
    applied_on = EraDateField(label="借入申込日")
    channel = forms.ChoiceField(label="受付経路", choices=IntakeChannel.choices)
    household_size = forms.IntegerField(
        label="貸付時の世帯人数", min_value=1, max_value=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "5", "data-unit": "人"}),
    )  # fmt: skip
    amount = YenField(label="貸付金額（緊急小口資金）", required=False)
    monthly_amount = YenField(label="月額（総合支援資金）", required=False)
    months = whole_number("貸付月数（総合支援資金）", unit="か月", most=99)
    code = forms.CharField(label="貸付コード", max_length=12)
    decided_on = EraDateField(label="貸付決定日", required=False, help_text="")
    disbursed_on = EraDateField(label="最終交付日", required=False, help_text="")
    instalments = whole_number("償還回数", unit="回", most=600, help_text="空欄は、資金ごとの最長の回数です。")
    first_due_month = EraMonthField(
        label="償還開始月", required=False, help_text="空欄は、資金と申込日で決まる月です。例：令和5年1月、R5.1"
    )
    income_before = YenField(label="減収前の手取り月額（世帯）", required=False)
    income_after = YenField(label="減収後の手取り月額（世帯）", required=False)
    income_proof = one_of("収入減少の確認方法", IncomeProof.choices)
    grounds = some_of("20万円以内とする要件", SmallLoanGround.choices)
    other_ground = forms.CharField(label="特に資金が必要な事情", max_length=300, required=False)
    purpose = one_of("使いみち", LendingPurpose.choices)
    on_public_assistance = yes_no("生活保護を受給していた")
    agency_consulted_on = EraDateField(label="自立相談支援機関への相談日", required=False, help_text="")
    agency_support_consent = yes_no("自立相談支援機関の支援を受けることに同意した")
    minor_way = one_of("未成年者の確認方法", MinorWay.choices)
    married = yes_no("婚姻していた")
    contract_changed = yes_no("特例への契約変更をした", "令和2年1月16日から3月24日までの申込みだけ")
    exception_reason = forms.CharField(
        label="原則の例外とした理由",
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="当時の決裁書類に例外の理由が書かれているときだけ。登録後に、ほかの人の確認が必要です。",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        general = cleaned.get("fund") in GENERAL
        for name in ("monthly_amount", "months") if general else ("amount",):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, f"{self.fields[name].label}を入力してください。")
        return cleaned

    @property
    def fund_kind(self) -> FundKind:
        return FundKind(self.cleaned_data["fund"])

    def told(self, person: Person) -> Transcript:
        """The application of those days."""
        data = self.cleaned_data
        general = self.fund_kind in GENERAL
        answers = {name: data[name] for name in ("married", "contract_changed") if data[name]}
        incomes: tuple[IncomeEntry, ...] = ()
        if data["income_before"] is not None or data["income_after"] is not None:
            incomes = (IncomeEntry("世帯", IncomeKind.OTHER, None, data["income_before"], None, data["income_after"]),)
        return Transcript(
            applied_on=data["applied_on"],
            channel=data["channel"],
            household_size=data["household_size"],
            amount_asked=None if general else data["amount"],
            monthly_amount=data["monthly_amount"] if general else None,
            months=data["months"] if general else None,
            instalments=data["instalments"],
            purpose=data["purpose"],
            grounds=() if general else tuple(data["grounds"]),
            other_ground=data["other_ground"],
            income_proof=data["income_proof"],
            on_public_assistance=as_bool(data["on_public_assistance"]),
            agency_consulted_on=data["agency_consulted_on"],
            agency_support_consent=as_bool(data["agency_support_consent"]),
            minor_way=data["minor_way"],
            answers={"circumstances": answers} if answers else {},
            members=(MemberEntry(APPLICANT, person_id=person.pk, birth_date=person.birth_date),),
            incomes=incomes,
        )

    def lent(self) -> LentLoan:
        """The loan as it was lent."""
        data = self.cleaned_data
        general = self.fund_kind in GENERAL
        return LentLoan(
            code=data["code"],
            principal=data["monthly_amount"] * data["months"] if general else data["amount"],
            instalments=data["instalments"] or None,
            first_due_month=data["first_due_month"],
            decided_on=data["decided_on"],
            disbursed_on=data["disbursed_on"],
        )


def loans_of(person: Person) -> list[Loan]:
    """What is on record already, so that nothing is entered twice."""
    return list(Loan.objects.filter(borrower=person).order_by("applied_on", "pk"))

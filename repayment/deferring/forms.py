"""Forms of deferral. They turn what was typed into a ``Transcript``; the services decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from japan.eras import era_month
from japan.forms import EraDateField, PhoneField
from people.enums import PaperKind
from repayment.deferring.choices import LoanChoice
from repayment.deferring.enums import (
    AgencyConsent,
    DeferralChannel,
    EndReason,
    Hardship,
    OfferOutcome,
    Reachable,
    SpokeWith,
)
from repayment.deferring.evidence import EVIDENCE, HINTS, named, papers_of
from repayment.deferring.transcript import FiledPaper, Heard, LoanWish, Transcript
from repayment.enums import DeferralGround

HOUSING = [("no", "住宅ローンではない"), ("yes", "住宅ローン"), ("", "まだ聞いていない")]
PAPERS_BY_GROUND = [
    (str(DeferralGround(ground).label), [(kind.value, str(kind.label)) for kind in kinds])
    for ground, kinds in EVIDENCE.items()
]
EVERY_PAPER = {kind.value: kind for kinds in EVIDENCE.values() for kind in kinds}


def ground_choices() -> list[tuple[str, str]]:
    """The six grounds, each with what comes under it and the papers that show it."""
    return [
        (ground, f"{DeferralGround(ground).label}（{HINTS[ground]}）― {named(kinds)}")
        for ground, kinds in EVIDENCE.items()
    ]


class WishForm(forms.Form):
    """What every application says, however it came in: the loans, the ground, and how things are now.

    Nothing here asks what could be paid later (DF-02).
    """

    months = forms.TypedChoiceField(label="猶予する月数", coerce=int)
    ground = forms.ChoiceField(
        label="事由",
        widget=forms.RadioSelect,
        error_messages={"required": "事由を選んでください。"},
    )
    housing = forms.ChoiceField(
        label="猶予を受けているほかの借入金",
        choices=HOUSING,
        required=False,
        widget=forms.RadioSelect(attrs={"data-row": "1"}),
        help_text="事由が「ほかの借入金の返済猶予を受けている」ときだけ。住宅ローンは対象になりません。",
    )
    situation = forms.CharField(
        label="いまの状況",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="いま返済が難しい事情だけを書きます。今後返せる見通しは聞きません。",
        error_messages={"required": "いまの状況を入力してください。"},
    )
    exemption_explained = forms.BooleanField(label="免除の要件に当たるかを確かめ、案内した", required=False)
    agency_consent = forms.ChoiceField(
        label="自立相談支援機関に情報を伝えることへの同意",
        choices=AgencyConsent.choices,
        widget=forms.RadioSelect(attrs={"data-row": "1"}),
        initial=AgencyConsent.NOT_ASKED,
    )
    note = forms.CharField(
        label="受付メモ",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="内部の記録です。通知には書かれません。",
    )

    def __init__(self, *args: Any, choices: Sequence[LoanChoice], most_months: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = tuple(choices)
        self.fields["months"].choices = [(n, f"{n}か月") for n in range(1, most_months + 1)]  # type: ignore[attr-defined]
        self.fields["months"].initial = most_months
        self.fields["ground"].choices = ground_choices()  # type: ignore[attr-defined]
        for choice in self.choices:
            if choice.months:
                name = f"{choice.loan.get_fund_display()} {choice.loan.code}"
                self.fields[f"loan_{choice.loan.pk}"] = forms.BooleanField(label=f"{name}を猶予する", required=False)
                self.fields[f"from_{choice.loan.pk}"] = forms.TypedChoiceField(
                    label="開始月",
                    coerce=int,
                    required=False,
                    choices=choice.months,
                    error_messages={"invalid_choice": f"貸付 {choice.loan.code} は、この月からは猶予できません。"},
                )

    @property
    def loan_rows(self) -> list[tuple[LoanChoice, BoundField | None, BoundField | None]]:
        """Each loan with its box and its months; a loan that cannot be deferred has neither."""
        return [
            (choice, self[f"loan_{choice.loan.pk}"], self[f"from_{choice.loan.pk}"])
            if choice.months
            else (choice, None, None)
            for choice in self.choices
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        wanted = [choice for choice in self.choices if choice.months and cleaned.get(f"loan_{choice.loan.pk}")]
        if not wanted:
            raise ValidationError("猶予を希望する貸付を選んでください。", code="no_loan")
        for choice in wanted:
            name = f"from_{choice.loan.pk}"
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, "開始月を選んでください。")
        return cleaned

    def wishes(self) -> tuple[LoanWish, ...]:
        """The chosen loans."""
        return tuple(
            LoanWish(choice.loan.pk, self.cleaned_data[f"from_{choice.loan.pk}"], self.cleaned_data["months"])
            for choice in self.choices
            if choice.months and self.cleaned_data.get(f"loan_{choice.loan.pk}")
        )

    def said(self, channel: DeferralChannel, received_on: date, papers: tuple[FiledPaper, ...] = ()) -> Transcript:
        """The application that was typed."""
        data = self.cleaned_data
        return Transcript(
            channel=channel,
            received_on=received_on,
            ground=DeferralGround(data["ground"]),
            situation=data["situation"],
            wishes=self.wishes(),
            papers=papers,
            other_debt_is_housing={"yes": True, "no": False}.get(data["housing"]),
            exemption_explained=data["exemption_explained"],
            agency_consent=AgencyConsent(data["agency_consent"]),
            note=data["note"],
        )


class ApplicationForm(WishForm):
    """償還猶予申請書 as it lies on the desk, with the paper that came with it."""

    received_on = EraDateField(label="受付日")
    evidence = forms.ChoiceField(
        label="一緒に届いた確認書類",
        choices=[("", "まだ届いていない"), *PAPERS_BY_GROUND],
        required=False,
    )
    evidence_issued_on = EraDateField(label="確認書類の発行日", required=False, help_text="書いてあれば入力します。")

    field_order = ("received_on",)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind, ground = cleaned.get("evidence"), cleaned.get("ground")
        if kind and ground and EVERY_PAPER[kind] not in papers_of(ground):
            self.add_error("evidence", f"この事由を確認する書類は、{named(papers_of(ground))}です。")
        return cleaned

    def transcript(self) -> Transcript:
        received_on, kind = self.cleaned_data["received_on"], self.cleaned_data["evidence"]
        issued_on = self.cleaned_data["evidence_issued_on"]
        papers = (FiledPaper(EVERY_PAPER[kind], received_on, issued_on),) if kind else ()
        return self.said(DeferralChannel.PAPER, received_on, papers)


class InterviewForm(WishForm):
    """A telephone call that ends in an application, in the order of the call."""

    spoke_with = forms.ChoiceField(
        label="話した相手",
        choices=SpokeWith.choices,
        widget=forms.RadioSelect(attrs={"data-row": "1"}),
        initial=SpokeWith.SELF,
        error_messages={"required": "話した相手を選んでください。"},
    )
    phone = PhoneField(label="つながった電話番号", max_length=20, required=False)
    reachable = forms.TypedMultipleChoiceField(
        label="つながりやすい時間",
        choices=Reachable.choices,
        coerce=Reachable,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-row": "1"}),
    )
    hardships = forms.TypedMultipleChoiceField(
        label="困っていること",
        choices=Hardship.choices,
        coerce=Hardship,
        widget=forms.CheckboxSelectMultiple(attrs={"data-row": "1"}),
        error_messages={"required": "困っていることを、一つ以上選んでください。"},
    )
    papers_told = forms.TypedMultipleChoiceField(
        label="送るよう案内した書類",
        choices=[(value, str(kind.label)) for value, kind in EVERY_PAPER.items()],
        coerce=PaperKind,
        widget=forms.CheckboxSelectMultiple(attrs={"data-row": "1"}),
        help_text="選んだ事由の書類のうち、どれか一つがあれば足ります。",
        error_messages={"required": "送っていただく書類を案内し、選んでください。"},
    )

    field_order = ("spoke_with", "phone", "reachable", "hardships", "situation", "ground", "housing", "papers_told")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        told, ground = cleaned.get("papers_told"), cleaned.get("ground")
        if told and ground and not set(told) & set(papers_of(ground)):
            self.add_error("papers_told", f"この事由を確認する書類は、{named(papers_of(ground))}です。")
        return cleaned

    def transcript(self, day: date) -> Transcript:
        return self.said(DeferralChannel.PHONE, day)

    def heard(self) -> Heard:
        data = self.cleaned_data
        return Heard(
            spoke_with=SpokeWith(data["spoke_with"]),
            phone=data["phone"],
            reachable=tuple(data["reachable"]),
            hardships=tuple(data["hardships"]),
            papers_told=tuple(data["papers_told"]),
        )


class PaperForm(forms.Form):
    """A paper that came in for an application."""

    kind = forms.TypedChoiceField(
        label="届いた書類",
        coerce=PaperKind,
        error_messages={"required": "届いた書類を選んでください。"},
    )
    received_on = EraDateField(label="届いた日")
    issued_on = EraDateField(label="発行日", required=False, help_text="書いてあれば入力します。")

    def __init__(self, *args: Any, ground: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = [(kind.value, str(kind.label)) for kind in papers_of(ground)]
        form = PaperKind.DEFERRAL_FORM
        self.fields["kind"].choices = [*wanted, (form.value, str(form.label))]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = forms.CharField(
        label="理由",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "理由を入力してください。"},
    )

    def __init__(self, *args: Any, label: str = "", help_text: str = "", required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label, field.help_text, field.required = label or field.label, help_text, required


class DecisionForm(ReasonForm):
    """Which loans are granted, and why others are not."""

    granting = forms.TypedMultipleChoiceField(
        label="承認する貸付", coerce=int, widget=forms.CheckboxSelectMultiple, required=False
    )
    field_order = ("granting", "reason")

    def __init__(self, *args: Any, loans: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(
            *args,
            label="承認しない貸付がある場合の理由",
            help_text="内部の記録です。通知には書かれません。",
            required=False,
            **kwargs,
        )
        self.fields["granting"].choices = list(loans)  # type: ignore[attr-defined]
        self.fields["granting"].initial = [pk for pk, _ in loans]


class EndForm(forms.Form):
    """After which month a deferral ends, and why."""

    ends_after = forms.TypedChoiceField(label="猶予する最後の月", coerce=int)
    reason = forms.ChoiceField(label="理由", choices=EndReason.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label="理由の内容",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "理由の内容を入力してください。"},
    )

    def __init__(self, *args: Any, months: Sequence[int], first_month: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_after"].choices = [  # type: ignore[attr-defined]
            (month, era_month(month) if month >= first_month else "始まる前に取りやめる") for month in months
        ]


class OfferForm(forms.Form):
    """What became of the offer of support."""

    outcome = forms.ChoiceField(
        label="結果",
        choices=OfferOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "結果を選んでください。"},
    )
    on = EraDateField(label="日付")
    note = forms.CharField(label="メモ", max_length=200, required=False)

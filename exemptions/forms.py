"""Forms about exemption applications. They turn what was typed into a ``Transcript``; the services decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.enums import OfficeKind
from accounts.models import Office
from exemptions.enums import ApplicationState, HouseholdSituation
from exemptions.filters import NOT_ASSIGNED, Age, Filters, Holder
from exemptions.signed_form import SignedForm
from exemptions.transcript import NewHead, TaxTranscript, Transcript
from exemptions.workload.people import everybody
from exemptions.years import YearsAsked
from japan.eras import era_date, fiscal_year_text
from japan.forms import EraDateField, YenField
from loans.enums import FundKind
from people.households import Member

SEVERAL = "several"
NEW_HEAD = "new"
SITUATIONS = [
    *HouseholdSituation.choices,
    (SEVERAL, "（二つ以上に印がある）"),
    ("", "（どれにも印がない）"),
]
SEVERAL_POSTED = (
    "世帯の状況は一つだけ選んでください。"
    "申請書に二つ以上の印がある場合は「（二つ以上に印がある）」を選ぶと、不備として返送できます。"
)
LEVY = [("no", "0円（非課税）"), ("yes", "課税")]
FIRST_CERTIFICATE_YEAR = 2020


class EntryForm(SignedForm):
    """Form 1-1-x as it lies on the desk, field by field in the order of the paper.

    What is missing on the paper may be missing here: that is a deficiency, shown beside the form and sent back. Refused
    is only what cannot be read, or contradicts itself.
    """

    fiscal_year = forms.TypedChoiceField(
        label="住民税の年度",
        coerce=int,
        error_messages={"invalid_choice": "この受付日の申請書の年度ではありません。受付日と年度をお確かめください。"},
    )
    requested_amount = YenField(
        label="免除申請額", required=False, help_text="申請書に印字されている額。￥540,000 のようにも入力できます。"
    )
    situation = forms.ChoiceField(
        label="いずれか一つ", choices=SITUATIONS, required=False, widget=forms.RadioSelect, initial=""
    )
    head = forms.ChoiceField(label="現在の世帯主", required=False)
    head_name = forms.CharField(label="世帯主の氏名", max_length=80, required=False)
    head_kana = forms.CharField(label="世帯主のカナ氏名", max_length=80, required=False)
    head_birth_date = EraDateField(label="世帯主の生年月日", required=False, help_text="")

    borrower_tax_year = forms.TypedChoiceField(label="年度", coerce=int, required=False, empty_value=None)
    borrower_tax_per_capita = forms.ChoiceField(
        label="均等割", choices=LEVY, required=False, widget=forms.RadioSelect(attrs={"data-row": "1"})
    )
    borrower_tax_income = forms.ChoiceField(
        label="所得割", choices=LEVY, required=False, widget=forms.RadioSelect(attrs={"data-row": "1"})
    )
    borrower_tax_issued_on = EraDateField(label="発行日", required=False, help_text="")
    head_tax_year = forms.TypedChoiceField(label="年度", coerce=int, required=False, empty_value=None)
    head_tax_per_capita = forms.ChoiceField(
        label="均等割", choices=LEVY, required=False, widget=forms.RadioSelect(attrs={"data-row": "1"})
    )
    head_tax_income = forms.ChoiceField(
        label="所得割", choices=LEVY, required=False, widget=forms.RadioSelect(attrs={"data-row": "1"})
    )
    head_tax_issued_on = EraDateField(label="発行日", required=False, help_text="")
    residence_record = forms.BooleanField(label="世帯全員の住民票がある", required=False)
    residence_issued_on = EraDateField(label="住民票の発行日", required=False, help_text="")
    circumstances = forms.CharField(
        label="事情を確認できる書類",
        max_length=200,
        required=False,
        help_text="世帯主の証明書を取得できない場合だけ。書類の名前を入力します。",
    )

    def __init__(
        self,
        *args: Any,
        years: YearsAsked,
        members: Iterable[Member],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, years=years, members=members, today=today, **kwargs)
        if "fiscal_year" in self.fields:
            self.fields["fiscal_year"].choices = [(year, years.label(year)) for year in years.choices]  # type: ignore[attr-defined]
        certificate_years = [
            ("", "証明書なし"),
            *((year, fiscal_year_text(year)) for year in range(today.year, FIRST_CERTIFICATE_YEAR - 1, -1)),
        ]
        for name in ("borrower_tax_year", "head_tax_year"):
            self.fields[name].choices = certificate_years  # type: ignore[attr-defined]
        self.fields["head"].choices = [  # type: ignore[attr-defined]
            ("", "選んでください"),
            *((str(member.person_id), _member_label(member)) for member in members),
            (NEW_HEAD, "ほかの人（住民票から入力する）"),
        ]

    def clean_situation(self) -> str:
        """Exactly one: a second posted value is refused, not silently dropped."""
        posted = self.data.getlist(self.add_prefix("situation")) if hasattr(self.data, "getlist") else []
        if len(set(posted)) > 1:
            raise ValidationError(SEVERAL_POSTED, code=SEVERAL)
        return str(self.cleaned_data["situation"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for person, name in (("borrower", "借受人"), ("head", "世帯主")):
            self._check_certificate(cleaned, person, name)
        self._check_head(cleaned)
        if cleaned.get("residence_issued_on") and not cleaned.get("residence_record"):
            cleaned["residence_record"] = True
        return cleaned

    def _check_certificate(self, cleaned: dict[str, Any], person: str, name: str) -> None:
        year = cleaned.get(f"{person}_tax_year")
        filled = [cleaned.get(f"{person}_tax_{part}") for part in ("per_capita", "income", "issued_on")]
        if year is None and any(filled) and f"{person}_tax_year" not in self.errors:
            self.add_error(f"{person}_tax_year", f"{name}の課税証明書の年度を選んでください。")
        if year is not None:
            for part, words in (("per_capita", "均等割"), ("income", "所得割")):
                if not cleaned.get(f"{person}_tax_{part}"):
                    self.add_error(f"{person}_tax_{part}", f"{name}の{words}が0円か課税かを選んでください。")

    def _check_head(self, cleaned: dict[str, Any]) -> None:
        if "situation" in self.errors:
            return
        judged = cleaned.get("situation") == HouseholdSituation.NONE_OF_THESE
        if not judged:
            if cleaned.get("head_tax_year") is not None:
                message = (
                    "世帯主の証明書は、世帯の状況が「いずれにも当てはまらない」のときだけ入力します。"
                    "世帯の状況をお確かめください。"
                )
                self.add_error("head_tax_year", message)
            return
        named = {field: cleaned.get(field) for field in ("head_name", "head_kana", "head_birth_date")}
        if cleaned.get("head") == NEW_HEAD:
            labels = {"head_name": "氏名", "head_kana": "カナ氏名", "head_birth_date": "生年月日"}
            for field, value in named.items():
                if not value and field not in self.errors:
                    self.add_error(field, f"世帯主の{labels[field]}を入力してください。")
        elif any(named.values()) and not cleaned.get("head"):
            cleaned["head"] = NEW_HEAD
            self._check_head(cleaned)

    def transcript(self, *, received_on: date, fiscal_year: int | None) -> Transcript:
        """What was typed, as far as it could be read; the two arguments stand in where those fields could not."""
        data = self.cleaned_data
        situation = data.get("situation") or ""
        head = data.get("head") or ""
        new_head = None
        if head == NEW_HEAD and all(data.get(field) for field in ("head_name", "head_kana", "head_birth_date")):
            new_head = NewHead(data["head_name"].strip(), data["head_kana"].strip(), data["head_birth_date"])
        return Transcript(
            fiscal_year=data.get("fiscal_year") or fiscal_year,
            received_on=data.get("received_on") or received_on,
            requested_amount=data.get("requested_amount"),
            situation=HouseholdSituation(situation) if situation and situation != SEVERAL else None,
            several_situations=situation == SEVERAL or self.has_error("situation", SEVERAL),
            head_id=int(head) if head.isdecimal() else None,
            new_head=new_head,
            residence_record=bool(data.get("residence_record")),
            residence_issued_on=data.get("residence_issued_on"),
            borrower_tax=self._tax("borrower"),
            head_tax=self._tax("head"),
            circumstances=(data.get("circumstances") or "").strip(),
            **self.signature(),
        )

    def _tax(self, person: str) -> TaxTranscript | None:
        data = self.cleaned_data
        year, per_capita, income = (data.get(f"{person}_tax_{part}") for part in ("year", "per_capita", "income"))
        if year is None or not per_capita or not income:
            return None
        return TaxTranscript(year, per_capita == "yes", income == "yes", data.get(f"{person}_tax_issued_on"))


def initial_of(transcript: Transcript) -> dict[str, Any]:
    """The form's initial values for what is stored of an application."""
    values: dict[str, Any] = {
        name: getattr(transcript, name)
        for name in (
            "fiscal_year", "received_on", "requested_amount", "signed_on", "signed", "phone", "erasable_ink",
            "residence_record", "residence_issued_on", "circumstances", "note",
        )
    }  # fmt: skip
    values["situation"] = SEVERAL if transcript.several_situations else (transcript.situation or "")
    values["consents"] = sorted(transcript.consents)
    values["head"] = str(transcript.head_id) if transcript.head_id is not None else ""
    for person, tax in (("borrower", transcript.borrower_tax), ("head", transcript.head_tax)):
        if tax is not None:
            values |= {
                f"{person}_tax_year": tax.fiscal_year,
                f"{person}_tax_per_capita": "yes" if tax.per_capita_levy else "no",
                f"{person}_tax_income": "yes" if tax.income_levy else "no",
                f"{person}_tax_issued_on": tax.issued_on,
            }
    return values


def _member_label(member: Member) -> str:
    head = "、世帯主" if member.is_head else ""
    return f"{member.name}（{member.relationship}{head}、{era_date(member.birth_date)}生）"


class LoanCodeForm(forms.Form):
    """Which loan a form is for: the code printed on it."""

    code = forms.CharField(
        label="貸付コード", max_length=12, widget=forms.TextInput(attrs={"size": "14", "autocomplete": "off"})
    )


def office_choices() -> list[tuple[object, str]]:
    """The councils where forms come in; asked only where somebody has to choose or chose one."""
    councils = Office.objects.exclude(kind=OfficeKind.AGENCY).order_by("code")
    return [("", "すべて"), *councils.values_list("pk", "name")]


def assignee_choices() -> list[tuple[object, str]]:
    """To whom cases can have been given."""
    return [("", "すべて"), (NOT_ASSIGNED, "割り当てていない"), *everybody(on=timezone.localdate())]


class QueueForm(forms.Form):
    """The filters of the queue, as they stand in the address."""

    state = forms.ChoiceField(
        label="状態",
        required=False,
        choices=[
            ("", "受付済み・審査中"),
            *((state.value, state.label) for state in ApplicationState if state != ApplicationState.REVOKED),
        ],
    )
    office = forms.TypedChoiceField(label="受付事業所", required=False, coerce=int, empty_value=None)
    fund = forms.ChoiceField(
        label="資金",
        required=False,
        choices=[("", "すべて"), *((kind.value, kind.label) for kind in FundKind if kind != FundKind.REG_SMALL)],
    )
    age = forms.ChoiceField(
        label="受付から",
        required=False,
        choices=[
            (Age.ANY, "すべて"),
            (Age.WEEK, "7日を超えた"),
            (Age.TWO_WEEKS, "14日を超えた"),
            (Age.OVERDUE, "30日を超えた（期限超過）"),
            (Age.FIRST_WEEK, "7日以内"),
            (Age.SECOND_WEEK, "8日から14日"),
            (Age.REST_OF_MONTH, "15日から30日"),
        ],
    )
    holder = forms.ChoiceField(
        label="審査中の人",
        required=False,
        choices=[(Holder.ANYBODY, "すべて"), (Holder.MINE, "私"), (Holder.NOBODY, "だれも審査していない")],
    )
    assigned = forms.ChoiceField(label="割り当てた担当者", required=False)
    ready = forms.BooleanField(label="決裁できるものだけ", required=False)
    answered = forms.BooleanField(label="不備への回答ありだけ", required=False)
    aside = forms.BooleanField(label="保留中だけ", required=False)
    hand = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    handover = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    came_in = forms.DateField(required=False, input_formats=["%Y-%m-%d"], widget=forms.HiddenInput)
    went_out = forms.DateField(required=False, input_formats=["%Y-%m-%d"], widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].choices = office_choices  # type: ignore[attr-defined]
        self.fields["assigned"].choices = assignee_choices  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        """The filters asked for; a value that is none of the choices asks for nothing."""
        self.is_valid()
        data = self.cleaned_data
        return Filters(
            state=data.get("state") or "",
            office=data.get("office"),
            fund=data.get("fund") or "",
            age=data.get("age") or "",
            holder=data.get("holder") or "",
            ready=bool(data.get("ready")),
            answered=bool(data.get("answered")),
            assigned=data.get("assigned") or "",
            hand=data.get("hand"),
            aside=bool(data.get("aside")),
            came_in=data.get("came_in"),
            went_out=data.get("went_out"),
            handover=data.get("handover"),
        )


class AsideForm(forms.Form):
    """保留: why, and until which day."""

    reason = forms.CharField(
        label="保留の理由",
        max_length=200,
        error_messages={"required": "保留の理由を入力してください。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    until = EraDateField(label="再開日", help_text="この日から、また「次の申請を取る」の対象になります。")

    def first_problem(self) -> str:
        """The first thing that is wrong, as one sentence."""
        return str(next(iter(self.errors.values()))[0])


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

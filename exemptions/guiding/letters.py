"""The letters that bring the forms of exemption: the guide with a pre-printed form, and what a later year would exempt.

One letter for a loan, with the form of that loan behind it and the guide with its flow chart. What it says is worked out
when it is drafted; a letter whose occasion has gone since is not drafted at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from exemptions.guiding.enums import GuideKind
from exemptions.guiding.listing import held_back
from exemptions.models import ExemptionGuide
from exemptions.sheets.facts import GuideFacts, ReasonFormFacts, TaxFormFacts
from exemptions.sheets.gathering import form_facts, forms_of, guide_facts, lender_letterhead
from japan.eras import fiscal_year_text
from loans.funds import fund
from loans.letter_sources import LendingLetters
from notices.kinds import Desk, LetterFacts, LetterKind
from notices.sources import Draft, LetterSource
from rulebook.selectors import settings_on

ASKED_FOR = timedelta(days=31)
"""A row whose letter could not be drafted in this time is stale."""


@dataclass(frozen=True, kw_only=True)
class GuideLetterFacts(LetterFacts):
    """What both letters say of the loan. ``guide`` is the sheet behind the form, ``desks`` the places to turn to."""

    fund_name: str = field(metadata={"label": "資金の種類"})
    fund_code: str = field(metadata={"label": "資金コード"})
    loan_code: str = field(metadata={"label": "貸付コード"})
    principal: int = field(metadata={"label": "貸付金額"})
    outstanding: int = field(metadata={"label": "残額"})
    as_of: date = field(metadata={"label": "いつ現在"})
    guide: GuideFacts
    desks: tuple[Desk, ...]


@dataclass(frozen=True, kw_only=True)
class FormsLetterFacts(GuideLetterFacts):
    """The form of this loan, on residence tax or on requirements ② to ④; exactly one of them is there."""

    tax_form: TaxFormFacts | None
    reason_form: ReasonFormFacts | None


@dataclass(frozen=True, kw_only=True)
class LaterYearLetterFacts(GuideLetterFacts):
    """A later year: ``exempted`` yen from month ``cut_off`` (index) on, ``stays`` yen before it remain to be repaid."""

    year: str = field(metadata={"label": "住民税の年度"})
    cut_off: int = field(metadata={"label": "免除の始まる月", "unit": "month"})
    exempted: int = field(metadata={"label": "免除となる額"})
    stays: int = field(metadata={"label": "残る額"})
    tax_form: TaxFormFacts


class Guides(LendingLetters[ExemptionGuide]):
    """The rows of some kinds that are ready."""

    prefix = "exemption-guide"

    def __init__(self, *kinds: GuideKind) -> None:
        self.kinds = kinds

    def rows(self) -> QuerySet[ExemptionGuide]:
        return ExemptionGuide.objects.filter(kind__in=self.kinds, held="", lapsed_on__isnull=True).select_related(
            "loan__borrower"
        )

    def on_day(self, rows: QuerySet[ExemptionGuide], day: date) -> QuerySet[ExemptionGuide]:
        return rows.filter(ready_on__lte=day, ready_on__gt=day - ASKED_FOR)

    def borrower_id(self, row: ExemptionGuide) -> int:
        return row.loan.borrower_id

    def about(self, row: ExemptionGuide) -> tuple[str, str]:
        return row.loan.borrower.name, f"{fund(row.loan.fund).name_ja}　{row.loan.code}"

    def draft(self, occasion: str) -> Draft | None:
        """The letter of one occasion; None where there is no such form any more, or the borrower is left alone now."""
        drafted = super().draft(occasion)
        return drafted if drafted is not None and drafted.content else None

    def content(self, row: ExemptionGuide) -> dict[str, Any]:
        """What the letter says as of the day it may be written; empty where there is nothing to say any more."""
        on = row.ready_on
        assert on is not None  # a check constraint of rows that are not held says so
        (forms,) = forms_of([row.loan], on=on)
        offer = next((each for each in forms.offers if each.fiscal_year == row.fiscal_year), None)
        if offer is None or forms.inquiry is None or held_back([row.loan_id], on):
            return {}
        settings = settings_on(on)
        guide = guide_facts(lender_letterhead(on), settings=settings)
        form = form_facts(forms, offer, council=guide.council, settings=settings)
        told: dict[str, Any] = {
            "fund_name": form.fund_name,
            "fund_code": form.fund_code,
            "loan_code": form.loan_code,
            "principal": form.principal,
            "outstanding": form.outstanding,
            "as_of": form.as_of,
            "guide": guide,
        }
        if row.kind != GuideKind.LATER_YEAR:
            is_tax = isinstance(form, TaxFormFacts)
            return told | {"tax_form": form if is_tax else None, "reason_form": None if is_tax else form}
        if offer.cut_off is None or offer.fiscal_year is None:
            return {}
        return told | {
            "year": fiscal_year_text(offer.fiscal_year),
            "cut_off": offer.cut_off,
            "exempted": offer.asked,
            "stays": offer.stays,
            "tax_form": form,
        }


_LETTERS = (
    (
        LetterKind(
            "guide_forms",
            "償還免除のご案内",
            1,
            FormsLetterFacts,
            "notices/guide_forms/v1.html",
            enclosure="返信用封筒",
        ),
        Guides(GuideKind.JUDGEMENT, GuideKind.ON_REQUEST),
    ),
    (
        LetterKind(
            "guide_later_year",
            "判定年度より後の償還免除のご案内",
            1,
            LaterYearLetterFacts,
            "notices/guide_later_year/v1.html",
            enclosure="返信用封筒",
        ),
        Guides(GuideKind.LATER_YEAR),
    ),
)
KINDS = tuple(declared for declared, _ in _LETTERS)
SOURCES = tuple(
    LetterSource(
        declared.code,
        declared.label_ja,
        due=maker.due,
        draft=maker.draft,
        describe=maker.describe,
        due_rows=maker.due_rows,
    )
    for declared, maker in _LETTERS
)

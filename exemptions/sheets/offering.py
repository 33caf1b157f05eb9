"""Which forms there are for a loan on a day, and what is printed on them. Pure: no database, clock or settings of its own.

様式1-1-x is about residence tax, one letter for each set of judgement years; 様式1-2 about requirements ② to ④. There is
one sheet for each loan code (form 1-1-D, note above the frame).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from exemptions.enums import Ground
from exemptions.grounds import later_year, residence_tax
from exemptions.inquiry import Inquiry
from exemptions.years import YearsAsked
from japan.eras import era_date, era_month, fiscal_year_text
from loans.funds import Cohort

LATER_YEARS = "1-1-B"
VARIANTS: dict[tuple[int, ...], str] = {(2021, 2022): "1-1-A", (2023,): "1-1-C", (2024,): "1-1-D"}
"""The letter behind 様式1-1, by judgement years.

D is printed on the Hokkaido form for fiscal year 2024, and form 1-2 of autumn 2024 tells borrowers of small loans to copy
their codes from a form 1-1-B, which by then can only be that of a later year. A and C are the places that are left.
"""
REASONS = "1-2"


@dataclass(frozen=True, slots=True)
class Offer:
    """One form for one loan. ``fiscal_year`` is None on 様式1-2; ``usual`` marks what somebody would ask for by itself.

    ``asked`` yen would be exempted, ``stays`` would remain; ``cut_off`` is the month of requirement ①′.
    """

    number: str
    label: str
    fiscal_year: int | None
    asked: int
    stays: int
    usual: bool
    cut_off: int | None = None

    @property
    def key(self) -> str:
        """What tells the forms of one loan apart in an address or a form field."""
        return str(self.fiscal_year or "reasons")


def offers(inquiry: Inquiry) -> tuple[Offer, ...]:
    """Return the forms that can lead to an exemption of this loan when they come in on the day asked about."""
    outstanding = inquiry.position.outstanding
    if not inquiry.is_special or not outstanding:
        return ()
    years = YearsAsked.of(inquiry.cohort, inquiry.received_on)
    found = [
        offer
        for offer in (_judged(inquiry, years), _later(inquiry, years))
        if offer is not None and offer.asked and offer.fiscal_year is not None
    ]
    best = max(found, key=lambda offer: offer.fiscal_year or 0, default=None)
    tax = [replace(offer, usual=offer is best) for offer in found]
    return (*tax, Offer(REASONS, "様式1-2（要件②～④）", None, outstanding, 0, usual=not tax))


def why_none(inquiry: Inquiry) -> str:
    """Return the sentence for a loan that has no form, empty where it has one."""
    if not inquiry.is_special:
        return "本則の貸付には、要件①～④の免除がありません。"
    return "" if inquiry.position.outstanding else "残額がありません。"


def _judged(inquiry: Inquiry, years: YearsAsked) -> Offer | None:
    """The form of the judgement years, once the tax of one of them is fixed; late ones are taken in too (EX-15)."""
    fixed = [year for year in years.judgement if year <= years.newest]
    if not fixed:
        return None
    taken = residence_tax.look(inquiry).amount
    number = VARIANTS[years.judgement]
    label = f"様式{number}（{years_text(inquiry.cohort)}）"
    return Offer(number, label, fixed[-1], taken, inquiry.position.outstanding - taken, usual=True)


def _later(inquiry: Inquiry, years: YearsAsked) -> Offer | None:
    if not years.is_later(years.newest):
        return None
    seen = later_year.look(inquiry)
    label = f"様式{LATER_YEARS}（{fiscal_year_text(years.newest)}。判定年度より後）"
    stays = inquiry.position.outstanding - seen.amount
    return Offer(LATER_YEARS, label, years.newest, seen.amount, stays, usual=True, cut_off=seen.cut_off)


def years_text(cohort: Cohort) -> str:
    """The judgement years in words: 「令和3年度または令和4年度」."""
    return "または".join(fiscal_year_text(year) for year in cohort.judgement_years)


@dataclass(frozen=True, slots=True)
class Reason:
    """A requirement somebody meets, and since when."""

    ground: Ground
    since: date


def earliest(reasons: tuple[Reason, ...]) -> tuple[Ground | None, str]:
    """Return the one reason to tick on 様式1-2 and the sentence why: of ② and ③ the one met first (EX-36).

    ④ is left blank where ② or ③ holds (EX-42), which ``reasons`` therefore never names. Of two met on one day, ②.
    """
    if not reasons:
        return None, ""
    first, *others = sorted(reasons, key=lambda reason: (reason.since, list(Ground).index(reason.ground)))
    if not others:
        return first.ground, ""
    return first.ground, f"両方に当てはまるため、先に（{era_date(first.since)}）当てはまった方に印をつけています。"


def start_text(cohort: Cohort) -> str:
    """Where repayment begins unless the loan says otherwise: 「令和5年1月から」."""
    return f"{era_month(cohort.first_month)}から" if cohort.first_month is not None else ""


def form_number(cohort: Cohort, fiscal_year: int | None) -> str:
    """Return the number of the form that names a fiscal year: ``1-1-B`` for a later one, ``1-2`` where it names none."""
    if fiscal_year is None:
        return REASONS
    later = not cohort.judgement_years or fiscal_year > cohort.judgement_years[-1]
    return LATER_YEARS if later else VARIANTS[cohort.judgement_years]

"""Questions about loans: whose they are, how to find one by its code, and what their cohort says about exemption."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from japan.eras import era_month, fiscal_year_text
from japan.yen import yen
from loans.enums import LoanState
from loans.funds import FUNDS, Cohort, cohort_of
from loans.models import Loan, LoanQuerySet
from rulebook.sources import Source

if TYPE_CHECKING:
    from accounts.models import User

_MOST_BY_CODE = 200
_FEWEST_OF_A_CODE, _LONGEST_CODE = 5, 12
_NOT_IN_A_CODE = re.compile(r"[\s\-‐‑–−ー]")


@dataclass(frozen=True, slots=True)
class CohortText:
    """What a loan's cohort means for exemption and repayment, in words (Hokkaido exemption guide 2024, table).

    ``judgement_years`` are 令和5年度 …, of which one suffices; ``cap`` and ``first_month`` are words too, empty where the
    fund has none. ``first_month`` is the default; the loan itself may begin earlier or later.
    """

    label: str
    judgement_years: str
    cap: str
    first_month: str
    note: str
    source: Source


@dataclass(frozen=True, slots=True)
class Citation:
    """A source with the number by which the table's lines refer to it."""

    number: int
    source: Source


@dataclass(frozen=True, slots=True)
class FundRow:
    """One line of the exemption guide's table: a fund and one of its cohorts. ``cap`` and ``maximum`` are lines of text."""

    fund_name: str
    fund_code: str
    special: bool
    cohort: str
    judgement_years: str
    cap: tuple[str, ...]
    first_month: str
    most_instalments: int
    maximum: tuple[str, ...]
    note: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class FundTable:
    """The whole table with the documents it rests on, each once."""

    rows: tuple[FundRow, ...]
    citations: tuple[Citation, ...]


def normal_code(text: str) -> str:
    """A loan code as it is stored: no spaces, no hyphens, half width, capitals."""
    return _NOT_IN_A_CODE.sub("", unicodedata.normalize("NFKC", text)).upper()


def by_code(*, user: User, code: str) -> Loan | None:
    """The loan with this code if the reader may know of it."""
    wanted = normal_code(code)
    if not wanted:
        return None
    return Loan.objects.visible_to(user).filter(code=wanted).select_related("borrower", "office").first()


def borrowers_by_codes(*, user: User, codes: Iterable[str]) -> list[int]:
    """Keys of the borrowers whose loan codes begin with one of these; a code of fewer than five characters finds none."""
    wanted = {code for code in map(normal_code, codes) if _FEWEST_OF_A_CODE <= len(code) <= _LONGEST_CODE}
    if not wanted:
        return []
    begins = Q()
    for code in wanted:
        begins |= Q(code__startswith=code)
    loans = Loan.objects.visible_to(user).filter(begins).order_by("code")
    return list(loans.values_list("borrower", flat=True)[:_MOST_BY_CODE])


def of_person(*, user: User, person_id: int) -> LoanQuerySet:
    """The loans of a person that this reader may know of, in the order in which they were applied for."""
    return (
        Loan.objects.visible_to(user).filter(borrower=person_id).select_related("office").order_by("applied_on", "pk")
    )


def of_people(person_ids: Iterable[int]) -> dict[int, list[Loan]]:
    """The loans of persons the asker has been admitted to, by person; one query."""
    found: dict[int, list[Loan]] = {}
    for loan in Loan.objects.filter(borrower__in=set(person_ids)).order_by("applied_on", "pk"):
        found.setdefault(loan.borrower_id, []).append(loan)
    return found


def is_lent(loan: Loan) -> bool:
    """Whether money has been paid out, so that there can be something to repay."""
    return loan.state in (LoanState.DISBURSING, LoanState.LENT)


def cohort_text(loan: Loan) -> CohortText:
    """What the loan's cohort says, for the loan's household size at lending."""
    cohort = cohort_of(loan.fund, loan.applied_on)
    cap = cohort.cap(loan.household_size)
    return CohortText(
        label=cohort.label_ja,
        judgement_years=_years(cohort),
        cap=yen(cap) if cap is not None else "",
        first_month=era_month(cohort.first_month) if cohort.first_month is not None else "",
        note=cohort.note_ja,
        source=cohort.source,
    )


def fund_table() -> FundTable:
    """Every fund with every cohort of it, in the order of the guide."""
    lines = [(fund, cohort) for fund in FUNDS.values() for cohort in fund.cohorts]
    sources = dict.fromkeys(source for fund, cohort in lines for source in (cohort.source, fund.source))
    citations = {source: Citation(number, source) for number, source in enumerate(sources, start=1)}
    rows = tuple(
        FundRow(
            fund_name=fund.name_ja,
            fund_code=fund.fund_code,
            special=fund.special,
            cohort=cohort.label_ja,
            judgement_years=_years(cohort),
            cap=_either(cohort.cap_single, cohort.cap_multi),
            first_month=era_month(cohort.first_month) if cohort.first_month is not None else "",
            most_instalments=fund.most_instalments,
            maximum=_either(fund.maximum_single, fund.maximum_multi),
            note=cohort.note_ja,
            citations=tuple(citations[source] for source in dict.fromkeys((cohort.source, fund.source))),
        )
        for fund, cohort in lines
    )
    return FundTable(rows=rows, citations=tuple(citations.values()))


def _years(cohort: Cohort) -> str:
    return " または ".join(fiscal_year_text(year) for year in cohort.judgement_years)


def _either(single: int | None, multi: int | None) -> tuple[str, ...]:
    if single is None or multi is None:
        return ()
    return (yen(single),) if single == multi else (f"単身 {yen(single)}", f"2人以上 {yen(multi)}")

"""The five fund kinds and their cohorts as dated data: judgement years, caps, default start and length.

Money is whole yen, months are month indexes (``japan.months``). "Applied" is the day of the *loan* application.
Sources: table of requirements and caps in the Hokkaido exemption guide of 2024 (judgement years, caps, start months);
MHLW Q&A vol. 17, reference table 2 (amounts, terms); Nagasaki council's guide to the regular emergency small loan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from japan.months import month_of
from loans.enums import FundKind
from rulebook.sources import EXEMPTION_GUIDE, QA_VOL17, REGULAR_LOAN_GUIDE, RELOAN_LEAFLET, Source


@dataclass(frozen=True, slots=True)
class Cohort:
    """The loans of one kind that were applied for between two days (None: open), and what is common to them.

    ``judgement_years`` are the fiscal years whose residence tax is judged; of several, one suffices (EX-10).
    ``first_month`` is where repayment starts unless the loan says otherwise: the table's month is only a default,
    because a borrower could choose a shorter grace and loans of January to March 2022 keep a plain one-year grace.
    """

    applied_from: date | None
    applied_until: date | None
    judgement_years: tuple[int, ...]
    cap_single: int | None
    cap_multi: int | None
    first_month: int | None
    label_ja: str
    source: Source
    note_ja: str = ""

    def covers(self, applied_on: date) -> bool:
        """Whether a loan applied for on that day belongs to this cohort."""
        return (self.applied_from is None or self.applied_from <= applied_on) and (
            self.applied_until is None or applied_on <= self.applied_until
        )

    def cap(self, household_size: int) -> int | None:
        """Return the most that can be exempted (EX-08), by household size at lending; None where there is no cap."""
        return self.cap_single if household_size == 1 else self.cap_multi


@dataclass(frozen=True, slots=True)
class Fund:
    """What all loans of one kind share. ``fund_code`` is printed on the forms; only ``KA`` is attested by a specimen.

    ``maximum_single`` and ``maximum_multi`` are the most that can be lent in all, ``monthly_*`` by the month (None for
    loans paid out at once), ``most_instalments`` the longest term in months.
    """

    kind: FundKind
    fund_code: str
    special: bool
    maximum_single: int
    maximum_multi: int
    monthly_single: int | None
    monthly_multi: int | None
    most_months_lent: int
    most_instalments: int
    cohorts: tuple[Cohort, ...]
    source: Source

    @property
    def name_ja(self) -> str:
        """The name of the fund on letters and screens."""
        return str(self.kind.label)

    def cohort(self, applied_on: date) -> Cohort:
        """Return the cohort of a loan applied for on that day."""
        return next(cohort for cohort in self.cohorts if cohort.covers(applied_on))


_CAPS = EXEMPTION_GUIDE.at("免除要件と免除上限額の表")
_TERMS = QA_VOL17.at("参考資料2（貸付条件の表）")
_START_NOTE = (
    "償還の開始は貸付の時期によって異なることがある（令和4年1月から3月の申請分は据置1年の満了後）。"
    "据置を短くした人は早く始まる。"
)


def _two_cohorts(single: int, multi: int) -> tuple[Cohort, ...]:
    return (
        Cohort(
            None,
            date(2022, 3, 31),
            (2021, 2022),
            single,
            multi,
            month_of(2023, 1),
            "令和4年3月末までに申請された分",
            _CAPS,
            _START_NOTE,
        ),
        Cohort(
            date(2022, 4, 1), None, (2023,), single, multi, month_of(2024, 1), "令和4年4月以降に申請された分", _CAPS
        ),
    )


def _general_support(kind: FundKind, code: str, cohorts: tuple[Cohort, ...], source: Source = _TERMS) -> Fund:
    return Fund(kind, code, True, 450_000, 600_000, 150_000, 200_000, 3, 120, cohorts, source)


FUNDS: dict[FundKind, Fund] = {
    fund.kind: fund
    for fund in (
        Fund(
            FundKind.SP_SMALL, "KA", True, 200_000, 200_000, None, None, 1, 24, _two_cohorts(200_000, 200_000), _TERMS
        ),
        _general_support(FundKind.SP_GS_INITIAL, "SA", _two_cohorts(450_000, 600_000)),
        _general_support(
            FundKind.SP_GS_EXTENSION,
            "SB",
            (Cohort(None, None, (2023,), 450_000, 600_000, month_of(2024, 1), "申請の時期を問わない", _CAPS),),
        ),
        _general_support(
            FundKind.SP_GS_RELOAN,
            "SC",
            (Cohort(None, None, (2024,), 450_000, 600_000, month_of(2025, 1), "申請の時期を問わない", _CAPS),),
            RELOAN_LEAFLET.at("貸付条件"),
        ),
        Fund(
            FundKind.REG_SMALL,
            "HA",
            False,
            100_000,
            100_000,
            None,
            None,
            1,
            12,
            (
                Cohort(
                    None,
                    None,
                    (),
                    None,
                    None,
                    None,
                    "申請の時期を問わない",
                    REGULAR_LOAN_GUIDE.at("貸付条件の表"),
                    "特例貸付の免除の要件①～④はない。償還は貸付の月を含めて3か月以内に始まる。",
                ),
            ),
            REGULAR_LOAN_GUIDE.at("貸付条件の表"),
        ),
    )
}


def fund(kind: str) -> Fund:
    """Return the fund of that kind; ``ValueError`` for an unknown code."""
    return FUNDS[FundKind(kind)]


def cohort_of(kind: str, applied_on: date) -> Cohort:
    """Return the cohort of a loan by its kind and the day it was applied for."""
    return fund(kind).cohort(applied_on)

"""The regular emergency small-sum loan as a prefecture lends it: its limits, causes and papers as dated data (K-12).

One guide is one prefecture's text from a day on. Another prefecture, or a later text, is one more :class:`Guide` in
``GUIDES`` and its name among the words of the setting ``regular_loan_guide``: nothing else changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from loans.lending.enums import Exclusion, LendingCause
from people.enums import PaperKind
from rulebook.sources import REGULAR_LOAN_GUIDE, Document

K = PaperKind


@dataclass(frozen=True, slots=True)
class CausePapers:
    """The papers that prove one cause, as the guide lists them; each line of the guide is a tuple of alternatives."""

    lines: tuple[tuple[PaperKind, ...], ...]

    @property
    def kinds(self) -> tuple[PaperKind, ...]:
        """Every paper named, in the order of the guide."""
        return tuple(kind for line in self.lines for kind in line)


@dataclass(frozen=True, slots=True)
class Guide:
    """One prefecture's terms of the regular loan. Yen, months, years of age; ``in_force_from`` is the first day."""

    code: str
    in_force_from: date
    document: Document
    maximum: int
    unit: int
    age_below: int
    cause_within_months: int
    most_grace_months: int
    most_instalments: int
    start_within_months: int
    held_at_least_months: int
    left_within_years: int
    expected_at_least_months: int
    record_at_most_months: int
    bankbook_months: int
    income_papers_from_age: int
    exclusions: tuple[Exclusion, ...]
    cause_papers: Mapping[LendingCause, CausePapers]


NAGASAKI = Guide(
    code="NAGASAKI",
    in_force_from=date(2020, 3, 25),
    document=REGULAR_LOAN_GUIDE,
    maximum=100_000,
    unit=1_000,
    age_below=65,
    cause_within_months=2,
    most_grace_months=2,
    most_instalments=12,
    start_within_months=3,
    held_at_least_months=6,
    left_within_years=2,
    expected_at_least_months=6,
    record_at_most_months=3,
    bankbook_months=6,
    income_papers_from_age=16,
    exclusions=tuple(Exclusion),
    cause_papers={
        LendingCause.MEDICAL_OR_CARE: CausePapers(((K.BILL, K.RECEIPT),)),
        LendingCause.DISASTER: CausePapers(((K.FIRE_CERTIFICATE, K.DISASTER_CERTIFICATE),)),
        LendingCause.BRIDGE_TO_FIRST_PAYMENT: CausePapers(
            (
                (K.UNEMPLOYMENT_ELIGIBILITY,),
                (K.PENSION_DECISION, K.PENSION_RECEIPT_SLIP),
                (K.DISABILITY_PENSION_RULING,),
                (K.SICKNESS_ALLOWANCE_FORM,),
                (K.CHILD_ALLOWANCE_FORM, K.CHILD_ALLOWANCE_SLIP),
                (K.TRAINING_DECISION,),
                (K.WORK_CONDITIONS,),
            )
        ),
        LendingCause.REDUCED_INCOME: CausePapers(
            ((K.EMPLOYMENT_CERTIFICATE, K.LABOUR_CONTRACT), (K.RESIGNATION_CERTIFICATE,))
        ),
        LendingCause.TAX_OR_INSURANCE_ARREARS: CausePapers(((K.BILL, K.RECEIPT, K.DUNNING_LETTER),)),
        LendingCause.UTILITY_ARREARS: CausePapers(((K.DUNNING_LETTER, K.BILL),)),
        LendingCause.STATUTORY_SUPPORT: CausePapers(((K.UNEMPLOYMENT_ELIGIBILITY, K.LEAVING_SLIP),)),
        LendingCause.THEFT_OF_WAGES: CausePapers(((K.THEFT_REPORT,),)),
        LendingCause.EQUIVALENT: CausePapers(((K.BILL,), (K.UNAVOIDABLE_EXPENSE,))),
    },
)
"""The guide carries no date. It names the special loans, so it is not older than they are."""

GUIDES: tuple[Guide, ...] = (NAGASAKI,)


def guide_on(code: str, day: date, guides: Iterable[Guide] = GUIDES) -> Guide:
    """Return the guide of that name in force on a day, or its first one for a day before it; ``KeyError``."""
    versions = sorted((guide for guide in guides if guide.code == code), key=lambda it: it.in_force_from)
    if not versions:
        raise KeyError(code)
    return next((guide for guide in reversed(versions) if guide.in_force_from <= day), versions[0])

"""What is known of an application for a loan, as an assessment takes it.

``None`` means *not established*, never no. Money is whole yen, a month an index (``japan.months``), a day a ``date``.
The intake screen and ``manage.py case lending`` build these values and hand them to
:func:`loans.lending.assess.assess_lending`. What a case file cannot say (``birth_date``, ``residence``,
``lives_in_prefecture``, ``regular``, ``channel``) is not judged while it is absent; intake says it always.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from loans.enums import FundKind, IncomeKind, IntakeChannel
from loans.lending.enums import (
    BridgeTo,
    Burden,
    ChildAbsence,
    Condition,
    Exclusion,
    IncomeProof,
    Involvement,
    LendingCause,
    LendingPurpose,
    MinorWay,
    OtherScheme,
    Residence,
    SmallLoanGround,
)

APPLICANT = "本人"
"""The key of the applicant among the members of the household."""


@dataclass(frozen=True, slots=True)
class Income:
    """What one member had of one kind before the fall and in any later month: take-home yen a month.

    A member who has left the household has 0 afterwards (Q&A vol. 17, question 2-6).
    """

    member: str
    kind: IncomeKind
    before: int | None
    after: int | None
    before_month: int | None = None
    after_month: int | None = None


@dataclass(frozen=True, slots=True)
class PriorLoan:
    """A loan that somebody of the household has had. ``last_month`` is the last month it was lent for (index).

    ``by_applicant`` is False where another member borrowed. ``elsewhere`` marks the entered history of another
    prefecture's council: it counts just the same (question 8-5).
    """

    fund: FundKind
    applied_on: date
    last_month: int | None
    by_applicant: bool = True
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the household, for the list of papers (K-8). ``key`` is how the desk refers to them."""

    key: str
    age: int | None = None
    in_school: bool | None = None
    earns: bool | None = None
    has_disability: bool | None = None
    has_handbook: bool | None = None
    needs_care: bool | None = None


@dataclass(frozen=True, slots=True)
class Bridge:
    """The way to the first payment (K-5). ``held_months``: how long the last job lasted; ``expected_months``: the new one."""

    to: BridgeTo
    held_months: int | None = None
    left_on: date | None = None
    hired_on: date | None = None
    expected_months: int | None = None


@dataclass(frozen=True, slots=True)
class RegularFacts:
    """What only the regular loan asks. In ``conditions`` and ``exclusions`` what is absent is not established.

    ``monthly_income`` is the household's, in yen. ``exemption_was_special``: the past exemption was that of a special
    loan. ``urgent_appliance``: a household on public assistance needs, e.g., an air conditioner in summer.
    """

    cause: LendingCause | None = None
    cause_on: date | None = None
    bridge: Bridge | None = None
    monthly_income: int | None = None
    with_disabled_or_care_needing: bool | None = None
    conditions: Mapping[Condition, bool] = field(default_factory=dict)
    exclusions: Mapping[Exclusion, bool] = field(default_factory=dict)
    exemption_was_special: bool | None = None
    urgent_appliance: bool | None = None
    involvement: Involvement | None = None


@dataclass(frozen=True, slots=True)
class LendingFacts:
    """Everything an assessment of one application looks at.

    ``amount`` is for the small loans, ``monthly_amount`` and ``months`` for general support; what is not asked for yet
    is not judged. ``income_before`` and ``income_after`` are the household's monthly take-home, unless ``incomes``
    lists it. ``agency_consulted_on`` and ``agency_support_consent`` absent mean that there is no record of it.
    ``contract_changed`` is for applications of early 2020 (question 15), ``conduct_flag`` for grossly dishonest earlier
    conduct with evidence (question 27). ``origins`` says where a value came from, by the name of the fact.
    """

    fund: FundKind
    applied_on: date
    household_size: int | None = None
    amount: int | None = None
    monthly_amount: int | None = None
    months: int | None = None
    instalments: int | None = None
    grace_months: int | None = None
    first_due_month: int | None = None
    income_before: int | None = None
    income_after: int | None = None
    incomes: tuple[Income, ...] = ()
    income_proof: IncomeProof | None = None
    doubt_open: bool = False
    grounds: frozenset[SmallLoanGround] = frozenset()
    child_absence: ChildAbsence | None = None
    purpose: LendingPurpose | None = None
    on_public_assistance: bool | None = None
    other_schemes: frozenset[OtherScheme] = frozenset()
    burdens: frozenset[Burden] = frozenset()
    conduct_flag: bool = False
    agency_consulted_on: date | None = None
    agency_support_consent: bool | None = None
    contract_changed: bool | None = None
    prior: tuple[PriorLoan, ...] = ()
    birth_date: date | None = None
    married: bool | None = None
    minor_way: MinorWay | None = None
    residence: Residence | None = None
    lives_in_prefecture: bool | None = None
    referred_for_housing: bool = False
    members: tuple[Member, ...] = ()
    urgent: bool = False
    regular: RegularFacts | None = None
    channel: IntakeChannel | None = None
    origins: Mapping[str, str] = field(default_factory=dict)

    def known_on(self, as_of: date) -> Self:
        """Return these facts without what lies after *as_of* and so cannot be known on that day."""
        consulted = self.agency_consulted_on
        return replace(
            self,
            agency_consulted_on=consulted if consulted is not None and consulted <= as_of else None,
            prior=tuple(loan for loan in self.prior if loan.applied_on <= as_of),
        )

    @property
    def household_income(self) -> tuple[int | None, int | None]:
        """The household's monthly take-home before and after, all members and kinds together (question 2-6)."""
        if not self.incomes:
            return self.income_before, self.income_after
        return _total(line.before for line in self.incomes), _total(line.after for line in self.incomes)


def _total(amounts: Iterable[int | None]) -> int | None:
    known = list(amounts)
    return None if None in known else sum(amount for amount in known if amount is not None)

"""Invented applications for the pure rules of lending; a case reads as what differs from a plain one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from japan.months import parse_month
from loans.enums import FundKind
from loans.lending.assess import LendingAssessment, assess_lending
from loans.lending.enums import (
    Condition,
    Exclusion,
    Involvement,
    LendingCause,
    LendingPurpose,
    Residence,
    SmallLoanGround,
)
from loans.lending.facts import LendingFacts, PriorLoan, RegularFacts
from rulebook.findings import Finding
from rulebook.rules import Check
from rulebook.settings import Settings

SETTINGS = Settings.defaults()
WITH_CEILING = SETTINGS.with_values({"regular_income_ceiling": [150_000, 200_000, 240_000]})


def day(text: str) -> date:
    return date.fromisoformat(text)


def lent(fund: str, applied: str, last: str | None, **more: Any) -> PriorLoan:
    """A loan the household has had, lent until the month ``last``."""
    return PriorLoan(FundKind(fund), day(applied), parse_month(last) if last else None, **more)


SMALL_LENT = lent("SP_SMALL", "2020-06-10", "2020-06")
INITIAL_LENT = lent("SP_GS_INITIAL", "2020-08-01", "2020-10")


def small(applied: str = "2020-06-10", amount: int | None = 100_000, **more: Any) -> LendingFacts:
    """A small special loan that may be lent."""
    return replace(
        LendingFacts(
            FundKind.SP_SMALL,
            day(applied),
            household_size=2,
            amount=amount,
            income_before=250_000,
            income_after=180_000,
            purpose=LendingPurpose.LIVING,
            on_public_assistance=False,
        ),
        **more,
    )


def general(fund: str = "SP_GS_INITIAL", applied: str = "2020-08-01", **more: Any) -> LendingFacts:
    """General support for two persons that may be lent."""
    plain = LendingFacts(
        FundKind(fund),
        day(applied),
        household_size=2,
        monthly_amount=200_000,
        months=3,
        income_before=250_000,
        income_after=180_000,
        purpose=LendingPurpose.LIVING,
        on_public_assistance=False,
        agency_support_consent=True,
        prior=(SMALL_LENT,),
    )
    return replace(plain, **more)


def extension(applied: str = "2020-10-15", **more: Any) -> LendingFacts:
    return general("SP_GS_EXTENSION", applied, **{"prior": (SMALL_LENT, INITIAL_LENT)} | more)


def reloan(applied: str = "2021-07-01", **more: Any) -> LendingFacts:
    plain = {"prior": (SMALL_LENT, INITIAL_LENT), "agency_consulted_on": day("2021-06-20")}
    return general("SP_GS_RELOAN", applied, **plain | more)


def regular_facts(**more: Any) -> RegularFacts:
    return replace(
        RegularFacts(
            cause=LendingCause.MEDICAL_OR_CARE,
            cause_on=day("2026-10-20"),
            monthly_income=180_000,
            conditions=dict.fromkeys(Condition, True),
            exclusions={it: False for it in Exclusion if it != Exclusion.PUBLIC_ASSISTANCE},
            involvement=Involvement.NOT_NEEDED,
        ),
        **more,
    )


def regular(amount: int | None = 100_000, *, asks: dict[str, Any] | None = None, **more: Any) -> LendingFacts:
    """The regular loan, to be lent today; ``asks`` are the answers that differ."""
    plain = LendingFacts(
        FundKind.REG_SMALL,
        day("2026-11-20"),
        household_size=2,
        amount=amount,
        instalments=12,
        grace_months=2,
        first_due_month=parse_month("2027-01"),
        purpose=LendingPurpose.LIVING,
        on_public_assistance=False,
        birth_date=day("1985-04-01"),
        residence=Residence.REGISTERED,
        lives_in_prefecture=True,
        regular=regular_facts(**asks or {}),
    )
    return replace(plain, **more)


def assessed(facts: LendingFacts, *, settings: Settings = WITH_CEILING, as_of: date | None = None, **more: Any):
    """Assess on the day of the application unless another day is given."""
    return assess_lending(facts, settings=settings, as_of=as_of or facts.applied_on, **more)


def answer(facts: LendingFacts, **more: Any) -> str:
    return assessed(facts, **more).acceptable.value


def findings(found: LendingAssessment, code: str) -> set[Finding]:
    """What the looks at one rule found."""
    return {check.finding for check in found.checks if check.rule.code == code}


def check_of(facts: LendingFacts, code: str, **more: Any) -> Check:
    """The only look at a rule."""
    (check,) = [it for it in assessed(facts, **more).checks if it.rule.code == code]
    return check


def stopped_by(facts: LendingFacts, **more: Any) -> set[str]:
    """The codes of the rules that are not met."""
    return {check.rule.code for check in assessed(facts, **more).in_the_way}


ALL_GROUNDS = frozenset(SmallLoanGround)

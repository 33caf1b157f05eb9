"""One loan, one day, one question: what every ground looks at, worked out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from exemptions.enums import Ground
from exemptions.facts import Facts, LoanFacts
from exemptions.rules import RULEBOOK
from japan.months import day_in, month_of
from loans.funds import Cohort, cohort_of, fund
from repayment.position import Policy, Position, position
from rulebook.findings import Finding
from rulebook.rules import Check
from rulebook.settings import Settings

TAX_IS_FIXED_FROM_MONTH = 6
"""A fiscal year's residence tax is fixed by the municipalities in June (Tokyo centre: decided in June)."""


def tax_fixed_on(fiscal_year: int) -> date:
    """Return the day from which the residence tax of a fiscal year can be known: 1 June."""
    return date(fiscal_year, TAX_IS_FIXED_FROM_MONTH, 1)


def newest_fixed_year(day: date) -> int:
    """Return the newest fiscal year whose residence tax is fixed on *day*."""
    return day.year if day >= tax_fixed_on(day.year) else day.year - 1


def tax_known_from(fiscal_year: int) -> int:
    """Return the month (index) in which the residence tax of a fiscal year is fixed."""
    return month_of(fiscal_year, TAX_IS_FIXED_FROM_MONTH)


Positions = dict[tuple[date, Policy], Position]
"""Positions of one loan already worked out, by the day and the policy."""


@dataclass(frozen=True)
class Inquiry:
    """The facts as they can be known on ``as_of``, the settings, and what follows from both for every ground.

    ``positions`` may be shared by inquiries about the same facts (under two settings, say).
    """

    facts: Facts
    settings: Settings
    as_of: date
    positions: Positions = field(default_factory=dict, compare=False, repr=False)

    @property
    def loan(self) -> LoanFacts:
        """The loan asked about."""
        return self.facts.loan

    @property
    def received_on(self) -> date:
        """The day of receipt; ``as_of`` while there is no application."""
        return self.facts.application.received_on if self.facts.application else self.as_of

    @property
    def part(self) -> int | None:
        """The yen asked for, where only a part of what a ground allows is asked for (H-13)."""
        return self.facts.application.part if self.facts.application else None

    @cached_property
    def cohort(self) -> Cohort:
        """The cohort of the loan: its judgement years and its cap."""
        return cohort_of(self.loan.fund, self.loan.applied_on)

    @property
    def is_special(self) -> bool:
        """Whether the loan is one of the four special kinds; the regular one has none of the grounds ① to ④."""
        return fund(self.loan.fund).special

    @cached_property
    def begins_on(self) -> date:
        """The nominal due date of the first instalment as planned before any deferral, not rolled (EX-35)."""
        first = min(self.loan.plans, key=lambda version: version.version)
        return day_in(self.loan.first_month, first.debit_day)

    @property
    def has_begun(self) -> bool:
        """Whether repayment has begun on ``as_of``."""
        return self.as_of >= self.begins_on

    @cached_property
    def position(self) -> Position:
        """Where the loan stands on ``as_of``."""
        return self.position_on(self.as_of)

    def position_on(self, day: date) -> Position:
        """Return where the loan stood on a day."""
        policy = Policy.of(self.settings)
        if (day, policy) not in self.positions:
            self.positions[day, policy] = position(
                principal=self.loan.principal,
                plans=self.loan.plans,
                deferrals=self.loan.deferrals,
                entries=self.loan.entries,
                policy=policy,
                as_of=day,
            )
        return self.positions[day, policy]

    def check(
        self,
        code: str,
        finding: Finding | bool | None,
        ground: Ground | None,
        *,
        value: str,
        because: str,
        would_change: str = "",
        change_fact: str = "",
        facts: tuple[str, ...] = (),
        missing: tuple[str, ...] = (),
    ) -> Check:
        """Return one look at a rule, with the version in force and the origin of the facts it rests on."""
        origins = dict.fromkeys(self.facts.origins[name] for name in facts if name in self.facts.origins)
        return Check(
            rule=RULEBOOK.on(code, self.as_of),
            finding=finding if isinstance(finding, Finding) else Finding.of(finding),
            value=value,
            because=because,
            would_change=would_change,
            change_fact=change_fact,
            subject=ground.value if ground else "",
            facts=facts,
            missing=missing,
            origin="、".join(origins),
        )

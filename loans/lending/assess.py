"""Whether an application for a loan may be accepted, up to what ceiling, and why: the one function everybody asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from loans.enums import FundKind
from loans.lending import ceilings, eligibility, minors, regular, sequence, windows
from loans.lending.enums import Acceptable
from loans.lending.facts import LendingFacts
from loans.lending.guide import Guide, guide_on
from loans.lending.inquiry import Inquiry
from loans.lending.windows import WINDOWS, Window
from loans.rules import IN_PRINCIPLE
from rulebook.findings import Finding
from rulebook.rules import Check
from rulebook.settings import Settings


@dataclass(frozen=True, slots=True)
class LendingAssessment:
    """The answer for one application on one day.

    ``ceiling`` is the most this application could be granted, in yen, whatever it asks for. ``overridable`` are the
    codes of the rules that are not met here and hold only in principle: a single case may depart from them, with a
    reason and a second person.
    """

    fund: FundKind
    applied_on: date
    as_of: date
    acceptable: Acceptable
    ceiling: int
    checks: tuple[Check, ...]

    @property
    def overridable(self) -> frozenset[str]:
        """The rules in principle that stand in the way."""
        return frozenset(check.rule.code for check in self.in_the_way if check.rule.code in IN_PRINCIPLE)

    @property
    def in_the_way(self) -> tuple[Check, ...]:
        """The checks that are not met."""
        return tuple(check for check in self.checks if check.finding is Finding.NOT_MET)

    @property
    def to_review(self) -> tuple[Check, ...]:
        """The checks that a human has to look at, or that lack a fact."""
        return tuple(check for check in self.checks if check.finding is Finding.UNKNOWN)

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the facts that are not established yet."""
        return tuple(dict.fromkeys(name for check in self.checks for name in check.missing))

    def with_exceptions(self, codes: Collection[str]) -> Acceptable:
        """Return the answer once departing from these rules was agreed on; hard rules are not departed from."""
        excepted = IN_PRINCIPLE.intersection(codes)
        return _acceptable([check for check in self.checks if check.rule.code not in excepted])


def assess_lending(
    facts: LendingFacts,
    *,
    settings: Settings,
    as_of: date,
    windows_in_force: Sequence[Window] = WINDOWS,
    guide: Guide | None = None,
) -> LendingAssessment:
    """Assess one application as of a day (LN-…, LA-…, RS-…).

    Facts dated after ``as_of`` cannot be known on that day and are ignored. The rules are those of the day of the
    application. ``guide`` is the regular loan's, by default the one the settings name.
    """
    if guide is None:
        guide = guide_on(settings.regular_loan_guide, facts.applied_on)
    inquiry = Inquiry(facts.known_on(as_of), settings, as_of, guide)
    checks = (
        *windows.look(inquiry, windows_in_force),
        *eligibility.look(inquiry),
        *ceilings.look(inquiry),
        *sequence.look(inquiry),
        *minors.look(inquiry),
        *regular.look(inquiry),
    )
    return LendingAssessment(
        fund=facts.fund,
        applied_on=facts.applied_on,
        as_of=as_of,
        acceptable=_acceptable(checks),
        ceiling=ceilings.ceiling(inquiry.facts, guide),
        checks=checks,
    )


def _acceptable(checks: Collection[Check]) -> Acceptable:
    findings = {check.finding for check in checks}
    if Finding.NOT_MET in findings:
        return Acceptable.NO
    return Acceptable.REVIEW if Finding.UNKNOWN in findings else Acceptable.YES

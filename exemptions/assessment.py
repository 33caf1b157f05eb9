"""What an assessment comes to: one outcome for each ground, and the result they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from exemptions.enums import Extent, Ground, Result
from rulebook.findings import Finding
from rulebook.rules import Check, Rule, restated


@dataclass(frozen=True, slots=True)
class GroundOutcome:
    """One ground, looked at to the end.

    ``finding`` says whether the ground holds, ``amount`` the yen a decision on it would exempt (0 unless it holds or
    could), ``first_no`` … ``last_no`` the instalments the exempted ledger row covers, ``met_on`` the day from which
    it has held, ``cut_off`` the first month exempted by a later year's tax. ``waits_until`` is the day on which it can
    be decided, where that is still to come (EX-35); ``known_from`` the month in which the tax it needs is fixed;
    ``missing`` the facts that would or could make it hold once established.
    """

    ground: Ground
    finding: Finding
    checks: tuple[Check, ...]
    amount: int = 0
    first_no: int | None = None
    last_no: int | None = None
    met_on: date | None = None
    cut_off: int | None = None
    waits_until: date | None = None
    known_from: int | None = None
    missing: frozenset[str] = frozenset()
    individual_handling: bool = False

    @property
    def holds(self) -> bool:
        """Whether this ground is met, be it that its decision still has to wait."""
        return self.finding is Finding.MET


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer for one loan on one day.

    ``result`` and ``ground`` are those of ``manage.py case exemption``. ``amount`` yen would be exempted by a decision
    on ``as_of`` (when waiting: once repayment has begun), ``remaining`` is the outstanding principal left after that.
    ``cut_off`` and ``known_from`` are month indexes. ``received_on`` is the day of receipt judged (``as_of`` without
    an application); ``label_late`` whether it lies after the window of the judgement year: a label, never an amount.
    ``individual_handling`` marks a borrower judged alone because the head's certificate cannot be had (EX-12).
    """

    code: str
    fund: str
    as_of: date
    received_on: date
    result: Result
    ground: Ground | None
    amount: int
    remaining: int
    outstanding: int
    cut_off: int | None
    known_from: int | None
    first_no: int | None
    last_no: int | None
    waits_until: date | None
    missing: tuple[str, ...]
    checks: tuple[Check, ...]
    grounds: tuple[GroundOutcome, ...]
    label_late: bool
    individual_handling: bool

    @property
    def extent(self) -> Extent | None:
        """Whether the exemption leaves anything to repay; None where nothing would be exempted."""
        if not self.amount:
            return None
        return Extent.PARTIAL if self.remaining else Extent.FULL


def restated_findings(found: Assessment, published: Mapping[str, Rule]) -> Assessment:
    """Return an assessment that quotes its rules as the house has published them for its day."""
    if not published:
        return found
    grounds = tuple(replace(each, checks=restated(each.checks, published)) for each in found.grounds)
    return replace(found, checks=restated(found.checks, published), grounds=grounds)

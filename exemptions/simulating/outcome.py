"""What the rules come to for one loan under given settings, reduced to what a simulation compares. Amounts in yen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date

from exemptions.assess import assess
from exemptions.enums import Result
from exemptions.facts import Facts
from exemptions.inquiry import Positions
from exemptions.simulating.enums import Sign
from repayment.position import Policy
from rulebook.moves import Moves
from rulebook.settings import Settings

_GRANTS = (Result.ELIGIBLE, Result.WAITING)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One loan on the day from which a change would stand.

    ``ground``, ``amount`` … ``waits_until`` are those of the assessment; ``late`` the label of an application after the
    window. ``arrears`` … ``late_interest`` are None unless the setting moves repayment.
    """

    result: str
    ground: str
    amount: int
    remaining: int
    first_no: int | None
    last_no: int | None
    cut_off: int | None
    waits_until: date | None
    late: bool
    arrears: int | None = None
    outstanding: int | None = None
    late_interest: int | None = None

    @property
    def grants(self) -> bool:
        """Whether a decision could exempt something, be it after repayment has begun."""
        return self.result in _GRANTS

    @property
    def decision(self) -> tuple[object, ...]:
        """What a borrower would be told: everything but the label and the figures of repayment."""
        return (self.result, self.ground, self.amount, self.first_no, self.last_no, self.cut_off, self.waits_until)


def outcome_of(facts: Facts, *, settings: Settings, as_of: date, moves: Moves, positions: Positions) -> Outcome:
    """Ask the rules about one loan. ``positions`` is shared by both sides of a comparison of the same facts."""
    found = assess(facts, settings=settings, as_of=as_of, positions=positions)
    at = positions[as_of, Policy.of(settings)] if moves is Moves.REPAYMENT else None
    return Outcome(
        result=found.result.value,
        ground=found.ground.value if found.ground else "",
        amount=found.amount,
        remaining=found.remaining,
        first_no=found.first_no,
        last_no=found.last_no,
        cut_off=found.cut_off,
        waits_until=found.waits_until,
        late=found.label_late,
        arrears=at.arrears if at else None,
        outstanding=at.outstanding if at else None,
        late_interest=at.late_interest if at else None,
    )


def sign_of(before: Outcome, after: Outcome) -> Sign | None:
    """Return what becomes of a loan; None where nothing does."""
    if before == after:
        return None
    if after.grants and not before.grants:
        return Sign.ADDED
    if before.grants and not after.grants:
        return Sign.REMOVED
    return Sign.CHANGED


def digest_of(outcomes: Iterable[tuple[int, Outcome]]) -> str:
    """Return one digest of loans (by key, in order) and what the rules come to for each."""
    whole = hashlib.sha256()
    for loan_id, outcome in outcomes:
        whole.update(repr((loan_id, *astuple(outcome))).encode())
    return whole.hexdigest()


def digest_of_digests(digests: Iterable[str]) -> str:
    """Return one digest of the digests of the parts, in their order."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()

"""Late interest: what accrues after the deadline of the whole loan (LI-01 … LI-07), in whole yen, without floats.

Nothing accrues on missed instalments before the deadline. After it, simple interest runs on the principal still
unpaid: ``floor(sum(principal x days x rate) / (10,000 x 365))`` with the rate in hundredths of a percent a year. The
day of a payment still counts with the principal before it. Sources: Nagasaki council, regular emergency loan (3 %
after the deadline); Kumamoto and Shizuoka councils, loan terms; the day count and the single rounding are this
system's defaults.

Principal that was exempted bears nothing, also not for the days before the decision (LI-07, default: waived with the
principal), or nothing from the decision on where the prefecture keeps what had accrued; revoked, it bears interest
again from the day on which it is asked for again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from repayment.entries import PAID, PAID_REVERSED, Exemption, Ledger
from repayment.enums import AllocationOrder, LateInterestOnExemption, LateInterestRounding


@dataclass(frozen=True, slots=True)
class Segment:
    """Days on which one amount of principal (yen) bore late interest; both days included."""

    first_day: date
    last_day: date
    days: int
    principal: int


@dataclass(frozen=True, slots=True)
class LateInterest:
    """Yen accrued and yen paid up to a day, with the segments they come from."""

    accrued: int
    paid: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Rate in hundredths of a percent a year, days of the year, and where fractions, payments and exemptions go."""

    rate_bp: int
    day_count: int
    rounding: str
    allocation_order: str
    on_exemption: str

    @property
    def interest_first(self) -> bool:
        """Whether a payment after the deadline is counted against late interest first."""
        return self.allocation_order == AllocationOrder.LATE_INTEREST_FIRST

    @property
    def keeps_accrued(self) -> bool:
        """Whether interest accrued before an exemption stays."""
        return self.on_exemption == LateInterestOnExemption.KEEP

    def yen(self, segments: Iterable[Segment]) -> int:
        """Return the interest of the segments, floored once in total or once for each segment."""
        divisor = 10_000 * self.day_count
        parts = [segment.principal * segment.days * self.rate_bp for segment in segments]
        if self.rounding == LateInterestRounding.FLOOR_EACH:
            return sum(part // divisor for part in parts)
        return sum(parts) // divisor


def late_interest(*, principal: int, ledger: Ledger, deadline: date, terms: Terms, as_of: date) -> LateInterest:
    """Return the late interest of a loan of *principal* yen on *as_of* (0 yen up to and including the deadline)."""
    if as_of <= deadline:
        return LateInterest(0, 0, ())
    shares: dict[str, tuple[int, int]] = {}
    changes: list[tuple[date, int]] = []
    interest_paid = 0
    for movement in ledger.movements:
        to_interest = 0
        if movement.kind == PAID:
            if terms.interest_first and movement.on > deadline:
                segments = _segments(principal, changes, ledger.exemptions, deadline, movement.on, terms)
                to_interest = min(movement.amount, max(0, terms.yen(segments) - interest_paid))
            to_principal = movement.amount - to_interest
            shares[movement.source_key] = (to_principal, to_interest)
            interest_paid += to_interest
            changes.append((movement.on, -to_principal))
        elif movement.kind == PAID_REVERSED and movement.reverses:
            principal_share, interest_share = shares[movement.reverses]
            from_principal = min(movement.amount, principal_share)
            from_interest = movement.amount - from_principal
            shares[movement.reverses] = (principal_share - from_principal, interest_share - from_interest)
            interest_paid -= from_interest
            changes.append((movement.on, from_principal))
        else:
            changes.append((movement.on, movement.amount))
    segments = _segments(principal, changes, ledger.exemptions, deadline, as_of, terms)
    accrued = terms.yen(segments)
    if not terms.interest_first:
        interest_paid = min(accrued, max(0, ledger.net_paid - (principal - ledger.exempted)))
    return LateInterest(accrued, interest_paid, segments)


def _segments(
    principal: int,
    changes: Sequence[tuple[date, int]],
    exemptions: Sequence[Exemption],
    deadline: date,
    until: date,
    terms: Terms,
) -> tuple[Segment, ...]:
    """Cut the days after the deadline up to *until* wherever the interest-bearing principal changes.

    Exemptions decided after *until* are not known yet. Those known bear nothing from the deadline on, or, where accrued
    interest is kept, from their own day on.
    """
    level = principal
    steps: dict[date, int] = {}
    all_changes = list(changes)
    for exemption in exemptions:
        if exemption.entry.effective_on <= until:
            on = exemption.entry.effective_on if terms.keeps_accrued else deadline
            all_changes += [(on, -exemption.entry.amount), *exemption.returns]
    for on, change in all_changes:
        if on <= deadline:
            level += change
        elif on < until:
            steps[on] = steps.get(on, 0) + change
    result = []
    start, bearing = deadline, max(0, level)
    for on in [*sorted(steps), until]:
        level += steps.get(on, 0)
        if on == until or max(0, level) != bearing:
            if bearing:
                result.append(Segment(start + timedelta(days=1), on, (on - start).days, bearing))
            start, bearing = on, max(0, level)
    return tuple(result)

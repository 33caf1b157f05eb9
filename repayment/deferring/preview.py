"""What a deferral would do to a plan: every instalment before and after, side by side (rules DF-13 to DF-16).

Pure: two positions of the same loan, one with the deferral and one without. Amounts in yen, months as index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from repayment.entries import Entry
from repayment.position import PlanVersion, Policy, Position, plan_in_force, position
from repayment.schedule import Deferral


@dataclass(frozen=True, slots=True)
class Shift:
    """One instalment: its number, yen, and its month before and after. ``unpaid`` is what is still open of it."""

    no: int
    amount: int
    unpaid: int
    before: int
    after: int

    @property
    def moves(self) -> bool:
        return self.after != self.before


@dataclass(frozen=True, slots=True)
class Stretch:
    """Instalments in a row that move alike: first and last number, their months before and after, and what is open."""

    first_no: int
    last_no: int
    before: tuple[int, int]
    after: tuple[int, int]
    unpaid: int

    @property
    def moves(self) -> bool:
        return self.after != self.before


@dataclass(frozen=True, slots=True)
class Preview:
    """A loan before and after a deferral of ``months`` from ``from_month``, looked at on one day."""

    from_month: int
    months: int
    shifts: tuple[Shift, ...]
    before: Position
    after: Position

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The instalments in as few lines as say the same."""
        return _stretches(self.shifts)

    @property
    def moved(self) -> int:
        """How many instalments with something open move (DF-13)."""
        return sum(1 for shift in self.shifts if shift.moves and shift.unpaid)

    @property
    def arrears_stay(self) -> int:
        """Yen in arrears that the deferral does not touch (DF-14)."""
        return self.after.arrears

    @property
    def still_due(self) -> int:
        """Yen not in arrears today that fall due before the deferral begins, and stay due (DF-12, DF-14)."""
        return sum(shift.unpaid for shift in self.shifts if not shift.moves) - self.after.arrears


def preview(
    *,
    principal: int,
    plans: Sequence[PlanVersion],
    deferrals: Sequence[Deferral],
    entries: Sequence[Entry],
    policy: Policy,
    from_month: int,
    months: int,
    as_of: date,
) -> Preview:
    """Look at a loan with and without a further deferral, granted on *as_of*; ``ValueError`` without a plan."""
    version = plan_in_force(plans, as_of).version
    before = position(
        principal=principal, plans=plans, deferrals=deferrals, entries=entries, policy=policy, as_of=as_of
    )
    after = position(
        principal=principal,
        plans=plans,
        deferrals=[*deferrals, Deferral(from_month, months, version)],
        entries=entries,
        policy=policy,
        as_of=as_of,
    )
    shifts = tuple(
        Shift(no=old.seq, amount=old.amount, unpaid=new.unpaid, before=old.due_month, after=new.due_month)
        for old, new in zip(before.lines, after.lines, strict=True)
    )
    return Preview(from_month=from_month, months=months, shifts=shifts, before=before, after=after)


def _stretches(shifts: tuple[Shift, ...]) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    for shift in shifts:
        last = found[-1] if found else None
        if (
            last
            and shift.before == last.before[1] + 1
            and shift.after == last.after[1] + 1
            and shift.moves == last.moves
        ):
            found[-1] = replace(
                last,
                last_no=shift.no,
                before=(last.before[0], shift.before),
                after=(last.after[0], shift.after),
                unpaid=last.unpaid + shift.unpaid,
            )
        else:
            found.append(
                Stretch(shift.no, shift.no, (shift.before, shift.before), (shift.after, shift.after), shift.unpaid)
            )
    return tuple(found)

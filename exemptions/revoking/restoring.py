"""What taking an exemption back makes of a loan: pure, in whole yen and month indexes.

A revocation reaches back to the day of the exemption: every day counted anew is as if nothing had been exempted. What it
brings back is owed on the same instalments, but nothing of it is asked for before one new date (domain rules EX-06 and
LI-07): what has fallen due by then is due on that date in one sum, the rest on the days of its instalments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from exemptions.portions import Portion
from repayment.entries import EXEMPTED, EXEMPTION_REVOKED, Entry
from repayment.position import InstalmentLine, Policy, Position, exempted_by_instalment, position
from repayment.replanning.planning import Run, runs
from repayment.selectors import History

PROPOSED = "revocation:proposed"


@dataclass(frozen=True, slots=True)
class Line:
    """One instalment that comes back: as it stands, and as it would stand. ``asked_on`` is when it is to be paid."""

    before: InstalmentLine
    after: InstalmentLine
    asked_on: date

    @property
    def is_past(self) -> bool:
        """Whether its own day is no longer the day on which it is to be paid."""
        return self.asked_on != self.after.collection_date


@dataclass(frozen=True, slots=True)
class Restoration:
    """A loan before and after on the day of the decision. ``amount`` is the exemption (yen), taken back whole.

    ``owed`` is what is to be repaid of it (less what had been paid too much), ``at_once`` of it what is due on ``due_on``,
    ``to_come`` what falls due afterwards, with its months; None where nothing does.
    """

    before: Position
    after: Position
    amount: int
    owed: int
    due_on: date
    at_once: int
    to_come: Portion | None
    lines: tuple[Line, ...]

    @property
    def fingerprint(self) -> str:
        """What somebody decided on; a payment or another decision in between changes it, the day does not."""
        return f"{self.amount}-{self.before.outstanding}-{self.after.outstanding}-{self.after.plan_version.version}"

    @property
    def runs_before(self) -> tuple[Run, ...]:
        """What is to be paid after the new date as things stand, months beside each other joined."""
        return _runs_after(self.before, self.due_on)

    @property
    def runs_after(self) -> tuple[Run, ...]:
        """The same once the exemption is revoked."""
        return _runs_after(self.after, self.due_on)

    @property
    def is_replanned(self) -> bool:
        """Whether the plan was rewritten since: then nothing comes back on an instalment, and all of it is due at once."""
        return not self.lines


def restore(
    *, principal: int, history: History, policy: Policy, source_key: str, on: date, due_on: date
) -> Restoration:
    """Return what revoking the exemption *source_key* on a day would bring back, asked for from *due_on* on."""
    exempted = next(entry for entry in history.entries if entry.source_key == source_key and entry.kind == EXEMPTED)
    revoked = replace(history, entries=(*history.entries, counter_row(exempted, due_on)))
    before = _position(principal, history, policy, on)
    after = _position(principal, revoked, policy, on)
    without, then = _position(principal, history, policy, due_on), _position(principal, revoked, policy, due_on)
    owed = after.outstanding - before.outstanding
    at_once = min(owed, max(0, then.arrears - without.arrears))
    lines = tuple(
        Line(was, now, max(now.collection_date, due_on))
        for was, now in zip(before.lines, after.lines, strict=True)
        if was.exempted > now.exempted
    )
    later = [line.after for line in lines if line.after.collection_date > due_on and line.after.unpaid]
    rest = owed - at_once
    to_come = Portion(rest, later[0].due_month, later[-1].due_month) if rest and later else None
    return Restoration(before, after, exempted.amount, owed, due_on, at_once, to_come, lines)


def counter_row(exempted: Entry, due_on: date) -> Entry:
    """The row that takes an exemption back, as the ledger will have it: on the same day, with a new date."""
    return Entry(
        kind=EXEMPTION_REVOKED,
        amount=exempted.amount,
        effective_on=exempted.effective_on,
        source_key=PROPOSED,
        reverses=exempted.source_key,
        due_on=due_on,
    )


def overtaken_by(
    *, principal: int, history: History, policy: Policy, source_key: str, cap: int | None, on: date
) -> str | None:
    """Return the source key of a later exemption that rests on the one to be revoked, or None.

    It does where it took all that was left (what comes back would have been part of it), where both together fill the cap
    (it was cut for the sake of the earlier one), and where it would slide to other instalments without it. Otherwise it
    stands as it is: each of the two stays on its own instalments.
    """
    at = _position(principal, history, policy, on)
    standing = [row for row in at.ledger.exemptions if row.standing]
    keys = [row.entry.source_key for row in standing]
    if source_key not in keys:
        return None
    place = keys.index(source_key)
    later = standing[place + 1 :]
    for row in later:
        if not _position(principal, history, policy, row.entry.effective_on).outstanding:
            return row.entry.source_key
    if later and cap is not None and at.exempted >= cap:
        return later[-1].entry.source_key
    version = standing[place].entry.plan_version or 1
    plan = next(one.plan for one in history.plans if one.version == version)
    ranges = [
        (row.entry.first_no, row.entry.last_no, row.standing)
        for row in standing
        if (row.entry.plan_version or 1) == version
    ]
    own = [row.entry.source_key for row in standing if (row.entry.plan_version or 1) == version].index(source_key)
    with_it, without = exempted_by_instalment(plan, ranges), exempted_by_instalment(plan, _apart(ranges, own))
    its_part = _less(exempted_by_instalment(plan, ranges[: own + 1]), exempted_by_instalment(plan, ranges[:own]))
    return later[-1].entry.source_key if later and _less(with_it, without) != its_part else None


def _runs_after(at: Position, day: date) -> tuple[Run, ...]:
    return runs((line.due_month, line.unpaid) for line in at.lines if line.unpaid and line.collection_date > day)


def _apart(ranges: Sequence[tuple[int | None, int | None, int]], own: int) -> list[tuple[int | None, int | None, int]]:
    return [part for place, part in enumerate(ranges) if place != own]


def _less(left: list[int], right: list[int]) -> list[int]:
    return [a - b for a, b in zip(left, right, strict=True)]


def _position(principal: int, history: History, policy: Policy, on: date) -> Position:
    return position(
        principal=principal,
        plans=history.plans,
        deferrals=history.deferrals,
        entries=history.entries,
        policy=policy,
        as_of=on,
    )

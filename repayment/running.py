"""The ledger row by row: what was outstanding after each, and what each payment was counted against.

Pure: the same definition as ``repayment.position``, asked once for every row with the rows up to it, so that a balance in
the table and the position of its day can never disagree. Money is whole yen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from repayment.entries import PAID, Entry
from repayment.position import PlanVersion, Policy, Position, position
from repayment.schedule import Deferral


@dataclass(frozen=True, slots=True)
class Share:
    """The instalments of one plan version that a payment was counted against, and the yen of them."""

    version: int
    first_no: int
    last_no: int
    amount: int


@dataclass(frozen=True, slots=True)
class Step:
    """One row and where it left the loan, in yen.

    For a payment: ``share`` of the instalments (None where nothing went there), ``to_late_interest``, and ``beyond`` what
    exceeds everything owed. ``on`` is the day from which the row counts.
    """

    source_key: str
    on: date
    outstanding: int
    arrears: int
    share: Share | None = None
    to_late_interest: int = 0
    beyond: int = 0


def steps(
    *,
    principal: int,
    plans: Sequence[PlanVersion],
    deferrals: Iterable[Deferral],
    entries: Iterable[Entry],
    policy: Policy,
) -> tuple[Step, ...]:
    """Return the rows in the order in which they count, each with the position it leads to."""
    shifts = tuple(deferrals)
    in_order = _in_order(entries)
    found: list[Step] = []
    so_far: list[Entry] = []
    before: Position | None = None
    for on, entry in in_order:
        if entry.kind == PAID:
            before = position(
                principal=principal, plans=plans, deferrals=shifts, entries=so_far, policy=policy, as_of=on
            )
        so_far.append(entry)
        after = position(principal=principal, plans=plans, deferrals=shifts, entries=so_far, policy=policy, as_of=on)
        share, interest, beyond = None, 0, 0
        if entry.kind == PAID and before is not None:
            interest = after.late_interest_paid - before.late_interest_paid
            beyond = after.surplus - before.surplus
            share = _share(before, after)
        found.append(Step(entry.source_key, on, after.outstanding, after.arrears, share, interest, beyond))
    return tuple(found)


def _in_order(entries: Iterable[Entry]) -> list[tuple[date, Entry]]:
    """Rows by the day they count from: a correction never before the row it takes back, payments of a day first."""
    rows = list(entries)
    by_key = {entry.source_key: entry for entry in rows}

    def day(entry: Entry) -> date:
        target = by_key.get(entry.reverses or "")
        return max(entry.effective_on, target.effective_on) if target else entry.effective_on

    return sorted(
        ((day(entry), entry) for entry in rows), key=lambda row: (row[0], bool(row[1].reverses), row[1].source_key)
    )


def _share(before: Position, after: Position) -> Share | None:
    touched = [
        (new.seq, new.paid - old.paid)
        for old, new in zip(before.lines, after.lines, strict=True)
        if new.paid > old.paid
    ]
    if not touched:
        return None
    version = after.plan_version.version
    return Share(version, touched[0][0], touched[-1][0], sum(amount for _, amount in touched))

"""Ledger rows as the pure functions read them: what counts on a day, and what has been taken back.

A row is never changed. ``paid_reversed`` points at a ``paid`` row and ``exemption_revoked`` at an ``exempted`` one;
each counts from its own date, never earlier than the row it points at. Amounts are whole yen, zero or more; the kind
says which way they go.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from repayment.enums import LedgerKind

DISBURSED = LedgerKind.DISBURSED.value
PAID = LedgerKind.PAID.value
PAID_REVERSED = LedgerKind.PAID_REVERSED.value
EXEMPTED = LedgerKind.EXEMPTED.value
EXEMPTION_REVOKED = LedgerKind.EXEMPTION_REVOKED.value
REFUNDED = LedgerKind.REFUNDED.value

_TAKES_BACK = {PAID_REVERSED: PAID, EXEMPTION_REVOKED: EXEMPTED}
_KINDS = frozenset(LedgerKind.values)


class LedgerError(ValueError):
    """The rows handed over cannot be a ledger: an unknown kind, or a correction of a row that is not there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One ledger row.

    ``source_key`` is unique among the entries of a loan. ``first_no`` … ``last_no`` on plan version ``plan_version``
    (``None``: the first) is the range an ``exempted`` row fills. ``reverses`` is the source key of the row taken back.
    ``due_on`` of an ``exemption_revoked`` row is the new date of what it brings back and would already be past
    due; ``None`` means its effective date.
    """

    kind: str
    amount: int
    effective_on: date
    source_key: str
    first_no: int | None = None
    last_no: int | None = None
    plan_version: int | None = None
    reverses: str | None = None
    due_on: date | None = None

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise LedgerError(f"unknown ledger kind {self.kind}")
        if self.amount < 0:
            raise LedgerError(f"{self.source_key}: an amount is zero or more")


@dataclass(frozen=True, slots=True)
class Exemption:
    """An ``exempted`` row on a day: yen still exempted, and yen not yet to be asked for again."""

    entry: Entry
    standing: int
    spared: int
    returns: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class Movement:
    """Money in or back on a day. ``amount`` is what remains to count after ``reverses`` has been looked at."""

    on: date
    kind: str
    amount: int
    source_key: str
    reverses: str | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries of one loan as they count on one day, in the order in which they count."""

    movements: tuple[Movement, ...]
    exemptions: tuple[Exemption, ...]

    def total(self, kind: str) -> int:
        """Return the yen of one kind of movement (``paid``, ``paid_reversed`` or ``refunded``)."""
        return sum(movement.amount for movement in self.movements if movement.kind == kind)

    @property
    def net_paid(self) -> int:
        """Yen paid, less what was reversed or refunded."""
        return self.total(PAID) - self.total(PAID_REVERSED) - self.total(REFUNDED)

    @property
    def exempted(self) -> int:
        """Yen exempted, less what was revoked."""
        return sum(exemption.standing for exemption in self.exemptions)


def read_ledger(entries: Iterable[Entry], as_of: date) -> Ledger:
    """Return what counts on *as_of*; entries effective later are ignored, and their order does not matter.

    A correction whose row is missing, or is of the wrong kind, raises ``LedgerError``. Corrections of one row never
    take back more than its amount.
    """
    entries = list(entries)
    by_key = {entry.source_key: entry for entry in entries}
    if len(by_key) != len(entries):
        raise LedgerError("a source key occurs twice")
    movements: list[tuple[date, int, str, Entry]] = []
    exempted: list[Entry] = []
    revoked: dict[str, list[tuple[date, date, str, int]]] = {}
    for entry in entries:
        kind = entry.kind
        on = entry.effective_on
        if kind in _TAKES_BACK:
            target = by_key.get(entry.reverses or "")
            if target is None or target.kind != _TAKES_BACK[kind]:
                raise LedgerError(f"{entry.source_key}: takes back a row that is not there")
            on = max(on, target.effective_on)
        if on > as_of:
            continue
        if kind == EXEMPTED:
            exempted.append(entry)
        elif kind == EXEMPTION_REVOKED:
            asked_again_on = max(on, entry.due_on or on)
            revoked.setdefault(entry.reverses or "", []).append((on, asked_again_on, entry.source_key, entry.amount))
        elif kind != DISBURSED:
            movements.append((on, 0 if kind == PAID else 1, entry.source_key, entry))
    exempted.sort(key=lambda entry: (entry.effective_on, entry.source_key))
    return Ledger(
        movements=_movements(movements),
        exemptions=tuple(_exemption(entry, sorted(revoked.get(entry.source_key, ())), as_of) for entry in exempted),
    )


def _movements(found: list[tuple[date, int, str, Entry]]) -> tuple[Movement, ...]:
    found.sort(key=lambda item: item[:3])
    left: dict[str, int] = {}
    result = []
    for on, _, key, entry in found:
        amount = entry.amount
        if entry.kind == PAID:
            left[key] = amount
        elif entry.kind == PAID_REVERSED and entry.reverses:
            amount = min(amount, left[entry.reverses])
            left[entry.reverses] -= amount
        result.append(Movement(on, entry.kind, amount, key, entry.reverses))
    return tuple(result)


def _exemption(entry: Entry, revocations: list[tuple[date, date, str, int]], as_of: date) -> Exemption:
    standing = spared = entry.amount
    returns = []
    for _, asked_again_on, _, amount in revocations:
        amount = min(amount, standing)
        standing -= amount
        returns.append((asked_again_on, amount))
        if asked_again_on <= as_of:
            spared -= amount
    return Exemption(entry, standing, spared, tuple(returns))

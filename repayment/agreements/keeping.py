"""Whether an agreement to pay less is kept, told from the ledger. Pure; whole yen, a month as index, days as dates.

What was promised for a month is to be there by the month's end. Payments of the agreement's own time count together: who
pays two months at once has kept both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from japan.months import first_day, last_day, month_index
from repayment.agreements.growth import Terms
from repayment.entries import PAID, Ledger


@dataclass(frozen=True, slots=True)
class Keeping:
    """How an agreement was kept by a day, in yen.

    ``promised`` is what it asked for in the ``months_over`` months that are over, ``paid`` what came in since it began,
    less what was taken back, ``short`` what is missing, never more than is still owed. ``behind_in_a_row`` is in how many
    months up to the last one the sum stayed behind.
    """

    months_over: int
    promised: int
    paid: int
    short: int
    behind_in_a_row: int

    @property
    def is_kept(self) -> bool:
        """Whether everything promised so far was paid."""
        return not self.short


def keeping(terms: Terms, ledger: Ledger, *, outstanding: int, on: date) -> Keeping:
    """Return how an agreement was kept by the end of a day; *ledger* and *outstanding* (yen) are those of that day."""
    by_month = _paid_by_month(terms, ledger)
    paid = sum(by_month.values())
    promised = running = behind = months_over = 0
    for month in range(terms.from_month, terms.last_month + 1):
        if last_day(month) > on:
            break
        months_over += 1
        promised += terms.monthly_amount
        running += by_month.get(month, 0)
        behind = behind + 1 if running < promised else 0
    short = min(max(0, promised - paid), outstanding)
    return Keeping(months_over, promised, paid, short, behind if short else 0)


def _paid_by_month(terms: Terms, ledger: Ledger) -> dict[int, int]:
    """Yen that came in since the agreement began, by month; what was taken back goes off the month it was taken back in."""
    since, until = first_day(terms.from_month), last_day(terms.last_month)
    counted = {move.source_key for move in ledger.movements if move.kind == PAID and since <= move.on <= until}
    found: dict[int, int] = {}
    for move in ledger.movements:
        month = month_index(move.on)
        if move.source_key in counted:
            found[month] = found.get(month, 0) + move.amount
        elif move.reverses in counted:
            found[month] = found.get(month, 0) - move.amount
    return found

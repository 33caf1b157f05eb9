"""On which day the debit of a month is made: the bank's day, rolled to a bank day, and when the data are cut for it.

Two banks with different days may fall together: in December 2026 the 26th is a Saturday and the 27th a Sunday, so both
debit on the 28th and are one run (RP-04). Pure; months as index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from japan.bankdays import add_bank_days, collection_date
from japan.months import month_index

DAYS = range(1, 29)


@dataclass(frozen=True, slots=True)
class DebitDate:
    """A day on which debits are made, the month they ask for, and the last day on which data for it are cut."""

    on: date
    month: int
    cut_off_on: date


def days_collected_on(on: date, month: int, roll: str) -> list[int]:
    """The nominal days of a month whose debit is made on *on*."""
    return [day for day in DAYS if collection_date(month, day, roll) == on]


def month_of_debit(on: date, days: Iterable[int], roll: str) -> int | None:
    """The month that a debit on *on* asks for, when banks debit on these nominal days; ``None`` if none does."""
    used = set(days)
    for month in (month_index(on), month_index(on) - 1):
        if used.intersection(days_collected_on(on, month, roll)):
            return month
    return None


def cut_off(on: date, bank_days: int) -> date:
    """The day on which the data for a debit are cut: so many bank days before it."""
    return add_bank_days(on, -bank_days)


def coming_debits(*, today: date, days: Sequence[int], bank_days: int, roll: str, months: int = 3) -> list[DebitDate]:
    """The debits ahead, the nearest first, from the month that is running on."""
    first = month_index(today)
    found = {
        (collection_date(month, day, roll), month) for month in range(first - 1, first + months) for day in set(days)
    }
    return [DebitDate(on, month, cut_off(on, bank_days)) for on, month in sorted(found) if on > today]

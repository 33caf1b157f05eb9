"""From which month a deferral can begin (rule DF-12). Months as index (``japan.months``), nothing here reads a clock.

Until a day of the month (the cut-off, a dated setting, default 10) an application counts from the next month, after it from
the month after that. What falls due in the month of the decision or before stays due, however early the application came.
"""

from __future__ import annotations

from datetime import date

from japan.months import month_index

MONTHS_AHEAD = 12
"""How far ahead of its receipt an application may ask to begin (default of this system; DF-04 speaks of about two)."""


def first_month_possible(received_on: date, *, cutoff_day: int) -> int:
    """The first month an application received on a day can count for."""
    return month_index(received_on) + (1 if received_on.day <= cutoff_day else 2)


def effective_month(asked: int, *, received_on: date, decided_on: date, cutoff_day: int) -> int:
    """The month a deferral really begins: as asked, never before the cut-off allows nor before the decision."""
    return max(asked, first_month_possible(received_on, cutoff_day=cutoff_day), month_index(decided_on) + 1)


def notice_month(from_month: int, months: int, *, ahead: int) -> int:
    """The first month in which the end of a deferral is announced, ``ahead`` months before collection begins again."""
    return max(from_month, from_month + months - ahead)

"""Months as whole numbers.

A month is the integer ``year * 12 + month - 1``, so that plans can be shifted and compared by plain
arithmetic, in Python and in SQL alike: ``month_of(2023, 1) + 11 == month_of(2023, 12)``.
"""

import re
from calendar import monthrange
from datetime import date

_MONTH_TEXT = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


def month_of(year: int, month: int) -> int:
    """Return the index of a calendar month; ``ValueError`` unless 1 <= month <= 12."""
    if not 1 <= month <= 12:
        raise ValueError(f"month must be 1 to 12, got {month}")
    return year * 12 + month - 1


def month_index(day: date) -> int:
    """Return the index of the month in which *day* lies."""
    return day.year * 12 + day.month - 1


def year_and_month(month: int) -> tuple[int, int]:
    """Return ``(year, month 1-12)`` of a month index."""
    year, zero_based = divmod(month, 12)
    return year, zero_based + 1


def parse_month(text: str) -> int:
    """Read ``"2023-01"``; anything else is a ``ValueError`` that says what was expected."""
    found = _MONTH_TEXT.fullmatch(text)
    if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1:
        raise ValueError(f'expected YYYY-MM, got "{text}"')
    return month_of(int(found[1]), int(found[2]))


def month_text(month: int) -> str:
    """Write a month index as ``"2023-01"``."""
    year, number = year_and_month(month)
    return f"{year:04d}-{number:02d}"


def first_day(month: int) -> date:
    """Return the first day of a month."""
    return date(*year_and_month(month), 1)


def last_day(month: int) -> date:
    """Return the last day of a month."""
    year, number = year_and_month(month)
    return date(year, number, monthrange(year, number)[1])


def day_in(month: int, day: int) -> date:
    """Return day number *day* of a month; ``ValueError`` if the month has no such day."""
    return date(*year_and_month(month), day)

"""Bank business days and the day on which a month's debit is made.

Banks close on Saturdays, Sundays, national holidays (substitute and sandwiched ones included) and from
31 December to 3 January (Banking Act, article 15; its enforcement order, article 5). A nominal debit day that
is no bank day moves to the next one (RP-04; Tokyo, Nagasaki, Iwate and Hiroshima councils' repayment guides).
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import holidays

from japan.months import day_in, month_index

HolidayRollName = Literal["NEXT_BUSINESS_DAY", "NONE"]

_CLOSED = holidays.country_holidays("JP", categories=(holidays.PUBLIC, holidays.BANK))
_ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=8192)
def is_bank_day(day: date) -> bool:
    """Whether banks are open on *day*. National holidays beyond next year are forecasts."""
    return day.weekday() < 5 and day not in _CLOSED


def next_bank_day(day: date) -> date:
    """Return *day* itself if banks are open, otherwise the next day on which they are."""
    while not is_bank_day(day):
        day += _ONE_DAY
    return day


def add_bank_days(day: date, count: int) -> date:
    """Return the *count*-th bank day after *day*, or before it for a negative count; 0 gives ``next_bank_day``."""
    if count == 0:
        return next_bank_day(day)
    step = _ONE_DAY if count > 0 else -_ONE_DAY
    for _ in range(abs(count)):
        day += step
        while not is_bank_day(day):
            day += step
    return day


@lru_cache(maxsize=16384)
def collection_date(month: int, debit_day: int, roll: str = "NEXT_BUSINESS_DAY") -> date:
    """Return the day on which the debit of a month (index) is really made.

    ``debit_day`` is 1 to 28, so that every month has it. ``roll`` is ``NEXT_BUSINESS_DAY`` or ``NONE``;
    other values are a ``ValueError``. The result may lie in the following month (28 February on a Saturday).
    """
    if not 1 <= debit_day <= 28:
        raise ValueError(f"debit_day must be 1 to 28, got {debit_day}")
    nominal = day_in(month, debit_day)
    if roll == "NONE":
        return nominal
    if roll == "NEXT_BUSINESS_DAY":
        return next_bank_day(nominal)
    raise ValueError(f"roll must be NEXT_BUSINESS_DAY or NONE, got {roll}")


def last_month_collected(on: date, debit_day: int, roll: str = "NEXT_BUSINESS_DAY") -> int:
    """Return the largest month index whose collection date is on or before *on*."""
    month = month_index(on)
    while collection_date(month, debit_day, roll) > on:
        month -= 1
    return month

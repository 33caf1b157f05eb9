"""At which pace a queue is worked off, and the day on which it will be empty. Pure: days in, days out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from japan.bankdays import add_bank_days, is_bank_day


@dataclass(frozen=True, slots=True)
class Day:
    """What came into the queue on a day and what left it, in applications."""

    day: date
    came_in: int
    went_out: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How the last days went: working days looked at, and what came in and went out in them.

    ``empty_on`` is the working day on which nothing waits any more if it goes on like this; None where it never will.
    """

    working_days: int
    came_in: int
    went_out: int
    empty_on: date | None

    @property
    def gained(self) -> int:
        """By how many applications the queue became shorter in those days; negative where it grew."""
        return self.went_out - self.came_in


def pace_of(days: Sequence[Day], *, waiting: int, today: date) -> Pace:
    """The pace of the days given (the present day not among them, since it is not over), and where it leads to.

    What happens on a holiday counts, but only working days are days of work: a queue of 100 that loses 10 on each of them
    is empty on the tenth working day from today on, today included.
    """
    working = sum(is_bank_day(each.day) for each in days)
    came_in, went_out = sum(each.came_in for each in days), sum(each.went_out for each in days)
    return Pace(working, came_in, went_out, _empty_on(waiting, went_out - came_in, working, today))


def _empty_on(waiting: int, gained: int, working: int, today: date) -> date | None:
    if not waiting:
        return today
    if gained <= 0 or not working:
        return None
    needed = math.ceil(waiting * working / gained)
    first = today if is_bank_day(today) else add_bank_days(today, 1)
    return add_bank_days(first, needed - 1)

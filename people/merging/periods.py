"""Which days of a period are still free. Days are dates, both ends belong to the period, None goes on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

Period = tuple[date, date | None]
ONE_DAY = timedelta(days=1)


def free_days(period: Period, taken: Iterable[Period]) -> list[Period]:
    """The parts of a period that no other one takes, in their order.

    >>> free_days((date(2020, 1, 1), None), [(date(2020, 2, 1), date(2020, 2, 29))])[1]
    (datetime.date(2020, 3, 1), None)
    """
    since, until = period
    free: list[Period] = []
    for first, last in sorted(taken, key=lambda other: other[0]):
        if (last is not None and last < since) or (until is not None and first > until):
            continue
        if first > since:
            free.append((since, first - ONE_DAY))
        if last is None:
            return free
        since = last + ONE_DAY
        if until is not None and since > until:
            return free
    return [*free, (since, until)]

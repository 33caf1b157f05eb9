"""Which days are still free: never one that is taken, and never a day lost."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from people.merging.periods import free_days

BEGIN = date(2020, 1, 1)
HORIZON = 60
PERIODS = st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 15))).map(
    lambda drawn: (day(drawn[0]), None if drawn[1] is None else day(drawn[0] + drawn[1]))
)


def day(number: int) -> date:
    return BEGIN + timedelta(days=number)


def days(period) -> set[date]:
    return {day(n) for n in range(HORIZON) if period[0] <= day(n) and (period[1] is None or day(n) <= period[1])}


@given(PERIODS, st.lists(PERIODS, max_size=5))
def test_free_is_every_day_that_nobody_takes_and_no_other(period, taken):
    free = free_days(period, taken)
    occupied = set().union(*map(days, taken))
    assert set().union(*map(days, free)) == days(period) - occupied
    assert sum(len(days(each)) for each in free) == len(days(period) - occupied)


def test_an_open_period_stays_open_behind_the_last_one_taken():
    assert free_days((BEGIN, None), [(day(5), day(9))]) == [(BEGIN, day(4)), (day(10), None)]
    assert free_days((BEGIN, None), [(day(5), None)]) == [(BEGIN, day(4))]
    assert free_days((BEGIN, day(3)), []) == [(BEGIN, day(3))]

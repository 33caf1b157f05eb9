"""When a queue will be empty, and how cases are shared out: pure."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exemptions.workload.pace import Day, pace_of
from exemptions.workload.sharing import Carrier, Case, share_out

MONDAY = date(2026, 11, 9)


def a_week(*numbers: tuple[int, int]) -> list[Day]:
    return [Day(MONDAY + timedelta(days=n), *each) for n, each in enumerate(numbers)]


@pytest.mark.parametrize(
    ("numbers", "waiting", "empty_on"),
    [
        (((0, 10),) * 5, 30, date(2026, 11, 18)),
        (((0, 10),) * 5, 31, date(2026, 11, 19)),
        (((40, 50), (0, 0), (0, 0), (0, 0), (0, 0)), 4, date(2026, 11, 17)),
        (((10, 10),) * 5, 1, None),
        (((12, 10),) * 5, 1, None),
        (((12, 10),) * 5, 0, date(2026, 11, 14)),
        ((), 5, None),
    ],
)
def test_the_day_on_which_the_queue_is_empty_counts_working_days_from_today(
    numbers: tuple[tuple[int, int], ...], waiting: int, empty_on: date | None
) -> None:
    """Today is a Saturday: the first working day is Monday the 16th."""
    assert pace_of(a_week(*numbers), waiting=waiting, today=date(2026, 11, 14)).empty_on == empty_on


def test_what_happens_on_a_holiday_counts_but_is_no_day_of_work() -> None:
    saturday = Day(date(2026, 11, 14), 0, 10)
    found = pace_of([*a_week(*((0, 10),) * 5), saturday], waiting=24, today=date(2026, 11, 16))
    assert (found.working_days, found.gained, found.empty_on) == (5, 60, date(2026, 11, 17))


def test_cases_even_out_what_people_carry_already() -> None:
    shared = share_out([Case(n) for n in range(10)], [Carrier(1, 4), Carrier(2, 0), Carrier(3, 1)])
    assert shared.counts() == {1: 1, 2: 5, 3: 4}


def test_a_case_stays_with_whom_it_is_where_that_is_as_even() -> None:
    shared = share_out([Case(1, holder=8), Case(2, holder=9)], [Carrier(7), Carrier(8), Carrier(9)])
    assert shared.given == {1: 8, 2: 9}


def test_nobody_gets_their_own_work_and_what_nobody_may_have_is_left() -> None:
    cases = [Case(1, barred=frozenset({7})), Case(2, barred=frozenset({7, 8})), Case(3)]
    shared = share_out(cases, [Carrier(7), Carrier(8)])
    assert shared.given == {1: 8, 3: 7}
    assert shared.left == (2,)


@settings(max_examples=30)
@given(
    st.lists(st.frozensets(st.integers(1, 4), max_size=2), max_size=30),
    st.lists(st.integers(0, 8), min_size=4, max_size=4),
)
def test_every_case_is_given_once_or_left_and_free_ones_end_even(
    barred: list[frozenset[int]], loads: list[int]
) -> None:
    shared = share_out(
        [Case(n, barred=each) for n, each in enumerate(barred)], [Carrier(k + 1, n) for k, n in enumerate(loads)]
    )
    assert set(shared.given) | set(shared.left) == set(range(len(barred)))
    assert all(person not in barred[case] for case, person in shared.given.items())
    if not any(barred):
        after = {k + 1: n + shared.counts().get(k + 1, 0) for k, n in enumerate(loads)}
        got = [after[person] for person in shared.counts()]
        assert not got or max(got) - min(after.values()) <= 1

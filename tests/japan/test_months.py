from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from japan.months import day_in, first_day, last_day, month_index, month_of, month_text, parse_month, year_and_month

MONTHS = st.integers(min_value=month_of(1873, 1), max_value=month_of(9998, 12))


def test_months_are_counted_through_the_turn_of_the_year():
    assert month_of(2023, 12) + 1 == month_of(2024, 1) == month_index(date(2024, 1, 31))


@given(MONTHS)
def test_a_written_month_is_read_as_the_same_month(month):
    assert parse_month(month_text(month)) == month
    assert month_of(*year_and_month(month)) == month


@given(MONTHS)
def test_a_month_reaches_from_its_first_to_its_last_day(month):
    assert month_index(first_day(month)) == month_index(last_day(month)) == month
    assert (first_day(month + 1) - last_day(month)).days == 1


@pytest.mark.parametrize(
    "text", ["2023-13", "2023-00", "2023-1", "23-01", "2023/01", "2023-01-01", "", "２０２３-01", "0000-01"]
)
def test_a_text_that_is_no_month_is_refused_and_quoted(text):
    with pytest.raises(ValueError, match=f'expected YYYY-MM, got "{text}"'):
        parse_month(text)


def test_a_month_number_outside_one_to_twelve_is_refused():
    with pytest.raises(ValueError, match="1 to 12"):
        month_of(2023, 0)


def test_a_day_is_found_in_its_month():
    assert day_in(month_of(2023, 2), 28) == date(2023, 2, 28)
    with pytest.raises(ValueError, match="day"):
        day_in(month_of(2023, 2), 29)

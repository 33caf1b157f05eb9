"""Bank days: the published holidays, the turn of the year, and the debit day that rolls forward (RP-04)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from japan.bankdays import add_bank_days, collection_date, is_bank_day, last_month_collected, next_bank_day
from japan.months import day_in, month_index, month_of

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 12, 31))
MONTHS = st.integers(min_value=month_of(2000, 1), max_value=month_of(2060, 12))
DEBIT_DAYS = st.integers(min_value=1, max_value=28)


@pytest.mark.parametrize(
    ("nominal", "debit"),
    [
        ("2026-06-27", "2026-06-29"),
        ("2026-05-02", "2026-05-07"),
        ("2026-09-19", "2026-09-24"),
        ("2026-12-31", "2027-01-04"),
        ("2024-12-31", "2025-01-06"),
        ("2027-03-21", "2027-03-23"),
        ("2026-02-23", "2026-02-24"),
        ("2026-05-07", "2026-05-07"),
    ],
)
def test_a_day_on_which_banks_are_closed_rolls_to_the_next_on_which_they_are_open(nominal, debit):
    assert next_bank_day(date.fromisoformat(nominal)) == date.fromisoformat(debit)


@pytest.mark.parametrize("iso", ["2025-12-31", "2026-01-01", "2026-01-02", "2026-01-03", "2026-09-22", "2026-05-06"])
def test_banks_are_closed_at_the_turn_of_the_year_and_on_sandwiched_and_substitute_holidays(iso):
    assert not is_bank_day(date.fromisoformat(iso))


@pytest.mark.parametrize("iso", ["2025-12-30", "2026-01-05", "2026-05-01"])
def test_banks_are_open_on_the_working_days_beside_them(iso):
    assert is_bank_day(date.fromisoformat(iso))


@given(DAYS)
def test_rolling_forward_lands_on_the_first_open_day(day):
    rolled = next_bank_day(day)
    assert is_bank_day(rolled)
    assert rolled >= day
    assert not any(is_bank_day(day + timedelta(days=n)) for n in range((rolled - day).days))
    assert next_bank_day(rolled) == rolled


@given(DAYS, st.integers(min_value=1, max_value=30))
def test_bank_days_forward_and_back_again_end_on_the_same_open_day(day, count):
    start = next_bank_day(day)
    there = add_bank_days(start, count)
    assert sum(is_bank_day(start + timedelta(days=n)) for n in range(1, (there - start).days + 1)) == count
    assert add_bank_days(there, -count) == start


def test_zero_bank_days_on_is_the_day_itself_if_banks_are_open():
    assert add_bank_days(date(2026, 5, 2), 0) == date(2026, 5, 7)
    assert add_bank_days(date(2026, 5, 7), 0) == date(2026, 5, 7)
    assert add_bank_days(date(2026, 5, 2), 1) == date(2026, 5, 7)


def test_the_debit_of_a_month_is_made_on_its_debit_day_or_the_next_bank_day():
    assert collection_date(month_of(2023, 1), 26, "NEXT_BUSINESS_DAY") == date(2023, 1, 26)
    assert collection_date(month_of(2023, 3), 26, "NEXT_BUSINESS_DAY") == date(2023, 3, 27)
    assert collection_date(month_of(2023, 3), 26, "NONE") == date(2023, 3, 26)
    assert collection_date(month_of(2026, 2), 28, "NEXT_BUSINESS_DAY") == date(2026, 3, 2)


@pytest.mark.parametrize("debit_day", [0, 29])
def test_a_debit_day_that_not_every_month_has_is_refused(debit_day):
    with pytest.raises(ValueError, match="1 to 28"):
        collection_date(month_of(2023, 1), debit_day, "NONE")


def test_an_unknown_rule_for_holidays_is_refused():
    with pytest.raises(ValueError, match="PREVIOUS"):
        collection_date(month_of(2023, 1), 26, "PREVIOUS")


@given(DAYS.filter(lambda day: day.year >= 2000), DEBIT_DAYS, st.sampled_from(["NEXT_BUSINESS_DAY", "NONE"]))
def test_the_last_month_collected_is_collected_and_the_next_one_is_not(on, debit_day, roll):
    month = last_month_collected(on, debit_day, roll)
    assert collection_date(month, debit_day, roll) <= on < collection_date(month + 1, debit_day, roll)


@given(MONTHS, DEBIT_DAYS)
def test_collection_never_comes_before_the_nominal_day(month, debit_day):
    rolled = collection_date(month, debit_day, "NEXT_BUSINESS_DAY")
    assert rolled >= day_in(month, debit_day)
    assert month_index(rolled) in (month, month + 1)
    assert last_month_collected(rolled, debit_day, "NEXT_BUSINESS_DAY") == month

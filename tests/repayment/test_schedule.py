"""Plans and deferrals: the leaflet's instalment table and the deferral figures, then what must hold for all plans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from japan.months import month_of
from repayment.schedule import Deferral, Plan, due_month, instalments_due, make_plan, shifted_month

JANUARY_2023 = month_of(2023, 1)

PLANS = st.builds(
    make_plan,
    principal=st.integers(0, 600_000),
    count=st.integers(1, 130),
    first_month=st.integers(month_of(2022, 1), month_of(2026, 12)),
    unit=st.sampled_from([1, 10, 100]),
    remainder=st.sampled_from(["LAST", "FIRST"]),
)
DEFERRALS = st.lists(
    st.builds(Deferral, from_month=st.integers(month_of(2021, 1), month_of(2030, 12)), months=st.integers(1, 24)),
    max_size=4,
)


@pytest.mark.parametrize(
    ("principal", "count", "regular", "last"),
    [
        (200_000, 24, 8_330, 8_410),
        (100_000, 24, 4_160, 4_320),
        (450_000, 120, 3_750, 3_750),
        (600_000, 120, 5_000, 5_000),
        (600_000, 108, 5_550, 6_150),
        (450_000, 96, 4_680, 5_400),
        (600_000, 36, 16_660, 16_900),
        (100_000, 12, 8_330, 8_370),
    ],
)
def test_instalments_are_floored_to_ten_yen_and_the_last_carries_the_rest(principal, count, regular, last):
    plan = make_plan(principal=principal, count=count, first_month=JANUARY_2023)
    assert [plan.amount(no) for no in range(1, count + 1)] == [regular] * (count - 1) + [last]


def test_the_remainder_can_stand_in_the_first_instalment():
    plan = make_plan(principal=200_000, count=24, first_month=JANUARY_2023, remainder="FIRST")
    assert [plan.amount(no) for no in (1, 2, 24)] == [8_410, 8_330, 8_330]


@pytest.mark.parametrize(("unit", "regular", "last"), [(1, 8_333, 8_341), (10, 8_330, 8_410), (100, 8_300, 9_100)])
def test_instalments_are_floored_to_the_unit_of_the_prefecture(unit, regular, last):
    plan = make_plan(principal=200_000, count=24, first_month=JANUARY_2023, unit=unit)
    assert (plan.regular_amount, plan.last_amount) == (regular, last)


def test_a_single_instalment_is_the_whole_principal():
    plan = make_plan(principal=95_000, count=1, first_month=JANUARY_2023)
    assert (plan.amount(1), plan.month_worth) == (95_000, 95_000)


def test_a_principal_too_small_to_divide_falls_due_at_the_end():
    plan = make_plan(principal=200, count=24, first_month=JANUARY_2023)
    assert [plan.amount(no) for no in (1, 23, 24)] == [0, 0, 200]
    assert plan.month_worth == 200


@given(PLANS)
def test_the_instalments_of_every_plan_add_up_to_its_principal(plan):
    amounts = [plan.amount(no) for no in range(1, plan.count + 1)]
    assert sum(amounts) == plan.principal == plan.scheduled_sum(plan.count) == plan.scheduled_sum(10_000)
    assert min(amounts) >= 0
    assert plan.scheduled_sum(0) == plan.scheduled_sum(-5) == 0


@pytest.mark.parametrize("no", [0, 25])
def test_there_is_no_instalment_outside_the_plan(no):
    with pytest.raises(IndexError):
        make_plan(principal=200_000, count=24, first_month=JANUARY_2023).amount(no)


@pytest.mark.parametrize(
    "wrong",
    [
        {"principal": 200_000, "count": 0},
        {"principal": -1, "count": 24},
        {"principal": 200_000, "count": 24, "unit": 0},
        {"principal": 200_000, "count": 24, "remainder": "MIDDLE"},
    ],
)
def test_what_cannot_be_divided_is_refused(wrong):
    with pytest.raises(ValueError, match="or more|LAST or FIRST"):
        make_plan(first_month=JANUARY_2023, **wrong)


@pytest.mark.parametrize(
    ("count", "first", "regular", "why"),
    [
        (1, 90_000, 90_000, "whole principal"),
        (3, 50_000, 60_000, "exceed"),
        (0, 0, 0, "at least one"),
        (2, -1, 0, "zero or more"),
    ],
)
def test_a_plan_whose_instalments_do_not_add_up_is_refused(count, first, regular, why):
    with pytest.raises(ValueError, match=why):
        Plan(100_000, count, JANUARY_2023, first, regular)


def test_a_deferral_from_the_start_shifts_every_instalment_by_its_length():
    plan = make_plan(principal=200_000, count=24, first_month=JANUARY_2023)
    deferred = [Deferral(month_of(2023, 1), 12)]
    assert due_month(plan, deferred, 1) == month_of(2024, 1)
    assert due_month(plan, deferred, 24) == month_of(2025, 12)
    assert plan.amount(24) == 8_410


def test_a_deferral_on_the_way_leaves_earlier_instalments_where_they_were():
    plan = make_plan(principal=200_000, count=24, first_month=JANUARY_2023)
    deferred = [Deferral(month_of(2023, 7), 12)]
    assert [due_month(plan, deferred, no) for no in (6, 7, 24)] == [
        month_of(2023, 6),
        month_of(2024, 7),
        month_of(2025, 12),
    ]
    assert instalments_due(plan, deferred, month_of(2024, 6)) == 6
    assert instalments_due(plan, deferred, month_of(2024, 7)) == 7


def test_a_second_deferral_counts_on_the_months_the_first_one_made():
    plan = make_plan(principal=200_000, count=24, first_month=JANUARY_2023)
    renewed = [Deferral(month_of(2024, 7), 6), Deferral(month_of(2023, 7), 12)]
    assert due_month(plan, renewed, 7) == month_of(2025, 1)
    assert due_month(plan, renewed, 24) == month_of(2026, 6)
    early = [Deferral(month_of(2023, 1), 12), Deferral(month_of(2023, 6), 3)]
    assert due_month(plan, early, 1) == month_of(2024, 4)


@given(PLANS, DEFERRALS)
def test_instalments_keep_their_order_and_none_moves_forward(plan, deferrals):
    months = [due_month(plan, deferrals, no) for no in range(1, plan.count + 1)]
    assert months == sorted(set(months))
    assert months[0] >= plan.first_month


@given(PLANS, DEFERRALS, st.integers(month_of(2021, 1), month_of(2045, 12)))
def test_what_is_due_by_a_month_is_what_falls_due_in_it_or_before(plan, deferrals, last_month):
    counted = sum(due_month(plan, deferrals, no) <= last_month for no in range(1, plan.count + 1))
    assert instalments_due(plan, deferrals, last_month) == counted


@given(DEFERRALS.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_deferrals_may_be_given_in_any_order(deferrals):
    one, other = deferrals
    for month in range(month_of(2021, 1), month_of(2031, 1), 7):
        assert shifted_month(month, one) == shifted_month(month, other)

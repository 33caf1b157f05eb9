"""Small repayment to the yen: how arrears grow although the agreement is kept, and whether it is kept."""

from __future__ import annotations

from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from japan.months import first_day, month_index, month_of
from repayment.agreements.growth import Growth, Terms, growth
from repayment.agreements.keeping import Keeping, keeping
from repayment.entries import Entry, read_ledger
from repayment.position import PlanVersion, Policy
from repayment.schedule import Deferral, make_plan
from tests.repayment.histories import random_history

START = month_of(2023, 1)
PLAN = PlanVersion(1, date(2020, 6, 10), make_plan(principal=600_000, count=120, first_month=START))
SR_A = Terms(1_000, START, 15)


def grown(terms: Terms = SR_A, *, entries=(), deferrals=(), plan=PLAN, today=date(2022, 12, 1)) -> Growth:
    return growth(
        principal=plan.plan.principal,
        plans=[plan],
        deferrals=deferrals,
        entries=entries,
        policy=Policy(),
        terms=terms,
        today=today,
    )


def test_the_worked_example_leaves_twelve_months_in_arrears_after_fifteen():
    """SR-A: 600,000 / 120, 1,000 a month from January 2023; end of March 2024: due 75,000, paid 15,000."""
    found = grown()

    assert (found.scheduled, found.paid) == (75_000, 15_000)
    assert (found.after, found.rows[-1].months_in_arrears) == (60_000, 12)
    assert [row.arrears for row in found.rows[:4]] == [4_000, 8_000, 12_000, 16_000]
    assert found.reaches_long_arrears == month_of(2024, 3)
    assert all(row.is_to_come for row in found.rows) and found.passes_deadline is None


def test_months_that_are_over_are_told_from_the_ledger_and_the_rest_is_assumed():
    paid = [Entry("paid", 1_000, date(2023, 1, 26), "a"), Entry("paid", 500, date(2023, 2, 27), "b")]
    found = grown(entries=paid, today=date(2023, 2, 28))
    assert [row.paid for row in found.rows[:4]] == [1_000, 500, 1_000, 1_000]
    assert [row.is_to_come for row in found.rows[:4]] == [False, False, True, True]
    assert found.after == 60_500


def test_arrears_of_before_are_carried_on():
    found = grown(Terms(2_000, START + 6, 3), today=date(2023, 6, 1))
    assert (found.before, found.after, found.grows_by) == (30_000, 39_000, 9_000)


def test_a_deferral_in_the_middle_stops_the_growth():
    found = grown(deferrals=[Deferral(START + 3, 6)])
    assert [row.scheduled for row in found.rows[2:10]] == [5_000, 0, 0, 0, 0, 0, 0, 5_000]


def test_after_the_deadline_late_interest_runs_although_the_agreement_is_kept():
    plan = PlanVersion(1, date(2020, 6, 10), make_plan(principal=100_000, count=24, first_month=START))
    found = grown(Terms(1_000, START + 18, 12), plan=plan, today=date(2024, 5, 1))
    assert found.passes_deadline == month_of(2024, 12)
    by_month = {row.month: row.late_interest for row in found.rows}
    assert by_month[month_of(2024, 12)] == 0 < by_month[month_of(2025, 1)] < by_month[month_of(2025, 6)]


def test_nobody_is_assumed_to_pay_more_than_is_owed():
    plan = PlanVersion(1, date(2020, 6, 10), make_plan(principal=10_000, count=4, first_month=START))
    found = grown(Terms(2_000, START, 12), plan=plan)
    assert (found.paid, found.rows[-1].outstanding) == (10_000, 0)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40_000), st.integers(1, 24))
def test_arrears_never_grow_by_more_than_was_asked_for_less_what_was_paid(seed: int, amount: int, months: int):
    """Over any orderly life: before + asked for - paid, or nothing where payments were ahead."""
    life = random_history(Random(seed))
    if life.is_disordered or len(life.plans) > 1:
        return
    terms = Terms(amount, month_index(life.as_of), months)
    found = growth(
        principal=life.principal, plans=life.plans, deferrals=life.deferrals, entries=life.entries,
        policy=life.policy, terms=terms, today=date(2030, 1, 1),
    )  # fmt: skip
    arrears = found.before
    for row in found.rows:
        assert row.arrears <= row.outstanding
        assert row.arrears - arrears <= max(0, row.scheduled - row.paid)
        arrears = row.arrears


# --- kept or not ------------------------------------------------------------------------------------


def kept(entries: list[Entry], on: date, terms: Terms = SR_A, outstanding: int = 600_000) -> Keeping:
    return keeping(terms, read_ledger(entries, on), outstanding=outstanding, on=on)


def paid(amount: int, *days: date) -> list[Entry]:
    return [Entry("paid", amount, day, f"p{number}") for number, day in enumerate(days)]


def test_a_month_counts_when_it_is_over():
    nothing = kept([], date(2023, 1, 30))
    assert (nothing.promised, nothing.is_kept) == (0, True)
    missing = kept([], date(2023, 1, 31))
    assert (missing.promised, missing.short, missing.behind_in_a_row, missing.is_kept) == (1_000, 1_000, 1, False)


def test_who_pays_two_months_at_once_has_kept_both():
    assert kept(paid(2_000, date(2023, 1, 10)), date(2023, 2, 28)).is_kept
    late = kept(paid(2_000, date(2023, 2, 10)), date(2023, 2, 28))
    assert late.is_kept and late.behind_in_a_row == 0


def test_the_months_behind_are_counted_up_to_the_last_one():
    found = kept(paid(1_000, date(2023, 1, 26), date(2023, 3, 27)), date(2023, 4, 30))
    assert (found.promised, found.paid, found.short, found.behind_in_a_row) == (4_000, 2_000, 2_000, 3)


def test_payments_before_the_agreement_and_those_taken_back_do_not_count():
    entries = [
        *paid(5_000, first_day(START - 1)),
        Entry("paid", 1_000, date(2023, 1, 26), "x"),
        Entry("paid_reversed", 1_000, date(2023, 2, 3), "y", reverses="x"),
    ]
    assert kept(entries, date(2023, 1, 31)).is_kept
    assert kept(entries, date(2023, 2, 28)).short == 2_000


def test_nothing_is_short_once_nothing_is_owed():
    assert kept([], date(2023, 6, 30), outstanding=0).is_kept
    assert kept([], date(2023, 6, 30), outstanding=700).short == 700


def test_after_its_last_month_nothing_more_is_promised():
    assert kept([], date(2026, 1, 1), Terms(1_000, START, 2)).promised == 2_000

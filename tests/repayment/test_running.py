"""The ledger row by row, and the plan as a picture: they say what the position says."""

from __future__ import annotations

from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from japan.months import month_of
from repayment.entries import Entry
from repayment.picture import picture_of
from repayment.position import PlanVersion, Policy, position
from repayment.running import Share, Step, steps
from repayment.schedule import Deferral, make_plan
from tests.repayment.histories import random_history

START = month_of(2023, 1)
PLAN = PlanVersion(1, date(2020, 6, 10), make_plan(principal=200_000, count=24, first_month=START))


def walked(*entries: Entry) -> dict[str, Step]:
    found = steps(principal=200_000, plans=[PLAN], deferrals=(), entries=entries, policy=Policy())
    return {step.source_key: step for step in found}


def test_each_row_says_what_is_left_and_what_it_was_counted_against():
    found = walked(
        Entry("paid", 8_330, date(2023, 1, 26), "a"),
        Entry("paid", 10_000, date(2023, 2, 27), "b"),
        Entry("paid_reversed", 8_330, date(2023, 3, 2), "c", reverses="a"),
        Entry("exempted", 100_000, date(2023, 6, 1), "d", 13, 24, 1),
    )
    assert [step.outstanding for step in found.values()] == [191_670, 181_670, 190_000, 90_000]
    assert found["a"].share == Share(1, 1, 1, 8_330)
    assert found["b"].share == Share(1, 2, 3, 10_000)
    assert found["c"].share is None


def test_what_exceeds_everything_and_what_goes_to_late_interest_is_told_apart():
    """LI-A: 58,390 yen unpaid at the deadline, paid 181 days later with 868 yen of late interest and 100 too many."""
    paid = [Entry("paid", 8_330, date(2023, month, 26), f"{month:02d}") for month in range(1, 13)]
    paid += [Entry("paid", 8_330, date(2024, month, 26), f"{month + 12}") for month in range(1, 6)]
    found = walked(*paid, Entry("paid", 58_390 + 868 + 100, date(2025, 6, 30), "z"))
    last = found["z"]
    assert (last.outstanding, last.to_late_interest, last.beyond) == (0, 868, 100)
    assert last.share == Share(1, 18, 24, 58_390)


def test_a_row_entered_later_for_an_earlier_day_stands_where_it_counts():
    found = list(
        walked(Entry("paid", 1_000, date(2023, 3, 1), "a"), Entry("paid", 2_000, date(2023, 2, 1), "b")).values()
    )
    assert [(step.source_key, step.outstanding) for step in found] == [("b", 198_000), ("a", 197_000)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_after_the_last_row_the_balance_is_that_of_the_position(seed: int):
    life = random_history(Random(seed))
    found = steps(
        principal=life.principal, plans=life.plans, deferrals=life.deferrals, entries=life.entries, policy=life.policy
    )
    if not found:
        return
    at = life.position(found[-1].on)
    assert (found[-1].outstanding, found[-1].arrears) == (at.outstanding, at.arrears)


def test_the_picture_shows_each_month_once_deferred_ones_too():
    at = position(
        principal=200_000,
        plans=[PLAN],
        deferrals=[Deferral(START + 6, 6)],
        entries=[
            Entry("paid", 20_000, date(2023, 1, 26), "a"),
            Entry("exempted", 16_740, date(2023, 5, 1), "e", 23, 24, 1),
        ],
        as_of=date(2023, 5, 30),
    )
    picture = picture_of(at)
    assert len(picture.months) == 30 == len(picture.bars)
    assert [month.word for month in picture.months[:13]] == [
        "納付済み", "納付済み", "滞納", "滞納", "滞納", "これから", *["猶予"] * 6, "これから",
    ]  # fmt: skip
    assert picture.counts == (("納付済み", 2), ("滞納", 3), ("免除", 2), ("猶予", 6), ("これから", 17))
    assert [year.label for year in picture.years] == ["令和5", "令和6", "令和7"]
    assert picture.today_x == "16.66%"
    assert picture.bars[2].parts[0].kind == "paid" and picture.bars[2].parts[1].kind == "arrears"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_the_picture_adds_up_to_the_plan(seed: int):
    at = random_history(Random(seed)).position()
    months = picture_of(at).months
    assert sum(m.paid + m.exempted + m.overdue + m.to_come for m in months) == at.plan.principal
    for bar in picture_of(at).bars:
        assert sum(float(part.height[:-1]) for part in bar.parts) <= 100

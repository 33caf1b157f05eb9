"""A new plan to the yen: the same principal, within its limits, or refused by name."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from japan.months import month_of
from repayment.entries import Entry
from repayment.enums import PlanReason
from repayment.position import PlanVersion, Position, position
from repayment.refusals import RepaymentRefused
from repayment.replanning.planning import Limits, Run, Wish, compare, instalments_of, limits_of, new_plan
from repayment.schedule import Deferral, Plan, make_plan
from tests.repayment.histories import random_history

START = month_of(2023, 1)
TODAY = date(2023, 11, 10)
NEXT = month_of(2023, 11)
CHANGE, EARLY = PlanReason.PLAN_CHANGE, PlanReason.EARLY_REPAYMENT


def at(
    *entries: Entry, principal: int = 600_000, count: int = 120, on: date = TODAY, deferrals: tuple[Deferral, ...] = ()
) -> Position:
    plan = PlanVersion(1, date(2020, 6, 10), make_plan(principal=principal, count=count, first_month=START))
    return position(principal=principal, plans=[plan], deferrals=deferrals, entries=entries, as_of=on)


def limits(now: Position, most: int = 120, deferred: int = 0) -> Limits:
    return limits_of(now, agreed_first_month=START, most_instalments=most, deferred_months=deferred)


def planned(now: Position, most: int = 120, deferred: int = 0, **wish) -> Plan:
    told: dict[str, Any] = {"kind": CHANGE, "from_month": NEXT} | wish
    return new_plan(now, Wish(**told), limits(now, most, deferred))


def paid(amount: int, on: date = date(2023, 1, 26)) -> Entry:
    return Entry("paid", amount, on, f"p{on}")


def test_what_is_overdue_is_spread_with_the_rest():
    """Ten months due, two paid: 590,000 yen over 100 months."""
    now = at(paid(10_000))
    plan = planned(now, count=100)
    assert (now.arrears, plan.principal, plan.amount(1), plan.last_amount) == (40_000, 590_000, 5_900, 5_900)

    told = compare(now, plan)
    assert (told.arrears, told.total_before, told.total_after) == (40_000, 590_000, 590_000)
    assert told.before == (Run(NEXT, 110, 5_000),)
    assert told.after == (Run(NEXT, 100, 5_900),)
    assert (told.months[0].before, told.months[0].after) == (5_000, 5_900)
    assert (told.months[-1].before, told.months[-1].after) == (5_000, 0)


def test_a_monthly_amount_gives_the_count_and_the_last_takes_the_rest():
    plan = planned(at(), monthly_amount=7_000)
    assert (plan.count, plan.amount(1), plan.last_amount) == (86, 7_000, 5_000)


def test_paying_ahead_drops_the_latest_instalments():
    """RP-13: 100,000 yen ahead of ten instalments due shorten 120 months to 100, at the same 5,000."""
    now = at(paid(150_000))
    plan = planned(now, kind=EARLY)
    assert (plan.principal, plan.count, plan.amount(1), plan.last_month) == (450_000, 90, 5_000, NEXT + 89)
    assert now.plan.last_month - plan.last_month == 20


@pytest.mark.parametrize(
    ("now", "most", "wish", "words"),
    [
        (at(paid(600_000)), 120, {"count": 3}, "元金は残っていません"),
        (at(count=6), 120, {"count": 3}, "最終償還期限（令和5年6月30日）を過ぎている"),
        (at(), 120, {"count": 3, "from_month": NEXT - 1}, "開始月は令和5年11月以降にしてください"),
        (at(), 120, {"count": 3, "from_month": NEXT + 3}, "償還猶予の申請になります"),
        (at(), 120, {"count": 0}, "回数は1回以上"),
        (at(), 120, {"count": 111}, "令和14年12月までです。この変更では令和15年1月までかかります。110回以内"),
        (at(principal=200_000, count=24), 24, {"count": 15}, "最長24回で、令和6年12月まで"),
        (at(), 120, {"monthly_amount": 5_000}, "足りません。令和14年12月までに返し終えるには、月額5,455円以上"),
        (at(), 120, {"monthly_amount": 0}, "月額は1円以上"),
        (at(principal=900, count=12), 120, {"count": 100}, "1回が10円に満たなくなります"),
        (at(), 120, {"kind": EARLY}, "先払いされた額がありません"),
        (at(paid(50_000)), 120, {"count": 110}, "変更したところがありません"),
    ],
)  # fmt: skip
def test_each_refusal_says_what_stands_against_it(now, most, wish, words):
    with pytest.raises(RepaymentRefused, match=words):
        planned(now, most, **wish)


def test_a_deferral_gives_its_months_and_the_new_plan_waits_for_its_end():
    deferral = Deferral(month_of(2023, 9), 6)
    now = at(deferrals=(deferral,))
    found = limits(now, deferred=6)
    assert (found.first_month, found.latest_first_month) == (month_of(2024, 3), month_of(2024, 5))
    assert found.last_month == month_of(2033, 6)
    assert planned(now, deferred=6, from_month=month_of(2024, 3), count=112).last_month == month_of(2033, 6)
    with pytest.raises(RepaymentRefused, match="令和6年3月以降"):
        planned(now, deferred=6, from_month=NEXT, count=50)


def test_in_grace_the_new_plan_begins_where_the_old_one_would():
    now = at(on=date(2021, 5, 1))
    assert limits(now).first_month == START


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 130), st.booleans())
def test_whatever_happened_the_new_plan_sums_to_what_is_unpaid(seed: int, number: int, by_count: bool):
    """Any orderly life: the sum is preserved, nothing is in arrears on the day, and all of it once the plan is over."""
    life = random_history(Random(seed))
    now = life.position()
    if life.is_disordered or any(entry.kind == "exemption_revoked" for entry in life.entries):
        return
    bounds = limits_of(
        now, agreed_first_month=life.plans[0].plan.first_month, most_instalments=200, deferred_months=36
    )
    said = {"count": number} if by_count else {"monthly_amount": number * 97}
    try:
        plan = new_plan(now, Wish(CHANGE, bounds.first_month, **said), bounds)
    except RepaymentRefused:
        return
    assert plan.principal == now.outstanding == sum(amount for _, amount in instalments_of(plan))
    assert plan.last_month <= bounds.last_month
    told = compare(now, plan)
    assert told.total_after == now.outstanding
    assert told.total_before == now.outstanding
    assert sum(row.after for row in told.months) == now.outstanding

    version = PlanVersion(99, life.as_of, plan, now.plan_version.debit_day)
    known = [entry for entry in life.entries if entry.effective_on <= life.as_of]

    def after(on: date) -> Position:
        return position(
            principal=life.principal, plans=[*life.plans, version], deferrals=life.deferrals, entries=known,
            policy=life.policy, as_of=on,
        )  # fmt: skip

    assert (after(life.as_of).arrears, after(life.as_of).outstanding) == (0, now.outstanding)
    assert after(date(2060, 1, 1)).arrears == after(date(2060, 1, 1)).outstanding

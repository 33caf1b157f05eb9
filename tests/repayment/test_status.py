"""The one word for how a loan stands, told from its position."""

from dataclasses import replace
from datetime import date

import pytest

from japan.months import month_of
from repayment.entries import Entry
from repayment.enums import HoldReason
from repayment.figures import figures
from repayment.position import PlanVersion, position
from repayment.schedule import Deferral, make_plan
from repayment.status import RepaymentStatus, status_of

PRINCIPAL = 120_000
PLAN = PlanVersion(1, date(2020, 6, 1), make_plan(principal=PRINCIPAL, count=12, first_month=month_of(2023, 1)))
PAID = Entry("paid", PRINCIPAL, date(2023, 6, 1), "p")
PART_EXEMPTED = Entry("exempted", 60_000, date(2023, 6, 1), "e", first_no=7, last_no=12, plan_version=1)
REST_PAID = Entry("paid", 60_000, date(2023, 8, 1), "r")
EXEMPTED = Entry("exempted", PRINCIPAL, date(2023, 6, 1), "e", first_no=1, last_no=12, plan_version=1)


def at(day, *entries, deferrals=()):
    return position(principal=PRINCIPAL, plans=[PLAN], deferrals=deferrals, entries=entries, as_of=day)


@pytest.mark.parametrize(
    ("position_at", "holds", "status"),
    [
        (at(date(2022, 12, 31)), [], RepaymentStatus.GRACE),
        (at(date(2023, 1, 25)), [], RepaymentStatus.GRACE),
        (at(date(2023, 1, 26)), [], RepaymentStatus.REPAYING),
        (at(date(2023, 12, 31)), [], RepaymentStatus.REPAYING),
        (at(date(2024, 1, 1)), [], RepaymentStatus.PAST_DEADLINE),
        (at(date(2023, 5, 31), PAID), [], RepaymentStatus.REPAYING),
        (at(date(2023, 6, 1), PAID), [], RepaymentStatus.COMPLETED),
        (at(date(2023, 6, 1), EXEMPTED), [], RepaymentStatus.EXEMPTED),
        (at(date(2023, 9, 1), PART_EXEMPTED, REST_PAID), [], RepaymentStatus.COMPLETED),
        (
            at(date(2023, 9, 1), replace(PART_EXEMPTED, effective_on=date(2023, 9, 1)), REST_PAID),
            [],
            RepaymentStatus.EXEMPTED,
        ),
        (at(date(2023, 9, 1), EXEMPTED, REST_PAID), [], RepaymentStatus.EXEMPTED),
        (at(date(2023, 6, 1), PAID), [HoldReason.LEGAL], RepaymentStatus.COMPLETED),
        (at(date(2024, 6, 1)), [HoldReason.LEGAL], RepaymentStatus.LEGAL),
        (at(date(2023, 6, 1)), [HoldReason.EXEMPTION_PENDING], RepaymentStatus.REPAYING),
        (at(date(2024, 3, 1), replace(PAID, effective_on=date(2024, 2, 1))), [], RepaymentStatus.PAST_DEADLINE),
    ],
)
def test_a_position_is_told_in_one_word(position_at, holds, status):
    assert status_of(position_at, holds=holds) == status


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2023, 6, 30), RepaymentStatus.REPAYING),
        (date(2023, 7, 1), RepaymentStatus.DEFERRED),
        (date(2023, 12, 31), RepaymentStatus.DEFERRED),
        (date(2024, 1, 1), RepaymentStatus.REPAYING),
        (date(2024, 7, 1), RepaymentStatus.PAST_DEADLINE),
    ],
)
def test_a_deferral_is_seen_in_exactly_its_months(day, status):
    assert status_of(at(day, deferrals=[Deferral(month_of(2023, 7), 6)])) == status


@pytest.mark.parametrize("day", [date(2022, 1, 1), date(2023, 4, 1), date(2024, 2, 1)])
@pytest.mark.parametrize(
    "entries",
    [
        (),
        (Entry("paid", 25_000, date(2023, 3, 1), "a"),),
        (Entry("exempted", 60_000, date(2023, 2, 1), "b", first_no=7, last_no=12, plan_version=1),),
        (EXEMPTED, Entry("paid", 10_000, date(2023, 7, 1), "c")),
    ],
)
def test_the_bar_always_adds_up_to_the_principal_and_every_working_to_its_figure(day, entries):
    found = figures(at(day, *entries))
    shares = found.shares
    assert shares.paid + shares.arrears + shares.exempted + shares.to_come == PRINCIPAL
    assert min(shares.paid, shares.arrears, shares.exempted, shares.to_come) >= 0
    assert found.outstanding.working[-1][1] == found.outstanding.value
    assert found.arrears.value in (found.arrears.working[-1][1], "なし")


def test_the_next_instalment_shows_what_is_already_paid_towards_it():
    found = figures(at(date(2023, 1, 26), Entry("paid", 13_000, date(2023, 1, 20), "a")))
    assert found.next_due is not None
    assert (found.next_due.label, found.next_due.value) == ("次回 令和5年2月27日(月)", "7,000円")
    assert found.next_due.working == (
        ("第2回の約定額", "10,000円"),
        ("先払いで充てられている額", "-3,000円"),
        ("令和5年2月27日(月)に納める額", "7,000円"),
    )

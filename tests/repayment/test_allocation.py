"""What a payment was counted against, with its working: as it was when it was booked, for good (RP-13, RP-14)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction

from accounts.enums import Role
from japan.months import month_of
from jobs.kinds import Done
from jobs.models import Run
from loans.enums import FundKind
from loans.models import Loan
from repayment.allocation import Allocation
from repayment.allocations import allocations_of, keep_allocations, replayed
from repayment.enums import AllocationOrder, PlanReason
from repayment.ledger_night import keep, select_loans
from repayment.models import LedgerEntry, PaymentAllocation
from repayment.schedule import make_plan
from repayment.services import post_payment, record_plan
from rulebook.models import SettingRow
from tests.desk.builders import MACHINE
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person

pytestmark = pytest.mark.django_db

TOKYO = ZoneInfo("Asia/Tokyo")


def moment(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=TOKYO)


@pytest.fixture
def loan() -> Loan:
    """200,000 yen in 24 parts from January 2023; its deadline is 31 December 2024."""
    loan = a_loan(a_person(), fund=FundKind.SP_SMALL, principal=200_000, instalments=24)
    record_plan(
        loan=loan, plan=make_plan(principal=200_000, count=24, first_month=month_of(2023, 1)),
        effective_on=date(2020, 6, 20), debit_day=26, reason=PlanReason.ORIGINAL, source_key=f"plan:{loan.pk}",
        by=MACHINE, at=moment(2022, 12, 1),
    )  # fmt: skip
    return loan


def paid(loan: Loan, amount: int, on: date, at: datetime) -> LedgerEntry:
    return post_payment(loan=loan, amount=amount, effective_on=on, source_key=f"bank:{at}", by=MACHINE, at=at)


def words(counted: Allocation) -> list[tuple[str, int]]:
    return [(line.label, line.amount) for line in counted.working]


def test_a_payment_fills_the_oldest_instalments_and_the_rest_counts_towards_the_next(loan: Loan) -> None:
    first = paid(loan, 5_000, date(2023, 2, 27), moment(2023, 2, 28))
    second = paid(loan, 20_000, date(2023, 3, 10), moment(2023, 3, 11))
    counted = allocations_of(loan)
    assert words(counted[first.pk]) == [
        ("第1回（令和5年1月、期日の来た分）", 5_000), ("入金（充当順：元金から）", 5_000),
    ]  # fmt: skip
    assert words(counted[second.pk]) == [
        ("第1回〜第2回（令和5年1月〜令和5年2月、期日の来た分）", 11_660),
        ("第3回〜第4回（令和5年3月〜令和5年4月、先払い）", 8_340),
        ("入金（充当順：元金から）", 20_000),
    ]
    assert (counted[second.pk].to_due, counted[second.pk].ahead) == (11_660, 8_340)


def test_what_is_entered_later_changes_nothing_of_it_also_if_it_is_dated_back(loan: Loan) -> None:
    first = paid(loan, 8_330, date(2023, 1, 26), moment(2023, 1, 27))
    before = allocations_of(loan)[first.pk]
    paid(loan, 8_330, date(2023, 1, 20), moment(2023, 5, 1))
    assert allocations_of(loan)[first.pk] == before
    assert [share.no for share in before.shares] == [1]


def test_the_order_in_force_when_it_was_booked_decides_whatever_is_set_later(loan: Loan) -> None:
    first, second = (a_member_of_staff(Role.SUPERVISOR) for _ in range(2))
    for value, since in (("LATE_INTEREST_FIRST", moment(2025, 8, 1)), ("PRINCIPAL_FIRST", moment(2025, 10, 1))):
        SettingRow.objects.create(
            key="allocation_order", value=value, valid_from=since.date(), source="要綱",
            proposed_by=first, proposed_at=since, approved_by=second, approved_at=since,
        )  # fmt: skip
    early = paid(loan, 150_000, date(2024, 6, 26), moment(2024, 6, 27))
    late = paid(loan, 60_000, date(2025, 8, 29), moment(2025, 9, 1))
    later = paid(loan, 1_000, date(2025, 9, 30), moment(2025, 10, 2))
    counted = allocations_of(loan)
    orders = [counted[row.pk].order for row in (early, late, later)]
    assert orders == [
        AllocationOrder.PRINCIPAL_FIRST,
        AllocationOrder.LATE_INTEREST_FIRST,
        AllocationOrder.PRINCIPAL_FIRST,
    ]
    # 50,000 x 0.03 x 241 / 365 = 990.41
    assert words(counted[late.pk])[-3:] == [
        ("延滞利子", 990), ("払いすぎ（お返しする額）", 9_010), ("入金（充当順：延滞利子から）", 60_000),
    ]  # fmt: skip
    for row in (early, late, later):
        *parts, (_, total) = words(counted[row.pk])
        assert sum(amount for _, amount in parts) == total == row.amount


def test_the_night_writes_down_how_the_payments_of_the_day_were_counted_and_nobody_changes_it(loan: Loan) -> None:
    first = paid(loan, 5_000, date(2023, 2, 27), moment(2023, 2, 28))
    second = paid(loan, 20_000, date(2023, 3, 10), moment(2023, 3, 11))
    before, since = allocations_of(loan), moment(2023, 3, 1)
    run = Run(business_date=date(2023, 3, 11))
    for expected in ([f"{loan.pk}-{loan.pk}"], []):
        assert list(select_loans(run)) == expected
        assert [keep(run, key) for key in expected] == [Done()] * len(expected)
    assert keep_allocations(loans=[loan.pk], since=since, by=MACHINE, at=moment(2023, 3, 11)) == 0
    kept = PaymentAllocation.objects.get()
    assert (kept.entry, kept.order, kept.shares) == (
        second, "PRINCIPAL_FIRST",
        [[1, month_of(2023, 1), 3_330, True], [2, month_of(2023, 2), 8_330, True],
         [3, month_of(2023, 3), 8_330, False], [4, month_of(2023, 4), 10, False]],
    )  # fmt: skip
    assert allocations_of(loan) == before
    assert replayed([loan.pk]) == before
    assert set(before) == {first.pk, second.pk}
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        PaymentAllocation.objects.update(surplus=1)

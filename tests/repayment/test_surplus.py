"""Money is accepted in every state of a loan: it is paid ahead, or a surplus that somebody has to answer for (RP-12, RP-13)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from japan.months import month_of
from jobs.nightly import run_step
from loans.models import Loan
from repayment.enums import LedgerKind, RefundCause
from repayment.ledger_night import STEPS
from repayment.models import Deferral, LedgerEntry, LoanTotals, RefundTask
from repayment.selectors import position_of
from repayment.services import post_payment, reverse_payment
from repayment.surplus import Surplus, open_surplus_tasks, surplus_loans
from repayment.totals import differing_totals
from tests.desk.builders import MACHINE, a_plan, an_exemption
from tests.loans.builders import a_loan
from tests.people.builders import a_person

pytestmark = pytest.mark.django_db

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=TOKYO)


def paid(loan: Loan, amount: int, on: date = DAY) -> LedgerEntry:
    key = f"bank:{loan.pk}:{LedgerEntry.objects.count()}"
    return post_payment(loan=loan, amount=amount, effective_on=on, source_key=key, by=MACHINE, at=NOW)


def test_a_payment_is_taken_in_every_state_and_only_what_exceeds_all_debt_is_surplus() -> None:
    person = a_person()
    exempted, completed, deferred, repaying = (a_loan(person) for _ in range(4))
    for loan in (exempted, completed, deferred, repaying):
        plan = a_plan(loan)
        if loan == exempted:
            an_exemption(loan, plan, 600_000, date(2024, 3, 1), first_no=1, last_no=120)
    Deferral.objects.create(
        loan=deferred, from_month=month_of(2026, 7), months=12, granted_on=date(2026, 6, 1), recorded_at=NOW,
        recorded_by="test", source_key="deferral",
    )  # fmt: skip
    paid(completed, 600_000, date(2025, 4, 1))
    paid(deferred, 42 * 5_000, date(2026, 7, 1))
    for loan in (exempted, completed, deferred, repaying):
        paid(loan, 5_000)
    assert surplus_loans(DAY) == [Surplus(exempted.pk, 5_000, 5_000), Surplus(completed.pk, 5_000, 5_000)]
    ahead = position_of(deferred.pk, DAY)
    assert (ahead.paid_ahead, ahead.surplus) == (5_000, 0)


def test_a_surplus_is_asked_about_once_and_again_only_for_what_it_grew_by() -> None:
    loan = a_loan(a_person())
    a_plan(loan)
    first = paid(loan, 605_000)
    (task,) = open_surplus_tasks(loan_ids=[loan.pk], by=MACHINE, at=NOW)
    assert (task.amount, task.cause, task.payment) == (5_000, RefundCause.SURPLUS, first)
    assert open_surplus_tasks(loan_ids=[loan.pk], by=MACHINE, at=NOW) == [] == surplus_loans(DAY)
    paid(loan, 1_000)
    (more,) = open_surplus_tasks(loan_ids=[loan.pk], by=MACHINE, at=NOW)
    assert more.amount == 1_000
    reverse_payment(entry=first, reason="別の方の入金", effective_on=DAY, by=MACHINE, at=NOW)
    assert surplus_loans(DAY) == []
    assert LedgerEntry.objects.filter(kind=LedgerKind.REFUNDED).count() == 0


def test_the_night_opens_the_tasks_and_counts_again_what_ageing_reads() -> None:
    loan = a_loan(a_person())
    a_plan(loan)
    paid(loan, 601_000)
    step = STEPS[0]
    assert (run_step(step, business_date=DAY).failed, RefundTask.objects.get().amount) == (0, 1_000)
    with connection.cursor() as cursor:
        cursor.execute("update repayment_loantotals set net = net - 1")
    assert differing_totals() == [loan.pk]
    assert run_step(step, business_date=date(2026, 11, 21)).failed == 1
    assert (differing_totals(), LoanTotals.objects.get().net, RefundTask.objects.count()) == ([], 601_000, 1)

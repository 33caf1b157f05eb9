"""Loans in repayment with a debit account, for tests of the bank's side."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from audit.actors import Actor
from japan.months import month_of
from loans.enums import FundKind
from loans.models import Loan
from people.models import Person
from repayment.enums import PlanReason
from repayment.models import RepaymentPlan
from repayment.schedule import make_plan
from repayment.services import record_plan
from tests.loans.builders import a_loan
from tests.people.builders import a_person

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=TOKYO)
MACHINE = Actor.machine("test")
_number = count(1)


def a_repaying_loan(borrower: Person | None = None, *, debit_day: int = 26, **fields: Any) -> Loan:
    """200,000 yen of the special small loan in 24 instalments of 8,330 from January 2026, unless said otherwise."""
    values: dict[str, Any] = {
        "fund": FundKind.SP_SMALL,
        "principal": 200_000,
        "instalments": 24,
        "first_due_month": month_of(2026, 1),
    }
    loan = a_loan(borrower or a_person("架空 花子", "カクウ ハナコ"), **values | fields)
    a_plan(loan, debit_day=debit_day)
    return loan


def a_plan(loan: Loan, *, debit_day: int = 26, effective_on: date = date(2020, 6, 20)) -> RepaymentPlan:
    """The loan's original plan."""
    return record_plan(
        loan=loan,
        plan=make_plan(principal=loan.principal, count=loan.instalments, first_month=loan.first_due_month),
        effective_on=effective_on,
        debit_day=debit_day,
        reason=PlanReason.ORIGINAL,
        source_key=f"original:{loan.code}",
        by=MACHINE,
        at=NOW,
    )

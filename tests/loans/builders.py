"""Invented loans for tests."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from japan.months import month_of
from loans.enums import FundKind
from loans.models import Loan
from people.models import Person
from tests.people.builders import an_office

_number = count(1)


def a_loan(borrower: Person, **fields: Any) -> Loan:
    """A lent loan: 600,000 yen of initial general support in 120 instalments from January 2023, unless said otherwise."""
    values = {
        "code": f"09{next(_number):05d}",
        "fund": FundKind.SP_GS_INITIAL,
        "borrower": borrower,
        "applied_on": date(2020, 6, 10),
        "decided_on": date(2020, 6, 20),
        "disbursed_on": date(2020, 8, 20),
        "household_size": 2,
        "principal": 600_000,
        "instalments": 120,
        "first_due_month": month_of(2023, 1),
    }
    if "office" not in fields:
        values["office"] = an_office()
    return Loan.objects.create(**values | fields)

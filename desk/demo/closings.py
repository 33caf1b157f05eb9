"""Two months that are closed: counted by a clerk, signed by a supervisor; of the later one something was learned afterwards.

Written through the services, once the planner knows the tables: a closing counts every loan.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from accounts.models import User
from audit.actors import Actor
from audit.services import acting
from desk.demo.rows import DEMO, at_hour
from japan.bankdays import next_bank_day
from japan.months import day_in, month_index
from repayment.closing.services import answer_closing, prepare_closing
from repayment.enums import PaymentChannel
from repayment.models import ClosingLine, MonthClosing
from repayment.services import post_payment

COUNTED_FROM = 12
"""The day of the next month from which a month is counted: by then the slips of its last days have been reported."""


def close_months(as_of: date) -> None:
    """Close the two months before the last one, and enter a payment that was found later. After ``make``'s transaction."""
    clerk, supervisor = (Actor.person(User.objects.get(username=name)) for name in ("ken01", "kessai01"))
    last = month_index(as_of) - 1
    with transaction.atomic(), acting(DEMO, at=at_hour(as_of, 7)):
        for month in (last - 2, last - 1):
            day = next_bank_day(day_in(month + 1, COUNTED_FROM))
            closing = prepare_closing(month=month, by=clerk, at=at_hour(day, 10))
            answered_on = next_bank_day(day + timedelta(days=1))
            answer_closing(closing_id=closing.pk, sign=True, by=supervisor, at=at_hour(answered_on, 14))
        _found_later(closing, as_of)


def _found_later(closing: MonthClosing, as_of: date) -> None:
    """A transfer of the closed month, entered at the bank counter without a loan code and found days before today."""
    line = (
        ClosingLine.objects.filter(
            closing=closing, arrears__gte=10_000, loan__plans__recorded_at__lt=closing.counted_at
        )
        .select_related("loan")
        .order_by("-loan")
        .first()
    )
    if line is None:
        return
    found_on = next_bank_day(as_of - timedelta(days=4))
    post_payment(
        loan=line.loan,
        amount=5_000,
        effective_on=day_in(closing.month, 20),
        source_key=f"found:{line.loan.code}:{closing.month}",
        channel=PaymentChannel.TRANSFER,
        note="貸付コードのない振込を後日確認",
        by=DEMO,
        at=at_hour(min(found_on, as_of), 9),
    )

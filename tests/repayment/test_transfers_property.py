"""Whatever is done in whatever order: what the ledger says was paid out is what the bank paid, and nothing twice."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from japan.bankdays import next_bank_day
from loans.deciding.enums import SanctionKind
from loans.disbursement.enums import LineOutcome
from loans.disbursement.files import discard_transfers
from loans.disbursement.outcomes import open_lines, record_return
from loans.disbursement.refusals import TransferRefused
from loans.disbursement.workflow import EDGES, TransferMove
from loans.enums import LoanState
from loans.models import LendingSanction, Loan, Tranche, TransferFile, TransferLine
from loans.refusals import LendingRefused
from loans.services.changes import changeable_months, drop_change, propose_change
from loans.services.sanctions import drop_sanction, propose_sanction
from repayment import disbursing
from repayment.enums import LedgerKind
from repayment.models import LedgerEntry, RepaymentPlan
from repayment.sanctions import change_within_period, sanction
from repayment.transfers.selecting import select
from tests.repayment.money import NOW, Desk, a_desk, a_sender, an_approved_loan

ONWARD = ("approve", "write", "send", "reconcile")
MOVES = st.lists(
    st.tuples(
        st.sampled_from(
            ["onward"] * 16 + ["lock"] * 5 + ["return"] * 2 + ["tomorrow"] * 2
            + ["discard", "approve", "write", "send", "reconcile", "sanction", "drop", "agree", "change", "next month"]
        ),
        st.integers(0, 50),
    ),
    min_size=30,
    max_size=60,
)  # fmt: skip


class Walk:
    """One random story: three loans, a desk, and a day that goes on."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.days = desk, 0
        self.loans = [an_approved_loan(100_000), an_approved_loan(50_000), an_approved_loan(150_000, months=3)]

    @property
    def at(self) -> Any:
        return NOW + timedelta(days=self.days)

    @property
    def pay_on(self) -> date:
        return next_bank_day(self.at.date())

    def take(self, move: str, pick: int) -> None:
        files = list(TransferFile.objects.order_by("pk"))
        loan = self.loans[pick % len(self.loans)]
        file = files[pick % len(files)] if files else None
        by, second, at = self.desk.by, self.desk.second, self.at
        match move:
            case "lock":
                found = select(self.pay_on)
                disbursing.lock_selection(
                    pay_on=self.pay_on, count=len(found.payable), total=found.total, by=by, at=at
                )
            case "tomorrow":
                self.days += 1
            case "next month":
                self.days += 30
            case "sanction":
                kind = list(SanctionKind)[pick % 3]
                propose_sanction(
                    loan_id=loan.pk, kind=kind, reason="虚偽", pay_back_by=at.date() + timedelta(days=30), by=by, at=at
                )
            case "drop" | "agree":
                open_one = LendingSanction.objects.filter(state="proposed").first()
                if open_one and move == "drop":
                    drop_sanction(sanction_id=open_one.pk, by=by, at=at)
                elif open_one:
                    sanction(sanction_id=open_one.pk, by=second, at=at)
            case "change":
                months = [(month, 10_000 * (1 + pick % 15)) for month, _ in changeable_months(self.loans[2])]
                change = propose_change(
                    loan_id=self.loans[2].pk, months=months[: 1 + pick % 3], reason="減額", by=by, at=at
                )
                if pick % 2:
                    change_within_period(change_id=change.pk, by=second, at=at)
                else:
                    drop_change(change_id=change.pk, by=by, at=at)
            case "onward" if files:
                self.onward(files[-1 - pick % min(2, len(files))], pick)
            case _ if file is not None:
                self.step(move, file, pick)

    def onward(self, file: TransferFile, pick: int) -> None:
        """The next station of a file; one whose day is gone is given up."""
        for move in ONWARD:
            if file.state in EDGES[TransferMove(move)].sources:
                late = file.pay_on < self.at.date() and move in ("approve", "write")
                self.step("discard" if late else move, file, pick)

    def step(self, move: str, file: TransferFile, pick: int) -> None:
        by, second, at = self.desk.by, self.desk.second, self.at
        match move:
            case "approve":
                disbursing.approve_selection(file_id=file.pk, by=second, at=at)
            case "write":
                disbursing.write_file(file_id=file.pk, by=by, at=at)
            case "send":
                disbursing.record_sending(file_id=file.pk, bank_receipt="1", by=by, at=at)
            case "discard":
                discard_transfers(file_id=file.pk, reason="誤り", by=second, at=at)
            case "return":
                lines = list(file.lines.order_by("pk"))
                record_return(file_id=file.pk, line_id=lines[pick % len(lines)].pk, reason="closed", by=by, at=at)
            case "reconcile":
                count, total = open_lines(file)
                disbursing.reconcile(file_id=file.pk, count=count, total=total, by=by, at=at)


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(moves=MOVES)
def test_the_ledger_says_what_the_bank_paid_and_nothing_twice(moves: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        desk = a_desk()
        a_sender(desk)
        walk = Walk(desk)
        for move, pick in moves:
            with suppress(TransferRefused, LendingRefused), transaction.atomic():
                walk.take(move, pick)
        agrees()
        transaction.set_rollback(True)


def agrees() -> None:
    paid = TransferLine.objects.filter(outcome=LineOutcome.PAID)
    disbursed = LedgerEntry.objects.filter(kind=LedgerKind.DISBURSED)
    assert (disbursed.aggregate(x=Sum("amount"))["x"] or 0) == (paid.aggregate(x=Sum("amount"))["x"] or 0)
    assert disbursed.count() == paid.count() == Tranche.objects.filter(paid_on__isnull=False).count()
    assert not paid.values("tranche").annotate(times=Count("pk")).filter(times__gt=1).exists()
    assert not paid.values("file", "loan").annotate(times=Count("pk")).filter(times__gt=1).exists()
    for loan in Loan.objects.filter(state=LoanState.LENT):
        lent = disbursed.filter(loan=loan).aggregate(x=Sum("amount"))["x"]
        assert loan.principal == lent
        assert RepaymentPlan.objects.filter(loan=loan, version=1, principal=lent).count() == 1
    for file in TransferFile.objects.all():
        assert file.total == sum(line.amount for line in file.lines.all())

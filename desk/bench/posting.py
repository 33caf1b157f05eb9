"""How long a bank's result of many lines takes, from the selection to the ledger, beside a loop that posts line by line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from random import Random
from typing import Any

from django.db import transaction

from audit.actors import Actor
from desk.bench.debits import TOKYO, an_originator, many_debited, two_of_staff
from desk.bench.timing import Took, timed
from japan.zengin.reading import read_debit_instruction
from japan.zengin.records import DebitFile
from japan.zengin.writing import write_debit_result
from loans.enums import LoanState
from loans.models import Loan
from repayment.debit.refusals import ResultRefused
from repayment.debit.results import Posted, post_result, take_in_result
from repayment.debit.runs import approve_run, asked_for, content_of, lock_run, send_run, write_run
from repayment.debit.selecting import groups
from repayment.enums import HoldReason, PaymentChannel
from repayment.models import CollectionHold, DebitLine, DebitRun, LedgerEntry
from repayment.services import post_payment

DEBIT_ON = date(2026, 12, 28)
PREPARED = datetime(2026, 12, 7, 10, 0, tzinfo=TOKYO)
ANSWERED = datetime(2027, 1, 5, 10, 0, tzinfo=TOKYO)
FAILED_OF_THOUSAND, STOPPED_OF_THOUSAND, GIVEN_UP_OF_THOUSAND = 80, 2, 1
SAMPLED = 200
MACHINE = Actor.machine("bench")


def measure_posting(*, size: int, settle: Callable[[], None] = lambda: None, seed: int = 1) -> dict[str, Any]:
    """Fill, debit and post ``size`` lines: 8 % fail, a few should have been stopped, some loans were given up meanwhile.

    ``settle`` is called once everything is filled (statistics of the planner). ``ratio_to_naive`` compares processor time
    for each line. Raises ``RuntimeError`` where the ledger does not hold what the result says.
    """
    rng = Random(seed)
    clerk, supervisor = two_of_staff()
    an_originator(clerk, PREPARED)
    many_debited(size, seed=seed)
    settle()
    steps: dict[str, Took] = {}
    with timed() as steps["select"]:
        chosen = next(group for group in groups(asked_for(DEBIT_ON)) if not group.reason)
    with timed() as steps["lock"]:
        run = lock_run(debit_on=DEBIT_ON, count=chosen.count, total=chosen.total, by=clerk, at=PREPARED)
    run = approve_run(run_id=run.pk, by=supervisor, at=PREPARED)
    with timed() as steps["write"]:
        run = write_run(run_id=run.pk, by=clerk, at=PREPARED)
    run = send_run(run_id=run.pk, bank_receipt="K-0001", by=clerk, at=PREPARED)
    _what_happens_meanwhile(run, rng)
    content = _answer(run, rng)
    with timed() as steps["take_in"]:
        take_in_result(content=content, by=clerk, at=ANSWERED)
    one_by_one = Took()
    numbers = rng.sample(range(1, chosen.count + 1), min(chosen.count, SAMPLED))
    asked = _one_by_one(run, numbers[::2], one_by_one)
    before = LedgerEntry.objects.count()
    with timed() as steps["post"]:
        posted = post_result(run_id=run.pk, by=clerk, at=ANSWERED)
    asked += _one_by_one(run, numbers[1::2], one_by_one)
    with timed() as steps["again"]:
        refused = _again(content, clerk)
    _check(posted, before, refused, chosen.count)
    naive = one_by_one.busy / asked
    return {
        "lines": chosen.count,
        "payments": posted.payments,
        "failures": posted.failures,
        "suspense": posted.suspense,
        "refund_tasks": posted.refunds,
        "ledger_rows_before": before,
        **{f"seconds_to_{name}": round(took.clock, 3) for name, took in steps.items()},
        "busy_seconds_to_post": round(steps["post"].busy, 3),
        "rate": round(chosen.count / steps["post"].clock),
        "naive_sampled": asked,
        "naive_busy_ms": round(naive * 1_000, 3),
        "ratio_to_naive": round(naive / (steps["post"].busy / chosen.count), 1),
    }


def _what_happens_meanwhile(run: DebitRun, rng: Random) -> None:
    """While the file is at the bank some loans turn out to be entered in error, some borrowers go to court."""
    loans = list(run.lines.values_list("loan", flat=True))
    rng.shuffle(loans)
    given_up = max(1, len(loans) * GIVEN_UP_OF_THOUSAND // 1_000)
    stopped = max(1, len(loans) * STOPPED_OF_THOUSAND // 1_000)
    Loan.objects.filter(pk__in=loans[:given_up]).update(state=LoanState.GIVEN_UP)
    CollectionHold.objects.bulk_create(
        CollectionHold(
            loan_id=loan,
            reason=HoldReason.LEGAL,
            since=date(2026, 12, 20),
            source_key=f"bench:{loan}",
            recorded_by="bench",
        )
        for loan in loans[given_up : given_up + stopped]
    )


def _answer(run: DebitRun, rng: Random) -> bytes:
    """The bank's result: some lines for want of money."""
    file = read_debit_instruction(content_of(run)).file
    lines = tuple(
        replace(line, result="1" if rng.randrange(1_000) < FAILED_OF_THOUSAND else "0") for line in file.lines
    )
    return write_debit_result(DebitFile(file.header, lines))


def _one_by_one(run: DebitRun, numbers: list[int], spent: Took) -> int:
    """The naive way: each line read, its loan locked, its payment written through the ORM. Taken back afterwards."""
    with transaction.atomic():
        with timed() as took:
            for line in DebitLine.objects.filter(run=run, number__in=numbers).select_related("loan"):
                post_payment(
                    loan=line.loan,
                    amount=line.amount,
                    effective_on=run.debit_on,
                    source_key=f"one-by-one:{line.pk}",
                    channel=PaymentChannel.DIRECT_DEBIT,
                    by=MACHINE,
                    at=ANSWERED,
                )
        transaction.set_rollback(True)
    spent.busy += took.busy
    spent.clock += took.clock
    return len(numbers)


def _again(content: bytes, clerk: Actor) -> bool:
    """Hand the same file in again; whether it was refused."""
    try:
        take_in_result(content=content, by=clerk, at=ANSWERED)
    except ResultRefused:
        return True
    return False


def _check(posted: Posted, before: int, refused: bool, lines: int) -> None:
    """Everything is where it belongs, and the second time nothing was posted."""
    if (
        not refused
        or LedgerEntry.objects.count() != before + posted.payments
        or posted.payments + posted.failures + posted.suspense != lines
    ):
        raise RuntimeError("the ledger does not hold what the result says")

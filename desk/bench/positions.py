"""How long it takes to say where every loan stands: one statement over the portfolio, beside a loop over rows."""

from __future__ import annotations

from datetime import date
from random import Random
from statistics import median
from typing import Any

from django.db import connection, transaction

from desk.bench.timing import Took, timed
from loans.models import Loan
from repayment.ageing import Statement, age_loans, ageing_statement
from repayment.models import LedgerEntry, RepaymentPlan
from repayment.selectors import policy_on, position_of

SAMPLED_AT_ONCE = 25
_TOTALS = "count(*), sum(arrears)::bigint, sum(outstanding)::bigint, sum(late_interest)::bigint"


def measure_position(*, as_of: date, repeat: int, seed: int = 1) -> dict[str, Any]:
    """Age every loan ``repeat`` times, and between the times ask for single loans one by one. Nothing is written.

    ``ratio_to_naive`` compares processor time for each loan; the statement then runs without helpers of the server, whose
    time would not be seen. Raises ``RuntimeError`` where both ways say different things of a loan.
    """
    policy = policy_on(as_of)
    statement = ageing_statement(as_of=as_of, policy=policy)
    ids = list(RepaymentPlan.objects.filter(version=1).order_by("pk").values_list("loan", flat=True))
    if not ids:
        raise RuntimeError("there is no loan with a plan")
    chosen = Random(seed).sample(ids, min(len(ids), SAMPLED_AT_ONCE * repeat))
    _whole(statement)
    as_served, alone, one_by_one, asked = [], [], Took(), 0
    totals: tuple[Any, ...] = ()
    for number in range(repeat):
        with timed() as took:
            totals = _whole(statement)
        as_served.append(took)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("set local max_parallel_workers_per_gather = 0")
            with timed() as took:
                _whole(statement)
        alone.append(took)
        asked += _one_by_one(chosen[number * SAMPLED_AT_ONCE : (number + 1) * SAMPLED_AT_ONCE], as_of, one_by_one)
    _compare(chosen[:100], as_of)
    loans, arrears, outstanding, late_interest = totals
    busy = median(took.busy for took in alone)
    naive = one_by_one.busy / asked
    return {
        "loans": loans,
        "ledger_rows": LedgerEntry.objects.count(),
        "arrears": arrears,
        "outstanding": outstanding,
        "late_interest": late_interest,
        "seconds_to_age_all": round(median(took.clock for took in as_served), 3),
        "busy_seconds_to_age_all": round(busy, 3),
        "rate": round(loans / median(took.clock for took in as_served)),
        "naive_sampled": asked,
        "naive_busy_ms": round(naive * 1_000, 3),
        "ratio_to_naive": round(naive / (busy / loans), 1),
    }


def _whole(statement: Statement) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(f"select {_TOTALS} from ({statement.sql}) as aged", statement.params)
        return tuple(cursor.fetchone())


def _one_by_one(ids: list[int], as_of: date, spent: Took) -> int:
    """The naive way: a loop over loans, each with its plans, deferrals and ledger rows through the ORM."""
    policy = policy_on(as_of)
    with timed() as took:
        for loan in Loan.objects.filter(pk__in=ids):
            position_of(loan.pk, as_of, policy=policy)
    spent.busy += took.busy
    spent.clock += took.clock
    return len(ids)


def _compare(ids: list[int], as_of: date) -> None:
    policy = policy_on(as_of)
    for row in age_loans(as_of=as_of, policy=policy, loans=ids):
        at = position_of(row.loan_id, as_of, policy=policy)
        if (row.arrears, row.outstanding, row.late_interest) != (at.arrears, at.outstanding, at.late_interest):
            raise RuntimeError(f"loan {row.loan_id}: the two ways differ")

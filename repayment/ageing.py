"""Where every loan stands on a day, in one statement: the position of ``repayment.position`` over the whole portfolio.

Plans are rows of formulas, so ageing needs no instalment table: months are whole numbers, and the last month collected is
handed over for each of the 28 possible debit days. There are two ways to the same figures. Almost every loan is answered
from its totals alone (``repayment.models.LoanTotals``): all that is recorded counts by the day asked for, there is one
exemption at the most, and late interest is a product. The others go the long way through plans, deferrals and ledger:
deferrals become thresholds on the plan's own months, and late interest a sum over the days on which the principal
changed. The pure function is the definition; a property test holds this statement against it over random lives.

On the long way two things are not sets and live in SQL functions that are called only where they are needed: several exemptions
of one plan that may overlap (``repayment_exempted_of_due``), and payments counted against late interest first, where each
payment depends on the one before (``repayment_interest_first``).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, models

from japan.bankdays import last_month_collected
from repayment import ageing_from_ledger as ledger
from repayment import ageing_from_totals as totals
from repayment.enums import AllocationOrder, DeadlineBasis, LateInterestOnExemption, LateInterestRounding
from repayment.position import Policy

DEBIT_DAYS = range(1, 29)
_FETCHED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Ageing:
    """One loan's figures on a day, named and counted as in ``repayment.position.Position`` (yen, instalments, a day)."""

    loan_id: int
    version: int
    instalments_due: int
    settled_before: int
    scheduled: int
    exempted_due: int
    due: int
    paid: int
    exempted: int
    arrears: int
    months_in_arrears: int
    outstanding: int
    paid_ahead: int
    surplus: int
    deadline: date
    late_interest: int
    late_interest_accrued: int
    late_interest_paid: int


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL that can be run or used as a subquery, with its named parameters."""

    sql: str
    params: dict[str, Any]


Loans = models.QuerySet[Any] | Collection[int] | None


def ageing_statement(
    *, as_of: date, policy: Policy, loans: Loans = None, through_month: int | None = None
) -> Statement:
    """Return the statement whose rows are the columns of ``Ageing``, one for each loan that has a plan.

    ``through_month`` counts as due what falls due up to and including a month (index), whatever its day: what a debit
    asks for before the day has come. Ledger and plan remain those of *as_of*.

    ``loans`` narrows it to a queryset of loans or to loan ids; ``None`` is the whole portfolio. Late interest is at each
    contract's own rate, whatever the policy says. The SQL may stand in brackets behind ``from``, so that reports and
    nightly steps can sum or insert without fetching rows.
    """
    asked, params = _asked(loans)
    interest_first = policy.allocation_order == AllocationOrder.LATE_INTEREST_FIRST
    by_debit_day = policy.final_deadline_basis == DeadlineBasis.LAST_INSTALMENT_DATE
    floor_each = policy.late_interest_rounding == LateInterestRounding.FLOOR_EACH
    keep_accrued = policy.late_interest_on_exemption == LateInterestOnExemption.KEEP
    deadline = totals.LAST_DEBIT_DAY if by_debit_day else totals.MONTH_END
    enough = totals.IS_ENOUGH
    if interest_first or by_debit_day or floor_each or keep_accrued:
        enough = totals.IS_ENOUGH_UNTIL_THE_DEADLINE.format(deadline=deadline)
    months = [through_month or last_month_collected(as_of, day, policy.holiday_roll) for day in DEBIT_DAYS]
    collected = f"array[{', '.join(map(str, months))}]"
    sql = _STATEMENT.format(
        asked=asked,
        enough=enough,
        only="and t.loan_id in (select loan_id from asked)" if asked else "",
        from_ledger=ledger.STATEMENT.format(
            collected=collected,
            deadline=ledger.LAST_DEBIT_DAY if by_debit_day else ledger.MONTH_END,
            interest=ledger.INTEREST.format(
                allocation=ledger.INTEREST_FIRST if interest_first else ledger.PRINCIPAL_FIRST
            ),
        ),
        from_totals=totals.FIGURES.format(collected=collected, deadline=deadline),
    )
    params |= {
        "as_of": as_of,
        "day_count": policy.late_interest_day_count,
        "floor_each": floor_each,
        "keep_accrued": keep_accrued,
    }
    return Statement(sql, params)


def age_loans(*, as_of: date, policy: Policy, loans: Loans = None) -> Iterator[Ageing]:
    """Yield the figures of every loan on *as_of*, in no particular order, streamed from the server."""
    statement = ageing_statement(as_of=as_of, policy=policy, loans=loans)
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement.sql, statement.params)
        while rows := cursor.fetchmany(_FETCHED_AT_ONCE):
            yield from (Ageing(*row) for row in rows)


def _asked(loans: Loans) -> tuple[str, dict[str, Any]]:
    """Return the first table expression, naming the loans asked for, and its parameters; empty for all."""
    if loans is None:
        return "", {}
    if not isinstance(loans, models.QuerySet):
        return "asked as materialized (select unnest(%(loan_ids)s::bigint[]) as loan_id),", {"loan_ids": list(loans)}
    sql, values = loans.order_by().values("pk").query.sql_with_params()
    names = [f"asked_{number}" for number in range(len(values))]
    named = sql.replace("%%", "%%%%") % tuple(f"%({name})s" for name in names)
    return f"asked (loan_id) as materialized ({named}),", dict(zip(names, values, strict=True))


_STATEMENT = """
with {asked}
on_the_day as not materialized (
    select t.*, {enough} as is_enough from repayment_loantotals t where true {only}
),
long_way as materialized (select loan_id from on_the_day where not is_enough),
{from_ledger}
union all
{from_totals}"""

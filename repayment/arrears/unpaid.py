"""For how many months in a row nothing has come in: what the notices after three and twelve months go by.

A month counts when an instalment of it was collected and no payment came in that month or since. Months that a deferral
emptied, and instalments that were exempted whole, are no unpaid months: counting pauses there. However little was paid, the
run begins anew (Kanagawa council, repayment guide: notices after 3 and 12 months without a payment).

The pure function is the definition; the statement over the portfolio must agree with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from japan.months import month_index
from repayment.ageing import Loans, Statement, ageing_statement
from repayment.entries import PAID, PAID_REVERSED, Ledger
from repayment.position import Policy, Position


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A loan in arrears on a day: yen and months' worth of it, months in a row without a payment, and the last payment."""

    loan_id: int
    arrears: int
    months_in_arrears: int
    outstanding: int
    deadline: date
    unpaid_months: int
    last_paid_on: date | None


def last_payment(ledger: Ledger) -> date | None:
    """The day of the last payment that was not taken back, or None where nothing was ever paid."""
    left: dict[str, int] = {}
    days: dict[str, date] = {}
    for movement in ledger.movements:
        if movement.kind == PAID:
            left[movement.source_key], days[movement.source_key] = movement.amount, movement.on
        elif movement.kind == PAID_REVERSED and movement.reverses:
            left[movement.reverses] -= movement.amount
    return max((days[key] for key, amount in left.items() if amount > 0), default=None)


def unpaid_months(at: Position) -> int:
    """Months in a row, up to the day of the position, whose instalment was collected without any payment; 0 without arrears."""
    if not at.arrears:
        return 0
    paid_on = last_payment(at.ledger)
    paid_month = month_index(paid_on) if paid_on else 0
    return sum(line.due_month > paid_month and line.exempted < line.amount for line in at.lines[: at.instalments_due])


def unpaid_statement(*, as_of: date, policy: Policy, loans: Loans = None) -> Statement:
    """Return the statement whose rows are the columns of ``Unpaid``, one for each loan in arrears on *as_of*."""
    aged = ageing_statement(as_of=as_of, policy=policy, loans=loans)
    return Statement(_STATEMENT.format(aged=aged.sql), aged.params)


def unpaid_loans(*, as_of: date, policy: Policy, loans: Loans = None) -> list[Unpaid]:
    """The loans in arrears on a day, in no particular order."""
    statement = unpaid_statement(as_of=as_of, policy=policy, loans=loans)
    return [Unpaid(*row) for row in rows_of(statement)]


def rows_of(statement: Statement) -> list[tuple[Any, ...]]:
    """Run a statement and give its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.params)
        return cursor.fetchall()


_STATEMENT = """
with aged as materialized ({aged}),
late as materialized (
    select a.loan_id, a.arrears, a.months_in_arrears, a.outstanding, a.deadline, a.instalments_due as k,
           p.id as plan_id, p.effective_on, p.version, p.principal, p.count, p.first_month, p.first_amount,
           p.regular_amount,
           not exists (
               select from repayment_repaymentplan q
               where q.loan_id = p.loan_id and (q.effective_on, q.version) < (p.effective_on, p.version)
           ) as is_first
    from aged a join repayment_repaymentplan p on p.loan_id = a.loan_id and p.version = a.version
    where a.arrears > 0
),
last_paid as (
    select e.loan_id, max(e.effective_on) as paid_on
    from repayment_ledgerentry e
    where e.kind = 'paid' and e.effective_on <= %(as_of)s and e.loan_id in (select loan_id from late)
      and not exists (
          select from repayment_ledgerentry r
          where r.reverses_id = e.id and r.amount >= e.amount and r.effective_on <= %(as_of)s
      )
    group by e.loan_id
),
shift as (
    select p.loan_id, array_agg(d.from_month order by d.from_month, d.id) as from_months,
           array_agg(d.months order by d.from_month, d.id) as months
    from late p
    join (
        select d.id, d.loan_id, d.granted_on, d.from_month,
               coalesce(e.ends_after + 1 - d.from_month, d.months)::integer as months
        from repayment_deferral d left join repayment_deferralend e on e.deferral_id = d.id
    ) as d on d.loan_id = p.loan_id and d.months > 0
    where (p.effective_on <= d.granted_on or p.is_first)
      and not exists (
          select from repayment_repaymentplan q
          where q.loan_id = p.loan_id and (q.effective_on, q.version) > (p.effective_on, p.version)
            and q.effective_on <= d.granted_on
      )
    group by p.loan_id
),
exemption as (
    select e.loan_id, e.first_no, e.last_no, e.effective_on, e.source_key,
           e.amount - case
               when r.id is not null and r.effective_on <= %(as_of)s then least(e.amount, r.amount) else 0
           end as standing
    from repayment_ledgerentry e
    join late p on p.loan_id = e.loan_id and p.plan_id = e.plan_id
    left join repayment_ledgerentry r on r.reverses_id = e.id
    where e.kind = 'exempted' and e.effective_on <= %(as_of)s
),
exempted as (
    select loan_id,
           array_agg(first_no::integer order by effective_on, source_key collate "C") as first_nos,
           array_agg(last_no::integer order by effective_on, source_key collate "C") as last_nos,
           array_agg(standing order by effective_on, source_key collate "C") as amounts
    from exemption group by loan_id
),
counted as (
    select p.*, l.paid_on,
           case when l.paid_on is null then 0
                else repayment_instalments_by(
                    p.first_month, p.count, s.from_months, s.months,
                    (extract(year from l.paid_on) * 12 + extract(month from l.paid_on) - 1)::integer
                )
           end as before,
           x.first_nos, x.last_nos, x.amounts
    from late p
    left join last_paid l on l.loan_id = p.loan_id
    left join shift s on s.loan_id = p.loan_id
    left join exempted x on x.loan_id = p.loan_id
)
select loan_id, arrears, months_in_arrears, outstanding, deadline,
       case when first_nos is null and regular_amount > 0 and first_amount > 0
                 and principal > first_amount + regular_amount * (count - 2)
            then greatest(0, k - before)
            else repayment_open_instalments(
                principal, count, first_amount, regular_amount, first_nos, last_nos, amounts, before, k
            )
       end as unpaid_months,
       paid_on as last_paid_on
from counted
"""

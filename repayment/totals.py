"""The totals that ageing reads, counted again: they only repeat plans, deferrals and ledger, and must agree with them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from repayment.models import RepaymentPlan


def differing_totals(loan_ids: Iterable[int] | None = None) -> list[int]:
    """Return the loans whose totals are not what plans, deferrals and ledger add up to; ``None``: all loans."""
    ids = _ids(loan_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with counted as (select * from repayment_totals_of(%(ids)s::bigint[])),
                 kept as (select * from repayment_loantotals where loan_id in (select unnest(%(ids)s::bigint[])))
            select loan_id from (
                (select * from counted except select * from kept) union all
                (select * from kept except select * from counted)
            ) as difference
            group by loan_id order by loan_id
            """,
            {"ids": ids},
        )
        return [loan_id for (loan_id,) in cursor.fetchall()]


def count_totals(loan_ids: Iterable[int] | None = None) -> None:
    """Count the totals of loans anew; ``None``: of all loans. What triggers keep needs this only after a repair."""
    with connection.cursor() as cursor:
        cursor.execute("select repayment_count_totals(%s::bigint[])", [_ids(loan_ids)])


def _ids(loan_ids: Iterable[int] | None) -> list[int]:
    if loan_ids is not None:
        return list(loan_ids)
    return list(RepaymentPlan.objects.order_by().values_list("loan", flat=True).distinct())

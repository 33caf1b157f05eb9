"""Who is due a letter about their repayment: found by statements over the portfolio, kept as rows, looked at every night.

A row is an occasion that comes once: a start month, the third and the twelfth month in a row without a payment, a fiscal
year, a deadline, a completion. Whoever is left alone for now (``holding``) stays on the list with the reason and is told
once it has gone, as long as there is still an occasion. An occasion that passed long ago, before this system knew the loan,
is not told again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from audit.actors import Actor
from audit.services import service
from japan.eras import fiscal_year
from japan.months import first_day, month_index
from repayment.ageing import ageing_statement
from repayment.arrears.holding import Held, dunning_held
from repayment.arrears.unpaid import unpaid_statement
from repayment.enums import HeldCause, NoticeKind
from repayment.models import RepaymentNotice
from repayment.position import Policy
from rulebook.selectors import settings_on
from rulebook.settings import Settings

REACHED_WITHIN = 3
"""Months after which a threshold that was passed without a notice is left alone: another system told it, or it is stale."""

_PEOPLE_ASKED_FOR_RELIEF = {HeldCause.EXEMPTION_PENDING, HeldCause.DEFERRAL_PENDING, HeldCause.DEFERRED}
_NOBODY_WRITES = {HeldCause.LEGAL, HeldCause.PROTECTED, HeldCause.DIED}
HOLDS_BACK: dict[str, frozenset[HeldCause]] = {
    NoticeKind.START: frozenset(_PEOPLE_ASKED_FOR_RELIEF | _NOBODY_WRITES),
    NoticeKind.ARREARS: frozenset(HeldCause),
    NoticeKind.DEADLINE: frozenset(HeldCause),
    NoticeKind.BALANCE: frozenset(_NOBODY_WRITES),
    NoticeKind.COMPLETED: frozenset(_NOBODY_WRITES),
}
"""Which reasons hold back which letter: one that asks for money waits for all of them, one that only informs for few."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a night found: new rows by kind, rows left out, rows let go, rows without occasion any more."""

    new: dict[str, int]
    held: int
    released: int
    lapsed: int


@service
def list_notices(*, on: date, by: Actor, at: datetime) -> Listed:
    """Bring the list up to a day: new occasions, who is left out and why, who is not any more. Again changes nothing."""
    rules = settings_on(on)
    with connection.cursor() as cursor:
        _occasions(cursor, on, rules)
        cursor.execute(_INSERT, {"on": on})
        new = Counter(kind for (kind,) in cursor.fetchall())
        cursor.execute(_LAPSE, {"on": on})
        lapsed = cursor.rowcount
        held, released = _hold(cursor, on)
        cursor.execute("drop table repayment_occasion")
    return Listed(dict(new), held, released, lapsed)


def held_for(kind: str, held: tuple[Held, ...]) -> Held | None:
    """The first reason that holds back a letter of a kind, or None."""
    return next((reason for reason in held if reason.cause in HOLDS_BACK[kind]), None)


def _occasions(cursor: Any, on: date, rules: Settings) -> None:
    """Every occasion of a day in a table of the transaction."""
    policy = Policy.of(rules)
    month = month_index(on)
    cursor.execute(
        "create temporary table repayment_occasion (kind text, loan_id bigint, mark text, months integer, amount bigint,"
        " fresh boolean default true) on commit drop"
    )
    unpaid = unpaid_statement(as_of=on, policy=policy)
    cursor.execute(
        _LATE.format(unpaid=unpaid.sql),
        unpaid.params
        | {
            "thresholds": list(rules.arrears_notice_months),
            "within": REACHED_WITHIN,
            "deadline_from": first_day(month - 2),
        },
    )
    aged = ageing_statement(as_of=on, policy=policy)
    cursor.execute(
        _OTHERS.format(aged=aged.sql),
        aged.params
        | {
            "month": month,
            "start_until": month + rules.start_notice_months,
            "is_balance_month": on.month == rules.balance_notice_month,
            "fiscal_year": str(fiscal_year(on)),
            "completed_from": first_day(month - rules.completion_notice_months),
            "completed_before": first_day(month - rules.completion_notice_months + 1),
        },
    )


def _hold(cursor: Any, on: date) -> tuple[int, int]:
    """Write down who of the rows still open is left out and why; gives how many are held, and how many were let go."""
    open_rows = RepaymentNotice.objects.filter(lapsed_on__isnull=True).exclude(ready_on__lt=on)
    told = list(open_rows.values_list("pk", "kind", "loan_id", "held"))
    causes = dunning_held(None, on)
    changed: list[tuple[int, str]] = []
    held_now = released = 0
    for pk, kind, loan_id, held in told:
        reason = held_for(kind, causes.get(loan_id, ()))
        cause = reason.cause.value if reason else ""
        held_now += bool(cause)
        released += bool(held) and not cause
        if cause != held:
            changed.append((pk, cause))
    cursor.execute(_UPDATE, {"ids": [pk for pk, _ in changed], "causes": [cause for _, cause in changed], "on": on})
    return held_now, released


_LATE = """
insert into repayment_occasion
with unpaid as materialized ({unpaid})
select 'arrears', u.loan_id, t.months || ':' || coalesce(u.last_paid_on::text, '-'), t.months, u.arrears,
       u.unpaid_months < t.months + %(within)s
from unpaid u
join lateral (
    select max(months) as months from unnest(%(thresholds)s::integer[]) as months where months <= u.unpaid_months
) as t on t.months is not null
where u.deadline >= %(as_of)s
union all
select 'deadline', u.loan_id, u.deadline::text, u.unpaid_months, u.outstanding, u.deadline >= %(deadline_from)s
from unpaid u
where u.deadline < %(as_of)s
"""

_OTHERS = """
insert into repayment_occasion (kind, loan_id, mark, months, amount)
with aged as materialized ({aged}),
done as (
    select a.loan_id, max(e.effective_on) as paid_on, a.paid
    from aged a
    join repayment_ledgerentry e on e.loan_id = a.loan_id and e.kind = 'paid' and e.effective_on <= %(as_of)s
    where a.outstanding = 0 and a.late_interest = 0 and a.paid > 0
    group by a.loan_id, a.paid
)
select 'start', a.loan_id, p.first_month::text, 0, a.outstanding
from aged a
join repayment_repaymentplan p on p.loan_id = a.loan_id and p.version = a.version
where a.version = 1 and a.instalments_due = 0 and a.outstanding > 0
  and p.first_month > %(month)s and p.first_month <= %(start_until)s
union all
select 'balance', a.loan_id, %(fiscal_year)s, a.months_in_arrears, a.outstanding
from aged a
where %(is_balance_month)s and a.outstanding > 0 and a.instalments_due > 0
union all
select 'completed', loan_id, paid_on::text, 0, paid
from done
where paid_on >= %(completed_from)s and paid_on < %(completed_before)s
"""

_INSERT = """
insert into repayment_repaymentnotice (kind, loan_id, mark, months, amount, listed_on, held, ready_on)
select kind, loan_id, mark, months, amount, %(on)s, '', %(on)s
from repayment_occasion where fresh order by kind, loan_id
on conflict (kind, loan_id, mark) do nothing
returning kind
"""

# Only what was left out can lapse: what was ready has its letter.
_LAPSE = """
update repayment_repaymentnotice n set lapsed_on = %(on)s
where n.held <> '' and n.lapsed_on is null
  and not exists (
      select from repayment_occasion o
      where o.kind = n.kind and o.loan_id = n.loan_id and o.mark = n.mark
  )
"""

_UPDATE = """
update repayment_repaymentnotice n
set held = v.cause, ready_on = case when v.cause = '' then %(on)s::date end
from unnest(%(ids)s::bigint[], %(causes)s::text[]) as v(id, cause)
where n.id = v.id
"""

"""抽出: which loans may be debited for a month, how much, and for every other loan the reason. Asked anew each time.

One statement over the whole portfolio. It is the selection, the list of what was left out, and, for lines that the bank
already has, the stop list: nobody tells the desk that something was exempted, it stands in the rows this asks for.

The amount is what is unpaid of the one instalment of that month, after what was paid ahead. Arrears are not caught up by
debit unless the setting says so: people who fell behind are asked by letter first (docs/adr).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, models

from repayment.ageing import Statement, ageing_statement
from repayment.debit.calendar import days_collected_on
from repayment.debit.enums import LeftOut
from repayment.models import LoanTotals
from repayment.selectors import policy_on
from rulebook.selectors import settings_on

IN_PASSING = 5
"""Of the named loans more than one in so many of all: then all are aged."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a selection is about: the day, its month, the day the data are cut, and how ゆうちょ銀行 is written.

    ``run_id``: the run whose own lines do not count as "already asked". ``loans`` narrows it to some loans.
    """

    on: date
    month: int
    cut_off_on: date
    yucho: str
    run_id: int = 0
    loans: models.QuerySet[Any] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """How many loans share an answer, and the yen of this month's instalments."""

    reason: str
    count: int
    total: int

    @property
    def label(self) -> str:
        return str(LeftOut(self.reason).label) if self.reason else "引き落とすもの"


def selection_statement(asked: Asked) -> Statement:
    """Return a statement with a row for each loan that has a plan (or is named): loan_id, account_id, instalment,
    amount (yen), holder_kana, new_code, bank_code, branch_code, code, reason (empty: it is debited).
    """
    settings = settings_on(asked.on)
    policy = policy_on(asked.on)
    some = None if asked.loans is None else list(asked.loans.order_by().values_list("pk", flat=True))
    # Rows fetched one by one cost several times what the same rows cost in passing.
    aged = None if some is None or len(some) > LoanTotals.objects.count() // IN_PASSING else some
    through, before = (
        ageing_statement(as_of=asked.on, policy=policy, loans=aged, through_month=month)
        for month in (asked.month, asked.month - 1)
    )
    named = "join" if some is None else "left join"
    only = "" if some is None else "where n.id in (select loan_id from named)"
    names, params = "", through.params | before.params
    if some is not None:
        names = "named as (select unnest(%(named)s::bigint[]) as loan_id),"
        params["named"] = some
    sql = _SELECTION.format(through=through.sql, before=before.sql, named=named, only=only, names=names)
    params |= {
        "on": asked.on,
        "month": asked.month,
        "cut_off": asked.cut_off_on,
        "days": days_collected_on(asked.on, asked.month, settings.holiday_roll),
        "kigo": asked.yucho != "transfer",
        "catch_up": settings.debit_catches_up_arrears,
        "run": asked.run_id,
    }
    return Statement(sql, params)


def groups(asked: Asked) -> list[Group]:
    """Return how many loans are debited and left out, by reason; what is debited first."""
    statement = selection_statement(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select reason, count(*), sum(amount) from ({statement.sql}) as s group by reason order by reason",
            statement.params,
        )
        return [Group(reason, count, int(total)) for reason, count, total in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Chosen:
    """One row of a selection, as pages show it."""

    loan_id: int
    code: str
    amount: int
    instalment: int
    reason: str
    bank_code: str


def rows(asked: Asked, reason: str, *, limit: int, offset: int = 0) -> list[Chosen]:
    """Return the loans with one answer, in the order of their codes."""
    statement = selection_statement(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            "select loan_id, code, amount, instalment, reason, coalesce(bank_code, '')"
            f" from ({statement.sql}) as s where reason = %(reason)s order by code limit %(limit)s offset %(offset)s",
            statement.params | {"reason": reason, "limit": limit, "offset": offset},
        )
        return [Chosen(*row) for row in cursor.fetchall()]


_SELECTION = """
with {names}
through as materialized ({through}),
before as materialized ({before}),
bank_day as (
    select distinct on (bank_code) bank_code, debit_day
    from repayment_bankdebitday where valid_from <= %(on)s order by bank_code, valid_from desc, id desc
),
trouble as (
    select l.account_id, max(f.failed_on) as found_on
    from repayment_debitfailure f join repayment_debitline l on l.id = f.line_id
    where f.code in ('2', '3', '4') group by l.account_id
),
debited as (
    select account_id, true as here from repayment_debitline
    where not released and run_id <> %(run)s group by account_id
),
account as (
    select a.id, a.person_id, a.bank_code, a.branch_code, a.holder_kana,
           coalesce(m.debit_day, d.debit_day) as debit_day,
           coalesce(m.state = 'registered' and m.registered_on <= %(cut_off)s, false) as registered,
           coalesce(t.found_on > coalesce(m.confirmed_on, '-infinity'::date), false) as in_trouble,
           a.kind = '4' or (a.bank_code = '9900' and %(kigo)s and (a.kind = '2' or a.sealed_yucho = '')) as unfit,
           case when coalesce(m.debited_before, false) or h.here then '0'
                when exists (
                    select from people_bankaccount o join debited g on g.account_id = o.id
                    where o.person_id = a.person_id and o.use = 'debit'
                ) then '2'
                else '1' end as new_code
    from people_bankaccount a
    left join repayment_debitmandate m on m.account_id = a.id
    left join bank_day d on d.bank_code = a.bank_code
    left join trouble t on t.account_id = a.id
    left join debited h on h.account_id = a.id
    where a.use = 'debit' and a.since <= %(on)s and (a.until is null or a.until >= %(on)s)
),
hold as (
    select distinct on (loan_id) loan_id, reason
    from repayment_collectionhold
    where since <= %(on)s and (until is null or until >= %(on)s) order by loan_id, since, id
),
shelter as (
    select distinct person_id from people_protection where since <= %(on)s and (until is null or until >= %(on)s)
),
taken as (
    select loan_id from repayment_debitline where month = %(month)s and not released and run_id <> %(run)s
),
asked as (
    select n.id as loan_id, n.code, p.died_on, t.version, t.instalments_due, t.outstanding, t.exempted, t.arrears,
           v.count as planned, v.first_month, v.debit_day as plan_day,
           t.instalments_due - b.instalments_due as falling, t.due - b.due as month_due,
           a.id as account_id, a.bank_code, a.branch_code, a.holder_kana, a.new_code,
           coalesce(a.registered, false) as registered, coalesce(a.in_trouble, false) as in_trouble,
           coalesce(a.unfit, false) as unfit, coalesce(a.debit_day, v.debit_day) as day,
           h.reason as hold, s.person_id is not null as protected, x.loan_id is not null as is_taken
    from loans_loan n
    {named} through t on t.loan_id = n.id
    left join before b on b.loan_id = n.id
    left join repayment_repaymentplan v on v.loan_id = n.id and v.version = t.version
    join people_person p on p.id = n.borrower_id
    left join account a on a.person_id = n.borrower_id
    left join hold h on h.loan_id = n.id
    left join shelter s on s.person_id = n.borrower_id
    left join taken x on x.loan_id = n.id
    {only}
)
select loan_id, account_id, instalments_due as instalment, code, bank_code, branch_code, holder_kana, new_code,
       greatest(0, case when %(catch_up)s then arrears else least(month_due, arrears) end)::integer as amount,
       case
           when version is null then 'given_up'
           when outstanding = 0 and exempted > 0 then 'exempted'
           when outstanding = 0 then 'completed'
           when died_on is not null then 'dead'
           when hold is not null then 'hold_' || hold
           when protected then 'protected'
           when falling = 0 and instalments_due >= planned and not (%(catch_up)s and arrears > 0) then 'past_last'
           when falling = 0 and instalments_due = 0 and first_month > %(month)s then 'grace'
           when falling = 0 and instalments_due < planned then 'deferred'
           when month_due <= 0 and not (%(catch_up)s and arrears > 0) then 'exempted_month'
           when arrears <= 0 then 'ahead'
           when account_id is null then 'no_account'
           when not registered then 'no_mandate'
           when in_trouble then 'trouble'
           when unfit then 'unfit'
           when not day = any(%(days)s) then 'other_day'
           when is_taken then 'taken'
           else ''
       end as reason
from asked
"""

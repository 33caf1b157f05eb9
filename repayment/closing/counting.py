"""The figures of a month for every loan, as one statement: the position at its end, and what moved in it.

The position is that of ``repayment.ageing``; the word for it that of ``repayment.status``; movements are the ledger's rows
that are effective in the month. A loan without a plan counts when something moved: then it has no position yet.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from japan.months import first_day, last_day
from repayment.ageing import Statement, ageing_statement
from repayment.enums import HoldReason
from repayment.selectors import policy_on
from repayment.status import RepaymentStatus

WITHOUT_PLAN = "without_plan"
STATES: dict[str, str] = {
    **{str(value): str(label) for value, label in RepaymentStatus.choices},
    WITHOUT_PLAN: "計画なし",
}
"""The words for the state of a loan in a closing."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One column of a closing. ``kinds`` and ``channel`` are the ledger rows it sums up; none for a position."""

    name: str
    label: str
    kinds: tuple[str, ...] = ()
    channel: str | None = None

    @property
    def is_movement(self) -> bool:
        return bool(self.kinds)

    @property
    def sql(self) -> str:
        """Its yen of one loan, over the columns of a month (as ``s``)."""
        return f"({' + '.join(f's.{way.name}' for way in PAID)})" if self is PAID_NOW else f"s.{self.name}"


POSITION = (
    Figure("principal", "元金"),
    Figure("due", "期日到来額"),
    Figure("paid", "入金済額"),
    Figure("exempted", "免除済額"),
    Figure("arrears", "滞納額"),
    Figure("outstanding", "残額"),
    Figure("surplus", "過入金"),
    Figure("late_interest", "延滞利子"),
)
PAID = (
    Figure("paid_debit", "口座振替", ("paid",), "direct_debit"),
    Figure("paid_slip", "払込票", ("paid",), "slip"),
    Figure("paid_transfer", "銀行振込", ("paid",), "transfer"),
    Figure("paid_counter", "窓口", ("paid",), "counter"),
    Figure("paid_other", "経路の記録なし", ("paid",), ""),
)
PAID_NOW = Figure("paid_now", "入金", ("paid",))
"""Payments of the month, whichever way they came: no column, the sum of five."""
MOVEMENTS = (
    Figure("disbursed_now", "送金", ("disbursed",)),
    *PAID,
    Figure("reversed_now", "入金の取消", ("paid_reversed",)),
    Figure("refunded_now", "返金", ("refunded",)),
    Figure("exempted_now", "免除", ("exempted",)),
    Figure("revoked_now", "免除の取消", ("exemption_revoked",)),
)
FIGURES = (*POSITION, *MOVEMENTS)
BY_NAME = {figure.name: figure for figure in (*FIGURES, PAID_NOW)}

# Months in arrears, from and to; the last one is open.
BUCKETS: tuple[tuple[int, int, str], ...] = (
    (1, 2, "1〜2か月"),
    (3, 5, "3〜5か月"),
    (6, 11, "6〜11か月"),
    (12, 23, "12〜23か月"),
    (24, 9_999, "24か月以上"),
)

COLUMNS = ("loan_id", "office_id", "fund", "state", "months", *(figure.name for figure in FIGURES))


def counted(month: int, *, loans: Collection[int] | None = None) -> Statement:
    """The statement whose rows are ``COLUMNS`` for a month (index), for all loans or some, from all that is recorded now."""
    on = last_day(month)
    ageing = ageing_statement(as_of=on, policy=policy_on(on), loans=loans)
    params = ageing.params | {
        "closing_month": month,
        "closing_begins": first_day(month),
        "closing_ends": on,
        "closing_legal": HoldReason.LEGAL.value,
        "closing_without_plan": WITHOUT_PLAN,
    }
    params |= {f"closing_state_{state.name.lower()}": state.value for state in RepaymentStatus}
    if loans is not None:
        params["closing_loans"] = list(loans)
    return Statement(
        _COUNTED.format(
            ageing=ageing.sql,
            movements=",\n           ".join(_sum_of(figure) for figure in MOVEMENTS),
            position=", ".join(f"coalesce(a.{figure.name}, 0) as {figure.name}" for figure in POSITION[1:]),
            moved=", ".join(f"coalesce(m.{figure.name}, 0) as {figure.name}" for figure in MOVEMENTS),
            only_entry="and e.loan_id = any(%(closing_loans)s)" if loans is not None else "",
            only_loan="and l.id = any(%(closing_loans)s)" if loans is not None else "",
        ),
        params,
    )


def _sum_of(figure: Figure) -> str:
    wanted = " or ".join(f"e.kind = '{kind}'" for kind in figure.kinds)
    if figure.channel is not None:
        wanted += f" and e.channel = '{figure.channel}'"
    return f"coalesce(sum(e.amount) filter (where {wanted}), 0)::bigint as {figure.name}"


_COUNTED = """
with aged as materialized ({ageing}),
moved as materialized (
    select e.loan_id,
           {movements}
      from repayment_ledgerentry e
     where e.effective_on between %(closing_begins)s and %(closing_ends)s {only_entry}
     group by e.loan_id
),
legal as (
    select distinct loan_id from repayment_collectionhold
     where reason = %(closing_legal)s and since <= %(closing_ends)s and (until is null or until >= %(closing_ends)s)
),
-- Paid after an exemption of a part: something was left when the last standing exemption was decided.
exempted_last as (
    select e.loan_id, max(e.effective_on) as on_day
      from repayment_ledgerentry e
      join aged a on a.loan_id = e.loan_id and a.outstanding = 0 and a.late_interest = 0 and a.exempted > 0
      left join repayment_ledgerentry r on r.reverses_id = e.id
           and greatest(r.effective_on, e.effective_on) <= %(closing_ends)s
     where e.kind = 'exempted' and e.effective_on <= %(closing_ends)s and coalesce(r.amount, 0) < e.amount
     group by e.loan_id
),
paid_after as (
    select x.loan_id
      from exempted_last x
      join aged a on a.loan_id = x.loan_id
      join loans_loan l on l.id = x.loan_id
     where l.principal - a.exempted > coalesce((
           select sum(case e.kind when 'paid' then e.amount else -e.amount end)
             from repayment_ledgerentry e
             left join repayment_ledgerentry t on t.id = e.reverses_id
            where e.loan_id = x.loan_id and e.kind in ('paid', 'paid_reversed', 'refunded')
              and greatest(e.effective_on, t.effective_on) <= x.on_day), 0)
),
-- A deferral moves the plan that was in force when it was granted, and counts only while that plan is in force.
deferred as (
    select distinct d.loan_id
      from repayment_deferral d
      left join repayment_deferralend n on n.deferral_id = d.id
      join aged a on a.loan_id = d.loan_id
     where d.from_month <= %(closing_month)s
       and %(closing_month)s < coalesce(n.ends_after + 1, d.from_month + d.months)
       and a.version = (
           select max(p.version) from repayment_repaymentplan p
            where p.loan_id = d.loan_id and (p.version = 1 or p.effective_on <= d.granted_on)
       )
)
select l.id as loan_id, l.office_id, l.fund,
       case
           when a.loan_id is null then %(closing_without_plan)s
           when a.outstanding = 0 and a.late_interest = 0 and a.exempted > 0 and pa.loan_id is null
                then %(closing_state_exempted)s
           when a.outstanding = 0 and a.late_interest = 0 then %(closing_state_completed)s
           when h.loan_id is not null then %(closing_state_legal)s
           when a.deadline < %(closing_ends)s then %(closing_state_past_deadline)s
           when d.loan_id is not null then %(closing_state_deferred)s
           when a.instalments_due > 0 then %(closing_state_repaying)s
           else %(closing_state_grace)s
       end as state,
       coalesce(a.months_in_arrears, 0) as months,
       case when a.loan_id is null then 0 else l.principal end as principal,
       {position},
       {moved}
  from loans_loan l
  left join aged a on a.loan_id = l.id
  left join moved m on m.loan_id = l.id
  left join legal h on h.loan_id = l.id
  left join deferred d on d.loan_id = l.id
  left join paid_after pa on pa.loan_id = l.id
 where (a.loan_id is not null or m.loan_id is not null) {only_loan}
"""

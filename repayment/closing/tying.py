"""What the bank's files and the ledger say of each other for a month, to the yen.

Money in: what the results of direct debits say was collected, against the ledger rows that name those lines, with what
lies in suspense beside them. Money out: the lines of bulk transfers that went through, against the rows that name their
tranches. Rows of the ledger that no file of this house brought (other ways of paying, earlier systems) are told apart.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

from japan.months import first_day, last_day
from loans.disbursement.enums import LineOutcome
from repayment.debit.enums import DebitState


@dataclass(frozen=True, slots=True)
class Tie:
    """One kind of bank file in a month. ``held`` lies in suspense; ``without_file`` came another way. Yen and rows."""

    code: str
    label: str
    files: int
    bank_count: int
    bank: int
    ledger_count: int
    ledger: int
    held: int
    without_file_count: int
    without_file: int

    @property
    def difference(self) -> int:
        """What the bank says more than the ledger and the suspense account together."""
        return self.bank - self.ledger - self.held

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def ties_of(month: int) -> tuple[Tie, ...]:
    """The ties of a month (index), from what is recorded now."""
    told = _told(month)
    with connection.cursor() as cursor:
        cursor.execute(_DEBITS, told)
        debits = Tie("debit", "口座振替の結果", *cursor.fetchone())
        cursor.execute(_TRANSFERS, told)
        transfers = Tie("transfer", "総合振込（送金）", *cursor.fetchone())
    return (debits, transfers)


def read_ties(stored: list[dict[str, Any]]) -> tuple[Tie, ...]:
    """The ties as a closing keeps them."""
    return tuple(Tie(**each) for each in stored)


@dataclass(frozen=True, slots=True)
class Untied:
    """One line of a bank file for which the ledger and the suspense account together say something else; yen."""

    label: str
    loan_id: int
    loan_code: str
    bank: int
    ledger: int


def untied_lines(month: int, *, limit: int = 200) -> list[Untied]:
    """The lines behind the differences of a month (index), as they stand now."""
    with connection.cursor() as cursor:
        cursor.execute(_UNTIED, {**_told(month), "limit": limit})
        return [Untied(*row) for row in cursor.fetchall()]


def _told(month: int) -> dict[str, Any]:
    return {
        "begins": first_day(month),
        "ends": last_day(month),
        "posted": [DebitState.POSTED.value, DebitState.CLOSED.value],
        "paid_out": LineOutcome.PAID.value,
    }


_DEBITS = """
with runs as (
    select id from repayment_debitrun where state = any(%(posted)s) and debit_on between %(begins)s and %(ends)s
),
bank as (
    select count(*) as files, coalesce(sum(collected_count), 0) as lines, coalesce(sum(collected_total), 0) as yen
      from repayment_debitresult where run_id in (select id from runs)
),
named as (
    select e.id, e.amount
      from repayment_debitline l join repayment_ledgerentry e on e.source_key = 'debit:' || l.id
     where l.run_id in (select id from runs) and e.effective_on between %(begins)s and %(ends)s
),
held as (
    select coalesce(sum(s.amount), 0) as yen
      from repayment_suspenseitem s join repayment_debitline l on l.id = s.debit_line_id
     where l.run_id in (select id from runs)
),
others as (
    select count(*) as entries, coalesce(sum(e.amount), 0) as yen
      from repayment_ledgerentry e
     where e.kind = 'paid' and e.channel = 'direct_debit' and e.effective_on between %(begins)s and %(ends)s
       and e.id not in (select id from named)
)
select bank.files, bank.lines, bank.yen::bigint, (select count(*) from named),
       (select coalesce(sum(amount), 0) from named)::bigint, held.yen::bigint, others.entries, others.yen::bigint
  from bank, held, others
"""

_TRANSFERS = """
with bank as (
    select t.id, t.file_id, t.tranche_id, t.amount
      from loans_transferline t join loans_transferfile f on f.id = t.file_id
     where t.outcome = %(paid_out)s and f.pay_on between %(begins)s and %(ends)s
),
named as (
    select e.id, e.amount
      from bank b join repayment_ledgerentry e on e.source_key = 'tranche:' || b.tranche_id
     where e.effective_on between %(begins)s and %(ends)s
),
others as (
    select count(*) as entries, coalesce(sum(e.amount), 0) as yen
      from repayment_ledgerentry e
     where e.kind = 'disbursed' and e.effective_on between %(begins)s and %(ends)s
       and e.id not in (select id from named)
)
select (select count(distinct file_id) from bank), (select count(*) from bank),
       (select coalesce(sum(amount), 0) from bank)::bigint, (select count(*) from named),
       (select coalesce(sum(amount), 0) from named)::bigint, 0, others.entries, others.yen::bigint
  from others
"""

_UNTIED = """
select '口座振替', l.loan_id, n.code, l.amount, coalesce(e.amount, 0) + coalesce(s.amount, 0)
  from repayment_debitrun r
  join repayment_debitresult a on a.run_id = r.id
 cross join lateral unnest(string_to_array(a.codes, null)) with ordinality as answer (code, number)
  join repayment_debitline l on l.run_id = r.id and l.number = answer.number
  join loans_loan n on n.id = l.loan_id
  left join repayment_ledgerentry e on e.source_key = 'debit:' || l.id
  left join repayment_suspenseitem s on s.debit_line_id = l.id
 where r.state = any(%(posted)s) and r.debit_on between %(begins)s and %(ends)s
   and answer.code = '0' and coalesce(e.amount, 0) + coalesce(s.amount, 0) <> l.amount
union all
select '総合振込', t.loan_id, n.code, t.amount, coalesce(e.amount, 0)
  from loans_transferline t
  join loans_transferfile f on f.id = t.file_id
  join loans_loan n on n.id = t.loan_id
  left join repayment_ledgerentry e on e.source_key = 'tranche:' || t.tranche_id
 where t.outcome = %(paid_out)s and f.pay_on between %(begins)s and %(ends)s and coalesce(e.amount, 0) <> t.amount
 order by 1, 3
 limit %(limit)s
"""

"""Payments, each known by the number the bank or the slip gave it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from import_export import resources
from import_export.fields import Field

from jobs.enums import RowOutcome
from jobs.importing.columns import Code, Day, Text, Yen
from jobs.importing.effects import Writing
from jobs.importing.kinds import TakingBack
from jobs.importing.staging import add_problem, mark, refuse_doubles
from jobs.models import ImportBatch, ImportRow
from loans.models import Loan
from people.taking_in.checks import refuse_future
from repayment.bulk import Payment, post_payments, take_back_entries
from repayment.services import PostingRefused


class PaymentResource(resources.Resource):
    key = Field(column_name="入金番号", widget=Code(longest=40))
    code = Field(column_name="貸付コード", widget=Code(longest=12))
    effective_on = Field(column_name="入金日", widget=Day())
    amount = Field(column_name="金額", widget=Yen())
    note = Field(column_name="摘要", widget=Text(longest=120, required=False))


def payment_key(values: Mapping[str, Any]) -> str:
    """The source key of an imported payment; the ledger refuses a second row with it."""
    return f"import:{values['key']}"


def refuse_unknown_loan(batch: ImportBatch) -> None:
    add_problem(
        batch,
        column="貸付コード",
        reason="'この貸付コードは登録されていません。先に貸付を取り込んでください。'",
        where="not exists (select 1 from loans_loan l where l.code = r.values ->> 'code')",
    )


def check_payments(batch: ImportBatch) -> None:
    refuse_doubles(batch, column="入金番号")
    refuse_unknown_loan(batch)
    refuse_future(batch, "effective_on", "入金日")
    # A payment that was taken back with its file may be named again; one reversed at the desk may not.
    stored = """(
        select split_part(e.source_key, '#', 1) as key, l.code, e.amount, e.effective_on
          from repayment_ledgerentry e join loans_loan l on l.id = e.loan_id
         where e.source_key like 'import:%%' and not exists (
               select from repayment_ledgerentry u where u.reverses_id = e.id and u.source_key like 'undo:%%')
    ) e"""
    content = "(e.code, e.amount, e.effective_on) {} "
    given = "(r.values ->> 'code', (r.values ->> 'amount')::int, (r.values ->> 'effective_on')::date)"
    add_problem(
        batch,
        column="入金番号",
        reason="'この入金番号は別の内容（' || e.code || '、' || to_char(e.amount, 'FM999,999,999') "
        "|| '円）ですでに記帳されています。'",
        source=stored,
        where=f"e.key = r.key and {content.format('<>')}{given}",
    )
    mark(batch, RowOutcome.UNCHANGED, source=stored, where=f"e.key = r.key and {content.format('=')}{given}")
    mark(batch, RowOutcome.NEW)


def commit_payments(rows: Sequence[ImportRow], writing: Writing) -> None:
    loans = {loan.code: loan for loan in Loan.objects.filter(code__in=[row.values["code"] for row in rows])}
    answers = post_payments(
        payments=[
            Payment(
                loan=loans[row.values["code"]],
                amount=row.values["amount"],
                effective_on=date.fromisoformat(row.values["effective_on"]),
                source_key=payment_key(row.values),
                note=row.values["note"],
            )
            for row in rows
        ],
        by=writing.by,
        at=writing.at,
    )
    for row, answer in zip(rows, answers, strict=True):
        if isinstance(answer, PostingRefused):
            writing.refuse(row, "入金番号", str(answer))
        elif answer[1]:
            writing.effects.created(row.line, answer[0])


def counter_entries(entry_ids: Sequence[int], taking: TakingBack) -> None:
    take_back_entries(entry_ids=entry_ids, reason=taking.reason, undo_id=taking.undo_id, by=taking.by, at=taking.at)


def exempted_since(batch: ImportBatch, first: int, last: int) -> dict[int, str]:
    """Lines whose loan was exempted after the payment was known: the amount exempted counted with it.

    What the other system had decided counted with nothing here.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select distinct f.line
              from jobs_importeffect f
              join repayment_ledgerentry e on e.id = f.row_id
              join repayment_ledgerentry x on x.loan_id = e.loan_id and x.kind = 'exempted'
                                          and x.recorded_at >= e.recorded_at
             where f.batch_id = %s and f.line between %s and %s and f."table" = 'repayment_ledgerentry'
               and x.source_key not like 'prior-decision:%%'
               and not exists (select from repayment_ledgerentry t where t.reverses_id = x.id)
               and not exists (select from jobs_importeffect o
                                where o.batch_id = f.batch_id and o."table" = f."table" and o.row_id = x.id)
            """,
            [batch.pk, first, last],
        )
        return {line: "この入金の後に免除が記帳されています。" for (line,) in cursor.fetchall()}

"""Opening balances of loans on the day of the change from another system."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from import_export import resources
from import_export.fields import Field

from jobs.enums import RowOutcome
from jobs.importing.columns import Amount, Code, Day
from jobs.importing.effects import Writing
from jobs.importing.staging import add_problem, mark, refuse_doubles
from jobs.models import ImportBatch, ImportRow
from loans.models import Loan
from people.taking_in.checks import refuse_future
from repayment.cutover.opening import Opening, open_balances
from repayment.services import PostingRefused
from repayment.taking_in.payments import refuse_unknown_loan


class OpeningResource(resources.Resource):
    code = Field(column_name="貸付コード", widget=Code(longest=12))
    day = Field(column_name="移行日", widget=Day())
    principal = Field(column_name="元金", widget=Amount())
    paid = Field(column_name="入金済額", widget=Amount())
    exempted = Field(column_name="免除済額", widget=Amount())
    arrears = Field(column_name="滞納額", widget=Amount())


def number(name: str) -> str:
    return f"(r.values ->> '{name}')::bigint"


def check_openings(batch: ImportBatch) -> None:
    refuse_doubles(batch, column="貸付コード")
    refuse_unknown_loan(batch)
    refuse_future(batch, "day", "移行日")
    add_problem(
        batch,
        column="元金",
        reason="'元金が登録済みの貸付金額（' || to_char(l.principal, 'FM999,999,999') || '円）と違います。'",
        source="loans_loan l",
        where=f"l.code = r.values ->> 'code' and l.principal <> {number('principal')}",
    )
    add_problem(
        batch,
        column="入金済額",
        reason="'入金済額と免除済額の合計が元金を超えています。'",
        where=f"{number('paid')} + {number('exempted')} > {number('principal')}",
    )
    add_problem(
        batch,
        column="滞納額",
        reason="'滞納額が残額（元金から入金済額と免除済額を引いた額）を超えています。'",
        where=f"{number('arrears')} > {number('principal')} - {number('paid')} - {number('exempted')}",
    )
    stored = "repayment_openingbalance b join loans_loan l on l.id = b.loan_id"
    content = "(b.day, b.principal::bigint, b.paid::bigint, b.exempted::bigint, b.arrears::bigint) {} "
    given = (
        f"((r.values ->> 'day')::date, {', '.join(number(n) for n in ('principal', 'paid', 'exempted', 'arrears'))})"
    )
    same = "l.code = r.values ->> 'code'"
    add_problem(
        batch,
        column="貸付コード",
        reason="'この貸付の開始残高は、別の内容（入金済 ' || to_char(b.paid, 'FM999,999,990') || '円）で登録されています。'",
        source=stored,
        where=f"{same} and {content.format('<>')}{given}",
    )
    mark(batch, RowOutcome.UNCHANGED, source=stored, where=f"{same} and {content.format('=')}{given}")
    mark(batch, RowOutcome.NEW)


def commit_openings(rows: Sequence[ImportRow], writing: Writing) -> None:
    loans = {loan.code: loan for loan in Loan.objects.filter(code__in=[row.values["code"] for row in rows])}
    answers = open_balances(
        openings=[
            Opening(
                loan=loans[row.values["code"]],
                day=date.fromisoformat(row.values["day"]),
                principal=row.values["principal"],
                paid=row.values["paid"],
                exempted=row.values["exempted"],
                arrears=row.values["arrears"],
            )
            for row in rows
        ],
        batch_id=writing.effects.batch_id,
        by=writing.by,
        at=writing.at,
    )
    for row, answer in zip(rows, answers, strict=True):
        if isinstance(answer, PostingRefused):
            writing.refuse(row, "貸付コード", str(answer))
        else:
            writing.effects.created(row.line, answer.balance, *answer.entries)

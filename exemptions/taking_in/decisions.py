"""Exemption decisions that are on file already in the system before: what was decided, when, and where it is on file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from import_export import resources
from import_export.fields import Field

from exemptions.enums import Ground, Outcome
from exemptions.models import PriorDecision
from exemptions.prior.recording import Prior, record_prior_decisions
from jobs.enums import RowOutcome
from jobs.importing.columns import Amount, Choice, Code, Count, Day, Text
from jobs.importing.effects import Writing
from jobs.importing.staging import add_problem, mark, refuse_doubles
from jobs.models import ImportBatch, ImportRow
from loans.models import Loan
from people.taking_in.checks import refuse_future
from repayment.taking_in.payments import refuse_unknown_loan

GROUNDS = {
    "要件①": Ground.RESIDENCE_TAX, "要件①'": Ground.RESIDENCE_TAX_LATER_YEAR, "要件②": Ground.PUBLIC_ASSISTANCE,
    "要件③": Ground.DISABILITY, "要件④": Ground.LONG_ARREARS, "死亡": Ground.DEATH, "失踪宣告": Ground.DISAPPEARANCE,
    "自己破産": Ground.BANKRUPTCY_DISCHARGE, "個人再生": Ground.CIVIL_REHABILITATION_DISCHARGE,
}  # fmt: skip
OUTCOMES = {label: value for value, label in Outcome.choices}


class OptionalYear(Count):
    """A fiscal year, or nothing where the ground is not about tax."""

    def __init__(self) -> None:
        super().__init__(2020, 2060, "年度")

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> int | None:  # type: ignore[override]
        return super().clean(value, row) if str(value).strip() else None


class PriorDecisionResource(resources.Resource):
    number = Field(column_name="決定番号", widget=Code(longest=40))
    code = Field(column_name="貸付コード", widget=Code(longest=12))
    ground = Field(column_name="要件", widget=Choice({word: ground.value for word, ground in GROUNDS.items()}))
    fiscal_year = Field(column_name="住民税の年度", widget=OptionalYear())
    outcome = Field(column_name="決定", widget=Choice(OUTCOMES))
    amount = Field(column_name="免除額", widget=Amount())
    decided_on = Field(column_name="決定日", widget=Day())
    notified_on = Field(column_name="通知日", widget=Day(required=False))
    source = Field(column_name="出所", widget=Text(longest=120))


def check_prior_decisions(batch: ImportBatch) -> None:
    refuse_doubles(batch, column="決定番号")
    refuse_unknown_loan(batch)
    refuse_future(batch, "decided_on", "決定日")
    refuse_future(batch, "notified_on", "通知日")
    add_problem(
        batch,
        column="免除額",
        reason="'承認には免除額が要り、不承認の免除額は0円です。'",
        where="(r.values ->> 'outcome' = 'APPROVED') <> ((r.values ->> 'amount')::bigint > 0)",
    )
    add_problem(
        batch,
        column="住民税の年度",
        reason="'要件①の決定には、住民税の年度が要ります。'",
        where="r.values ->> 'ground' like 'RESIDENCE_TAX%%' and r.values ->> 'fiscal_year' is null",
    )
    add_problem(
        batch,
        column="通知日",
        reason="'通知日が決定日より前になっています。'",
        where="(r.values ->> 'notified_on')::date < (r.values ->> 'decided_on')::date",
    )
    add_problem(
        batch,
        column="決定日",
        reason="'決定日が借入申込日より前になっています。'",
        source="loans_loan l",
        where="l.code = r.values ->> 'code' and (r.values ->> 'decided_on')::date < l.applied_on",
    )
    add_problem(
        batch,
        column="免除額",
        reason="'免除額が貸付金額（' || to_char(l.principal, 'FM999,999,999') || '円）を超えています。'",
        source="loans_loan l",
        where="l.code = r.values ->> 'code' and (r.values ->> 'amount')::bigint > l.principal",
    )
    add_problem(
        batch,
        column="住民税の年度",
        reason="'この貸付には、同じ年度の決定が本システムにあります。'",
        source="exemptions_application a join exemptions_decision d on d.application_id = a.id "
        "join loans_loan l on l.id = a.loan_id left join exemptions_takenback t on t.decision_id = d.id",
        where="l.code = r.values ->> 'code' and a.fiscal_year = (r.values ->> 'fiscal_year')::int and t.id is null",
    )
    stored = "exemptions_priordecision d join loans_loan l on l.id = d.loan_id"
    content = "(l.code, d.ground, d.fiscal_year, d.outcome, d.amount, d.decided_on) is {} distinct from "
    given = (
        "(r.values ->> 'code', r.values ->> 'ground', (r.values ->> 'fiscal_year')::int, r.values ->> 'outcome', "
        "(r.values ->> 'amount')::int, (r.values ->> 'decided_on')::date)"
    )
    same = "d.number = r.values ->> 'number'"
    add_problem(
        batch,
        column="決定番号",
        reason="'この決定番号は別の内容（' || l.code || '、' || to_char(d.amount, 'FM999,999,990') "
        "|| '円）で登録されています。'",
        source=stored,
        where=f"{same} and {content.format('')}{given}",
    )
    mark(batch, RowOutcome.UNCHANGED, source=stored, where=f"{same} and {content.format('not')}{given}")
    mark(batch, RowOutcome.NEW)


def commit_prior_decisions(rows: Sequence[ImportRow], writing: Writing) -> None:
    loans = {loan.code: loan for loan in Loan.objects.filter(code__in=[row.values["code"] for row in rows])}
    answers = record_prior_decisions(
        decisions=[prior(row.values, loans[row.values["code"]]) for row in rows],
        batch_id=writing.effects.batch_id,
        by=writing.by,
        at=writing.at,
    )
    for row, answer in zip(rows, answers, strict=True):
        if isinstance(answer, PriorDecision):
            writing.effects.created(row.line, *([answer.entry] if answer.entry else []), answer)
        else:
            writing.refuse(row, "免除額", str(answer))


def prior(values: Mapping[str, Any], loan: Loan) -> Prior:
    return Prior(
        loan=loan,
        number=values["number"],
        ground=Ground(values["ground"]),
        fiscal_year=values["fiscal_year"],
        outcome=Outcome(values["outcome"]),
        amount=values["amount"],
        decided_on=date.fromisoformat(values["decided_on"]),
        notified_on=date.fromisoformat(values["notified_on"]) if values["notified_on"] else None,
        source=values["source"],
    )


def opened_since(batch: ImportBatch, first: int, last: int) -> dict[int, str]:
    """Lines whose exemption a later opening balance counts among what had been exempted."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select distinct f.line
              from jobs_importeffect f
              join repayment_ledgerentry e on e.id = f.row_id
              join repayment_openingbalance b on b.loan_id = e.loan_id and b.day >= e.effective_on
             where f.batch_id = %s and f.line between %s and %s and f."table" = 'repayment_ledgerentry'
            """,
            [batch.pk, first, last],
        )
        reason = "この決定を含む開始残高が登録されています。先に開始残高の取込を取り消してください。"
        return {line: reason for (line,) in cursor.fetchall()}

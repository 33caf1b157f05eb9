"""Loans as they were lent, with the plans they were lent with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from import_export import resources
from import_export.fields import Field

from accounts.models import Office
from japan.yen import yen
from jobs.enums import RowOutcome
from jobs.importing.columns import Choice, Code, Count, Day, Month, Yen
from jobs.importing.effects import Writing
from jobs.importing.kinds import TakingBack
from jobs.importing.staging import add_problem, mark
from jobs.models import ImportBatch, ImportRow
from loans.bulk import LentLoan, give_up_loans
from loans.enums import FundKind
from loans.funds import fund
from loans.services import LoanRefused
from people.models import Person
from people.taking_in.checks import find_persons, people_of, refuse_future, refuse_unknown_office
from repayment.bulk import register_lent_loans

FUNDS = {label: value for value, label in FundKind.choices}


class LoanResource(resources.Resource):
    code = Field(column_name="貸付コード", widget=Code(longest=12))
    number = Field(column_name="借受人番号", widget=Code(longest=12))
    fund = Field(column_name="資金種類", widget=Choice(FUNDS))
    office = Field(column_name="受付事業所コード", widget=Code(longest=10))
    applied_on = Field(column_name="借入申込日", widget=Day())
    decided_on = Field(column_name="貸付決定日", widget=Day(required=False))
    disbursed_on = Field(column_name="最終交付日", widget=Day(required=False))
    household_size = Field(column_name="貸付時の世帯人数", widget=Count(1, 30, "人"))
    principal = Field(column_name="貸付金額", widget=Yen())
    instalments = Field(column_name="償還回数", widget=Count(1, 120, "回"))
    first_due_month = Field(column_name="償還開始月", widget=Month())


def check_loans(batch: ImportBatch) -> None:
    find_persons(batch, doubles="貸付コード")
    refuse_unknown_office(batch, "受付事業所コード")
    refuse_future(batch, "applied_on", "借入申込日")
    add_problem(
        batch,
        column="貸付決定日",
        reason="'貸付決定日が借入申込日より前になっています。'",
        where="(r.values ->> 'decided_on')::date < (r.values ->> 'applied_on')::date",
    )
    for kind in FundKind:
        refuse_beyond_fund(batch, kind)
    stored = "loans_loan l join people_person p on p.id = l.borrower_id"
    same = "l.code = r.values ->> 'code'"
    content = """(p.number, l.fund, l.principal, l.instalments, l.first_due_month, l.applied_on) {}
        (r.values ->> 'number', r.values ->> 'fund', (r.values ->> 'principal')::int, (r.values ->> 'instalments')::int,
         (r.values ->> 'first_due_month')::int, (r.values ->> 'applied_on')::date)"""
    add_problem(
        batch,
        column="貸付コード",
        reason="'この貸付コードは別の内容（' || to_char(l.principal, 'FM999,999,999') || '円）ですでに登録されています。'",
        source=stored,
        where=f"{same} and {content.format('<>')}",
    )
    mark(batch, RowOutcome.UNCHANGED, source=stored, where=f"{same} and {content.format('=')}")
    mark(batch, RowOutcome.NEW)


def refuse_beyond_fund(batch: ImportBatch, kind: FundKind) -> None:
    """Amount and term within what the fund lends (MHLW Q&A vol. 17, reference table 2)."""
    lent = fund(kind)
    of_fund = "r.values ->> 'fund' = %(fund)s"
    for maximum, household in ((lent.maximum_single, "= 1"), (lent.maximum_multi, "> 1")):
        add_problem(
            batch,
            column="貸付金額",
            reason="%(reason)s::text",
            where=f"{of_fund} and (r.values ->> 'household_size')::int {household} "
            "and (r.values ->> 'principal')::bigint > %(maximum)s",
            parameters={
                "fund": kind.value, "maximum": maximum, "reason": f"{kind.label}の貸付金額は{yen(maximum)}までです。",
            },
        )  # fmt: skip
    add_problem(
        batch,
        column="償還回数",
        reason="%(reason)s::text",
        where=f"{of_fund} and (r.values ->> 'instalments')::int > %(most)s",
        parameters={
            "fund": kind.value, "most": lent.most_instalments,
            "reason": f"{kind.label}の償還回数は{lent.most_instalments}回までです。",
        },
    )  # fmt: skip


def commit_loans(rows: Sequence[ImportRow], writing: Writing) -> None:
    people = people_of(rows)
    offices = {office.code: office for office in Office.objects.all()}
    answers = register_lent_loans(
        loans=[lent_loan(row.values, people, offices) for row in rows], by=writing.by, at=writing.at
    )
    for row, answer in zip(rows, answers, strict=True):
        if isinstance(answer, LoanRefused):
            writing.refuse(row, "行全体", str(answer))
        else:
            writing.effects.created(row.line, *answer)


def lent_loan(values: Mapping[str, Any], people: Mapping[str, Person], offices: Mapping[str, Office]) -> LentLoan:
    return LentLoan(
        code=values["code"],
        fund_kind=FundKind(values["fund"]),
        borrower=people[values["number"]],
        office=offices[values["office"]],
        applied_on=date.fromisoformat(values["applied_on"]),
        decided_on=optional_day(values, "decided_on"),
        disbursed_on=optional_day(values, "disbursed_on"),
        household_size=values["household_size"],
        principal=values["principal"],
        instalments=values["instalments"],
        first_due_month=values["first_due_month"],
    )


def give_up(loan_ids: Sequence[int], taking: TakingBack) -> None:
    give_up_loans(loan_ids=loan_ids, by=taking.by, at=taking.at)


def paid_or_exempted(batch: ImportBatch, first: int, last: int) -> dict[int, str]:
    """Lines whose loan has ledger rows, other than payments that were taken back with their own file."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select distinct f.line
              from jobs_importeffect f join repayment_ledgerentry e on e.loan_id = f.row_id
             where f.batch_id = %s and f.line between %s and %s and f."table" = 'loans_loan'
               and e.source_key not like 'undo:%%'
               and not exists (
                   select from repayment_ledgerentry u where u.reverses_id = e.id and u.source_key like 'undo:%%')
            """,
            [batch.pk, first, last],
        )
        return {line: "この貸付に台帳の記帳があります。" for (line,) in cursor.fetchall()}


def leave(row_ids: Sequence[int], taking: TakingBack) -> None:
    """A plan cannot be removed: it goes out of use with its loan."""


def optional_day(values: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(values[name]) if values[name] else None

"""Files about loans as they were lent, and about payments."""

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
from jobs.importing.columns import Choice, Code, Count, Day, Month, Text, Yen
from jobs.importing.effects import Writing
from jobs.importing.kinds import ImportKind, TakingBack
from jobs.importing.staging import add_problem, mark, refuse_doubles
from jobs.models import ImportBatch, ImportRow
from loans.bulk import LentLoan, give_up_loans
from loans.enums import FundKind
from loans.funds import fund
from loans.models import Loan
from loans.services import LoanRefused
from people.models import Person
from people.taking_in.checks import people_of, refuse_future, refuse_unknown_office, refuse_unknown_person
from repayment.bulk import Payment, post_payments, register_lent_loans, take_back_payments
from repayment.services import PostingRefused

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


class PaymentResource(resources.Resource):
    key = Field(column_name="入金番号", widget=Code(longest=40))
    code = Field(column_name="貸付コード", widget=Code(longest=12))
    effective_on = Field(column_name="入金日", widget=Day())
    amount = Field(column_name="金額", widget=Yen())
    note = Field(column_name="摘要", widget=Text(longest=120, required=False))


def check_loans(batch: ImportBatch) -> None:
    refuse_doubles(batch, column="貸付コード")
    refuse_unknown_person(batch)
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


def payment_key(values: Mapping[str, Any]) -> str:
    """The source key of an imported payment; the ledger refuses a second row with it."""
    return f"import:{values['key']}"


def check_payments(batch: ImportBatch) -> None:
    refuse_doubles(batch, column="入金番号")
    add_problem(
        batch,
        column="貸付コード",
        reason="'この貸付コードは登録されていません。'",
        where="not exists (select 1 from loans_loan l where l.code = r.values ->> 'code')",
    )
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


def counter_payments(entry_ids: Sequence[int], taking: TakingBack) -> None:
    take_back_payments(entry_ids=entry_ids, reason=taking.reason, undo_id=taking.undo_id, by=taking.by, at=taking.at)


def exempted_since(batch: ImportBatch, first: int, last: int) -> dict[int, str]:
    """Lines whose loan was exempted after the payment was known: the amount exempted counted with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select distinct f.line
              from jobs_importeffect f
              join repayment_ledgerentry e on e.id = f.row_id
              join repayment_ledgerentry x on x.loan_id = e.loan_id and x.kind = 'exempted'
                                          and x.recorded_at >= e.recorded_at
             where f.batch_id = %s and f.line between %s and %s and f."table" = 'repayment_ledgerentry'
               and not exists (select from repayment_ledgerentry t where t.reverses_id = x.id)
            """,
            [batch.pk, first, last],
        )
        return {line: "この入金の後に免除が記帳されています。" for (line,) in cursor.fetchall()}


IMPORTS = (
    ImportKind(
        code="loans",
        label="貸付",
        hint="貸付コードごとに1行。借受人の取込が先です。償還計画も同時に作成します。",
        resource=LoanResource,
        key=lambda values: str(values["code"]),
        check=check_loans,
        commit=commit_loans,
        takers={"loans_loan": give_up, "repayment_repaymentplan": leave},
        dependents=paid_or_exempted,
        looked_after=frozenset({"repayment_ledgerentry"}),
        counters="「誤登録」として残し、貸付コードを空けます（残高には数えません）。",
        sample=(
            (
                "9900001", "M0000001", "緊急小口資金（特例）", "01", "令和2年6月10日", "令和2年6月17日", "令和2年6月24日", "2",
                "¥200,000", "24", "2023-01",
            ),
            (
                "9900002", "M0000002", "総合支援資金（初回貸付）", "01", "2020-08-03", "2020-08-12", "2020-10-20", "2",
                "600,000円", "120回", "2023/1",
            ),
        ),
    ),
    ImportKind(
        code="payments",
        label="入金",
        hint="入金番号（銀行や払込票の番号）ごとに1行。同じ入金番号は二度記帳されません。",
        resource=PaymentResource,
        key=payment_key,
        check=check_payments,
        commit=commit_payments,
        takers={"repayment_ledgerentry": counter_payments},
        counters="反対の記帳で取り消します（元の記帳は残ります）。",
        dependents=exempted_since,
        sample=(
            ("2023-0001", "9900001", "令和5年1月26日", "8,330円", "口座振替"),
            ("2023-0002", "9900002", "R5.1.26", "５，０００", "口座振替"),
        ),
    ),
)  # fmt: skip

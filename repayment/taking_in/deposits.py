"""Receipts of a bank statement or the counter: what names a loan and its borrower is posted, all else goes to suspense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from import_export import resources
from import_export.fields import Field

from japan.zengin.kana import BankTextError, same_holder
from jobs.enums import RowOutcome
from jobs.importing.columns import Choice, Code, Day, Text, Yen
from jobs.importing.effects import Writing
from jobs.importing.staging import add_problem, mark, refuse_doubles
from jobs.models import ImportBatch, ImportRow
from loans.enums import LoanState
from loans.models import Loan
from people.account_sealing import number_hash
from people.bank_accounts import AccountRefused, seven_digits
from people.taking_in.checks import refuse_future
from repayment.bulk import Payment, post_payments
from repayment.enums import PaymentChannel
from repayment.models import SuspenseItem
from repayment.services import PostingRefused
from repayment.suspense.enums import SuspenseReason

CHANNELS = {str(PaymentChannel(value).label): value for value in (PaymentChannel.TRANSFER, PaymentChannel.COUNTER)}


class HashedNumber(Text):
    """The payer's account number; only its keyed hash comes out."""

    def clean(self, value: Any, row: Mapping[str, Any] | None = None, **kwargs: Any) -> str:
        text = super().clean(value, row)
        if not text:
            return ""
        try:
            return number_hash(seven_digits(text))
        except AccountRefused as problem:
            raise ValueError(str(problem)) from None


class DepositResource(resources.Resource):
    key = Field(column_name="入金番号", widget=Code(longest=40))
    effective_on = Field(column_name="入金日", widget=Day())
    amount = Field(column_name="金額", widget=Yen())
    channel = Field(column_name="入金経路", widget=Choice(CHANNELS, default=PaymentChannel.TRANSFER.value))
    payer = Field(column_name="支払人カナ", widget=Text(longest=60, required=False))
    code = Field(column_name="貸付コード", widget=Code(longest=12, required=False))
    bank = Field(column_name="銀行番号", widget=Text(longest=4, required=False))
    branch = Field(column_name="支店番号", widget=Text(longest=3, required=False))
    account = Field(column_name="口座番号", widget=HashedNumber(longest=10, required=False))
    note = Field(column_name="摘要", widget=Text(longest=120, required=False))


def deposit_key(values: Mapping[str, Any]) -> str:
    """The source key of a receipt, in the ledger as in suspense."""
    return f"deposit:{values['key']}"


def check_deposits(batch: ImportBatch) -> None:
    """A receipt that is there already with the same day and amount is unchanged, with others an error."""
    refuse_doubles(batch, column="入金番号")
    refuse_future(batch, "effective_on", "入金日")
    stored = """(
        select split_part(source_key, '#', 1) as key, amount, effective_on as on_day
          from repayment_ledgerentry e
         where source_key like 'deposit:%%' and not exists (
               select from repayment_ledgerentry u where u.reverses_id = e.id and u.source_key like 'undo:%%')
        union all
        select source_key, amount, received_on from repayment_suspenseitem where source_key like 'deposit:%%'
    ) e"""
    given = "((r.values ->> 'amount')::int, (r.values ->> 'effective_on')::date)"
    add_problem(
        batch,
        column="入金番号",
        reason="'この入金番号は別の内容（' || to_char(e.amount, 'FM999,999,999') || '円）ですでに登録されています。'",
        source=stored,
        where=f"e.key = r.key and (e.amount, e.on_day) <> {given}",
    )
    mark(batch, RowOutcome.UNCHANGED, source=stored, where=f"e.key = r.key and (e.amount, e.on_day) = {given}")
    mark(batch, RowOutcome.NEW)


def commit_deposits(rows: Sequence[ImportRow], writing: Writing) -> None:
    loans = {
        loan.code: loan
        for loan in Loan.objects.filter(code__in=[row.values["code"] for row in rows]).select_related("borrower")
    }
    to_post: list[tuple[ImportRow, Loan]] = []
    items: list[tuple[ImportRow, SuspenseItem]] = []
    for row in rows:
        loan = loans.get(row.values["code"])
        reason = why_not(row.values, loan)
        if loan is not None and reason is None:
            to_post.append((row, loan))
        elif reason is not None:
            items.append((row, suspended(row.values, reason, writing)))
    answers = post_payments(
        payments=[
            Payment(
                loan=loan,
                amount=row.values["amount"],
                effective_on=date.fromisoformat(row.values["effective_on"]),
                source_key=deposit_key(row.values),
                note=row.values["note"],
                channel=PaymentChannel(row.values["channel"]),
            )
            for row, loan in to_post
        ],
        by=writing.by,
        at=writing.at,
    )
    for (row, _), answer in zip(to_post, answers, strict=True):
        if isinstance(answer, PostingRefused):
            writing.refuse(row, "入金番号", str(answer))
        elif answer[1]:
            writing.effects.created(row.line, answer[0])
    SuspenseItem.objects.bulk_create([item for _, item in items])
    for row, item in items:
        writing.effects.created(row.line, item)


def why_not(values: Mapping[str, Any], loan: Loan | None) -> SuspenseReason | None:
    """Why a receipt is not posted by itself: only the right code together with the borrower's own name is enough."""
    if not values["code"]:
        return SuspenseReason.NO_CODE
    if loan is None:
        return SuspenseReason.UNKNOWN_CODE
    if loan.state == LoanState.GIVEN_UP:
        return SuspenseReason.GIVEN_UP
    try:
        own = same_holder(values["payer"], loan.borrower.kana)
    except BankTextError:
        own = False
    return None if own else SuspenseReason.OTHER_NAME


def suspended(values: Mapping[str, Any], reason: SuspenseReason, writing: Writing) -> SuspenseItem:
    """The receipt as it waits."""
    return SuspenseItem(
        source_key=deposit_key(values),
        received_on=date.fromisoformat(values["effective_on"]),
        amount=values["amount"],
        channel=values["channel"],
        reason=reason,
        payer_kana=values["payer"],
        bank_code=values["bank"],
        branch_code=values["branch"],
        number_hash=values["account"],
        loan_code=values["code"],
        note=values["note"],
        opened_at=writing.at,
        opened_by=writing.by.label,
    )

"""The letters of a running repayment: it begins, nothing came in, what is left, the deadline, all repaid (RP-20).

Who is due one is the list that the night keeps (``listing``). What a letter says is asked anew when it is drafted, and a
letter whose occasion has gone since, or whose loan is left alone now, is not drafted at all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from loans.funds import fund
from loans.letter_sources import LendingLetters, account_text, programme
from notices.kinds import LetterFacts, LetterKind
from notices.sources import Draft, LetterSource
from people.bank_accounts import accounts_on
from people.enums import AccountUse
from repayment.arrears import letter_facts as facts
from repayment.arrears.holding import dunning_held
from repayment.arrears.listing import held_for
from repayment.arrears.unpaid import last_payment, unpaid_months
from repayment.enums import NoticeKind
from repayment.models import RepaymentNotice
from repayment.position import Position
from repayment.selectors import NoPlan, position_of
from rulebook.rates import percent

ASKED_FOR = timedelta(days=31)
"""A row whose letter could not be drafted in this time is stale."""


class Notices(LendingLetters[RepaymentNotice]):
    """The rows of one kind that are ready. ``says`` gives what the letter says, or None where it lapsed since."""

    prefix = "repayment-notice"

    def __init__(self, kind: NoticeKind, says: Callable[[RepaymentNotice, Position], dict[str, Any] | None]) -> None:
        self.kind, self.says = kind, says

    def rows(self) -> QuerySet[RepaymentNotice]:
        return RepaymentNotice.objects.filter(kind=self.kind, held="", lapsed_on__isnull=True).select_related(
            "loan__borrower"
        )

    def on_day(self, rows: QuerySet[RepaymentNotice], day: date) -> QuerySet[RepaymentNotice]:
        return rows.filter(ready_on__lte=day, ready_on__gt=day - ASKED_FOR)

    def borrower_id(self, row: RepaymentNotice) -> int:
        return row.loan.borrower_id

    def content(self, row: RepaymentNotice) -> dict[str, Any]:
        """What the letter says as of the day it may be written; empty where there is nothing to say any more."""
        on = row.ready_on
        assert on is not None  # a check constraint of rows that are not held says so
        if held_for(row.kind, dunning_held([row.loan_id], on).get(row.loan_id, ())):
            return {}
        try:
            at = position_of(row.loan_id, on)
        except NoPlan:
            return {}
        told = self.says(row, at)
        return {} if told is None else _of(row, at) | told

    def draft(self, occasion: str) -> Draft | None:
        """The letter of one occasion; None where its reason has gone, or the loan is left alone now."""
        drafted = super().draft(occasion)
        return drafted if drafted is not None and drafted.content else None

    def about(self, row: RepaymentNotice) -> tuple[str, str]:
        return row.loan.borrower.name, f"{fund(row.loan.fund).name_ja}　{row.loan.code}"


def _of(row: RepaymentNotice, at: Position) -> dict[str, Any]:
    loan = row.loan
    return {
        "programme": programme(loan.fund),
        "fund_name": fund(loan.fund).name_ja,
        "fund_code": fund(loan.fund).fund_code,
        "loan_code": loan.code,
        "principal": loan.principal,
        "as_of": at.as_of,
    }


def start_says(row: RepaymentNotice, at: Position) -> dict[str, Any] | None:
    """The plan as it stands, deferrals and exemptions counted."""
    due = at.next_due
    open_lines = [line for line in at.lines if line.unpaid]
    if due is None or at.instalments_due or not open_lines:
        return None
    account = accounts_on({row.loan.borrower_id}, AccountUse.DEBIT, at.as_of).get(row.loan.borrower_id)
    return {
        "outstanding": at.outstanding,
        "first_on": due.collection_date,
        "last_month": open_lines[-1].due_month,
        "count": len(open_lines),
        "monthly_amount": open_lines[0].unpaid,
        "last_amount": open_lines[-1].unpaid,
        "debit_day": at.plan_version.debit_day,
        "account": account_text(account),
    }


def arrears_says(row: RepaymentNotice, at: Position) -> dict[str, Any] | None:
    """Still nothing has come in, for at least the months of the row."""
    months = unpaid_months(at)
    if months < row.months:
        return None
    return {
        "months": months,
        "arrears": at.arrears,
        "outstanding": at.outstanding,
        "last_paid_on": last_payment(at.ledger),
        "deadline": at.deadline,
    }


def balance_says(row: RepaymentNotice, at: Position) -> dict[str, Any] | None:
    if not at.outstanding:
        return None
    return {
        "paid": at.paid - at.late_interest_paid,
        "exempted": at.exempted,
        "outstanding": at.outstanding,
        "arrears": at.arrears,
        "deadline": at.deadline,
    }


def completed_says(row: RepaymentNotice, at: Position) -> dict[str, Any] | None:
    """Nothing is owed, and the last step was a payment."""
    paid_on = last_payment(at.ledger)
    if at.outstanding or at.late_interest or paid_on is None:
        return None
    return {"completed_on": paid_on, "paid": at.principal - at.exempted, "exempted": at.exempted}


def deadline_says(row: RepaymentNotice, at: Position) -> dict[str, Any] | None:
    if not at.is_past_deadline:
        return None
    return {
        "deadline": at.deadline,
        "outstanding": at.outstanding,
        "late_interest": at.late_interest,
        "rate": percent(at.policy.late_interest_rate_bp),
    }


def _kind(code: str, label: str, facts_type: type[LetterFacts]) -> LetterKind:
    return LetterKind(code, label, 1, facts_type, f"notices/{code}/v1.html")


_LETTERS = (
    (_kind("repayment_start", "償還開始のお知らせ", facts.StartFacts), Notices(NoticeKind.START, start_says)),
    (
        _kind("repayment_arrears", "償還滞納額のお知らせ", facts.ArrearsFacts),
        Notices(NoticeKind.ARREARS, arrears_says),
    ),
    (_kind("repayment_balance", "償還残額のお知らせ", facts.BalanceFacts), Notices(NoticeKind.BALANCE, balance_says)),
    (
        _kind("repayment_completed", "償還完了のお知らせ", facts.CompletedFacts),
        Notices(NoticeKind.COMPLETED, completed_says),
    ),
    (
        _kind("repayment_deadline", "最終償還期限到来のお知らせ", facts.DeadlineFacts),
        Notices(NoticeKind.DEADLINE, deadline_says),
    ),
)
KINDS = tuple(declared for declared, _ in _LETTERS)
SOURCES = tuple(
    LetterSource(
        declared.code,
        declared.label_ja,
        due=maker.due,
        draft=maker.draft,
        describe=maker.describe,
        due_rows=maker.due_rows,
    )
    for declared, maker in _LETTERS
)

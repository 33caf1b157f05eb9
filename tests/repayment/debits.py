"""Loans in repayment with a debit account, for tests of the bank's side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from audit.actors import Actor
from japan.months import month_of
from japan.zengin.reading import read_debit_instruction
from japan.zengin.records import DebitFile
from japan.zengin.writing import write_debit_result
from loans.enums import FundKind
from loans.models import Loan
from people.bank_accounts import register_account
from people.enums import AccountUse
from people.models import BankAccount, Person
from repayment.debit.mandates import register_mandate, request_mandate
from repayment.debit.originators import register_originator
from repayment.debit.runs import approve_run, asked_for, content_of, lock_run, send_run, write_run
from repayment.debit.selecting import groups
from repayment.enums import PlanReason
from repayment.models import DebitOriginator, DebitRun, RepaymentPlan
from repayment.schedule import make_plan
from repayment.services import record_plan
from tests.loans.builders import a_loan
from tests.people.builders import a_person
from tests.repayment.money import Desk

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=TOKYO)
MACHINE = Actor.machine("test")
_number = count(1)


def a_repaying_loan(borrower: Person | None = None, *, debit_day: int = 26, **fields: Any) -> Loan:
    """200,000 yen of the special small loan in 24 instalments of 8,330 from January 2026, unless said otherwise."""
    values: dict[str, Any] = {
        "fund": FundKind.SP_SMALL,
        "principal": 200_000,
        "instalments": 24,
        "first_due_month": month_of(2026, 1),
    }
    loan = a_loan(borrower or a_person("架空 花子", "カクウ ハナコ"), **values | fields)
    a_plan(loan, debit_day=debit_day)
    return loan


def a_plan(loan: Loan, *, debit_day: int = 26, effective_on: date = date(2020, 6, 20)) -> RepaymentPlan:
    """The loan's original plan."""
    return record_plan(
        loan=loan,
        plan=make_plan(principal=loan.principal, count=loan.instalments, first_month=loan.first_due_month),
        effective_on=effective_on,
        debit_day=debit_day,
        reason=PlanReason.ORIGINAL,
        source_key=f"original:{loan.code}",
        by=MACHINE,
        at=NOW,
    )


# --- the bank's side --------------------------------------------------------------------------------

DEBIT_ON = date(2026, 12, 28)
"""The 26th of December 2026 is a Saturday, the 27th a Sunday: banks of either day debit on Monday, the 28th."""
DECEMBER = month_of(2026, 12)
ANSWERED = datetime(2027, 1, 5, 10, 0, tzinfo=TOKYO)


def an_originator(desk: Desk, **told: Any) -> DebitOriginator:
    """The originator of the sample files: the practice bank, data cut eight bank days before the debit."""
    values: dict[str, Any] = {
        "valid_from": date(2026, 4, 1),
        "agent": "見本収納代行",
        "consignor_code": "1234567890",
        "name_kana": "サンプルシシャキョウ",
        "bank_code": "9999",
        "branch_code": "999",
        "account_kind": "1",
        "account_number": "7654321",
        "yucho": "transfer",
        "cut_off_bank_days": 8,
    }
    return register_originator(**values | told, by=desk.by, at=NOW)


def may_be_debited(
    person: Person, *, number: str = "", since: date = date(2026, 4, 1), registered: bool = True, **told: Any
) -> BankAccount:
    """An account at the practice bank with its mandate."""
    account = register_account(
        person=person,
        use=AccountUse.DEBIT,
        bank_code="9999",
        branch_code="999",
        number=number or f"{next(_number):07d}",
        holder_kana=person.kana,
        since=since,
        by=MACHINE,
        at=NOW,
    )
    asked_on = min(since, NOW.date())
    request_mandate(account=account, on=asked_on, by=MACHINE, at=NOW)
    if registered:
        register_mandate(account=account, on=asked_on, by=MACHINE, at=NOW, **told)
    return account


def a_debited_loan(name: str = "架空 花子", kana: str = "カクウ ハナコ", **fields: Any) -> Loan:
    """A loan with everything a debit in December needs."""
    loan = a_repaying_loan(a_person(name, kana), **fields)
    may_be_debited(loan.borrower)
    return loan


def locked(desk: Desk, on: date = DEBIT_ON, at: datetime = NOW) -> DebitRun:
    """Everything that may be debited on a day, locked into a run."""
    chosen = next((group for group in groups(asked_for(on)) if not group.reason), None)
    count, total = (chosen.count, chosen.total) if chosen else (0, 0)
    return lock_run(debit_on=on, count=count, total=total, by=desk.by, at=at)


def written(desk: Desk, on: date = DEBIT_ON, at: datetime = NOW) -> DebitRun:
    run = approve_run(run_id=locked(desk, on, at).pk, by=desk.second, at=at)
    return write_run(run_id=run.pk, by=desk.by, at=at)


def sent(desk: Desk, on: date = DEBIT_ON, at: datetime = NOW) -> DebitRun:
    return send_run(run_id=written(desk, on, at).pk, bank_receipt="K-0001", by=desk.by, at=at)


def answer(run: DebitRun, *, codes: dict[int, str] | None = None, **header: Any) -> bytes:
    """The bank's result for a run: everything collected but the loans named with another code."""
    codes = codes or {}
    instruction = read_debit_instruction(content_of(run)).file
    of_loan = dict(run.lines.values_list("pk", "loan_id"))
    lines = tuple(replace(line, result=codes.get(of_loan.get(line.customer, 0), "0")) for line in instruction.lines)
    return write_debit_result(DebitFile(replace(instruction.header, **header), lines))

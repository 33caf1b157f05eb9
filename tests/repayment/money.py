"""Approved loans on their way to the borrower, for tests: tranches, accounts, a sender, and who moves money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from japan.months import month_index
from loans.disbursement.months import monthly, once
from loans.enums import FundKind, LoanState
from loans.models import Loan, Tranche, TransferFile, TransferSender
from loans.senders import register_sender
from people.bank_accounts import register_account
from people.enums import AccountUse
from people.models import Person
from repayment import disbursing
from repayment.transfers.selecting import select
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person

TOKYO = ZoneInfo("Asia/Tokyo")
APPLIED = date(2026, 11, 10)
DECIDED = date(2026, 11, 13)
PAY_ON = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=TOKYO)
_number = count(1)


@dataclass(frozen=True)
class Desk:
    """Who moves money: a clerk, another one, and two who approve."""

    clerk: User
    other_clerk: User
    supervisor: User
    other_supervisor: User

    @property
    def by(self) -> Actor:
        return Actor.person(self.clerk)

    @property
    def second(self) -> Actor:
        return Actor.person(self.supervisor)


def a_desk() -> Desk:
    clerk = a_member_of_staff(Role.PREFECTURAL_CLERK)
    return Desk(
        clerk,
        a_member_of_staff(Role.PREFECTURAL_CLERK),
        a_member_of_staff(Role.SUPERVISOR),
        a_member_of_staff(Role.SUPERVISOR),
    )


def a_sender(desk: Desk, **told: Any) -> TransferSender:
    """The sender of the sample files: the practice bank, from the beginning of the year."""
    values: dict[str, Any] = {
        "valid_from": date(2026, 4, 1),
        "consignor_code": "1234567890",
        "name_kana": "サンプルシシャキョウ",
        "bank_code": "9999",
        "branch_code": "999",
        "account_kind": "1",
        "account_number": "7654321",
    }
    return register_sender(**values | told, by=desk.by, at=NOW)


def has_account(person: Person, *, number: str = "1234567", since: date = date(2026, 4, 1)) -> None:
    """The borrower's own account at the practice bank."""
    register_account(
        person=person,
        use=AccountUse.TRANSFER,
        bank_code="9999",
        branch_code="999",
        number=number,
        holder_kana=person.kana,
        since=since,
        by=Actor.machine("test"),
        at=NOW,
    )


def an_approved_loan(
    amount: int = 100_000, *, months: int = 1, borrower: Person | None = None, account: bool = True, **fields: Any
) -> Loan:
    """A loan that was decided on and not paid out: at once, or ``amount`` yen in each of ``months`` months."""
    person = borrower or a_person("架空 花子", "カクウ ハナコ")
    if account and not person.bank_accounts.exists():
        has_account(person, number=f"{next(_number):07d}")
    payouts = once(amount, on=DECIDED)
    if months > 1:
        payouts = monthly(amount, months, from_day=DECIDED, pay_day=20)
    values: dict[str, Any] = {
        "fund": FundKind.SP_GS_INITIAL if months > 1 else FundKind.REG_SMALL,
        "state": LoanState.APPROVED,
        "applied_on": APPLIED,
        "decided_on": DECIDED,
        "disbursed_on": None,
        "principal": amount * months,
        "instalments": 120 if months > 1 else 12,
        "first_due_month": payouts[-1].month + 2,
    }
    loan = a_loan(person, **values | fields)
    for number, payout in enumerate(payouts, start=1):
        Tranche.objects.create(
            loan=loan, number=number, month=payout.month, amount=payout.amount, pay_on=payout.pay_on
        )
    return loan


def locked(desk: Desk, *, pay_on: date = PAY_ON, at: datetime = NOW) -> TransferFile:
    """Everything that may go out on a day, locked into a file."""
    selection = select(pay_on)
    return disbursing.lock_selection(
        pay_on=pay_on, count=len(selection.payable), total=selection.total, by=desk.by, at=at
    )


def approved(desk: Desk, *, pay_on: date = PAY_ON, at: datetime = NOW) -> TransferFile:
    return disbursing.approve_selection(file_id=locked(desk, pay_on=pay_on, at=at).pk, by=desk.second, at=at)


def written(desk: Desk, *, pay_on: date = PAY_ON, at: datetime = NOW) -> TransferFile:
    return disbursing.write_file(file_id=approved(desk, pay_on=pay_on, at=at).pk, by=desk.by, at=at)


def sent(desk: Desk, *, pay_on: date = PAY_ON, at: datetime = NOW) -> TransferFile:
    file = written(desk, pay_on=pay_on, at=at)
    return disbursing.record_sending(file_id=file.pk, bank_receipt="A-0001", by=desk.by, at=at)


def reconciled(desk: Desk, *, pay_on: date = PAY_ON, at: datetime = NOW) -> TransferFile:
    file = sent(desk, pay_on=pay_on, at=at)
    return disbursing.reconcile(file_id=file.pk, count=file.count, total=file.total, by=desk.by, at=at)


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)


def month_of_day(day: date) -> int:
    return month_index(day)

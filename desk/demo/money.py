"""Money on its way: the council's own account, borrowers' accounts at the practice bank, and a transfer at the bank.

Written through the services, so that what lies there is what the house itself writes. Decided loans get a tranche that is
due on the next bank day; those that are being paid out are in a file that was sent the bank day before.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from audit.actors import Actor
from japan.bankdays import add_bank_days, next_bank_day
from japan.banks import PRACTICE_BANK
from japan.months import month_index
from loans.enums import LoanState
from loans.models import Loan, Tranche
from loans.senders import register_sender
from people.bank_accounts import register_account
from people.enums import AccountUse
from repayment import disbursing
from repayment.transfers.selecting import select

TOKYO = ZoneInfo("Asia/Tokyo")
DEMO = Actor.machine("demo")
PRACTICE_BRANCH = "999"


def put_money_on_its_way(as_of: date) -> None:
    """Plan the tranches of every decided loan, and bring those being paid out to the bank. Called inside ``make``."""
    on_the_way = list(Loan.objects.filter(state=LoanState.DISBURSING).select_related("borrower").order_by("pk"))
    due = list(Loan.objects.filter(state=LoanState.APPROVED).select_related("borrower").order_by("pk"))
    if not on_the_way and not due:
        return
    clerk, supervisor = (Actor.person(User.objects.get(username=name)) for name in ("ken01", "kessai01"))
    locked_on = add_bank_days(as_of, -2)
    pay_on = next_bank_day(locked_on + timedelta(days=1))
    at = _at(locked_on, 10)
    register_sender(
        valid_from=date(as_of.year - 1, 4, 1),
        consignor_code="1234567890",
        name_kana="カセケンシャキョウ",
        bank_code=PRACTICE_BANK,
        branch_code=PRACTICE_BRANCH,
        account_kind="1",
        account_number="7654321",
        by=clerk,
        at=at,
    )
    for number, loan in enumerate([*on_the_way, *due], start=1):
        register_account(
            person=loan.borrower,
            use=AccountUse.TRANSFER,
            bank_code=PRACTICE_BANK,
            branch_code=PRACTICE_BRANCH,
            number=f"{1_000_000 + number * 37}",
            holder_kana=loan.borrower.kana,
            since=min(loan.applied_on, locked_on),
            by=DEMO,
            at=at,
        )
    _plan(on_the_way, pay_on)
    _plan(due, next_bank_day(as_of + timedelta(days=1)))
    if on_the_way:
        selection = select(pay_on)
        file = disbursing.lock_selection(
            pay_on=pay_on, count=len(selection.payable), total=selection.total, by=clerk, at=at
        )
        disbursing.approve_selection(file_id=file.pk, by=supervisor, at=_at(locked_on, 13))
        disbursing.write_file(file_id=file.pk, by=clerk, at=_at(locked_on, 14))
        receipt = f"R{locked_on:%m%d}-0001"
        disbursing.record_sending(file_id=file.pk, bank_receipt=receipt, by=clerk, at=_at(locked_on, 15))


def _plan(loans: list[Loan], pay_on: date) -> None:
    Tranche.objects.bulk_create(
        Tranche(loan=loan, number=1, month=month_index(pay_on), amount=loan.principal, pay_on=pay_on) for loan in loans
    )


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=TOKYO)

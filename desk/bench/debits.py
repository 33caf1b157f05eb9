"""Many invented borrowers who are debited every month, for a measurement: accounts, mandates, plans, past payments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from accounts.enums import OfficeKind, Role
from accounts.models import Office, RoleAssignment, User
from accounts.roles import ROLES
from audit.actors import Actor
from desk.bench.people import person_row
from desk.demo.tables import ACCOUNT, CASELOAD, ENTRY, LOAN, PERSON, PLAN, Table, keys_for
from japan.banks import PRACTICE_BANK
from japan.months import day_in, month_of
from loans.enums import FundKind, IntakeChannel, LoanState
from loans.models import Loan
from people.account_sealing import OpenAccount
from people.account_sealing import copy_row as account_row
from people.enums import AccountKind, AccountUse
from people.models import BankAccount, Person
from repayment.debit.originators import register_originator
from repayment.enums import LedgerKind, PaymentChannel, PlanReason
from repayment.models import DebitMandate, LedgerEntry, RepaymentPlan

TOKYO = ZoneInfo("Asia/Tokyo")
PRINCIPAL, COUNT, INSTALMENT = 200_000, 24, 8_330
FIRST_MONTH, DEBITED_MONTH = month_of(2026, 1), month_of(2026, 12)
LENT_ON = date(2025, 1, 20)
RECORDED = datetime(2026, 11, 30, 10, 0, tzinfo=TOKYO)
MANDATE = Table(
    DebitMandate, ("account_id", "state", "requested_on", "registered_on", "debited_before", "recorded_by")
)
_AT_ONCE = 5_000


def two_of_staff() -> tuple[Actor, Actor]:
    """Who prepares a debit and who approves it, at an office of their own."""
    office = Office.objects.create(code="BENCHP", name="計測県社会福祉協議会", kind=OfficeKind.PREFECTURAL)
    found = []
    for role in (Role.PREFECTURAL_CLERK, Role.SUPERVISOR):
        user = User.objects.create(username=f"bench-debit-{role}", name="計測 係", office=office)
        RoleAssignment.objects.create(user=user, role=role, side=ROLES[role].side, since=LENT_ON, granted_by="bench")
        found.append(Actor.person(user))
    return found[0], found[1]


def an_originator(by: Actor, at: datetime) -> None:
    """For whom is debited: the practice bank."""
    register_originator(
        valid_from=date(2025, 4, 1),
        agent="計測収納代行",
        consignor_code="1234567890",
        name_kana="ケイソクシヤキヨウ",
        bank_code=PRACTICE_BANK,
        branch_code="999",
        account_kind="1",
        account_number="7654321",
        yucho="transfer",
        cut_off_bank_days=8,
        by=by,
        at=at,
    )


def many_debited(count: int, *, seed: int = 1) -> None:
    """Write ``count`` borrowers by COPY, each with one loan that was paid every month until the one to be debited."""
    rng = Random(seed)
    office = Office.objects.create(code="BENCHM", name="計測市社会福祉協議会", kind=OfficeKind.MUNICIPAL).pk
    for begin in range(0, count, _AT_ONCE):
        some = range(begin, min(begin + _AT_ONCE, count))
        persons, loans, plans, accounts = (
            list(keys_for(model, len(some))) for model in (Person, Loan, RepaymentPlan, BankAccount)
        )
        PERSON.copy(person_row(rng, key, n, letter="D") for key, n in zip(persons, some, strict=True))
        CASELOAD.copy((key, office, LENT_ON, None) for key in persons)
        LOAN.copy(
            (
                key, f"D{n:08d}", FundKind.SP_SMALL, person, office, LoanState.LENT, LENT_ON, LENT_ON, LENT_ON, 1,
                PRINCIPAL, COUNT, FIRST_MONTH, IntakeChannel.MUNICIPAL_COUNCIL,
            )
            for key, person, n in zip(loans, persons, some, strict=True)
        )  # fmt: skip
        PLAN.copy(
            (
                key, loan, 1, LENT_ON, PRINCIPAL, COUNT, FIRST_MONTH, INSTALMENT, INSTALMENT, 26, PlanReason.ORIGINAL,
                RECORDED, "bench", f"original:D{n:08d}",
            )
            for key, loan, n in zip(plans, loans, some, strict=True)
        )  # fmt: skip
        ENTRY.copy(_ledger(loans, some))
        ACCOUNT.copy(_accounts(accounts, persons, some))
        MANDATE.copy((key, "registered", LENT_ON, LENT_ON, True, "bench") for key in accounts)


def _ledger(loans: list[int], numbers: range) -> Iterator[tuple[Any, ...]]:
    keys = keys_for(LedgerEntry, len(loans) * (1 + DEBITED_MONTH - FIRST_MONTH))
    for loan, n in zip(loans, numbers, strict=True):
        yield (
            next(keys), loan, LedgerKind.DISBURSED, PRINCIPAL, LENT_ON, RECORDED, "bench", f"bench:D{n:08d}:out", None,
            None, None, None, "", "",
        )  # fmt: skip
        for month in range(FIRST_MONTH, DEBITED_MONTH):
            yield (
                next(keys), loan, LedgerKind.PAID, INSTALMENT, day_in(month, 26) + timedelta(days=1), RECORDED, "bench",
                f"bench:D{n:08d}:{month}", None, None, None, None, PaymentChannel.DIRECT_DEBIT, "",
            )  # fmt: skip


def _accounts(keys: list[int], persons: list[int], numbers: range) -> Iterator[tuple[Any, ...]]:
    for key, person, n in zip(keys, persons, numbers, strict=True):
        account = OpenAccount(PRACTICE_BANK, "999", AccountKind.ORDINARY.value, f"{1 + n % 9_999_999:07d}", "ｶｸｳ ﾊﾅｺ")
        row = BankAccount(
            pk=key,
            person_id=person,
            use=AccountUse.DEBIT.value,
            bank_code=account.bank_code,
            branch_code=account.branch_code,
            kind=account.kind,
            holder_kana=account.holder_kana,
            since=LENT_ON,
            recorded_by="bench",
        )
        yield account_row(row, account)

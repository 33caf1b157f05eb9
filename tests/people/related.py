"""A random row for every table that points at a person, and everything that stands in these tables, column by column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction

from accounts.enums import Role
from accounts.models import Office, User
from audit.actors import Actor
from exemptions.models import Application
from loans.enums import FundKind
from loans.models import LendingApplication, LendingMember, PriorLoanElsewhere
from notices.models import Letter
from people.enums import AccountUse, AddressKind, MailBlockReason, PaperKind
from people.merging.policy import Stays
from people.merging.relations import relations
from people.models import (
    BankAccount,
    Caseload,
    Document,
    FormerName,
    Household,
    HouseholdMember,
    MailBlock,
    Paper,
    Person,
    Phone,
    Protection,
    TransitBatch,
    TransitItem,
)
from repayment.deferring.enums import DeferralChannel, DeferralState
from repayment.enums import DeferralGround
from repayment.models import DeferralApplication
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person, a_place, new_address

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
_number = count(1)


class World:
    """Two offices and two households that random rows share, so that periods collide."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.offices = [
            Office.objects.create(code=f"R{next(_number):05d}", name="見本", kind="municipal") for _ in "ab"
        ]
        self.households = [Household.objects.create(number=f"R{next(_number):07d}") for _ in "ab"]
        self.staff: User = a_member_of_staff(Role.PREFECTURAL_CLERK)
        self.batch = TransitBatch.objects.create(
            sender=self.offices[0], receiver=self.offices[1], packed_by=self.staff, packed_at=NOW
        )

    def period(self) -> dict[str, Any]:
        since = date(2020, 1, 1) + timedelta(days=self.rng.randrange(1500))
        until = None if self.rng.random() < 0.4 else since + timedelta(days=self.rng.randrange(900))
        return {"since": since, "until": until}

    def add(self, relation: str, person: Person) -> None:
        """One random row; where it would collide with one of the same person, none."""
        try:
            with transaction.atomic():
                MAKERS[relation](self, person)
        except IntegrityError:
            pass


def _loan_application(world: World, person: Person, **fields: Any) -> LendingApplication:
    return LendingApplication.objects.create(
        **{
            "fund": FundKind.SP_SMALL,
            "applicant": person,
            "office": world.offices[0],
            "applied_on": date(2020, 5, 1),
            "state": "draft",
            "state_since": NOW,
            "entered_by": world.staff,
            "entered_at": NOW,
        }
        | fields
    )


def _deferral_application(world: World, person: Person) -> None:
    DeferralApplication.objects.create(
        borrower=person,
        office=world.offices[0],
        channel=DeferralChannel.PAPER,
        state=DeferralState.RECEIVED,
        received_on=date(2023, 6, 5),
        ground=DeferralGround.UNEMPLOYED,
        situation="離職",
        entered_by=world.staff,
        entered_at=NOW,
        state_since=NOW,
    )


def _address(world: World, person: Person) -> None:
    kind = world.rng.choice(list(AddressKind))
    new_address(
        person_id=person.pk, kind=kind, place=a_place(f"見本町{world.rng.randrange(99)}"), **world.period()
    ).save()


def _account(world: World, person: Person) -> None:
    BankAccount.objects.create(
        person=person, use=world.rng.choice(list(AccountUse)), bank_code="9999", branch_code="999",
        sealed_number=f"x{next(_number)}", number_hash=f"{next(_number):064d}", key_id="k", holder_kana="ｶｸｳ",
        recorded_by="test", **world.period(),
    )  # fmt: skip


def _member(world: World, person: Person) -> None:
    HouseholdMember.objects.create(
        household=world.rng.choice(world.households), person=person, relationship="家族",
        is_head=world.rng.random() < 0.2, **world.period(),
    )  # fmt: skip


def _letter(world: World, person: Person) -> None:
    Letter.objects.create(
        kind="exemption_approved", occasion=f"related:{next(_number)}", addressee=person, office=world.offices[0],
        template_version=1, facts={}, drafted_on=date(2026, 1, 1), drafted_at=NOW,
    )  # fmt: skip


def _exemption(world: World, person: Person) -> None:
    Application.objects.create(
        loan=a_loan(a_person(), office=world.offices[0]), office=world.offices[0], fiscal_year=2021, state="draft",
        received_on=date(2026, 1, 1), entered_by=world.staff, entered_at=NOW, state_since=NOW, head=person,
    )  # fmt: skip


MAKERS: dict[str, Callable[[World, Person], Any]] = {
    "exemptions.application.head": _exemption,
    "repayment.deferralapplication.borrower": _deferral_application,
    "loans.lendingapplication.applicant": lambda world, person: _loan_application(
        world, person, state=world.rng.choice(["draft", "withdrawn"])
    ),
    "loans.lendingmember.person": lambda world, person: LendingMember.objects.create(
        application=_loan_application(world, a_person()), label="配偶者", person=person
    ),
    "loans.loan.borrower": lambda world, person: a_loan(person, office=world.offices[0]),
    "loans.priorloanelsewhere.person": lambda world, person: PriorLoanElsewhere.objects.create(
        person=person, council="見本県社協", fund=FundKind.SP_SMALL, applied_on=date(2020, 5, world.rng.randrange(1, 4)),
        proof="決定通知書", recorded_by=world.staff, recorded_at=NOW,
    ),
    "notices.letter.addressee": _letter,
    "people.address.person": _address,
    "people.bankaccount.person": _account,
    "people.caseload.person": lambda world, person: Caseload.objects.create(
        person=person, office=world.rng.choice(world.offices), **world.period()
    ),
    "people.document.person": lambda world, person: Document.objects.create(person=person, kind=PaperKind.OTHER),
    "people.householdmember.person": _member,
    "people.mailblock.person": lambda world, person: MailBlock.objects.create(
        person=person, reason=world.rng.choice(list(MailBlockReason)), **world.period()
    ),
    "people.paper.person": lambda world, person: Paper.objects.create(
        person=person, kind=PaperKind.OTHER, received_on=date(2026, 1, 1), recorded_by="test",
        source_key=f"related:{next(_number)}",
    ),
    "people.person.merged_into": lambda world, person: a_person(merged_into=person),
    "people.formername.person": lambda world, person: FormerName.objects.create(
        person=person, name=f"旧姓 {world.rng.randrange(3)}", kana="キュウセイ", until=date(2024, 4, 1)
    ),
    "people.phone.person": lambda world, person: Phone.objects.create(
        person=person, number="x", digits=f"0900000000{world.rng.randrange(4)}", since=date(2020, 1, 1)
    ),
    "people.protection.person": lambda world, person: Protection.objects.create(
        person=person, ground="決定通知書", recorded_by="test", **world.period()
    ),
    "people.transititem.person": lambda world, person: TransitItem.objects.create(
        batch=world.batch, number=next(_number) % 30_000, person=person, kind=PaperKind.OTHER, sheets=1,
        label=world.rng.choice(["申請", "貸付", "返事"]),
    ),
}  # fmt: skip


def to_be_made() -> set[str]:
    """Every relation whose rows a merge may touch."""
    return {relation.label for relation in relations() if not isinstance(relation.policy, Stays)}


def everything() -> dict[str, list[str]]:
    """Every row of every table that points at a person, all columns, as text of the database itself."""
    tables = sorted({relation.model._meta.db_table for relation in relations()} - KEPT_ABOUT_MERGES)
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'select to_jsonb(t)::text from "{table}" t order by id')
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


KEPT_ABOUT_MERGES = {"people_merge", "people_personpair"}
BY = Actor.machine("test")

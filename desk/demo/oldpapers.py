"""What old papers leave behind: somebody recorded twice, under the name before and after a marriage, and a special loan
that was entered afterwards with the application of its day.

Written through the services, as done a few bank days ago. A demonstration too small to hold anybody whom this could
have happened to goes without.
"""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import User
from audit.actors import Actor
from desk.demo.places import MUNICIPALITIES
from desk.demo.staff import clerks_of
from japan.bankdays import add_bank_days
from loans.enums import FundKind, IncomeKind, IntakeChannel
from loans.lending.enums import IncomeProof, LendingPurpose
from loans.lending.facts import APPLICANT
from loans.lending.transcript import IncomeEntry, MemberEntry, Transcript
from loans.services.applicants import next_number
from people.duplicates.finding import write_pair
from people.enums import Sex
from people.models import Person, Phone, Protection, in_force
from people.services import add_phone, register_person
from repayment.history.services import LentLoan, register_history

DEMO = Actor.machine("demo")
TOKYO = ZoneInfo("Asia/Tokyo")
MARRIED_NAMES = (("百目木", "ドウメキ"), ("四十万", "シジマ"))
"""Family names that nobody else of the demonstration has; the second is for whoever was born with the first."""

BORN = (date(1968, 1, 1), date(1994, 12, 31))
HISTORIC_CODE = "0109001"
APPLIED_ON, DECIDED_ON, PAID_ON = date(2020, 6, 10), date(2020, 6, 15), date(2020, 6, 22)
AMOUNT = 100_000


def leave_old_papers_behind(as_of: date) -> None:
    """Enter what was found in old folders. Called inside ``make``, after the borrowers are there."""
    clerk = User.objects.get(username=clerks_of(MUNICIPALITIES[0].code)[0])
    record_twice(clerk, as_of=as_of)
    enter_afterwards(clerk, as_of=as_of)


def record_twice(clerk: User, *, as_of: date) -> None:
    """Register a married woman anew under her new name, with the telephone she has always had."""
    at = _at(as_of, 4, 10)
    with_phone = Phone.objects.filter(in_force(as_of)).values("person")
    known = ordinary(clerk).filter(sex=Sex.FEMALE, kana__contains=" ", pk__in=with_phone).first()
    if known is None:
        return
    phone = Phone.objects.filter(in_force(as_of), person=known).order_by("pk")[0].number
    family, family_kana = next(each for each in MARRIED_NAMES if each[0] not in known.name)
    name, kana = f"{family} {known.name.split(' ')[-1]}", f"{family_kana} {known.kana.split(' ')[-1]}"
    again = register_person(
        number=next_number(),
        name=name,
        kana=kana,
        birth_date=known.birth_date,
        sex=Sex.FEMALE,
        office=clerk.office,
        since=at.date(),
        by=DEMO,
        at=at,
    )
    add_phone(person=again, number=phone, since=at.date(), by=DEMO, at=at)
    write_pair(known.pk, again.pk, on=as_of, at=_at(as_of, 3, 20))


def enter_afterwards(clerk: User, *, as_of: date) -> None:
    """Enter the first special loan of somebody of whom only later ones were known."""
    person = ordinary(clerk).exclude(loans__fund=FundKind.SP_SMALL).last()
    if person is None:
        return
    income = IncomeEntry("世帯", IncomeKind.OTHER, None, 248_000, None, 171_000)
    register_history(
        person=person,
        fund_kind=FundKind.SP_SMALL,
        told=Transcript(
            applied_on=APPLIED_ON,
            channel=IntakeChannel.MUNICIPAL_COUNCIL,
            household_size=2,
            amount_asked=AMOUNT,
            purpose=LendingPurpose.LIVING,
            income_proof=IncomeProof.DECLARATION,
            on_public_assistance=False,
            members=(MemberEntry(APPLICANT, person_id=person.pk, birth_date=person.birth_date),),
            incomes=(income,),
        ),
        lent=LentLoan(code=HISTORIC_CODE, principal=AMOUNT, decided_on=DECIDED_ON, disbursed_on=PAID_ON),
        by=Actor.person(clerk),
        at=_at(as_of, 2, 15),
    )


def ordinary(clerk: User) -> QuerySet[Person]:
    """Borrowers of special loans a clerk looks after: alive, of working age, not protected; in the order of keys."""
    people = Person.objects.visible_to(clerk).filter(died_on=None, loans__isnull=False, birth_date__range=BORN)
    people = people.exclude(loans__fund=FundKind.REG_SMALL).exclude(pk__in=Protection.objects.values("person"))
    return people.distinct().order_by("pk")


def _at(as_of: date, days_ago: int, hour: int) -> datetime:
    return datetime.combine(add_bank_days(as_of, -days_ago), time(hour), tzinfo=TOKYO)

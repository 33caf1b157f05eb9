"""Many persons at once, as files bring them: the same checks as in ``people.services``, a constant number of statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import Office
from audit.actors import Actor
from audit.services import service
from japan.phones import PhoneError, phone_digits
from people.addresses import Place, new_address
from people.enums import AddressKind, Language, Sex
from people.models import Address, Caseload, Household, HouseholdMember, Person, Phone
from people.services import PersonRefused, council, refuse_unfit


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person with the office that looks after them, a telephone number (may be empty) and the registered address."""

    number: str
    name: str
    kana: str
    birth_date: date
    sex: Sex
    language: Language
    office: Office
    since: date
    phone: str
    place: Place
    moved_on: date


@dataclass(frozen=True, slots=True)
class Registered:
    """The rows that one new person consists of."""

    person: Person
    caseload: Caseload
    address: Address
    phone: Phone | None


@service
def register_people(*, people: Sequence[NewPerson], by: Actor, at: datetime) -> list[Registered | PersonRefused]:
    """Add persons with all that belongs to them; for each, in order, the rows or why not. Six statements for any number.

    Checked as by ``register_person``, ``add_phone`` and ``add_address``; a number that occurs twice is refused twice.
    """
    taken = set(Person.objects.filter(number__in=[new.number for new in people]).values_list("number", flat=True))
    often = Counter(new.number for new in people)
    taken |= {number for number, times in often.items() if times > 1}
    answers: list[Registered | PersonRefused] = []
    for new in people:
        try:
            answers.append(_prepared(new, taken=taken, at=at))
        except PersonRefused as refusal:
            answers.append(refusal)
        except PhoneError as problem:
            answers.append(PersonRefused(str(problem)))
    found = [answer for answer in answers if isinstance(answer, Registered)]
    Person.objects.bulk_create([one.person for one in found])
    for one in found:
        one.caseload.person = one.address.person = one.person
        if one.phone is not None:
            one.phone.person = one.person
    Caseload.objects.bulk_create([one.caseload for one in found])
    Address.objects.bulk_create([one.address for one in found])
    Phone.objects.bulk_create([one.phone for one in found if one.phone is not None])
    return answers


def _prepared(new: NewPerson, *, taken: set[str], at: datetime) -> Registered:
    refuse_unfit(name=new.name, kana=new.kana, birth_date=new.birth_date, at=at)
    if new.number in taken:
        raise PersonRefused(f"借受人番号 {new.number} はすでに使われています。")
    person = Person(
        number=new.number,
        name=new.name,
        kana=new.kana,
        birth_date=new.birth_date,
        sex=new.sex,
        language=new.language,
    )
    person.set_search_keys()
    phone = None
    if new.phone:
        phone = Phone(number=new.phone, digits=phone_digits(new.phone), since=new.since)
    return Registered(
        person=person,
        caseload=Caseload(office=council(new.office), since=new.since),
        address=new_address(person_id=0, kind=AddressKind.REGISTERED, place=new.place, since=new.moved_on),
        phone=phone,
    )


@dataclass(frozen=True, slots=True)
class FirstPlace:
    """Somebody's first place on a residence record: nothing is known of households they belonged to before."""

    household: str
    person: Person
    relationship: str
    is_head: bool
    since: date


@service
def settle(*, places: Sequence[FirstPlace], by: Actor, at: datetime) -> tuple[list[HouseholdMember], list[Household]]:
    """Put persons on their first residence record; gives the memberships in order and the records that are new.

    Only for those that ``may_settle``: the database refuses a second place, or a second head, at the same time.
    """
    numbers = {place.household for place in places}
    known = {row.number: row for row in Household.objects.select_for_update().filter(number__in=numbers)}
    new = Household.objects.bulk_create([Household(number=number) for number in sorted(numbers - known.keys())])
    known |= {row.number: row for row in new}
    members = HouseholdMember.objects.bulk_create(
        [
            HouseholdMember(
                household=known[place.household],
                person=place.person,
                relationship=place.relationship,
                is_head=place.is_head,
                since=place.since,
            )
            for place in places
        ]
    )
    return members, new


def may_settle(places: Sequence[FirstPlace]) -> list[bool]:
    """For each, whether it neither ends another place nor takes the place of a head; two queries."""
    people = Counter(place.person.pk for place in places)
    heads = Counter(place.household for place in places if place.is_head)
    placed = set(HouseholdMember.objects.filter(person__in=people).values_list("person_id", flat=True).distinct())
    headed = set(
        HouseholdMember.objects.filter(household__number__in=heads, is_head=True).values_list(
            "household__number", flat=True
        )
    )
    return [
        people[place.person.pk] == 1
        and place.person.pk not in placed
        and not (place.is_head and (place.household in headed or heads[place.household] > 1))
        for place in places
    ]

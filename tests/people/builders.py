"""Invented offices, staff and persons for tests; every call makes rows of its own."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from allauth.mfa.models import Authenticator

from accounts.enums import OfficeKind, Role
from accounts.models import Office, RoleAssignment, User
from accounts.roles import ROLES
from people.addresses import Place, new_address
from people.enums import AddressKind
from people.models import Caseload, Household, HouseholdMember, Person, Phone, Protection

LONG_AGO = date(2020, 1, 1)
_number = count(1)


def an_office(kind: OfficeKind = OfficeKind.MUNICIPAL, **fields: Any) -> Office:
    """An office; the one prefectural office is made once and given again."""
    if kind == OfficeKind.PREFECTURAL:
        prefectural = Office.objects.filter(kind=kind).first()
        if prefectural is not None:
            return prefectural
    n = next(_number)
    return Office.objects.create(**{"code": f"T{n:05d}", "name": f"見本{n}市社会福祉協議会", "kind": kind} | fields)


def a_member_of_staff(role: Role | None = Role.MUNICIPAL_CLERK, *, office: Office | None = None) -> User:
    """Somebody with one role (and the second factor it asks for), in an office where the role may be held."""
    if office is None:
        kinds = ROLES[role].office_kinds if role else {OfficeKind.MUNICIPAL}
        office = an_office(OfficeKind.PREFECTURAL if OfficeKind.PREFECTURAL in kinds else min(kinds))
    n = next(_number)
    user = User.objects.create(username=f"staff{n}", name=f"職員 {n}郎", office=office)
    if role is not None:
        RoleAssignment.objects.create(user=user, role=role, since=LONG_AGO, granted_by="test")
        if ROLES[role].second_factor:
            Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": ""})
    return user


def a_person(
    name: str = "架空 花子", kana: str = "カクウ ハナコ", *, office: Office | None = None, **fields: Any
) -> Person:
    """A person whom an office looks after (none: nobody does)."""
    n = next(_number)
    person = Person.objects.create(
        **{"number": f"P{n:07d}", "name": name, "kana": kana, "birth_date": date(1971, 3, 2)} | fields
    )
    if office is not None:
        Caseload.objects.create(person=person, office=office, since=LONG_AGO)
    return person


def a_place(street: str = "見本町1-2-3", **parts: str) -> Place:
    return Place(**{"postal_code": "0600001", "area": "北海県見本市", "street": street} | parts)


def lives_at(
    person: Person, place: Place | None = None, *, kind: AddressKind = AddressKind.REGISTERED, since: date = LONG_AGO
) -> None:
    new_address(person_id=person.pk, kind=kind, place=place or a_place(), since=since).save()


def has_phone(person: Person, digits: str) -> None:
    Phone.objects.create(person=person, number=digits, digits=digits, since=LONG_AGO)


def is_protected(person: Person, *, since: date = LONG_AGO, until: date | None = None) -> Protection:
    return Protection.objects.create(person=person, since=since, until=until, ground="決定通知書", recorded_by="test")


def a_household(*people: Person, since: date = LONG_AGO) -> Household:
    """A residence record with these persons, the first of them its head."""
    household = Household.objects.create(number=f"H{next(_number):06d}")
    for person in people:
        is_head = person is people[0]
        HouseholdMember.objects.create(
            household=household,
            person=person,
            relationship="世帯主" if is_head else "家族",
            is_head=is_head,
            since=since,
        )
    return household

"""Registering an applicant, never twice unseen: whoever may be the same person is shown first (features G-14)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from audit.services import service
from japan.kana import kana_key, kana_loose, kanji_key
from japan.phones import phone_digits
from loans.refusals import EntryRefused, NotAllowed, SomebodyAlike
from loans.services.moves import member_of_staff
from people.enums import Sex
from people.models import Person, Phone
from people.services import PersonRefused, add_phone, register_person

NUMBER_LOCK = 7_301
"""Advisory lock under which the next number of a person is taken."""


def alike(*, user: User, name: str, kana: str, birth_date: date | None, phone: str = "") -> list[Person]:
    """Persons this reader may know of who may be the same: two of name or reading, birth date, telephone number agree."""
    named = Q(kana_loose=kana_loose(kana)) if kana.strip() else Q(pk__in=[])
    if name.strip():
        named |= Q(name_key=kanji_key(name)) | Q(kana_key=kana_key(kana))
    born = Q(birth_date=birth_date) if birth_date is not None else Q(pk__in=[])
    digits = phone_digits(phone) if phone else ""
    by_phone = Q(pk__in=Phone.objects.filter(digits=digits).values("person")) if digits else Q(pk__in=[])
    found = Person.objects.visible_to(user).filter(named & born | named & by_phone | born & by_phone)
    return list(found.order_by("kana_key", "pk")[:20])


@service
def register_applicant(
    *,
    name: str,
    kana: str,
    birth_date: date,
    sex: Sex = Sex.UNKNOWN,
    phone: str = "",
    not_the_same: Iterable[int] = (),
    by: Actor,
    at: datetime,
) -> Person:
    """Register somebody new with the clerk's office. ``SomebodyAlike`` unless everybody alike was looked at.

    ``not_the_same`` are the keys of those the clerk compared and found to be other people.
    """
    clerk = member_of_staff(by)
    day = timezone.localtime(at).date()
    if Permission.ENTER_LENDING not in permissions_of(clerk.roles_on(day)):
        raise NotAllowed("借入申込みを受け付ける権限がありません。")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
    similar = [person.pk for person in alike(user=clerk, name=name, kana=kana, birth_date=birth_date, phone=phone)]
    if not set(similar) <= set(not_the_same):
        raise SomebodyAlike(
            "同じ人かもしれない方がすでに登録されています。本人であればその方を選び、別人であれば「別人」に印を付けてください。",
            tuple(similar),
        )
    try:
        person = register_person(
            number=next_number(),
            name=name.strip(),
            kana=kana.strip(),
            birth_date=birth_date,
            sex=sex,
            office=clerk.office,
            since=day,
            by=by,
            at=at,
        )
    except PersonRefused as refused:
        raise EntryRefused(str(refused)) from None
    if phone:
        add_phone(person=person, number=phone, since=day, by=by, at=at)
    return person


def next_number() -> str:
    """The next free number of a person: 「B0000001」. Taken under the advisory lock, so two clerks get two."""
    last = (
        Person.objects.filter(number__regex=r"^B\d{7}$").order_by("-number").values_list("number", flat=True).first()
    )
    return f"B{int(last[1:]) + 1 if last else 1:07d}"

"""How a person can be reached: language, hours, telephone numbers that are no longer theirs."""

from __future__ import annotations

from datetime import date, datetime

from audit.actors import Actor
from audit.services import service
from people.enums import Language
from people.models import Person, Phone
from people.services import PersonRefused, lock


@service
def update_contact(
    *, person: Person, language: Language, needs_interpreter: bool, reachable: str, by: Actor, at: datetime
) -> Person:
    """Write which language a person speaks, whether an interpreter is needed, and when they can be reached."""
    person = lock(person)
    person.language, person.needs_interpreter, person.reachable = language, needs_interpreter, reachable.strip()
    person.save(update_fields=["language", "needs_interpreter", "reachable"])
    return person


@service
def end_phone(*, phone: Phone, until: date, by: Actor, at: datetime) -> Phone:
    """A telephone number is the person's up to a day, its last."""
    phone = Phone.objects.select_for_update().get(pk=phone.pk)
    if until < phone.since:
        raise PersonRefused("終了日が、この電話番号の開始日より前になっています。")
    phone.until = until
    phone.save(update_fields=["until"])
    return phone

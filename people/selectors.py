"""Questions about people: who looks after them, and which requests to see an address wait."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone

from people.models import AddressReveal, Caseload, Person, in_force

if TYPE_CHECKING:
    from accounts.models import Office, User


def cared_for_by(office: Office) -> QuerySet[Person]:
    """Keys of the persons an office looks after today."""
    return Caseload.objects.filter(in_force(timezone.localdate()), office=office).values("person")  # type: ignore[return-value]


def reveals_to_answer(user: User) -> QuerySet[AddressReveal]:
    """Requests to see a protected address that this person may answer, oldest first."""
    return (
        AddressReveal.objects.filter(approved_at__isnull=True, declined_at__isnull=True)
        .filter(person__in=Person.objects.visible_to(user))
        .exclude(requested_by=user)
        .select_related("person", "requested_by", "requested_by__office")
        .order_by("requested_at", "pk")
    )


def own_reveals(user: User, *, since: date) -> QuerySet[AddressReveal]:
    """What somebody asked to see since a day, newest first."""
    return (
        AddressReveal.objects.filter(requested_by=user, requested_at__date__gte=since)
        .filter(person__in=Person.objects.visible_to(user))
        .select_related("person", "approved_by")
        .order_by("-requested_at", "-pk")
    )


def offices_of(person_ids: Iterable[int]) -> dict[int, list[str]]:
    """The names of the offices that look after these persons today; one query."""
    found: dict[int, list[str]] = {}
    rows = Caseload.objects.filter(in_force(timezone.localdate()), person__in=set(person_ids)).order_by("office__code")
    for person, name in rows.values_list("person_id", "office__name"):
        found.setdefault(person, []).append(name)
    return found


def persons_by_number(numbers: Iterable[str]) -> dict[str, Person]:
    """Persons by the numbers they are known by, one query; a record merged away gives the person who remained."""
    found = Person.objects.filter(number__in=set(numbers)).select_related("merged_into")
    return {each.number: each.merged_into or each for each in found}


def successor_of(pk: int, *, user: User) -> tuple[str, Person] | None:
    """For a record that was merged away: its number and the person who remained, if this reader may know of them."""
    gone = Person.objects.filter(pk=pk, merged_into__in=Person.objects.visible_to(user)).first()
    if gone is None or gone.merged_into is None:
        return None
    return gone.number, gone.merged_into

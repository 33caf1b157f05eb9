"""Finding people as they are asked for at the desk: by a reading, a name, a telephone number, a birth date, a number.

Only persons the reader may know of are found. The text searched for is personal data: it is never logged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from japan.eras import DateError, parse_date
from japan.kana import bigrams_sought, kana_key, kana_loose, kanji_key
from people.models import AddressReveal, Caseload, Person, PersonQuerySet, Phone, in_force

if TYPE_CHECKING:
    from accounts.models import Office, User

PAGE_SIZE: Final = 50
EXACT, PREFIX, WITHIN, LOOSE = range(4)

_FEWEST_PHONE_DIGITS = 4
_MOST_PHONES = 500
_DIGITS = re.compile(r"[\d()\-‐‑–−ー]*\d[\d()\-‐‑–−ー]*", re.ASCII)
_CURSOR = re.compile(r"([0-3])\.(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search text was understood to ask for. Words are as typed (NFKC), digits without hyphens."""

    words: tuple[str, ...] = ()
    digits: str = ""
    birth_date: date | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.digits or self.birth_date)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """At most ``PAGE_SIZE`` persons, best first. ``after`` continues the list, empty at its end.

    ``loose`` says that nothing fitted exactly and that voicing marks were ignored (ヤマサキ for ヤマザキ).
    """

    people: tuple[Person, ...]
    sought: Sought
    after: str = ""
    loose: bool = False


def understand(text: str) -> Sought:
    """Sort the parts of a search text into a birth date (any era format), digits, and words."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return Sought()
    whole = _as_date(plain)
    if whole is not None:
        return Sought(birth_date=whole)
    words: list[str] = []
    digits: list[str] = []
    birth_date: date | None = None
    for part in plain.split():
        day = _as_date(part)
        if day is not None:
            birth_date = day
        elif _DIGITS.fullmatch(part):
            digits.append(re.sub(r"\D", "", part))
        else:
            words.append(part)
    return Sought(words=tuple(words), digits="".join(digits), birth_date=birth_date)


def search(
    *,
    user: User,
    text: str,
    office: Office | None = None,
    also: Collection[int] = (),
    after: str = "",
    limit: int = PAGE_SIZE,
) -> SearchPage:
    """Find persons this reader may know of; ``also`` names persons known to fit exactly (by a loan code, say).

    Exact hits come first, then beginnings, then inner parts of two characters or more, each in the order of the
    readings. Where nothing fits, readings that differ only in voicing marks are offered instead.
    """
    sought = understand(text)
    if sought.is_empty and not also:
        return SearchPage(people=(), sought=sought)
    visible = Person.objects.visible_to(user).with_protection(on=timezone.localdate())
    if office is not None:
        visible = visible.filter(pk__in=cared_for_by(office))
    place = _CURSOR.fullmatch(after)
    if place is None or int(place[1]) < LOOSE:
        found = _page(_strictly(visible, sought, also), place, limit)
        if found or place is not None or not sought.words:
            return SearchPage(people=tuple(found[:limit]), sought=sought, after=_cursor(found, limit))
    found = _page(_loosely(visible, sought), place, limit)
    return SearchPage(people=tuple(found[:limit]), sought=sought, after=_cursor(found, limit), loose=bool(found))


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


def _as_date(text: str) -> date | None:
    try:
        return parse_date(text)
    except DateError:
        return None


def _strictly(people: PersonQuerySet, sought: Sought, also: Collection[int]) -> PersonQuerySet:
    wanted = Q()
    joined = "".join(sought.words)
    exact = Q(pk__in=list(also))
    starts = Q(pk__in=[])
    if sought.birth_date is not None:
        wanted &= Q(birth_date=sought.birth_date)
    if sought.digits:
        by_phone = _people_with_phone(sought.digits)
        wanted &= Q(pk__in=by_phone) | Q(number=sought.digits)
        exact |= Q(number=sought.digits)
    if joined:
        apart = Q()
        for word in sought.words:
            apart &= _named(word)
        number = Q(number=joined.upper())
        wanted &= _named(joined) | apart | number
        exact |= Q(name_key=kanji_key(joined)) | Q(kana_key=kana_key(joined)) | number
        starts = _beginning(joined)
    if also:
        wanted = Q(pk__in=list(also)) if sought.is_empty else wanted | Q(pk__in=list(also))
    return people.filter(wanted).annotate(
        rank=Case(
            When(exact, then=Value(EXACT)),
            When(starts, then=Value(PREFIX)),
            default=Value(WITHIN),
            output_field=IntegerField(),
        )
    )


def _loosely(people: PersonQuerySet, sought: Sought) -> PersonQuerySet:
    key = kana_loose("".join(sought.words))
    wanted = Q(kana_loose__startswith=key) if key else Q(pk__in=[])
    if sought.birth_date is not None:
        wanted &= Q(birth_date=sought.birth_date)
    return people.filter(wanted).annotate(rank=Value(LOOSE, output_field=IntegerField()))


def _beginning(word: str) -> Q:
    found = Q(pk__in=[])
    for column, key in (("name_key", kanji_key(word)), ("kana_key", kana_key(word))):
        if key:
            found |= Q(**{f"{column}__startswith": key})
    return found


def _named(word: str) -> Q:
    found = _beginning(word)
    for column, key in (("name_key", kanji_key(word)), ("kana_key", kana_key(word))):
        if len(key) >= 2:
            found |= Q(name_bigrams__contains=bigrams_sought(key), **{f"{column}__contains": key})
    return found


def _people_with_phone(digits: str) -> list[int]:
    if len(digits) < _FEWEST_PHONE_DIGITS:
        return []
    rows = Phone.objects.filter(digits__startswith=digits).order_by("digits")
    return list(rows.values_list("person_id", flat=True)[:_MOST_PHONES])


def _page(people: QuerySet[Any], place: re.Match[str] | None, limit: int) -> list[Person]:
    if place is not None:
        rank, key = int(place[1]), int(place[2])
        last = Person.objects.filter(pk=key).values_list("kana_key", flat=True).first()
        if last is not None:
            people = people.filter(
                Q(rank__gt=rank) | Q(rank=rank, kana_key__gt=last) | Q(rank=rank, kana_key=last, pk__gt=key)
            )
    return list(people.order_by("rank", "kana_key", "pk")[: limit + 1])


def _cursor(found: list[Person], limit: int) -> str:
    if len(found) <= limit:
        return ""
    last = found[limit - 1]
    return f"{last.rank}.{last.pk}"  # type: ignore[attr-defined]


def offices_of(person_ids: Iterable[int]) -> dict[int, list[str]]:
    """The names of the offices that look after these persons today; one query."""
    found: dict[int, list[str]] = {}
    rows = Caseload.objects.filter(in_force(timezone.localdate()), person__in=set(person_ids)).order_by("office__code")
    for person, name in rows.values_list("person_id", "office__name"):
        found.setdefault(person, []).append(name)
    return found

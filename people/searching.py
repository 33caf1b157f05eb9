"""Finding people as they are asked for at the desk: by a reading, a name, a number, a birth date, where they live.

Only persons the reader may know of are found, and nobody by an address that is withheld. The text searched for is
personal data: it is never logged.

Every part of a text gives a set of persons from its own indexes (names by prefix or bigrams, telephone numbers by their
first or last digits, towns by bigrams); the persons wanted are in all of these sets.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Reverse
from django.db.models.lookups import StartsWith
from django.utils import timezone

from japan.kana import bigrams_sought, kana_key, kana_loose, kanji_key
from people.account_sealing import accounts_by_number
from people.addresses import living_in
from people.models import Person, PersonQuerySet, Phone
from people.selectors import cared_for_by
from people.sought import Number, Sought, understand

if TYPE_CHECKING:
    from accounts.models import Office, User

PAGE_SIZE: Final = 50
EXACT, PREFIX, WITHIN, LIVES_THERE, NEAR = range(5)

_FEWEST_PHONE_DIGITS = 4
_MOST_OF_ONE_PART = 5_000
"""Persons looked at for a text of one short part (ア, 0901): nobody reads a longer list."""
_ACCOUNT_DIGITS = range(6, 9)
_CURSOR = re.compile(r"([0-4])\.(\d{1,18})", re.ASCII)
_NAME_COLUMNS = (("name_key", kanji_key), ("kana_key", kana_key))


@dataclass(frozen=True, slots=True)
class SearchPage:
    """At most ``PAGE_SIZE`` persons, best first. ``after`` continues the list, empty at its end.

    ``near`` are the keys of those whose reading only sounds alike (ヤマサキ for ヤマザキ, オーノ for オオノ).
    """

    people: tuple[Person, ...]
    sought: Sought
    after: str = ""
    near: frozenset[int] = frozenset()


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

    Exact hits come first, then beginnings, then inner parts of two characters or more, then who lives where the text
    says, each in the order of the readings. Where these do not fill a page, readings that sound alike follow.
    """
    sought = understand(text)
    if sought.is_empty and not also:
        return SearchPage(people=(), sought=sought)
    visible = Person.objects.visible_to(user)
    if office is not None:
        visible = visible.filter(pk__in=cared_for_by(office))
    place = _CURSOR.fullmatch(after)
    strict = _strictly(visible, sought, also, user)
    found: list[tuple[int, int]] = []
    if place is None or int(place[1]) < NEAR:
        found = _page(strict, place, limit)
    if len(found) <= limit and sought.words:
        certain = [key for key, _ in found] if place is None else strict.values("pk")
        near_place = place if place is not None and int(place[1]) == NEAR else None
        found += _page(_nearly(visible, sought).exclude(pk__in=certain), near_place, limit - len(found))
    shown = found[:limit]
    return SearchPage(
        people=_in_order(shown),
        sought=sought,
        after=f"{shown[-1][1]}.{shown[-1][0]}" if len(found) > limit else "",
        near=frozenset(key for key, rank in shown if rank == NEAR),
    )


def _strictly(visible: PersonQuerySet, sought: Sought, also: Collection[int], user: User) -> QuerySet[Any]:
    joined = "".join(sought.words)
    people = visible
    if sought.born is not None:
        people = people.filter(birth_date__range=sought.born)
    known = [Person.objects.filter(pk__in=list(also)).values("pk")] if also else []
    alone = sought.parts == 1
    if sought.numbers:
        people = people.filter(_in([*known, *_with_numbers(visible, sought, user, alone=alone)]))
    if sought.words:
        people = people.filter(_in([*known, *_with_words(visible, sought, alone=alone)]))
    exact = Q(pk__in=list(also))
    named: list[When] = []
    if sought.digits:
        exact |= Q(number=sought.digits)
    if joined:
        exact |= Q(name_key=kanji_key(joined)) | Q(kana_key=kana_key(joined)) | Q(number=joined.upper())
        within = Q()
        for word in sought.words:
            within &= _contains(word)
        named = [
            When(_begins(joined), then=Value(PREFIX)),
            When(_contains(joined) | within, then=Value(WITHIN)),
        ]
    return people.annotate(
        rank=Case(
            When(exact, then=Value(EXACT)),
            *named,
            default=Value(LIVES_THERE if joined else WITHIN),
            output_field=IntegerField(),
        )
    )


def _nearly(visible: PersonQuerySet, sought: Sought) -> QuerySet[Any]:
    """Whose reading sounds like the words: voicing marks and lengthened vowels do not count."""
    whole, apart = kana_loose("".join(sought.words)), Q()
    for word in sought.words:
        key = kana_loose(word)
        apart &= Q(kana_loose__startswith=key) | _infix("kana_loose", key) if key else Q(pk__in=[])
    wanted = Q(kana_loose__startswith=whole) if whole else Q(pk__in=[])
    people = visible.filter(pk__in=_names(wanted | apart))
    if sought.born is not None:
        people = people.filter(birth_date__range=sought.born)
    for number in sought.numbers:
        people = people.filter(pk__in=_phones(number.digits))
    return people.annotate(rank=Value(NEAR, output_field=IntegerField()))


# --- the sets of persons that one part of a text gives ------------------------------------------------


def _with_words(visible: PersonQuerySet, sought: Sought, *, alone: bool) -> list[QuerySet[Any]]:
    """Sets of which one holds who is wanted: named so as a whole, or each word a name or a place of theirs."""
    joined, on = "".join(sought.words), timezone.localdate()
    if alone:
        there = living_in(joined, on=on).filter(person__in=visible)
        names = visible.filter(_named(joined)).values("pk")
        return [
            names[:_MOST_OF_ONE_PART] if len(joined) == 1 else names,
            _numbered(joined),
            there.values("person")[:_MOST_OF_ONE_PART],
        ]
    apart = Person.objects.all()
    for word in sought.words:
        apart = apart.filter(_in([_names(_named(word)), living_in(word, on=on).values("person")]))
    return [_names(_named(joined)), _numbered(joined), apart.values("pk")]


def _with_numbers(visible: PersonQuerySet, sought: Sought, user: User, *, alone: bool) -> list[QuerySet[Any]]:
    """Sets of which one holds who is wanted: by all digits as one number, by each number, or by a lot in their town."""
    digits = sought.digits
    if alone:
        phones = Phone.objects.filter(_ringing(digits), person__in=visible).values("person")[:_MOST_OF_ONE_PART]
        return [phones, *_by_number(sought.numbers[0], user)[1:]]
    sets: list[QuerySet[Any]] = [_phones(digits), _numbered(digits)]
    each = Person.objects.all()
    for number in sought.numbers:
        each = each.filter(_in(_by_number(number, user)))
    sets.append(each.values("pk"))
    lots = [number.lot for number in sought.numbers if number.lot]
    if lots:
        on = timezone.localdate()
        sets += [living_in(word, lots=lots, on=on).values("person") for word in sought.words]
    return sets


def _by_number(number: Number, user: User) -> list[QuerySet[Any]]:
    """Who has a telephone with these first or last digits, this number, this account, or this day or year of birth."""
    sets: list[QuerySet[Any]] = [_phones(number.digits), _numbered(number.digits)]
    if len(number.digits) in _ACCOUNT_DIGITS:
        owners = [account.person_id for account in accounts_by_number(number.digits, user=user)]
        if owners:
            sets.append(Person.objects.filter(pk__in=owners).values("pk"))
    if number.born is not None:
        sets.append(Person.objects.filter(birth_date__range=number.born).values("pk"))
    return sets


def _in(sets: list[QuerySet[Any]]) -> Q:
    """Whose key is in one of these sets."""
    first, *others = sets
    return Q(pk__in=first.union(*others, all=True)) if others else Q(pk__in=first)


def _names(condition: Q) -> QuerySet[Any]:
    return Person.objects.filter(condition).values("pk")


def _numbered(number: str) -> QuerySet[Any]:
    return Person.objects.filter(number=number.upper()).values("pk")


def _phones(digits: str) -> QuerySet[Any]:
    return Phone.objects.filter(_ringing(digits)).values("person")


def _ringing(digits: str) -> Q:
    """Telephone numbers that begin or end with these digits; people say the last four."""
    if len(digits) < _FEWEST_PHONE_DIGITS:
        return Q(pk__in=[])
    return Q(digits__startswith=digits) | Q(StartsWith(Reverse("digits"), Value(digits[::-1])))


# --- conditions on names ------------------------------------------------------------------------------


def _named(word: str) -> Q:
    found = _begins(word)
    for column, key_of in _NAME_COLUMNS:
        if len(key := key_of(word)) >= 2:
            found |= _infix(column, key)
    return found


def _begins(word: str) -> Q:
    found = Q(pk__in=[])
    for column, key_of in _NAME_COLUMNS:
        if key := key_of(word):
            found |= Q(**{f"{column}__startswith": key})
    return found


def _contains(word: str) -> Q:
    """The same as ``_named`` on rows already found, where no index is needed."""
    found = Q(pk__in=[])
    for column, key_of in _NAME_COLUMNS:
        if key := key_of(word):
            found |= Q(**{f"{column}__contains": key})
    return found


def _infix(column: str, key: str) -> Q:
    return Q(name_bigrams__contains=bigrams_sought(key), **{f"{column}__contains": key})


# --- pages --------------------------------------------------------------------------------------------


def _page(people: QuerySet[Any], place: re.Match[str] | None, limit: int) -> list[tuple[int, int]]:
    """Keys and ranks of the next persons, one more than asked for where there are more."""
    if place is not None:
        rank, key = int(place[1]), int(place[2])
        last = Person.objects.filter(pk=key).values_list("kana_key", flat=True).first()
        if last is not None:
            people = people.filter(
                Q(rank__gt=rank) | Q(rank=rank, kana_key__gt=last) | Q(rank=rank, kana_key=last, pk__gt=key)
            )
    return list(people.order_by("rank", "kana_key", "pk").values_list("pk", "rank")[: limit + 1])


def _in_order(found: list[tuple[int, int]]) -> tuple[Person, ...]:
    keys = [key for key, _ in found]
    people = Person.objects.with_protection(on=timezone.localdate()).in_bulk(keys)
    return tuple(people[key] for key in keys)

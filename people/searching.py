"""Finding people as they are asked for at the desk: by a reading, a name, a number, a birth date, where they live.

Only persons the reader may know of are found, and nobody by an address that is withheld. The text searched for is
personal data: it is never logged.

What stands in other tables (telephones, accounts, towns) is asked first and gives keys; then one statement looks among
persons, where names go through their bigrams and keys through the primary key, so that each part has its index.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.db.models import BigAutoField, Case, IntegerField, Lookup, Q, QuerySet, Value, When
from django.db.models.functions import Reverse
from django.db.models.lookups import StartsWith
from django.utils import timezone

from accounts.roles import Permission
from japan.kana import kana_key, kana_loose, kanji_key
from people.account_sealing import accounts_by_number
from people.addresses import living_in, towns_among
from people.former_names import FormerNames, former_names
from people.models import Person, PersonQuerySet, Phone
from people.name_conditions import NOBODY, begins, contains, named, within
from people.selectors import cared_for_by
from people.sought import Number, Sought, understand

if TYPE_CHECKING:
    from accounts.models import Office, User

PAGE_SIZE: Final = 50
EXACT, PREFIX, WITHIN, LIVES_THERE, NEAR = range(5)

_FEWEST_PHONE_DIGITS = 4
_MOST_OF_ONE_PART = 1_000
"""Persons looked at for a text of one short part (ア, 0901): nobody reads a longer list."""
_ACCOUNT_DIGITS = range(6, 9)
_CURSOR = re.compile(r"([0-4])\.(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """At most ``PAGE_SIZE`` persons, best first. ``after`` continues the list, empty at its end.

    ``near`` are the keys of those whose reading only sounds alike (ヤマサキ for ヤマザキ, オーノ for オオノ). ``former`` are
    the names that the text may mean and somebody here bore before.
    """

    people: tuple[Person, ...]
    sought: Sought
    after: str = ""
    near: frozenset[int] = frozenset()
    former: FormerNames = field(default_factory=FormerNames)


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
    former = former_names(sought.words and (*sought.words, "".join(sought.words)))
    strict = _strictly(visible, sought, also, _Reader(user, visible, towns_among(sought.words), former))
    found: list[tuple[int, int]] = []
    if place is None or int(place[1]) < NEAR:
        found = _page(strict, place, limit)
    if len(found) <= limit and sought.words:
        certain = [key for key, _ in found] if place is None else strict.values("pk")
        near_place = place if place is not None and int(place[1]) == NEAR else None
        found += _page(_nearly(visible, sought, former).exclude(pk__in=certain), near_place, limit - len(found))
    shown = found[:limit]
    return SearchPage(
        people=_in_order(shown),
        sought=sought,
        after=f"{shown[-1][1]}.{shown[-1][0]}" if len(found) > limit else "",
        near=frozenset(key for key, rank in shown if rank == NEAR),
        former=former,
    )


def _strictly(visible: PersonQuerySet, sought: Sought, also: Collection[int], reader: _Reader) -> QuerySet[Any]:
    joined = "".join(sought.words)
    people = visible
    if sought.born is not None:
        people = people.filter(birth_date__range=sought.born)
    if sought.numbers:
        people = people.filter(_keys(also) | _with_numbers(sought, reader))
    if sought.words:
        people = people.filter(_keys(also) | _with_words(sought, reader))
    exact = _keys(also)
    named: list[When] = []
    if sought.digits:
        exact |= Q(number=sought.digits)
    if joined:
        exact |= Q(name_key=kanji_key(joined)) | Q(kana_key=kana_key(joined)) | Q(number=joined.upper())
        within = contains(joined)
        if len(sought.words) > 1:
            apart = Q()
            for word in sought.words:
                apart &= contains(word)
            within |= apart
        within |= _keys(reader.former.of_all(sought.words) | reader.former.of(joined))
        named = [When(begins(joined), then=Value(PREFIX)), When(within, then=Value(WITHIN))]
    return people.annotate(
        rank=Case(
            When(exact, then=Value(EXACT)),
            *named,
            default=Value(LIVES_THERE if joined else WITHIN),
            output_field=IntegerField(),
        )
    )


def _nearly(visible: PersonQuerySet, sought: Sought, former: FormerNames) -> QuerySet[Any]:
    """Whose reading sounds like the words: voicing marks and lengthened vowels do not count."""
    whole, apart = kana_loose("".join(sought.words)), Q()
    for word in sought.words:
        key = kana_loose(word)
        apart &= within("kana_loose", key) if key else NOBODY
    apart |= _keys(former.alike(sought.words))
    people = visible.filter(Q(kana_loose__startswith=whole) | apart) if whole else visible.none()
    if sought.born is not None:
        people = people.filter(birth_date__range=sought.born)
    if sought.numbers:
        people = people.filter(_keys(_ringing(sought.digits).values_list("person_id", flat=True)))
    return people.annotate(rank=Value(NEAR, output_field=IntegerField()))


# --- what one part of a text asks for -----------------------------------------------------------------


def _with_words(sought: Sought, reader: _Reader) -> Q:
    """Named so as a whole, or each word a name; or some words in a row the place where who bears the others lives."""
    joined, on = "".join(sought.words), timezone.localdate()
    named = reader.named(joined)
    if sought.parts == 1:
        if len(joined) == 1:
            few = reader.people.filter(named).values_list("pk", flat=True)[:_MOST_OF_ONE_PART]
            named = _keys(few)
        if joined in reader.towns:
            there = reader.own(living_in(joined, on=on))
            named |= _keys(there.values_list("person_id", flat=True)[:_MOST_OF_ONE_PART])
        return named | _numbered(joined)
    found = named | _numbered(joined)
    if len(sought.words) > 1:
        apart = Q()
        for word in sought.words:
            apart &= reader.named(word)
        found |= apart
    born = Q(birth_date__range=sought.born) if sought.born is not None else Q()
    for towns, names in _split(sought.words):
        if not reader.towns.issuperset(towns):
            continue
        bearing = born
        for name in names:
            bearing &= reader.named(name)
        among = reader.people.filter(bearing) if bearing else None
        found |= _keys(living_in(*towns, among=among, on=on).values_list("person_id", flat=True))
    return found


def _split(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Every run of words that may be a place, with the other words."""
    for first in range(len(words)):
        for last in range(first + 1, len(words) + 1):
            yield words[first:last], words[:first] + words[last:]


def _with_numbers(sought: Sought, reader: _Reader) -> Q:
    """All digits one number, or each a number of theirs, or a lot in the town that the words name."""
    alone = sought.parts == 1
    phones = _ringing(sought.digits)
    keys = reader.own(phones) if alone else phones
    found = _keys(keys.values_list("person_id", flat=True)[:_MOST_OF_ONE_PART]) | _numbered(sought.digits)
    if len(sought.numbers) == 1:
        found |= _other_than_phone(sought.numbers[0], reader)
    else:
        each = Q()
        for number in sought.numbers:
            rung = _ringing(number.digits).values_list("person_id", flat=True)[:_MOST_OF_ONE_PART]
            each &= _keys(rung) | _numbered(number.digits) | _other_than_phone(number, reader)
        found |= each
    lots = [number.lot for number in sought.numbers if number.lot]
    if lots:
        for word in reader.towns:
            found |= _keys(living_in(word, lots=lots, on=timezone.localdate()).values_list("person_id", flat=True))
    return found


def _other_than_phone(number: Number, reader: _Reader) -> Q:
    """Whose account has this number, or who was born on the day or in the year that the digits also say."""
    found = NOBODY
    if len(number.digits) in _ACCOUNT_DIGITS:
        found |= _keys(account.person_id for account in accounts_by_number(number.digits, user=reader.user))
    if number.born is not None:
        found |= Q(birth_date__range=number.born)
    return found


def _numbered(number: str) -> Q:
    """Who has this number, or had it before their record was merged into another one."""
    merged = Person.objects.filter(number=number.upper(), merged_into__isnull=False)
    return Q(number=number.upper()) | _keys(merged.values_list("merged_into_id", flat=True))


def _ringing(digits: str) -> QuerySet[Phone]:
    """Telephone numbers that begin or end with these digits; people say the last four."""
    if len(digits) < _FEWEST_PHONE_DIGITS:
        return Phone.objects.none()
    return Phone.objects.filter(Q(digits__startswith=digits) | Q(StartsWith(Reverse("digits"), Value(digits[::-1]))))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who searches, the persons they may know of, and which of the words looked for stand in some address."""

    user: User
    people: PersonQuerySet
    towns: frozenset[str]
    former: FormerNames

    def named(self, word: str) -> Q:
        """Whose name or reading holds the word, now or before."""
        return named(word) | _keys(self.former.of(word))

    def own(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Of rows with a person those that the reader may know of, before only some of them are taken."""
        return rows if self.user.can(Permission.SEE_ALL_OFFICES) else rows.filter(person__in=self.people)


@BigAutoField.register_lookup
class _AnyOf(Lookup):
    """``pk__any_of=[…]``: one array instead of thousands of parameters, still answered by the primary key."""

    lookup_name = "any_of"

    def get_prep_lookup(self) -> list[int]:
        return sorted(set(self.rhs))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = any(%s::bigint[])", (*parameters, self.rhs)


def _keys(keys: Iterable[int]) -> Q:
    found = list(keys)
    return Q(pk__any_of=found) if found else NOBODY


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

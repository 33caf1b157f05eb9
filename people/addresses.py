"""The one door to addresses: what a reader may see of them, where letters go, and how they are written down.

No other module names the private columns of :class:`people.models.Address`; a test reads the tree for it. Looking for
people by where they live goes through here too, and passes by everybody whose address is withheld. An
address is withheld while a 支援措置 stands for the person, or for anybody on the same residence record, whose address
would give the protected one away (feature N-8). When in doubt the answer is "withheld": a measure that begins later,
or ended only after the day asked for, counts as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import combinations
from typing import TYPE_CHECKING, Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from japan.kana import bigrams, bigrams_sought
from japan.lots import lot_key, lot_pattern
from people.enums import AddressKind, WithheldCause
from people.models import Address, HouseholdMember, MailBlock, Person, Protection, in_force

if TYPE_CHECKING:
    from accounts.models import User

WITHHELD_TEXT: Final = "支援措置のため表示しません"
WITHHELD_ADVICE: Final = "必要なときは理由を書いて確認を依頼してください。確認者が認めると10分間だけ表示します。"
NONE_TEXT: Final = "登録がありません"
NONE_ADVICE: Final = "住民票などで確かめて登録してください。"

COPY_COLUMNS: Final = (
    "person_id", "kind", "raw_postal_code", "raw_area", "raw_street", "raw_building", "raw_key", "raw_bigrams",
    "since", "until",
)  # fmt: skip
"""The columns of an address row in the order in which ``copy_row`` gives them, for writers that use COPY."""

_FEWEST_OF_A_TOWN = 2
_LONGEST_KEY = 200
_MOST_OF_ONE_HOME = 6
_BETWEEN_PARTS = "\n"
"""Between town and building in a search key, so that nothing is found across the two."""

_SHOWN_FIRST = (AddressKind.ACTUAL, AddressKind.REGISTERED, AddressKind.MAILING)
_POSTED_FIRST = (AddressKind.MAILING, AddressKind.ACTUAL, AddressKind.REGISTERED)


@dataclass(frozen=True, slots=True)
class Place:
    """The parts of an address as written on an envelope. ``postal_code`` is seven digits, with or without a hyphen."""

    postal_code: str
    area: str
    street: str
    building: str = ""

    @property
    def postal_mark(self) -> str:
        """``〒123-4567``; empty where there is no postal code."""
        digits = self.postal_code.replace("-", "")
        return f"〒{digits[:3]}-{digits[3:]}" if digits else ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The address in one or two lines, without the postal code."""
        return tuple(line for line in (f"{self.area}{self.street}", self.building) if line)

    @property
    def text(self) -> str:
        """The whole address in one line."""
        return " ".join(part for part in (self.postal_mark, *self.lines) if part)


@dataclass(frozen=True, slots=True)
class AddressLine:
    """One address of a person in words: what kind it is, and the address."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class AddressView:
    """What one reader may see. ``text`` is always fit to be shown; ``advice`` says what to do where there is none."""

    text: str
    advice: str = ""
    withheld: bool = False
    lines: tuple[AddressLine, ...] = ()


@dataclass(frozen=True, slots=True)
class MailingAddress:
    """Where a letter goes, and which of the person's addresses that is."""

    place: Place
    kind: AddressKind

    @property
    def postal_code(self) -> str:
        return self.place.postal_code

    @property
    def lines(self) -> tuple[str, ...]:
        return self.place.lines


@dataclass(frozen=True, slots=True)
class Withheld:
    """No letter may go out to this person now; ``reason`` is a sentence for staff."""

    cause: WithheldCause

    @property
    def reason(self) -> str:
        return str(self.cause.label)


_WITHHELD = AddressView(text=WITHHELD_TEXT, advice=WITHHELD_ADVICE, withheld=True)
_NONE = AddressView(text=NONE_TEXT, advice=NONE_ADVICE)


def address_for(person: Person | int, *, reader: User, on: date) -> AddressView:
    """What this reader may see of a person's addresses of a day."""
    key = person if isinstance(person, int) else person.pk
    return addresses_for([key], reader=reader, on=on)[key]


def addresses_for(people: Iterable[Person | int], *, reader: User, on: date) -> dict[int, AddressView]:
    """What this reader may see, for each person asked for; four queries however many they are.

    A person whom the reader may not know of has no address here either.
    """
    keys = {person if isinstance(person, int) else person.pk for person in people}
    known = set(Person.objects.visible_to(reader).filter(pk__in=keys).values_list("pk", flat=True))
    hidden = withheld_people(known, on=on)
    open_to_all = known - hidden.keys()
    places = _places(open_to_all, on=on)
    return {key: _WITHHELD if key in hidden else _view(places.get(key, {})) for key in keys}


def withheld_people(person_ids: Iterable[int], *, on: date) -> dict[int, WithheldCause]:
    """Of these persons, those whose address is withheld on a day: by their own measure or a housemate's."""
    keys = set(person_ids)
    day = min(on, timezone.localdate())
    standing = _standing(day)
    housemates = HouseholdMember.objects.filter(
        standing, household__in=HouseholdMember.objects.filter(standing, person__in=keys).values("household")
    ).values_list("household_id", "person_id")
    households: dict[int, set[int]] = {}
    for household, person in housemates:
        households.setdefault(household, set()).add(person)
    everybody = keys.union(*households.values())
    protected = set(Protection.objects.filter(standing, person__in=everybody).values_list("person_id", flat=True))
    hidden = {
        member: WithheldCause.PROTECTED_HOUSEHOLD
        for members in households.values()
        if members & protected
        for member in members & keys
    }
    hidden.update(dict.fromkeys(protected & keys, WithheldCause.PROTECTED))
    return hidden


def living_in(
    *towns: str, lots: Iterable[str] = (), among: QuerySet[Person] | None = None, on: date
) -> QuerySet[Address]:
    """Addresses of a day that hold all these towns or buildings, for a search; the caller takes ``person_id`` of them.

    Each is a part of a street or building name of two characters or more; a shorter text finds nothing. ``lots`` are
    numbers that must stand in the same address (1-2-3), ``among`` those persons who come into question. Whoever's address
    is withheld is never found.
    """
    keys = [lot_key(town) for town in towns]
    if not all(map(_may_be_a_town, keys)):
        return Address.objects.none()
    found = Address.objects.filter(in_force(on))
    for key in keys:
        found = found.filter(_holds(key))
    for lot in lots:
        found = found.filter(raw_key__regex=lot_pattern(lot))
    if among is not None:
        found = found.filter(person__in=among)
    return _not_withheld(found, on=on)


def towns_among(words: Iterable[str]) -> frozenset[str]:
    """Of these words those that stand in some address, so that only for them :func:`living_in` is worth asking.

    It looks at all addresses of all times, also withheld ones; no person follows from it, and nobody is shown it.
    """
    keys = {word: lot_key(word) for word in words}
    return frozenset(
        word for word, key in keys.items() if _may_be_a_town(key) and Address.objects.filter(_holds(key)).exists()
    )


def _may_be_a_town(key: str) -> bool:
    return len(key) >= _FEWEST_OF_A_TOWN and not key.isdigit()


def _holds(key: str) -> Q:
    """Addresses with this key, cutting no number in two; where none stands at its ends, nothing can be cut."""
    found = Q(raw_bigrams__contains=bigrams_sought(key), raw_key__contains=key)
    if key[0].isdigit() or key[-1].isdigit():
        found &= Q(raw_key__regex=lot_pattern(key))
    return found


def people_of_one_home(*, on: date) -> set[tuple[int, int]]:
    """Pairs of keys of persons born on one day who live at one address and share no address that is withheld.

    Only for comparing records (``people.duplicates``): it says that two addresses are equal, never what they are.
    """
    rows = _not_withheld(Address.objects.filter(in_force(on)).exclude(raw_key=""), on=on)
    groups = (
        rows.values("raw_key", "raw_area", "person__birth_date")
        .annotate(people=ArrayAgg("person_id", distinct=True), many=Count("person", distinct=True))
        .filter(many__gte=2, many__lte=_MOST_OF_ONE_HOME)
    )
    return {pair for people in groups.values_list("people", flat=True) for pair in combinations(sorted(people), 2)}


def home_marks(person_ids: Iterable[int], *, on: date) -> dict[int, frozenset[str]]:
    """For comparing records: marks that are equal where addresses of a day are; none where an address is withheld."""
    found: dict[int, set[str]] = {}
    rows = _not_withheld(Address.objects.filter(in_force(on), person__in=set(person_ids)).exclude(raw_key=""), on=on)
    for person, area, key in rows.values_list("person_id", "raw_area", "raw_key"):
        found.setdefault(person, set()).add(sha256(f"{area}\n{key}".encode()).hexdigest())
    return {person: frozenset(marks) for person, marks in found.items()}


def _not_withheld(found: QuerySet[Address], *, on: date) -> QuerySet[Address]:
    """Leave out the addresses of everybody whom :func:`withheld_people` would name."""
    day = min(on, timezone.localdate())
    own = Protection.objects.filter(_standing(day), person=OuterRef("person"))
    members = HouseholdMember.objects.filter(_standing(day))
    protected = members.filter(Exists(own), household=OuterRef("household"))
    housemates = members.filter(Exists(protected), person=OuterRef("person"))
    return found.filter(~Exists(own), ~Exists(housemates))


def _standing(day: date) -> Q:
    """Rows that have not ended before a day; one that only begins later stands as well."""
    return Q(until__isnull=True) | Q(until__gte=day)


def mailing_address(person: Person | int, *, on: date) -> MailingAddress | Withheld:
    """Where a letter to one person goes on a day, or why none may go."""
    key = person if isinstance(person, int) else person.pk
    return mailing_addresses([key], on=on)[key]


def mailing_addresses(person_ids: Iterable[int], *, on: date) -> dict[int, MailingAddress | Withheld]:
    """Where letters to these persons go: the mailing address, else where they live, else the residence record.

    Withheld for the dead, for people whose mail is stopped, for protected people and for those who live with one
    (nothing is ever posted to a protected person's registered address). Five queries however many persons.
    """
    keys = set(person_ids)
    dead = set(Person.objects.filter(pk__in=keys, died_on__isnull=False).values_list("pk", flat=True))
    blocked = set(MailBlock.objects.filter(in_force(on), person__in=keys).values_list("person_id", flat=True))
    hidden = withheld_people(keys, on=on)
    places = _places(keys - dead - blocked - hidden.keys(), on=on)

    def answer(key: int) -> MailingAddress | Withheld:
        if key in dead:
            return Withheld(WithheldCause.DECEASED)
        if key in hidden:
            return Withheld(hidden[key])
        if key in blocked:
            return Withheld(WithheldCause.BLOCKED)
        found = next(((kind, places[key][kind]) for kind in _POSTED_FIRST if kind in places.get(key, {})), None)
        return MailingAddress(place=found[1], kind=found[0]) if found else Withheld(WithheldCause.NO_ADDRESS)

    return {key: answer(key) for key in keys}


def revealed_address(person_id: int, *, on: date) -> AddressView:
    """All addresses of a person although protected. Only ``people.reveals`` calls this, after two persons agreed."""
    return _view(_places({person_id}, on=on).get(person_id, {}))


def new_address(*, person_id: int, kind: AddressKind, place: Place, since: date, until: date | None = None) -> Address:
    """An unsaved row, for whoever writes addresses."""
    return Address(**dict(zip(COPY_COLUMNS, copy_row(person_id, kind, place, since, until), strict=True)))


def copy_row(
    person_id: int, kind: AddressKind, place: Place, since: date, until: date | None = None
) -> tuple[object, ...]:
    """The values of one row in the order of ``COPY_COLUMNS``."""
    parts = (lot_key(place.street), lot_key(place.building))
    key = _BETWEEN_PARTS.join(part for part in parts if part)[:_LONGEST_KEY]
    return (
        person_id, kind.value, place.postal_code, place.area, place.street, place.building, key, bigrams(key),
        since, until,
    )  # fmt: skip


def moved(places: Mapping[int, Place], *, kind: AddressKind, on: date) -> set[int]:
    """Of these persons, those whose address of a kind on a day is not the place given (or is missing).

    It answers whether something changed without telling what is stored, so that an import can compare.
    """
    stored = _places(set(places), on=on)
    return {key for key, place in places.items() if stored.get(key, {}).get(kind) != place}


def _places(person_ids: set[int], *, on: date) -> dict[int, dict[AddressKind, Place]]:
    found: dict[int, dict[AddressKind, Place]] = {}
    for row in Address.objects.filter(in_force(on), person__in=person_ids):
        found.setdefault(row.person_id, {})[AddressKind(row.kind)] = Place(
            postal_code=row.raw_postal_code, area=row.raw_area, street=row.raw_street, building=row.raw_building
        )
    return found


def _view(places: Mapping[AddressKind, Place]) -> AddressView:
    lines = tuple(
        AddressLine(label=str(kind.label), text=places[kind].text) for kind in _SHOWN_FIRST if kind in places
    )
    return AddressView(text=lines[0].text, lines=lines) if lines else _NONE

"""A borrower's family over time: who lived with whom and where, who was head, who looks after them.

Persons are known by their place in the family's list (the borrower is 0), households by a number of the family's own;
the writer turns both into keys.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import Enum, auto
from itertools import pairwise
from random import Random

from desk.demo.names import Name, a_family, a_name, from_abroad
from desk.demo.places import Municipality, a_home_number, a_mobile_number, a_municipality, a_place
from people.addresses import Place
from people.enums import AddressKind, Language, MailBlockReason, PhoneKind, Sex

BORROWER = 0
ONE_DAY = timedelta(days=1)
REACHABLE = (
    "平日18時以降",
    "土日の午前中",
    "平日の昼休み（12時から13時）",
    "夜勤のため15時から17時",
    "ショートメールのみ",
)


class Shape(Enum):
    """Who lived together when the first loan was applied for."""

    ALONE = auto()
    COUPLE = auto()
    SINGLE_PARENT = auto()
    WITH_PARENTS = auto()
    ELDERLY = auto()


class Change(Enum):
    """What happened to the household later."""

    NONE = auto()
    MOVED = auto()
    """Everybody moved to another municipality."""
    DIVORCED = auto()
    """The borrower left with the children and is head of a residence record of their own."""
    WENT_HOME = auto()
    """The borrower moved in with a parent, who was a separate household when the loan was applied for."""
    HEAD_RETIRED = auto()
    """The borrower became head in the place of whoever was."""
    FLED = auto()
    """The borrower lives elsewhere under a 支援措置; the residence record was not moved."""


@dataclass(slots=True)
class Individual:
    """One person of the family."""

    name: Name
    sex: Sex
    born_on: date
    died_on: date | None = None
    language: Language = Language.JAPANESE
    needs_interpreter: bool = False
    reachable: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody's place on a residence record for a period."""

    who: int
    household: int
    relationship: str
    is_head: bool
    since: date
    until: date | None = None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Residence:
    """Where somebody lived, or has letters sent, for a period."""

    who: int
    kind: AddressKind
    place: Place
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Telephone:
    who: int
    kind: PhoneKind
    number: str
    since: date


@dataclass(frozen=True, slots=True)
class Care:
    """Which council looks after somebody for a period; ``office`` is its code."""

    who: int
    office: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Secrecy:
    """A 支援措置 for a period."""

    who: int
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """No letter to somebody from a day on."""

    who: int
    reason: MailBlockReason
    since: date


@dataclass(slots=True)
class Family:
    """Everybody who matters for one borrower's loans."""

    municipality: Municipality
    people: list[Individual] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    residences: list[Residence] = field(default_factory=list)
    telephones: list[Telephone] = field(default_factory=list)
    cares: list[Care] = field(default_factory=list)
    secrecies: list[Secrecy] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)

    def household_of(self, who: int, day: date) -> int | None:
        """The residence record somebody is on; None where none is known."""
        return next((stay.household for stay in self.stays if stay.who == who and stay.holds(day)), None)

    def head_on(self, who: int, day: date) -> int | None:
        """The head of somebody's residence record on a day."""
        household = self.household_of(who, day)
        return next(
            (stay.who for stay in self.stays if stay.household == household and stay.is_head and stay.holds(day)), None
        )

    def size_on(self, who: int, day: date) -> int:
        """How many people are on somebody's residence record on a day, at least one."""
        household = self.household_of(who, day)
        return max(1, sum(1 for stay in self.stays if stay.household == household and stay.holds(day)))

    def council_on(self, who: int, day: date) -> str:
        """The code of the council that looks after somebody on a day, else of the one that did first."""
        cares = [care for care in self.cares if care.who == who]
        return next(
            (care.office for care in cares if care.since <= day and (care.until is None or day <= care.until)),
            cares[0].office,
        )

    def head_changed_within(self, who: int, since: date, until: date) -> bool:
        """Whether somebody came to another residence record in that time, or the head of theirs changed."""
        for number, (household, first, last) in enumerate(self._records_of(who)):
            if number and since <= first <= until:
                return True
            heads = sorted(
                (stay for stay in self.stays if stay.household == household and stay.is_head),
                key=lambda stay: stay.since,
            )
            mine = [stay for stay in heads if stay.since <= last and (stay.until is None or stay.until >= first)]
            changes = (after.since for before, after in pairwise(mine) if before.who != after.who)
            if any(since <= day <= until for day in changes):
                return True
        return False

    def _records_of(self, who: int) -> list[tuple[int, date, date]]:
        """The residence records somebody has been on, oldest first: number, first and last day."""
        records: list[tuple[int, date, date]] = []
        for stay in sorted((stay for stay in self.stays if stay.who == who), key=lambda stay: stay.since):
            last = stay.until or date.max
            if records and records[-1][0] == stay.household:
                records[-1] = (stay.household, records[-1][1], last)
            else:
                records.append((stay.household, stay.since, last))
        return records


@dataclass(frozen=True, slots=True)
class Traits:
    """What a family is to be like. What is None is left to chance."""

    municipality: Municipality | None = None
    name: Name | None = None
    place: Place | None = None
    born_on: date | None = None
    shape: Shape | None = None
    head_is_other: bool | None = None
    change: Change | None = None
    changed_on: date | None = None
    from_abroad: bool | None = None
    reachable_by_phone: bool = True


_SHAPES = {
    Shape.ALONE: 38, Shape.COUPLE: 26, Shape.SINGLE_PARENT: 12, Shape.WITH_PARENTS: 16, Shape.ELDERLY: 8,
}  # fmt: skip
_CHANGES = {
    Change.NONE: 80, Change.MOVED: 7, Change.DIVORCED: 4, Change.WENT_HOME: 5, Change.HEAD_RETIRED: 3, Change.FLED: 1,
}  # fmt: skip


def a_day(rng: Random, first: date, last: date) -> date:
    """A day from ``first`` to ``last``; ``first`` where that is the later one."""
    return first + timedelta(days=int(rng.random() * max(1, (last - first).days)))


def a_family_of(rng: Random, traits: Traits, *, lent_on: date, as_of: date) -> Family:
    """A family as it was when the first loan was applied for, and what became of it until ``as_of``."""
    family = Family(traits.municipality or a_municipality(rng))
    shape = traits.shape or rng.choices(tuple(_SHAPES), tuple(_SHAPES.values()))[0]
    place = traits.place or a_place(rng, family.municipality)
    settled = lent_on - timedelta(days=rng.randrange(200, 4000))
    _people(rng, family, traits, shape, lent_on)
    _first_household(rng, family, traits, shape, settled)
    for who, _ in enumerate(family.people):
        if family.household_of(who, lent_on) is not None:
            since = next(stay.since for stay in family.stays if stay.who == who)
            family.residences.append(Residence(who, AddressKind.REGISTERED, place, since))
            family.cares.append(Care(who, family.municipality.code, max(lent_on, since)))
    _phones(rng, family, traits, lent_on)
    change = traits.change or rng.choices(tuple(_CHANGES), tuple(_CHANGES.values()))[0]
    day = traits.changed_on or a_day(rng, lent_on + timedelta(days=300), as_of - timedelta(days=40))
    if lent_on < day <= as_of:
        _CHANGING[change](rng, family, day)
    return family


def _people(rng: Random, family: Family, traits: Traits, shape: Shape, lent_on: date) -> None:
    sex = rng.choice((Sex.FEMALE, Sex.MALE))
    if shape == Shape.SINGLE_PARENT and rng.random() < 0.85:
        sex = Sex.FEMALE
    age = rng.randrange(66, 80) if shape == Shape.ELDERLY else min(74, max(20, int(rng.gauss(43, 13))))
    if shape == Shape.WITH_PARENTS:
        age = min(age, 48)
    if shape == Shape.SINGLE_PARENT:
        age = min(max(age, 24), 52)
    born_on = traits.born_on or _birthday(rng, lent_on, age)
    language = Language.JAPANESE
    surname = a_family(rng)
    abroad = traits.from_abroad if traits.from_abroad is not None else rng.random() < 0.04 and traits.name is None
    if abroad:
        name, sex, language = from_abroad(rng)
    else:
        name = traits.name or a_name(rng, sex, surname, born_on.year)
    if abroad or traits.name is not None:
        surname = (name.family, name.family_kana)
    family.people.append(
        Individual(
            name,
            sex,
            born_on,
            language=language,
            needs_interpreter=abroad and rng.random() < 0.6,
            reachable=rng.choice(REACHABLE) if rng.random() < 0.12 else "",
        )
    )
    other = Sex.MALE if sex == Sex.FEMALE else Sex.FEMALE
    if shape in (Shape.COUPLE, Shape.ELDERLY):
        _add(rng, family, other, surname, _birthday(rng, lent_on, max(20, age + rng.randrange(-5, 6))))
    if shape == Shape.WITH_PARENTS:
        for parent in (Sex.MALE, Sex.FEMALE)[: 1 if rng.random() < 0.4 else 2]:
            _add(rng, family, parent, surname, _birthday(rng, lent_on, age + rng.randrange(24, 34)))
    if shape == Shape.SINGLE_PARENT or (shape == Shape.COUPLE and age < 52 and rng.random() < 0.55):
        for _ in range(rng.choices((1, 2, 3), (50, 38, 12))[0]):
            child = rng.choice((Sex.FEMALE, Sex.MALE))
            _add(rng, family, child, surname, _birthday(rng, lent_on, rng.randrange(0, min(18, age - 18))))


def _add(rng: Random, family: Family, sex: Sex, surname: tuple[str, str], born_on: date) -> int:
    family.people.append(Individual(a_name(rng, sex, surname, born_on.year), sex, born_on))
    return len(family.people) - 1


def _birthday(rng: Random, day: date, age: int) -> date:
    """A birthday of somebody who is ``age`` years old on a day."""
    return day - timedelta(days=int((age + rng.random()) * 365.2425))


def _age(individual: Individual, day: date) -> int:
    return (day - individual.born_on).days // 365


def _first_household(rng: Random, family: Family, traits: Traits, shape: Shape, settled: date) -> None:
    other_heads = {Shape.COUPLE: 0.4, Shape.WITH_PARENTS: 0.75, Shape.ELDERLY: 0.3}
    head_is_other = traits.head_is_other
    if head_is_other is None:
        head_is_other = rng.random() < other_heads.get(shape, 0.0)
    head = 1 if head_is_other and len(family.people) > 1 else BORROWER
    for who, individual in enumerate(family.people):
        since = max(settled, individual.born_on)
        family.stays.append(Stay(who, 0, _relationship(family, shape, who, head), who == head, since))


def _relationship(family: Family, shape: Shape, who: int, head: int) -> str:
    """The relationship to the head as a residence record words it."""
    if who == head:
        return "世帯主"
    woman = family.people[who].sex == Sex.FEMALE
    elder = family.people[who].born_on < family.people[head].born_on - timedelta(days=15 * 365)
    if shape == Shape.WITH_PARENTS and head != BORROWER and who != BORROWER:
        return "妻" if woman else "夫"
    if elder:
        return "母" if woman else "父"
    if family.people[who].born_on > family.people[head].born_on + timedelta(days=15 * 365):
        return "子"
    return "妻" if woman else "夫"


def _phones(rng: Random, family: Family, traits: Traits, lent_on: date) -> None:
    if not traits.reachable_by_phone:
        return
    if rng.random() < 0.93:
        family.telephones.append(Telephone(BORROWER, PhoneKind.MOBILE, a_mobile_number(rng), lent_on))
    if rng.random() < 0.22 or not family.telephones:
        family.telephones.append(Telephone(BORROWER, PhoneKind.HOME, a_home_number(rng), lent_on))


# --- what happens later -----------------------------------------------------------------------------


def dies(family: Family, who: int, day: date) -> None:
    """Somebody dies: they leave the residence record, and another grown-up becomes head where they were."""
    individual = family.people[who]
    individual.died_on = day
    left = next((stay for stay in family.stays if stay.who == who and stay.until is None), None)
    if left is None:
        return
    _end_stay(family, who, day + ONE_DAY)
    if not left.is_head:
        return
    others = (stay.who for stay in family.stays if stay.household == left.household and stay.until is None)
    heir = next((other for other in others if _age(family.people[other], day) >= 18), None)
    if heir is not None:
        _end_stay(family, heir, day + ONE_DAY)
        family.stays.append(Stay(heir, left.household, "世帯主", True, day + ONE_DAY))


def _end_stay(family: Family, who: int, day: date) -> Stay:
    """End somebody's place on their record with the day before; returns the place as it was."""
    at = next(at for at, stay in enumerate(family.stays) if stay.who == who and stay.until is None)
    before = family.stays[at]
    family.stays[at] = replace(before, until=day - ONE_DAY)
    return before


def _move(family: Family, people: list[int], place: Place, day: date, *, to: Municipality) -> None:
    for at, residence in enumerate(family.residences):
        moves = residence.who in people and residence.until is None and residence.kind == AddressKind.REGISTERED
        if moves and residence.since < day:
            family.residences[at] = replace(residence, until=day - ONE_DAY)
    for who in people:
        family.residences.append(Residence(who, AddressKind.REGISTERED, place, day))
    if to.code == family.municipality.code:
        return
    for at, care in enumerate(family.cares):
        if care.who in people and care.until is None and care.since < day:
            family.cares[at] = replace(care, until=day - ONE_DAY)
    for who in people:
        family.cares.append(Care(who, to.code, day))


def _living_with_borrower(family: Family, day: date) -> list[int]:
    household = family.household_of(BORROWER, day)
    return [stay.who for stay in family.stays if stay.household == household and stay.holds(day)]


def _moved(rng: Random, family: Family, day: date) -> None:
    to = a_municipality(rng)
    _move(family, _living_with_borrower(family, day), a_place(rng, to), day, to=to)


def _divorced(rng: Random, family: Family, day: date) -> None:
    spouse = next(
        (who for who in range(1, len(family.people)) if _age(family.people[who], day) > 20),
        None,
    )
    if spouse is None or family.head_on(BORROWER, day) is None:
        return
    children = [who for who in range(1, len(family.people)) if who != spouse and _age(family.people[who], day) < 18]
    left_head = family.head_on(BORROWER, day) == BORROWER
    for who in (BORROWER, *children):
        _end_stay(family, who, day)
        relationship = "世帯主" if who == BORROWER else "子"
        family.stays.append(Stay(who, 1, relationship, who == BORROWER, day))
    if left_head:
        _end_stay(family, spouse, day)
        family.stays.append(Stay(spouse, 0, "世帯主", True, day))
    to = family.municipality if rng.random() < 0.6 else a_municipality(rng)
    _move(family, [BORROWER, *children], a_place(rng, to), day, to=to)


def _went_home(rng: Random, family: Family, day: date) -> None:
    if len(family.people) > 1:
        return
    borrower = family.people[BORROWER]
    surname = (borrower.name.family, borrower.name.family_kana)
    parent = _add(rng, family, rng.choice((Sex.FEMALE, Sex.MALE)), surname, _birthday(rng, borrower.born_on, 28))
    since = day - timedelta(days=rng.randrange(3000, 9000))
    place = a_place(rng, family.municipality)
    _end_stay(family, BORROWER, day)
    family.stays += [Stay(parent, 1, "世帯主", True, since), Stay(BORROWER, 1, "子", False, day)]
    _move(family, [BORROWER], place, day, to=family.municipality)
    family.residences.append(Residence(parent, AddressKind.REGISTERED, place, since))
    family.cares.append(Care(parent, family.municipality.code, day))


def _head_retired(rng: Random, family: Family, day: date) -> None:
    head = family.head_on(BORROWER, day)
    if head is None or head == BORROWER:
        return
    before = _end_stay(family, head, day)
    _end_stay(family, BORROWER, day)
    elder = family.people[head].born_on < family.people[BORROWER].born_on - timedelta(days=15 * 365)
    woman = family.people[head].sex == Sex.FEMALE
    relationship = ("母" if woman else "父") if elder else ("妻" if woman else "夫")
    family.stays.append(Stay(BORROWER, before.household, "世帯主", True, day))
    family.stays.append(Stay(head, before.household, relationship, False, day))


def _fled(rng: Random, family: Family, day: date) -> None:
    elsewhere = a_municipality(rng)
    family.residences.append(Residence(BORROWER, AddressKind.ACTUAL, a_place(rng, elsewhere), day))
    family.secrecies.append(Secrecy(BORROWER, day))
    if elsewhere.code != family.municipality.code:
        family.cares.append(Care(BORROWER, elsewhere.code, day))


def _nothing(rng: Random, family: Family, day: date) -> None:
    """The household stays as it was."""


_CHANGING = {
    Change.NONE: _nothing,
    Change.MOVED: _moved,
    Change.DIVORCED: _divorced,
    Change.WENT_HOME: _went_home,
    Change.HEAD_RETIRED: _head_retired,
    Change.FLED: _fled,
}

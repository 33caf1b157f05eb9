"""Who lived with whom on which day, and who was the head, as the residence record says.

Exemption asks for the present head (MHLW Q&A vol. 17, part 2, question 5), and for no change of head made for the
purpose (consent 6 of the exemption form): so changes of head are told with their days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.db.models import Q

from people.models import Household, HouseholdMember, in_force


@dataclass(frozen=True, slots=True)
class Member:
    """One person's place on a residence record for a period; ``until`` is the last day, None while it goes on."""

    person_id: int
    name: str
    kana: str
    birth_date: date
    relationship: str
    is_head: bool
    since: date
    until: date | None
    cause: str = ""
    """Why this place began, in a word; empty where nobody wrote it down."""


@dataclass(frozen=True, slots=True)
class HeadChange:
    """The head of a household became somebody else on a day; a name is empty while the record had no head."""

    on: date
    before: str
    after: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class HeadSpan:
    """From when to when somebody was head of the record another person was on."""

    number: str
    since: date
    until: date | None
    head_id: int
    head: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class HouseholdPeriod:
    """The time one person spent on one residence record, with everybody who was on it during that time.

    ``same_home`` is the number of the record it was split from while the home stayed one (世帯分離).
    """

    number: str
    since: date
    until: date | None
    members: tuple[Member, ...]
    head_changes: tuple[HeadChange, ...]
    same_home: str = ""


def members_on(household_id: int, *, on: date) -> list[Member]:
    """Everybody on a residence record on a day, the head first."""
    rows = HouseholdMember.objects.filter(in_force(on), household=household_id).select_related("person")
    return sorted((_member(row) for row in rows), key=lambda member: (not member.is_head, member.birth_date))


def living_with(person_id: int, *, on: date) -> list[Member]:
    """Everybody a person lives with on a day, the person included: on the same record, and on records that were split
    from it while the home stayed one (世帯分離). Two queries; nobody where no record is known."""
    own = HouseholdMember.objects.filter(in_force(on), person=person_id).select_related("household").first()
    if own is None:
        return []
    home = own.household.same_home_id or own.household_id
    rows = HouseholdMember.objects.filter(in_force(on)).filter(Q(household=home) | Q(household__same_home=home))
    return sorted((_member(row) for row in rows.select_related("person")), key=lambda member: member.birth_date)


def heads_on(person_ids: Iterable[int], *, on: date) -> dict[int, Member]:
    """For each of these persons the head of the household they belong to on a day; missing where there is none."""
    keys = set(person_ids)
    places = dict(
        HouseholdMember.objects.filter(in_force(on), person__in=keys).values_list("person_id", "household_id")
    )
    heads = HouseholdMember.objects.filter(in_force(on), household__in=set(places.values()), is_head=True)
    by_household = {row.household_id: _member(row) for row in heads.select_related("person")}
    return {key: by_household[household] for key, household in places.items() if household in by_household}


def head_on(person_id: int, *, on: date) -> Member | None:
    """The head of the household a person belongs to on a day, which may be the person."""
    return heads_on([person_id], on=on).get(person_id)


def sizes_on(person_ids: Iterable[int], *, on: date) -> dict[int, int]:
    """How many people live in each of these persons' household on a day; missing where no record is known."""
    keys = set(person_ids)
    places = dict(
        HouseholdMember.objects.filter(in_force(on), person__in=keys).values_list("person_id", "household_id")
    )
    sizes: dict[int, int] = {}
    everybody = HouseholdMember.objects.filter(in_force(on), household__in=set(places.values()))
    for household in everybody.values_list("household_id", flat=True):
        sizes[household] = sizes.get(household, 0) + 1
    return {key: sizes[household] for key, household in places.items()}


def history_of(person_id: int) -> list[HouseholdPeriod]:
    """The households a person has belonged to, the latest first; two queries."""
    return histories_of([person_id])[person_id]


def histories_of(person_ids: Iterable[int]) -> dict[int, list[HouseholdPeriod]]:
    """For each of these persons the households they have belonged to, the latest first; two queries for any number."""
    keys = set(person_ids)
    own: dict[int, list[HouseholdMember]] = {key: [] for key in keys}
    places = HouseholdMember.objects.filter(person__in=keys).select_related("household__same_home")
    for row in places.order_by("household_id", "since"):
        own[row.person_id].append(row)
    rows = HouseholdMember.objects.filter(household__in={row.household_id for each in own.values() for row in each})
    on_record: dict[int, list[HouseholdMember]] = {}
    for row in rows.select_related("person").order_by("since", "pk"):
        on_record.setdefault(row.household_id, []).append(row)
    return {
        key: sorted(
            (
                _period(stay[0].household, stay[0].since, stay[-1].until, on_record[stay[0].household_id])
                for stay in _stays(each)
            ),
            key=lambda period: period.since,
            reverse=True,
        )
        for key, each in own.items()
    }


def head_in(periods: Iterable[HouseholdPeriod], *, on: date) -> Member | None:
    """The same as ``head_on``, from the households a person has belonged to; no query."""
    for period in periods:
        if period.since <= on and (period.until is None or on <= period.until):
            there = (member for member in period.members if member.is_head)
            return next(
                (head for head in there if head.since <= on and (head.until is None or on <= head.until)), None
            )
    return None


def head_changes(household_id: int) -> list[HeadChange]:
    """When the head of a residence record became somebody else, oldest first."""
    rows = HouseholdMember.objects.filter(household=household_id, is_head=True).select_related("person")
    return _head_changes([_member(row) for row in rows])


def heads_over_time(periods: Iterable[HouseholdPeriod]) -> list[HeadSpan]:
    """Who was head of the record a person was on, span by span, oldest first, from :func:`history_of`.

    A person who moves onto another record has another head from that day on, which no record alone can tell.
    """
    spans = [
        HeadSpan(
            number=period.number,
            since=max(head.since, period.since),
            until=earlier(head.until, period.until),
            head_id=head.person_id,
            head=head.name,
            cause=head.cause,
        )
        for period in periods
        for head in period.members
        if head.is_head
    ]
    return sorted(spans, key=lambda span: span.since)


def changed_heads(spans: Sequence[HeadSpan]) -> list[HeadSpan]:
    """Of the spans of one person those that began with another head than the span before."""
    return [after for before, after in pairwise(spans) if before.head_id != after.head_id]


def earlier(one: date | None, other: date | None) -> date | None:
    """The earlier of two last days; None goes on."""
    return min((day for day in (one, other) if day is not None), default=None)


def _stays(own: list[HouseholdMember]) -> list[list[HouseholdMember]]:
    """Rows that follow each other on one record without a gap are one stay (a change of headship splits the row)."""
    stays: list[list[HouseholdMember]] = []
    for row in own:
        last = stays[-1][-1] if stays else None
        follows = (
            last is not None
            and last.household_id == row.household_id
            and last.until is not None
            and last.until + timedelta(days=1) == row.since
        )
        if follows:
            stays[-1].append(row)
        else:
            stays.append([row])
    return stays


def _period(household: Household, since: date, until: date | None, rows: list[HouseholdMember]) -> HouseholdPeriod:
    members = [_member(row) for row in rows if overlaps(row.since, row.until, since, until)]
    changes = _head_changes([member for member in members if member.is_head])
    return HouseholdPeriod(
        number=household.number,
        since=since,
        until=until,
        members=tuple(sorted(members, key=lambda member: (member.since, not member.is_head, member.birth_date))),
        head_changes=tuple(changes),
        same_home=household.same_home.number if household.same_home else "",
    )


def _head_changes(heads: list[Member]) -> list[HeadChange]:
    changes: list[HeadChange] = []
    for before, after in pairwise(sorted(heads, key=lambda member: member.since)):
        if before.until is not None and before.until + timedelta(days=1) < after.since:
            changes.append(HeadChange(on=before.until + timedelta(days=1), before=before.name, after=""))
            changes.append(HeadChange(on=after.since, before="", after=after.name, cause=after.cause))
        elif before.person_id != after.person_id:
            changes.append(HeadChange(after.since, before.name, after.name, after.cause))
    return changes


def overlaps(since: date, until: date | None, other_since: date, other_until: date | None) -> bool:
    """Whether two periods share a day; an open end goes on."""
    return (until is None or until >= other_since) and (other_until is None or other_until >= since)


def _member(row: HouseholdMember) -> Member:
    return Member(
        person_id=row.person_id,
        name=row.person.name,
        kana=row.person.kana,
        birth_date=row.person.birth_date,
        relationship=row.relationship,
        is_head=row.is_head,
        since=row.since,
        until=row.until,
        cause=row.get_cause_display(),
    )

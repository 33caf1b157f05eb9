"""Moves between residence records: divorce, moving, separated registration, another head, a new record.

A move is written for everybody at once: the people who leave, the record they come onto, and whoever becomes head of
what is left. Half a divorce is never saved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from people.enums import HouseholdCause
from people.keys import next_key
from people.models import Household, HouseholdMember, Person, in_force
from people.services import PersonRefused, move_household

HEAD, MEMBER = "世帯主", "世帯員"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where people go: a new record, an existing one, or off every record (death, abroad)."""

    household: Household | None = None
    is_new: bool = False


NEW_RECORD = Destination(is_new=True)
OFF_RECORD = Destination()


@service
def move_together(
    *,
    movers: Sequence[Person],
    to: Destination,
    since: date,
    cause: HouseholdCause,
    head: Person | None = None,
    head_of_rest: Person | None = None,
    relationships: Mapping[int, str] | None = None,
    by: Actor,
    at: datetime,
) -> Household | None:
    """Put people onto a record from a day on and end their place on the record before; the record they are on then.

    ``head`` becomes head of the record they come onto (a new one needs one of the movers; otherwise the head there
    stays). ``head_of_rest`` becomes head of what is left when a head leaves. ``relationships`` has 続柄 by person; who is
    not named keeps theirs. ``PersonRefused`` for days in the way of later records and for a record left without a head.
    """
    leaving = {person.pk for person in movers}
    if not leaving:
        raise PersonRefused("異動する人を選んでください。")
    refuse_days_to_come(since, at)
    refuse_wrong_head(to, head, leaving)
    rows = lock_places(leaving, to, since)
    said = relationships or {}
    source = next((row.household for row in rows if row.person_id in leaving), None)
    refuse_there_already(rows, to, leaving)
    for row in rows:
        if row.person_id in leaving:
            end_place(row, since)
    settle_rest(rows, leaving, head_of_rest, since=since, cause=cause, said=said)
    if to == OFF_RECORD:
        return None
    target = to.household or new_household(same_home=source if cause == HouseholdCause.SEPARATION else None)
    before = {row.person_id: row for row in rows if row.person_id in leaving}
    if head is not None and not to.is_new:
        step_down(rows, target, since=since, cause=cause, said=said, beside=head)
    for person in sorted(movers, key=lambda person: person.pk):
        is_head = head is not None and person.pk == head.pk
        old = before.get(person.pk)
        relationship = said.get(person.pk) or (HEAD if is_head else usual_relationship(old))
        take_place(target, person.pk, relationship, is_head=is_head, since=since, cause=cause)
    return target


@service
def change_head(
    *,
    household: Household,
    head: Person,
    since: date,
    cause: HouseholdCause = HouseholdCause.HEAD,
    relationships: Mapping[int, str] | None = None,
    by: Actor,
    at: datetime,
) -> HouseholdMember:
    """Another member of a record becomes its head from a day on; whoever was head goes on as a member."""
    refuse_days_to_come(since, at)
    Household.objects.select_for_update().get(pk=household.pk)
    rows = list(HouseholdMember.objects.select_for_update().filter(in_force(since), household=household))
    place = next((row for row in rows if row.person_id == head.pk), None)
    if place is None:
        raise PersonRefused("この日にこの世帯にいる人から、世帯主を選んでください。")
    if place.is_head:
        raise PersonRefused("この方は、この日すでに世帯主です。")
    refuse_later_records({row.person_id for row in rows if row.is_head} | {head.pk}, since)
    said = relationships or {}
    step_down(rows, household, since=since, cause=cause, said=said, beside=head)
    until = place.until
    end_place(place, since)
    return take_place(
        household, head.pk, said.get(head.pk) or HEAD, is_head=True, since=since, until=until, cause=cause
    )


@service
def first_record(
    *,
    person: Person,
    number: str,
    among: QuerySet[Household],
    relationship: str,
    is_head: bool,
    since: date,
    by: Actor,
    at: datetime,
) -> HouseholdMember:
    """Put somebody onto a record of whom none is known: a new one, or the one with a number ``among`` those known."""
    refuse_days_to_come(since, at)
    wanted = number.strip()
    household = among.filter(number=wanted).first() if wanted else None
    if wanted and household is None:
        raise PersonRefused("この番号の世帯が見つかりません。空けておくと、新しい番号が付きます。")
    if household is None and not is_head:
        raise PersonRefused("新しい世帯の最初の人は、世帯主として登録してください。")
    return move_household(
        person=person,
        household=household or new_household(same_home=None),
        relationship=relationship.strip() or MEMBER,
        is_head=is_head,
        since=since,
        by=by,
        at=at,
    )


def lock_places(people: set[int], to: Destination, since: date) -> list[HouseholdMember]:
    """The places on a day of these people and of everybody on the records concerned, locked in one order."""
    now = HouseholdMember.objects.filter(in_force(since), person__in=people)
    households = set(now.values_list("household", flat=True))
    if to.household is not None:
        households.add(to.household.pk)
    list(Household.objects.select_for_update(of=("self",)).filter(pk__in=households).order_by("pk"))
    list(Person.objects.select_for_update(of=("self",)).filter(pk__in=people).order_by("pk"))
    refuse_later_records(people, since)
    places = HouseholdMember.objects.filter(in_force(since), household__in=households)
    return list(places.select_related("household").order_by("pk"))


def settle_rest(
    rows: Sequence[HouseholdMember],
    leaving: set[int],
    head_of_rest: Person | None,
    *,
    since: date,
    cause: HouseholdCause,
    said: Mapping[int, str],
) -> None:
    """Give the record that a head leaves another head from those who stay; nobody stays, nothing to do."""
    for left in [row for row in rows if row.person_id in leaving and row.is_head]:
        rest = [row for row in rows if row.household_id == left.household_id and row.person_id not in leaving]
        if not rest:
            continue
        follows = next((row for row in rest if head_of_rest is not None and row.person_id == head_of_rest.pk), None)
        if follows is None:
            raise PersonRefused("世帯主が異動します。残る人の中から、新しい世帯主を選んでください。")
        refuse_later_records({follows.person_id}, since)
        until = follows.until
        end_place(follows, since)
        take_place(
            follows.household,
            follows.person_id,
            said.get(follows.person_id) or HEAD,
            is_head=True,
            since=since,
            until=until,
            cause=cause,
        )


def step_down(
    rows: Sequence[HouseholdMember],
    household: Household,
    *,
    since: date,
    cause: HouseholdCause,
    said: Mapping[int, str],
    beside: Person,
) -> None:
    """Let the present head of a record go on as a member, because somebody else becomes head."""
    for row in rows:
        if row.household_id == household.pk and row.is_head and row.person_id != beside.pk:
            refuse_later_records({row.person_id}, since)
            until = row.until
            end_place(row, since)
            relationship = said.get(row.person_id) or MEMBER
            take_place(household, row.person_id, relationship, is_head=False, since=since, until=until, cause=cause)


def take_place(
    household: Household,
    person_id: int,
    relationship: str,
    *,
    is_head: bool,
    since: date,
    cause: HouseholdCause,
    until: date | None = None,
) -> HouseholdMember:
    return HouseholdMember.objects.create(
        household=household,
        person_id=person_id,
        relationship=relationship,
        is_head=is_head,
        cause=cause,
        since=since,
        until=until,
    )


def end_place(row: HouseholdMember, since: date) -> None:
    """End a place the day before; one that begins the same day was refused before."""
    HouseholdMember.objects.filter(pk=row.pk).update(until=since - timedelta(days=1))


def usual_relationship(old: HouseholdMember | None) -> str:
    """The 続柄 of somebody of whom nothing else is said: as before, unless they were head there."""
    return MEMBER if old is None or old.is_head else old.relationship


def new_household(*, same_home: Household | None) -> Household:
    """A record with the next free number of our own; numbers of imported records begin otherwise."""
    key = next_key(Household)
    home = (same_home.same_home or same_home) if same_home else None
    return Household.objects.create(pk=key, number=f"N{key:08d}", same_home=home)


def refuse_days_to_come(since: date, at: datetime) -> None:
    if since > timezone.localtime(at).date():
        raise PersonRefused("異動日に先の日付は使えません。住民票が異動してから登録してください。")


def refuse_wrong_head(to: Destination, head: Person | None, leaving: set[int]) -> None:
    if to.is_new and (head is None or head.pk not in leaving):
        raise PersonRefused("新しい世帯の世帯主を、異動する人の中から選んでください。")
    if head is not None and head.pk not in leaving:
        raise PersonRefused("移った先の世帯主は、異動する人の中から選んでください。")


def refuse_there_already(rows: Sequence[HouseholdMember], to: Destination, leaving: set[int]) -> None:
    """Nobody moves onto the record they are on already."""
    if to.household is None:
        return
    if any(row.person_id in leaving and row.household_id == to.household.pk for row in rows):
        raise PersonRefused("異動する人が、移る先の世帯にすでにいます。")


def refuse_later_records(people: set[int], since: date) -> None:
    if HouseholdMember.objects.filter(person__in=people, since__gte=since).exists():
        raise PersonRefused("この日以降の世帯の記録がすでにあります。異動日をお確かめください。")

"""Two hundred planted stories of households, told back by the timeline: who lived with whom when, and who was head.

Each story is lived day by day beside the database, in a plain dictionary that knows nothing of rows and periods.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

import pytest

from audit.actors import Actor
from people.enums import HouseholdCause
from people.households import changed_heads, head_on, heads_over_time, history_of, living_with, members_on
from people.models import Household, HouseholdMember, Person
from people.moving import NEW_RECORD, OFF_RECORD, Destination, change_head, move_together
from tests.people.builders import a_household, a_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

STORIES = 200
CLERK = Actor(label="clerk")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
BEGINNING = date(2018, 4, 1)
_number = count(1)


@dataclass
class Lived:
    """One day of a story: on which record each person is, who heads each record, and which records share a home."""

    record_of: dict[int, int]
    head_of: dict[int, int]
    home_of: dict[int, int]

    def copy(self) -> Lived:
        return Lived(dict(self.record_of), dict(self.head_of), dict(self.home_of))

    def on_record(self, record: int) -> set[int]:
        return {person for person, at in self.record_of.items() if at == record}

    def head_for(self, person: int) -> int | None:
        return self.head_of.get(self.record_of[person]) if person in self.record_of else None

    def home_with(self, person: int) -> set[int]:
        if person not in self.record_of:
            return set()
        home = self.home_of[self.record_of[person]]
        return {each for each, record in self.record_of.items() if self.home_of[record] == home}


@dataclass
class Story:
    """A family and its records, written through the services and lived in the dictionary at once."""

    rng: Random
    people: dict[int, Person] = field(default_factory=dict)
    days: list[tuple[date, Lived]] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def begin(self) -> None:
        family = [a_person(f"人{next(_number)}") for _ in range(self.rng.randint(2, 5))]
        self.people = {person.pk: person for person in family}
        record = a_household(*family, since=BEGINNING)
        keys = list(self.people)
        self.days = [(BEGINNING, Lived(dict.fromkeys(keys, record.pk), {record.pk: keys[0]}, {record.pk: record.pk}))]

    def go_on(self, day: date) -> None:
        """One more event, if the family is such that it can happen."""
        event = self.rng.choice(["leave", "leave", "separate", "head", "die", "join", "back"])
        now = self.days[-1][1].copy()
        records = [record for record in set(now.record_of.values()) if len(now.on_record(record)) > 1]
        record = self.rng.choice(sorted(records)) if records else 0
        movers = self.some_of(now.on_record(record)) if record else []
        if event in ("leave", "separate") and movers:
            cause = HouseholdCause.SEPARATION if event == "separate" else HouseholdCause.DIVORCE
            self.move(now, movers, record, NEW_RECORD, cause, day)
        elif event == "head" and record:
            new = self.rng.choice(sorted(now.on_record(record) - {now.head_of[record]}))
            change_head(household=Household.objects.get(pk=record), head=self.people[new], since=day, by=CLERK, at=NOW)
            now.head_of[record] = new
        elif event == "die" and record:
            self.move(
                now, [self.rng.choice(sorted(now.on_record(record)))], record, OFF_RECORD, HouseholdCause.DEATH, day
            )
        elif event in ("join", "back") and len(set(now.record_of.values())) > 1:
            source, target = self.rng.sample(sorted(set(now.record_of.values())), 2)
            everybody = sorted(now.on_record(source))
            whole = everybody if event == "back" else self.some_of(set(everybody)) or everybody
            to = Destination(household=Household.objects.get(pk=target))
            self.move(now, whole, source, to, HouseholdCause.MERGER, day)
        else:
            return
        self.told.add(event)
        self.days.append((day, now))

    def some_of(self, people: set[int]) -> list[int]:
        """Some, not all."""
        keys = sorted(people)
        return self.rng.sample(keys, self.rng.randint(1, len(keys) - 1)) if len(keys) > 1 else []

    def move(
        self, now: Lived, movers: list[int], source: int, to: Destination, cause: HouseholdCause, day: date
    ) -> None:
        rest = sorted(now.on_record(source) - set(movers))
        next_head = self.rng.choice(rest) if rest and now.head_of[source] in movers else None
        head = movers[0] if to.is_new or (to.household and self.rng.random() < 0.3) else None
        target = move_together(
            movers=[self.people[key] for key in movers],
            to=to,
            since=day,
            cause=cause,
            head=self.people[head] if head else None,
            head_of_rest=self.people[next_head] if next_head else None,
            by=CLERK,
            at=NOW,
        )
        if next_head:
            now.head_of[source] = next_head
        for key in movers:
            if target is None:
                del now.record_of[key]
            else:
                now.record_of[key] = target.pk
        if target is not None:
            if head:
                now.head_of[target.pk] = head
            split = cause == HouseholdCause.SEPARATION
            now.home_of.setdefault(target.pk, now.home_of[source] if split else target.pk)
        if not rest:
            del now.head_of[source]

    def lived_on(self, day: date) -> Lived:
        return next(lived for since, lived in reversed(self.days) if since <= day)

    def days_to_ask(self) -> list[date]:
        """The day of every event, the day before, and one in between."""
        found = {BEGINNING, NOW.date()}
        for day, _ in self.days[1:]:
            found |= {day, day - timedelta(days=1), day + timedelta(days=self.rng.randint(1, 40))}
        return sorted(day for day in found if BEGINNING <= day <= NOW.date())


def a_story(seed: int) -> Story:
    story = Story(Random(seed))
    story.begin()
    day = BEGINNING
    for _ in range(story.rng.randint(1, 6)):
        day += timedelta(days=story.rng.randint(2, 500))
        if day <= NOW.date():
            story.go_on(day)
    return story


@pytest.mark.parametrize("tenth", range(10))
def test_the_timeline_tells_every_story_as_it_was_lived(tenth: int) -> None:
    told: set[str] = set()
    for seed in range(tenth * STORIES // 10, (tenth + 1) * STORIES // 10):
        story = a_story(seed)
        told |= story.told
        for day in story.days_to_ask():
            lived = story.lived_on(day)
            person = story.rng.choice(sorted(story.people))
            record = lived.record_of.get(person)
            if record is not None:
                assert {m.person_id for m in members_on(record, on=day)} == lived.on_record(record), (seed, day)
            head = head_on(person, on=day)
            assert (head.person_id if head else None) == lived.head_for(person), (seed, day)
            assert {m.person_id for m in living_with(person, on=day)} == lived.home_with(person), (seed, day)
        spans_tell_the_heads(story, story.rng.choice(sorted(story.people)))
    assert told >= {"leave", "separate", "head", "die", "back"}


def spans_tell_the_heads(story: Story, person: int) -> None:
    """The spans of a person's page say on every day of the story who was head, and nothing more."""
    spans = heads_over_time(history_of(person))
    for day in story.days_to_ask():
        on_day = [span.head_id for span in spans if span.since <= day and (span.until is None or day <= span.until)]
        head = story.lived_on(day).head_for(person)
        assert on_day == ([head] if head else [])
    lived = [(since, each.head_for(person)) for since, each in story.days if each.head_for(person)]
    changes = [since for (_, before), (since, after) in zip(lived, lived[1:], strict=False) if before != after]
    assert [span.since for span in changed_heads(spans)] == changes


def test_nobody_is_ever_on_two_records_and_no_record_with_people_lacks_a_head() -> None:
    for seed in range(1_000, 1_020):
        story = a_story(seed)
        for day in story.days_to_ask():
            rows = HouseholdMember.objects.filter(person__in=story.people, since__lte=day).exclude(until__lt=day)
            places = list(rows.values_list("person_id", "household_id", "is_head"))
            assert len({person for person, _, _ in places}) == len(places)
            records = {record for _, record, _ in places}
            assert {record for _, record, is_head in places if is_head} == records

"""Moves between residence records, written for everybody at once, and what is refused with which words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from audit.actors import Actor
from people.enums import HouseholdCause
from people.households import head_changes, head_on, history_of, living_with, members_on
from people.models import Household, HouseholdMember, Person
from people.moving import NEW_RECORD, OFF_RECORD, Destination, change_head, move_together
from people.services import PersonRefused
from tests.people.builders import a_household, a_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

CLERK = Actor(label="clerk")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
DAY = date(2024, 4, 1)


def family() -> tuple[Person, Person, Person, Household]:
    husband = a_person("夫", birth_date=date(1980, 1, 1))
    wife = a_person("妻", birth_date=date(1982, 1, 1))
    child = a_person("子", birth_date=date(2015, 1, 1))
    return husband, wife, child, a_household(husband, wife, child)


def move(*movers: Person, to: Destination = NEW_RECORD, **told: Any) -> Household | None:
    values: dict[str, Any] = {"since": DAY, "cause": HouseholdCause.DIVORCE} | told
    return move_together(movers=movers, to=to, by=CLERK, at=NOW, **values)


def names(people: list[Any]) -> list[str]:
    return [member.name for member in people]


def test_a_divorce_makes_a_second_record() -> None:
    husband, wife, child, record = family()
    new = move(wife, child, head=wife, relationships={child.pk: "長男"})
    assert new is not None
    assert names(members_on(record.pk, on=DAY)) == ["夫"]
    assert [(m.name, m.relationship, m.is_head) for m in members_on(new.pk, on=DAY)] == [
        ("妻", "世帯主", True),
        ("子", "長男", False),
    ]
    assert names(living_with(child.pk, on=DAY)) == ["妻", "子"]
    assert names(living_with(child.pk, on=date(2024, 3, 31))) == ["夫", "妻", "子"]
    assert history_of(child.pk)[0].members[0].cause == "離婚"
    assert husband.pk


def test_when_the_head_leaves_somebody_of_the_rest_becomes_head() -> None:
    husband, wife, child, record = family()
    with pytest.raises(PersonRefused, match="残る人の中から、新しい世帯主を選んでください"):
        move(husband, head=husband)
    assert HouseholdMember.objects.count() == 3
    assert Household.objects.count() == 1
    move(husband, head=husband, head_of_rest=wife, relationships={child.pk: "子"})
    assert [(change.on, change.before, change.after, change.cause) for change in head_changes(record.pk)] == [
        (DAY, "夫", "妻", "離婚")
    ]


def test_a_separated_registration_is_another_record_in_the_same_home() -> None:
    father, son, grandchild, record = family()
    new = move(son, head=son, cause=HouseholdCause.SEPARATION)
    assert new is not None and new.same_home == record
    assert names(members_on(new.pk, on=DAY)) == ["妻"]
    for person in (father, son, grandchild):
        assert names(living_with(person.pk, on=DAY)) == ["夫", "妻", "子"]
        head = head_on(person.pk, on=DAY)
        assert head is not None and head.name == ("妻" if person == son else "夫")
    later = date(2025, 1, 1)
    move(son, head=son, cause=HouseholdCause.MOVE, since=later)
    assert names(living_with(son.pk, on=later)) == ["妻"]
    assert names(living_with(father.pk, on=later)) == ["夫", "子"]


def test_a_record_split_twice_is_still_one_home() -> None:
    one, two, three, record = family()
    second = move(two, three, head=two, cause=HouseholdCause.SEPARATION)
    third = move(three, head=three, cause=HouseholdCause.SEPARATION, since=date(2025, 1, 1))
    assert second is not None and third is not None
    assert (second.same_home, third.same_home) == (record, record)
    assert len(living_with(one.pk, on=date(2025, 1, 1))) == 3


def test_moving_in_with_others_keeps_their_head_or_takes_over() -> None:
    _, wife, child, _ = family()
    mother = a_person("母", birth_date=date(1950, 1, 1))
    hers = a_household(mother)
    move(wife, child, to=Destination(household=hers), cause=HouseholdCause.MOVE)
    head = head_on(child.pk, on=DAY)
    assert head is not None and head.name == "母"
    change_head(household=hers, head=wife, since=date(2025, 1, 1), by=CLERK, at=NOW)
    assert [(change.before, change.after, change.cause) for change in head_changes(hers.pk)] == [
        ("母", "妻", "世帯主変更")
    ]
    assert [member.relationship for member in members_on(hers.pk, on=date(2025, 1, 1)) if member.name == "母"] == [
        "世帯員"
    ]


def test_somebody_who_moves_in_as_head_takes_the_place_of_the_head_there() -> None:
    _, wife, _, _ = family()
    mother = a_person("母")
    hers = a_household(mother)
    move(wife, to=Destination(household=hers), head=wife, cause=HouseholdCause.MOVE)
    assert [(m.name, m.is_head) for m in members_on(hers.pk, on=DAY)] == [("妻", True), ("母", False)]


def test_who_dies_or_goes_abroad_is_on_no_record() -> None:
    husband, wife, _, record = family()
    assert move(husband, to=OFF_RECORD, cause=HouseholdCause.DEATH, head_of_rest=wife) is None
    assert head_on(husband.pk, on=DAY) is None
    assert living_with(husband.pk, on=DAY) == []
    assert names(members_on(record.pk, on=DAY)) == ["妻", "子"]


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"since": date(2026, 11, 21)}, "異動日に先の日付は使えません。住民票が異動してから登録してください。"),
        ({"since": date(2019, 12, 31)}, "この日以降の世帯の記録がすでにあります。異動日をお確かめください。"),
        ({"since": date(2020, 1, 1)}, "この日以降の世帯の記録がすでにあります。異動日をお確かめください。"),
        ({"head": None}, "新しい世帯の世帯主を、異動する人の中から選んでください。"),
    ],
)
def test_a_move_that_cannot_be_is_refused_and_nothing_is_saved(told: dict[str, Any], sentence: str) -> None:
    _, wife, _, _ = family()
    with pytest.raises(PersonRefused) as refused:
        move(wife, **{"head": wife} | told)
    assert str(refused.value) == sentence
    assert (Household.objects.count(), HouseholdMember.objects.count()) == (1, 3)


def test_nobody_moves_to_where_they_are_and_a_head_becomes_head_once() -> None:
    husband, wife, _, record = family()
    with pytest.raises(PersonRefused, match="すでにいます"):
        move(wife, to=Destination(household=record))
    with pytest.raises(PersonRefused, match="すでに世帯主です"):
        change_head(household=record, head=husband, since=DAY, by=CLERK, at=NOW)
    with pytest.raises(PersonRefused, match="この世帯にいる人から"):
        change_head(household=record, head=a_person(), since=DAY, by=CLERK, at=NOW)
    with pytest.raises(PersonRefused, match="異動する人を選んでください"):
        move()

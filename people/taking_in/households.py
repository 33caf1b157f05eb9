"""Residence records: who is on which since when, and who heads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from import_export import resources
from import_export.fields import Field

from audit.actors import Actor
from jobs.enums import RowOutcome
from jobs.importing.columns import Choice, Code, Day, Text
from jobs.importing.effects import RowRefused, Watched, Writing
from jobs.importing.staging import add_problem, mark
from jobs.models import ImportBatch, ImportRow
from people.bulk import FirstPlace, may_settle, settle
from people.models import Household, HouseholdMember, Person
from people.services import PersonRefused, move_household
from people.taking_in.checks import find_persons, people_of, refuse_future

YES = {"はい": True, "いいえ": False}


class HouseholdResource(resources.Resource):
    household = Field(column_name="世帯番号", widget=Code(longest=12))
    number = Field(column_name="借受人番号", widget=Code(longest=12))
    relationship = Field(column_name="続柄", widget=Text(longest=20))
    is_head = Field(column_name="世帯主", widget=Choice(YES))
    since = Field(column_name="異動日", widget=Day())


def check_households(batch: ImportBatch) -> None:
    find_persons(batch, doubles="借受人番号")
    refuse_future(batch, "since", "異動日")
    add_problem(
        batch,
        column="世帯主",
        reason="'同じ世帯の世帯主が、同じ異動日で2人以上います。'",
        source="(select values ->> 'household' as household, values ->> 'since' as since from jobs_importrow "
        "where batch_id = %(batch)s and key <> '' and values ->> 'is_head' = 'true' "
        "group by 1, 2 having count(*) > 1) heads",
        where="heads.household = r.values ->> 'household' and heads.since = r.values ->> 'since' "
        "and r.values ->> 'is_head' = 'true'",
    )
    mark(
        batch,
        RowOutcome.UNCHANGED,
        source="people_householdmember m join people_person p on p.id = m.person_id "
        "join people_household h on h.id = m.household_id",
        where="p.number = r.values ->> 'number' and h.number = r.values ->> 'household' "
        "and m.relationship = r.values ->> 'relationship' and m.is_head = (r.values ->> 'is_head')::boolean "
        "and m.since <= (r.values ->> 'since')::date and (m.until is null or m.until >= (r.values ->> 'since')::date)",
    )
    mark(batch, RowOutcome.NEW)


def commit_households(rows: Sequence[ImportRow], writing: Writing) -> None:
    """First places on a residence record in one go; moves and changes of head through the service, line by line."""
    people = people_of(rows)
    places = [
        FirstPlace(
            household=row.values["household"],
            person=people[row.values["number"]],
            relationship=row.values["relationship"],
            is_head=row.values["is_head"],
            since=date.fromisoformat(row.values["since"]),
        )
        for row in rows
    ]
    simple = may_settle(places)
    first = [(row, place) for row, place, may in zip(rows, places, simple, strict=True) if may]
    members, new = settle(places=[place for _, place in first], by=writing.by, at=writing.at)
    line_of: dict[str, int] = {}
    for (row, place), member in zip(first, members, strict=True):
        line_of.setdefault(place.household, row.line)
        writing.effects.created(row.line, member)
    for household in new:
        writing.effects.created(line_of[household.number], household)
    writing.effects.write()

    def move(row: ImportRow) -> None:
        person = people[row.values["number"]]
        household, made = Household.objects.get_or_create(number=row.values["household"])
        others = {person.pk: row.line} | {
            key: row.line for key in household.members.filter(is_head=True).values_list("person_id", flat=True)
        }
        if made:
            writing.effects.created(row.line, household)
        with writing.effects.watching(others, Watched(HouseholdMember, "person_id")):
            change_household(person, household, row.values, by=writing.by, at=writing.at)

    writing.one_by_one([row for row, may in zip(rows, simple, strict=True) if not may], move)


def change_household(
    person: Person, household: Household, values: Mapping[str, Any], *, by: Actor, at: datetime
) -> None:
    try:
        move_household(
            person=person,
            household=household,
            relationship=values["relationship"],
            is_head=values["is_head"],
            since=date.fromisoformat(values["since"]),
            by=by,
            at=at,
        )
    except PersonRefused as refusal:
        raise RowRefused("異動日", str(refusal)) from refusal

"""The households of some borrowers on a day, and whether the head lived apart when a loan was applied for; three queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from exemptions.candidates.composition import Resident
from exemptions.facts import Household
from people.models import HouseholdMember, in_force

Stays = tuple[tuple[int, date, date | None], ...]


@dataclass(frozen=True, slots=True)
class Home:
    """Who is on a borrower's residence record (person, birth date, relationship), who is its head, and where both lived."""

    people: tuple[tuple[int, date, str], ...]
    head: int | None
    own_stays: Stays
    head_stays: Stays

    def residents(self, borrower: int, disabled: Collection[int]) -> list[Resident]:
        """The same as the kind of household is told from."""
        return [Resident(born, relation, key == borrower, key in disabled) for key, born, relation in self.people]

    def situation(self, borrower: int, applied_on: date) -> Household:
        """What the record says in place of the tick on form 1-1-D. Whether papers can be had is never known from it."""
        if self.head is None:
            return Household()
        if self.head == borrower:
            return Household(borrower_is_head=True)
        own, theirs = _record_on(self.own_stays, applied_on), _record_on(self.head_stays, applied_on)
        apart = own != theirs if own is not None and theirs is not None else None
        return Household(borrower_is_head=False, head_was_separate_at_loan=apart)


def homes_of(people: Collection[int], *, on: date) -> dict[int, Home]:
    """The household of each of these persons on a day; missing where no record is known."""
    own = _stays(people)
    record = {person: _record_on(tuple(stays), on) for person, stays in own.items()}
    wanted = {key for key in record.values() if key is not None}
    members: dict[int, list[tuple[int, date, str]]] = defaultdict(list)
    heads: dict[int, int] = {}
    rows = HouseholdMember.objects.filter(in_force(on), household__in=wanted).values_list(
        "household_id", "person_id", "person__birth_date", "relationship", "is_head"
    )
    for household, person, born, relationship, is_head in rows:
        members[household].append((person, born, relationship))
        if is_head:
            heads[household] = person
    theirs = _stays(set(heads.values()))
    return {
        person: Home(
            people=tuple(members[household]),
            head=heads.get(household),
            own_stays=tuple(own[person]),
            head_stays=tuple(theirs.get(heads.get(household, 0), ())),
        )
        for person, household in record.items()
        if household is not None
    }


def _stays(people: Collection[int]) -> Mapping[int, list[tuple[int, date, date | None]]]:
    found: dict[int, list[tuple[int, date, date | None]]] = defaultdict(list)
    rows = HouseholdMember.objects.filter(person__in=people).values_list("person_id", "household_id", "since", "until")
    for person, household, since, until in rows:
        found[person].append((household, since, until))
    return found


def _record_on(stays: Stays, on: date) -> int | None:
    return next((key for key, since, until in stays if since <= on and (until is None or until >= on)), None)

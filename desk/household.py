"""One person's households over time: who lived with whom, who was head, and which change came shortly before an
application (feature N-13; consent 6 of the exemption form: no change of head made for the purpose)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from accounts.roles import Permission
from exemptions.evidence import HEAD_CHANGE_DAYS
from exemptions.models import Application
from japan.eras import era_date
from loans.enums import LendingState
from loans.models import LendingApplication
from loans.selectors import of_person
from people.households import (
    HeadSpan,
    HouseholdPeriod,
    Member,
    changed_heads,
    heads_over_time,
    history_of,
    living_with,
)
from people.models import Person

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Asked:
    """A day on which something was applied for, in words."""

    on: date
    text: str


@dataclass(frozen=True, slots=True)
class HeadLine:
    """Who was head for a while; ``near`` are the applications that came within a year after the change."""

    span: HeadSpan
    changed: bool
    near: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    """The households of a person, the latest first; ``together`` is who they lived with on ``on``."""

    person: Person
    periods: tuple[HouseholdPeriod, ...]
    heads: tuple[HeadLine, ...]
    on: date
    together: tuple[Member, ...]
    linked: frozenset[int]
    may_write: bool
    has_record: bool

    @property
    def shown_people(self) -> set[int]:
        """Keys of everybody whose data stand on the page, for the access log."""
        everybody = {member.person_id for period in self.periods for member in period.members}
        return {self.person.pk, *everybody, *(member.person_id for member in self.together)}


def household_page(person: Person, *, reader: User, on: date, today: date) -> HouseholdPage:
    """The page of one person to one reader; the number of queries does not depend on how much there is."""
    periods = history_of(person.pk)
    asked = asked_by(person, reader=reader)
    together = living_with(person.pk, on=on)
    shown = {member.person_id for period in periods for member in period.members} | {m.person_id for m in together}
    return HouseholdPage(
        person=person,
        periods=tuple(periods),
        heads=head_lines(heads_over_time(periods), asked),
        on=on,
        together=tuple(together),
        linked=frozenset(Person.objects.visible_to(reader).filter(pk__in=shown).values_list("pk", flat=True)),
        may_write=reader.can(Permission.WRITE_CASES),
        has_record=any(period.until is None or period.until >= today for period in periods),
    )


def asked_by(person: Person, *, reader: User) -> list[Asked]:
    """What a person applied for, oldest first: exemptions, loans lent, loans asked for."""
    loans = list(of_person(user=reader, person_id=person.pk))
    found = [
        Asked(loan.applied_on, f"{loan.get_fund_display()}の申込（{era_date(loan.applied_on)}）") for loan in loans
    ]
    for application in Application.objects.filter(loan__in=loans).select_related("loan"):
        words = f"{application.loan.get_fund_display()}の免除申請（{era_date(application.received_on)}受付）"
        found.append(Asked(application.received_on, words))
    open_asked = LendingApplication.objects.filter(applicant=person, loan__isnull=True).exclude(
        state=LendingState.WITHDRAWN
    )
    for lending in open_asked.filter(applied_on__isnull=False):
        words = f"{lending.get_fund_display()}の借入申込（{era_date(lending.applied_on)}）"
        found.append(Asked(lending.applied_on, words))
    return sorted(found, key=lambda asked: (asked.on, asked.text))


def head_lines(spans: Sequence[HeadSpan], asked: Sequence[Asked]) -> tuple[HeadLine, ...]:
    """Who was head, the latest first, each change with the applications that followed within a year."""
    changed = changed_heads(spans)
    window = timedelta(days=HEAD_CHANGE_DAYS)
    lines = [
        HeadLine(
            span=span,
            changed=span in changed,
            near=tuple(each for each in asked if span in changed and each.on - window <= span.since <= each.on),
        )
        for span in spans
    ]
    return tuple(reversed(lines))

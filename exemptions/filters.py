"""What the queue can be asked for: filters that stand in the address of the page, so that a view can be kept as a link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils import timezone

from exemptions.enums import ApplicationState, Result
from exemptions.models import Application, HandoverLine, StateChange, is_assigned, resting

if TYPE_CHECKING:
    from accounts.models import User

TARGET_DAYS = 30
"""Days from receipt after which an application counts as overdue. No source names a term; a month is what can be promised."""

State = ApplicationState
WAITING = [State.RECEIVED, State.UNDER_REVIEW]


NOT_ASSIGNED = "nobody"
"""In place of a person: applications that were given to nobody."""


class Holder(StrEnum):
    """Who has the applications in hand."""

    ANYBODY = ""
    MINE = "mine"
    NOBODY = "nobody"


class Age(StrEnum):
    """How long ago they came in."""

    ANY = ""
    OVERDUE = "overdue"
    TWO_WEEKS = "14"
    WEEK = "7"
    FIRST_WEEK = "0-7"
    SECOND_WEEK = "8-14"
    REST_OF_MONTH = "15-30"

    def bounds(self) -> tuple[int, int | None]:
        """From how many days on, and until how many (None: no end)."""
        if self == Age.OVERDUE:
            return TARGET_DAYS + 1, None
        first, _, last = self.partition("-")
        return (int(first), int(last)) if last else (int(first) + 1, None)


BANDS = (Age.FIRST_WEEK, Age.SECOND_WEEK, Age.REST_OF_MONTH, Age.OVERDUE)
"""The ages that follow each other without gap or overlap, for counting."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page was asked for. ``state`` is a state, empty for all that wait for somebody.

    ``assigned`` is the key of whom they were given to, or ``NOT_ASSIGNED``; ``hand`` the key of who has them in hand.
    ``came_in`` and ``went_out`` ask for what entered or left the queue on a day, ``handover`` for what was given to people
    in one go, whatever its state is now.
    """

    state: str = ""
    office: int | None = None
    fund: str = ""
    age: str = Age.ANY
    holder: str = Holder.ANYBODY
    ready: bool = False
    answered: bool = False
    assigned: str = ""
    hand: int | None = None
    aside: bool = False
    came_in: date | None = None
    went_out: date | None = None
    handover: int | None = None

    def query(self) -> str:
        """The same filters as the query of an address."""
        values = {
            "state": self.state,
            "office": self.office or "",
            "fund": self.fund,
            "age": str(self.age),
            "holder": str(self.holder),
            "ready": "1" if self.ready else "",
            "answered": "1" if self.answered else "",
            "assigned": self.assigned,
            "hand": self.hand or "",
            "aside": "1" if self.aside else "",
            "came_in": self.came_in.isoformat() if self.came_in else "",
            "went_out": self.went_out.isoformat() if self.went_out else "",
            "handover": self.handover or "",
        }
        return urlencode({key: value for key, value in values.items() if value})

    def apply(self, rows: QuerySet[Application], *, user: User, at: datetime) -> QuerySet[Application]:
        """Choose the rows these filters ask for."""
        if self.state:
            rows = rows.filter(state=self.state)
        elif not (self.came_in or self.went_out or self.handover):
            rows = rows.filter(state__in=WAITING)
        if self.office is not None:
            rows = rows.filter(office=self.office)
        if self.fund:
            rows = rows.filter(loan__fund=self.fund)
        today = timezone.localtime(at).date()
        if self.age:
            rows = rows.filter(aged(Age(self.age), today))
        if self.holder == Holder.MINE:
            rows = rows.filter(claimed_by=user, claimed_until__gt=at)
        elif self.holder == Holder.NOBODY:
            rows = rows.filter(Q(claimed_by__isnull=True) | Q(claimed_until__lte=at))
        if self.ready:
            rows = ready_to_approve(rows)
        if self.answered:
            rows = rows.filter(state=State.RECEIVED, answered_on__isnull=False)
        if self.assigned == NOT_ASSIGNED:
            rows = rows.exclude(is_assigned())
        elif self.assigned:
            rows = rows.filter(is_assigned(), assigned_to=int(self.assigned))
        if self.hand is not None:
            rows = rows.filter(claimed_by=self.hand, claimed_until__gt=at)
        if self.aside:
            rows = rows.filter(resting(today))
        for day, moved in ((self.came_in, CAME_IN), (self.went_out, WENT_OUT)):
            if day is not None:
                rows = rows.filter(pk__in=StateChange.objects.filter(moved, on_day(day)).values("application"))
        if self.handover is not None:
            rows = rows.filter(pk__in=HandoverLine.objects.filter(handover=self.handover).values("application"))
        return rows


CAME_IN = Q(to_state__in=WAITING) & ~Q(from_state__in=WAITING)
WENT_OUT = Q(from_state__in=WAITING) & ~Q(to_state__in=WAITING)
"""The steps by which an application enters the queue, and by which it leaves it."""


def on_day(day: date, until: date | None = None) -> Q:
    """Steps of a day in Japan, or of several, as bounds that an index can answer."""
    begin, end = (
        timezone.make_aware(datetime.combine(each, time.min)) for each in (day, (until or day) + timedelta(days=1))
    )
    return Q(at__gte=begin, at__lt=end)


def aged(age: Age, today: date) -> Q:
    """Applications that came in so many days ago."""
    first, last = age.bounds()
    found = Q(received_on__lte=today - timedelta(days=first))
    return found if last is None else found & Q(received_on__gte=today - timedelta(days=last))


def ready_to_approve(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Proposals whose papers are complete and for which the rules found an exemption when they were last looked at."""
    return rows.filter(state=State.UNDER_REVIEW, deficiency_count=0, assessment__result=Result.ELIGIBLE)

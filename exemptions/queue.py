"""The exemption queue: which applications, in which order, a page of them at a time, in a constant number of queries.

Everything that chooses rows is a filter in the address of the page, so that a view can be kept as a link. Order and paging
go by (day of receipt, key): oldest first, by keyset, so that a page deep in a rush of 5,000 costs as much as the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from accounts.roles import Permission
from accounts.selectors import deputised_supervisor
from exemptions.enums import ApplicationState, Flag, Result
from exemptions.models import Application, StateChange
from exemptions.services.claims import free_or_held_by
from exemptions.workflow import MAKING
from people.models import Protection, in_force

if TYPE_CHECKING:
    from accounts.models import User

PAGE_SIZE = 50
TARGET_DAYS = 30
"""Days from receipt after which an application counts as overdue. No source names a term; a month is what can be promised."""

State = ApplicationState
WAITING = [State.RECEIVED, State.UNDER_REVIEW]


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


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page was asked for. ``state`` is a state, empty for all that wait for somebody."""

    state: str = ""
    office: int | None = None
    fund: str = ""
    age: str = Age.ANY
    holder: str = Holder.ANYBODY
    ready: bool = False
    answered: bool = False

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
        }
        return urlencode({key: value for key, value in values.items() if value})

    def apply(self, rows: QuerySet[Application], *, user: User, at: datetime) -> QuerySet[Application]:
        """Choose the rows these filters ask for."""
        rows = rows.filter(state=self.state) if self.state else rows.filter(state__in=WAITING)
        if self.office is not None:
            rows = rows.filter(office=self.office)
        if self.fund:
            rows = rows.filter(loan__fund=self.fund)
        if self.age:
            days = TARGET_DAYS if self.age == Age.OVERDUE else int(self.age)
            rows = rows.filter(received_on__lt=timezone.localtime(at).date() - timedelta(days=days))
        if self.holder == Holder.MINE:
            rows = rows.filter(claimed_by=user, claimed_until__gt=at)
        elif self.holder == Holder.NOBODY:
            rows = rows.filter(Q(claimed_by__isnull=True) | Q(claimed_until__lte=at))
        if self.ready:
            rows = ready_to_approve(rows)
        if self.answered:
            rows = rows.filter(state=State.RECEIVED, answered_on__isnull=False)
        return rows


def ready_to_approve(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Proposals whose papers are complete and for which the rules found an exemption when they were last looked at."""
    return rows.filter(state=State.UNDER_REVIEW, deficiency_count=0, assessment__result=Result.ELIGIBLE)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many applications each saved view holds."""

    waiting: int
    mine: int
    overdue: int
    sent_back: int
    answered: int
    ready: int
    received: int
    under_review: int
    oldest: date | None


def counts(user: User, *, at: datetime) -> Counts:
    """The numbers beside the saved views, in one query."""
    late = timezone.localtime(at).date() - timedelta(days=TARGET_DAYS)
    waiting = Q(state__in=WAITING)
    found = Application.objects.visible_to(user).aggregate(
        waiting=Count("pk", filter=waiting),
        mine=Count("pk", filter=waiting & Q(claimed_by=user, claimed_until__gt=at)),
        overdue=Count("pk", filter=waiting & Q(received_on__lt=late)),
        sent_back=Count("pk", filter=Q(state=State.INCOMPLETE)),
        answered=Count("pk", filter=Q(state=State.RECEIVED, answered_on__isnull=False)),
        ready=Count("pk", filter=Q(state=State.UNDER_REVIEW, deficiency_count=0, assessment__result=Result.ELIGIBLE)),
        received=Count("pk", filter=Q(state=State.RECEIVED)),
        under_review=Count("pk", filter=Q(state=State.UNDER_REVIEW)),
        oldest=Min("received_on", filter=waiting),
    )
    return Counts(**found)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue."""

    application: Application
    age_days: int
    is_overdue: bool
    protected: bool
    flags: tuple[str, ...]
    holder: str
    is_mine: bool

    @property
    def has_remarks(self) -> bool:
        """Whether there is something to notice about it."""
        return bool(self.protected or self.flags or self.application.deficiency_count)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the queue. ``after`` and ``before`` are the cursors of its neighbours, empty at the ends."""

    rows: Sequence[Row]
    total: int
    after: str
    before: str


def page(user: User, filters: Filters, *, at: datetime, after: str = "", before: str = "") -> Page:
    """One page of the queue: five queries, however many rows (``tests/exemptions/test_queue.py``)."""
    chosen = filters.apply(Application.objects.visible_to(user), user=user, at=at)
    total = chosen.count()
    rows = chosen.select_related("loan__borrower", "claimed_by", "office", "assessment")
    start, backwards = cursor(after or before), bool(before) and not after
    if start is not None:
        rows = rows.filter(_beyond(start, backwards=backwards))
    rows = rows.order_by("-received_on", "-pk") if backwards else rows.order_by("received_on", "pk")
    found = list(rows[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    if backwards:
        found.reverse()
    today = timezone.localtime(at).date()
    protected = _protected({row.loan.borrower_id for row in found}, on=today)
    return Page(
        rows=[_row(each, user=user, at=at, today=today, protected=protected) for each in found],
        total=total,
        after=_cursor_of(found[-1]) if found and (more or backwards) else "",
        before=_cursor_of(found[0]) if found and start is not None and (more or not backwards) else "",
    )


def cursor(text: str) -> tuple[date, int] | None:
    """Read ``2023-09-15.42``; anything else is no cursor."""
    day, _, key = text.partition(".")
    try:
        return date.fromisoformat(day), int(key)
    except ValueError:
        return None


def _cursor_of(application: Application) -> str:
    return f"{application.received_on.isoformat()}.{application.pk}"


def _beyond(start: tuple[date, int], *, backwards: bool) -> Q:
    day, key = start
    if backwards:
        return Q(received_on__lt=day) | Q(received_on=day, pk__lt=key)
    return Q(received_on__gt=day) | Q(received_on=day, pk__gt=key)


def _row(application: Application, *, user: User, at: datetime, today: date, protected: set[int]) -> Row:
    held = (
        application.claimed_by is not None and application.claimed_until is not None and application.claimed_until > at
    )
    age = (today - application.received_on).days
    return Row(
        application=application,
        age_days=age,
        is_overdue=age > TARGET_DAYS and application.state in WAITING,
        protected=application.loan.borrower_id in protected,
        flags=tuple(str(Flag(flag).label) for flag in application.assessment.flags) if application.assessment else (),
        holder=application.claimed_by.name if held and application.claimed_by else "",
        is_mine=held and application.claimed_by_id == user.pk,
    )


def _protected(person_ids: set[int], *, on: date) -> set[int]:
    standing = Protection.objects.filter(in_force(on), person__in=person_ids)
    return set(standing.values_list("person_id", flat=True))


# --- what is next -----------------------------------------------------------------------------------


def decides(user: User, *, on: date) -> bool:
    """Whether somebody decides on applications that day, for themselves or in a supervisor's place."""
    return user.can(Permission.DECIDE_EXEMPTIONS) or deputised_supervisor(user, on) is not None


def own_work(user: User) -> Q:
    """Applications that somebody entered, corrected or prepared: others decide on them."""
    touched = StateChange.objects.filter(by_user=user, move__in=MAKING).values("application")
    return Q(entered_by=user) | Q(prepared_by=user) | Q(pk__in=touched)


def waiting_for(user: User, filters: Filters, *, at: datetime) -> QuerySet[Application]:
    """What 「次の申請を取る」 chooses from: the filtered queue, as far as this person can take the next step.

    Deciders get proposals that are not their own work, and received ones only where they ask for those; whoever prepares
    gets the received ones.
    """
    rows = filters.apply(Application.objects.visible_to(user), user=user, at=at)
    on = timezone.localtime(at).date()
    mine = Q(pk__in=[])
    if decides(user, on=on):
        mine |= Q(state=State.UNDER_REVIEW) & ~own_work(user)
    prepares = not user.can(Permission.DECIDE_EXEMPTIONS) or filters.state == State.RECEIVED
    if user.can(Permission.REVIEW_EXEMPTIONS) and prepares:
        mine |= Q(state=State.RECEIVED)
    return rows.filter(mine)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The keys of the applications before and after one in the queue, None at its ends."""

    previous: int | None
    following: int | None


def neighbours(application: Application, user: User, filters: Filters, *, at: datetime) -> Neighbours:
    """What 「前の申請」 and 「次の申請」 lead to: rows this person can take on that nobody else has in hand; two queries."""
    rows = waiting_for(user, filters, at=at).filter(free_or_held_by(user.pk, at)).exclude(pk=application.pk)
    here = (application.received_on, application.pk)
    before = rows.filter(_beyond(here, backwards=True)).order_by("-received_on", "-pk")
    after = rows.filter(_beyond(here, backwards=False)).order_by("received_on", "pk")
    return Neighbours(
        previous=before.values_list("pk", flat=True).first(), following=after.values_list("pk", flat=True).first()
    )


def coming_up(user: User, filters: Filters, *, at: datetime, limit: int = 12) -> list[Application]:
    """The head of the queue, for the column beside the case in hand."""
    rows = waiting_for(user, filters, at=at).filter(free_or_held_by(user.pk, at))
    return list(rows.select_related("loan__borrower", "assessment").order_by("received_on", "pk")[:limit])


def reviews(user: User, *, at: datetime) -> bool:
    """Whether somebody can take applications in hand at a moment."""
    return user.can(Permission.REVIEW_EXEMPTIONS) or decides(user, on=timezone.localtime(at).date())


# --- saved views ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view that is kept as a link, with the number of rows behind it."""

    label: str
    filters: Filters
    count: int
    current: bool = False


def saved_views(found: Counts, current: Filters) -> list[SavedView]:
    """The links above the queue; the one that is shown is marked."""
    views = [
        SavedView("私の担当", Filters(holder=Holder.MINE), found.mine),
        SavedView("全件", Filters(), found.waiting),
        SavedView("決裁できるもの", Filters(ready=True), found.ready),
        SavedView("期限超過", Filters(age=Age.OVERDUE), found.overdue),
        SavedView("返送中", Filters(state=State.INCOMPLETE), found.sent_back),
        SavedView("不備への回答あり", Filters(answered=True), found.answered),
    ]
    return [replace(view, current=view.filters == current) for view in views]

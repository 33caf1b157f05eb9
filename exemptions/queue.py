"""The exemption queue: which applications, in which order, a page of them at a time, in a constant number of queries.

Order and paging go by (day of receipt, key): oldest first, by keyset, so that a page deep in a rush of 5,000 costs as much
as the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from exemptions.enums import ApplicationState as State
from exemptions.enums import Flag, Result
from exemptions.filters import TARGET_DAYS, WAITING, Age, Filters, Holder
from exemptions.models import Application, LaidAside, resting
from people.models import Protection, in_force

if TYPE_CHECKING:
    from accounts.models import User

PAGE_SIZE = 50


def waiting_for_start(user: User) -> QuerySet[Application]:
    """The proposals that wait for repayment to begin, those to be released first in front."""
    rows = Application.objects.visible_to(user).filter(state=State.WAITING_FOR_START)
    return rows.select_related("loan__borrower", "prepared_by").order_by("waits_until", "pk")


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
    aside: int
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
        aside=Count("pk", filter=waiting & Q(resting(timezone.localtime(at).date()))),
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
    assigned: str
    aside: LaidAside | None

    @property
    def has_remarks(self) -> bool:
        """Whether there is something to notice about it."""
        return bool(self.protected or self.flags or self.application.deficiency_count or self.aside)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the queue. ``after`` and ``before`` are the cursors of its neighbours, empty at the ends."""

    rows: Sequence[Row]
    total: int
    after: str
    before: str


def page(user: User, filters: Filters, *, at: datetime, after: str = "", before: str = "") -> Page:
    """One page of the queue: six queries, however many rows (``tests/exemptions/test_queue.py``)."""
    chosen = filters.apply(Application.objects.visible_to(user), user=user, at=at)
    total = chosen.count()
    rows = chosen.select_related("loan__borrower", "claimed_by", "assigned_to", "office", "assessment")
    start, backwards = cursor(after or before), bool(before) and not after
    if start is not None:
        rows = rows.filter(beyond(start, backwards=backwards))
    rows = rows.order_by("-received_on", "-pk") if backwards else rows.order_by("received_on", "pk")
    found = list(rows[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    if backwards:
        found.reverse()
    today = timezone.localtime(at).date()
    protected = _protected({row.loan.borrower_id for row in found}, on=today)
    aside = aside_of(found, on=today)
    return Page(
        rows=[_row(each, user=user, at=at, today=today, protected=protected, aside=aside) for each in found],
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


def beyond(start: tuple[date, int], *, backwards: bool) -> Q:
    """Applications after a place in the queue, or before it."""
    day, key = start
    if backwards:
        return Q(received_on__lt=day) | Q(received_on=day, pk__lt=key)
    return Q(received_on__gt=day) | Q(received_on=day, pk__gt=key)


def _row(
    application: Application,
    *,
    user: User,
    at: datetime,
    today: date,
    protected: set[int],
    aside: Mapping[int, LaidAside],
) -> Row:
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
        assigned=assignee(application),
        aside=aside.get(application.pk),
    )


def assignee(application: Application) -> str:
    """The name of whom the present step was given to; empty where it is anybody's."""
    person, since = application.assigned_to, application.assigned_at
    if person is None or not person.is_active or since is None or since <= application.state_since:
        return ""
    return person.name


def aside_of(applications: Iterable[Application], *, on: date) -> dict[int, LaidAside]:
    """What is laid aside on a day, by application, with who did it; one query."""
    standing = LaidAside.objects.standing(on).filter(application__in=[each.pk for each in applications])
    return {row.application_id: row for row in standing.select_related("laid_by")}


def _protected(person_ids: set[int], *, on: date) -> set[int]:
    standing = Protection.objects.filter(in_force(on), person__in=person_ids)
    return set(standing.values_list("person_id", flat=True))


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
        SavedView("保留中", Filters(aside=True), found.aside),
        SavedView("返送中", Filters(state=State.INCOMPLETE), found.sent_back),
        SavedView("不備への回答あり", Filters(answered=True), found.answered),
    ]
    return [replace(view, current=view.filters == current) for view in views]

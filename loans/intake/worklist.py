"""The work list of applications: which, in which order, a page at a time, in a constant number of queries.

Whatever chooses rows is a filter in the address. Order and paging go by (day of application, key), oldest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from loans.enums import LendingState, TaskKind
from loans.lending.enums import Acceptable
from loans.models import OPEN_STATES, LendingApplication, LendingOverride, LendingTask
from people.models import Protection, in_force

if TYPE_CHECKING:
    from accounts.models import User

PAGE_SIZE = 50
State = LendingState


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page was asked for. ``state`` is empty for all that are open; ``with_task`` for those something waits on."""

    state: str = ""
    office: int | None = None
    fund: str = ""
    urgent: bool = False
    with_task: bool = False

    def query(self) -> str:
        """The same filters as the query of an address."""
        values = {
            "state": self.state,
            "office": self.office or "",
            "fund": self.fund,
            "urgent": "1" if self.urgent else "",
            "with_task": "1" if self.with_task else "",
        }
        return urlencode({key: value for key, value in values.items() if value})

    def apply(self, rows: QuerySet[LendingApplication]) -> QuerySet[LendingApplication]:
        """Choose the rows these filters ask for."""
        rows = rows.filter(state=self.state) if self.state else rows.filter(state__in=OPEN_STATES)
        if self.office is not None:
            rows = rows.filter(office=self.office)
        if self.fund:
            rows = rows.filter(fund=self.fund)
        if self.urgent:
            rows = rows.filter(urgent=True)
        if self.with_task:
            rows = rows.filter(Q(open_tasks=True) | Q(asked_overrides=True))
        return rows


@dataclass(frozen=True, slots=True)
class Counts:
    """How many applications each saved view holds, and the oldest open one's day."""

    open: int
    draft: int
    received: int
    incomplete: int
    under_review: int
    urgent: int
    with_task: int
    oldest: date | None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the work list."""

    application: LendingApplication
    age_days: int
    protected: bool
    acceptable: str
    has_task: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list. ``after`` and ``before`` are the cursors of its neighbours, empty at the ends."""

    rows: Sequence[Row]
    total: int
    after: str
    before: str


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view that is kept as a link, with the number of rows behind it."""

    label: str
    filters: Filters
    count: int
    current: bool = False


def marked(user: User) -> QuerySet[LendingApplication]:
    """The applications this reader may know of, each with whether something waits on it."""
    tasks = LendingTask.objects.filter(application=OuterRef("pk"), done_at__isnull=True)
    asked = LendingOverride.objects.filter(
        application=OuterRef("pk"), agreed_at__isnull=True, declined_at__isnull=True
    )
    return LendingApplication.objects.visible_to(user).annotate(
        open_tasks=Exists(tasks), asked_overrides=Exists(asked)
    )


def counts(user: User) -> Counts:
    """The numbers beside the saved views, in one query."""
    is_open = Q(state__in=OPEN_STATES)
    found = marked(user).aggregate(
        open=Count("pk", filter=is_open),
        draft=Count("pk", filter=Q(state=State.DRAFT)),
        received=Count("pk", filter=Q(state=State.RECEIVED)),
        incomplete=Count("pk", filter=Q(state=State.INCOMPLETE)),
        under_review=Count("pk", filter=Q(state=State.UNDER_REVIEW)),
        urgent=Count("pk", filter=is_open & Q(urgent=True)),
        with_task=Count("pk", filter=is_open & (Q(open_tasks=True) | Q(asked_overrides=True))),
        oldest=Min("applied_on", filter=is_open),
    )
    return Counts(**found)


def saved_views(found: Counts, current: Filters) -> list[SavedView]:
    """The links above the list; the one that is shown is marked."""
    views = [
        SavedView("手続き中", Filters(), found.open),
        SavedView("下書き", Filters(state=State.DRAFT), found.draft),
        SavedView("受付済み", Filters(state=State.RECEIVED), found.received),
        SavedView("不備を返送中", Filters(state=State.INCOMPLETE), found.incomplete),
        SavedView("決裁待ち", Filters(state=State.UNDER_REVIEW), found.under_review),
        SavedView("至急", Filters(urgent=True), found.urgent),
        SavedView("確認することがある", Filters(with_task=True), found.with_task),
    ]
    return [replace(view, current=view.filters == current) for view in views]


def page(user: User, filters: Filters, *, today: date, after: str = "", before: str = "") -> Page:
    """One page of the list: three queries, however many rows."""
    chosen = filters.apply(marked(user))
    total = chosen.count()
    rows = chosen.select_related("applicant", "office", "assessment")
    start, backwards = cursor(after or before), bool(before) and not after
    if start is not None:
        rows = rows.filter(_beyond(start, backwards=backwards))
    rows = rows.order_by("-applied_on", "-pk") if backwards else rows.order_by("applied_on", "pk")
    found = list(rows[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    if backwards:
        found.reverse()
    protections = Protection.objects.filter(in_force(today), person__in={row.applicant_id for row in found})
    protected = set(protections.values_list("person_id", flat=True))
    return Page(
        rows=[_row(each, today=today, protected=protected) for each in found],
        total=total,
        after=_cursor_of(found[-1]) if found and (more or backwards) else "",
        before=_cursor_of(found[0]) if found and start is not None and (more or not backwards) else "",
    )


def doubts_open(user: User) -> int:
    """How many doubts wait for an answer, for the page of the day."""
    visible = LendingApplication.objects.visible_to(user)
    return LendingTask.objects.filter(application__in=visible, kind=TaskKind.DOUBT, done_at__isnull=True).count()


def cursor(text: str) -> tuple[date, int] | None:
    """Read ``2026-09-15.42``; anything else is no cursor."""
    day, _, key = text.partition(".")
    try:
        return date.fromisoformat(day), int(key)
    except ValueError:
        return None


def _cursor_of(application: LendingApplication) -> str:
    return f"{application.applied_on.isoformat()}.{application.pk}"


def _beyond(start: tuple[date, int], *, backwards: bool) -> Q:
    day, key = start
    if backwards:
        return Q(applied_on__lt=day) | Q(applied_on=day, pk__lt=key)
    return Q(applied_on__gt=day) | Q(applied_on=day, pk__gt=key)


def _row(application: LendingApplication, *, today: date, protected: set[int]) -> Row:
    found = application.assessment
    return Row(
        application=application,
        age_days=(today - application.applied_on).days,
        protected=application.applicant_id in protected,
        acceptable=str(Acceptable(found.acceptable).label) if found is not None else "",
        has_task=application.open_tasks or application.asked_overrides,  # type: ignore[attr-defined]
    )

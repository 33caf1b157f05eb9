"""What the page about the flow of the queue shows: day by day, by age, by office, by person. Every number has its filters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Count, F, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import User
from exemptions.enums import ApplicationState
from exemptions.filters import BANDS, CAME_IN, NOT_ASSIGNED, WAITING, WENT_OUT, Filters, aged, on_day
from exemptions.models import Application, StateChange, is_assigned
from exemptions.workload.pace import Day, Pace, pace_of
from japan.bankdays import is_bank_day

if TYPE_CHECKING:
    from django.db.models import QuerySet

DAYS = 28
"""How many days before today the pace is taken from."""

BAR, GAP, HEIGHT = 8, 6, 72


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the filters that lead to its rows."""

    value: int
    filters: Filters


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the picture, in the units of its view box; ``kind`` is received or decided, as the style calls them."""

    kind: str
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day with its two numbers."""

    day: date
    came_in: Number
    went_out: Number


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its heading, the numbers in the order of the columns, and their sum."""

    label: str
    numbers: tuple[Number, ...]
    total: Number


@dataclass(frozen=True, slots=True)
class FlowPage:
    """The whole page. ``width`` and ``height`` belong to the picture."""

    waiting: Number
    pace: Pace
    days: tuple[DayLine, ...]
    bars: tuple[Bar, ...]
    width: int
    height: int
    states: tuple[Line, ...]
    offices: tuple[Line, ...]
    people: tuple[Line, ...]


def flow_page(user: User, *, at: datetime) -> FlowPage:
    """What came in and went out, when the queue will be empty, how old it is and who carries it; five queries."""
    today = timezone.localtime(at).date()
    visible = Application.objects.visible_to(user)
    days = days_until(visible, today)
    waiting = visible.filter(state__in=WAITING).order_by()
    by_office = list(_by_age(waiting, today))
    total = sum(sum(counts) for _, _, _, counts in by_office)
    return FlowPage(
        waiting=Number(total, Filters()),
        pace=pace_of([day for day in days if day.day < today], waiting=total, today=today),
        days=tuple(
            DayLine(
                day.day,
                Number(day.came_in, Filters(came_in=day.day)),
                Number(day.went_out, Filters(went_out=day.day)),
            )
            for day in reversed(days)
            if is_bank_day(day.day) or day.came_in or day.went_out
        ),
        bars=tuple(_bars(days)),
        width=len(days) * (2 * BAR + GAP),
        height=HEIGHT,
        states=tuple(_states(by_office)),
        offices=tuple(_offices(by_office)),
        people=tuple(_people(waiting, at=at)),
    )


def days_until(visible: QuerySet[Application], today: date) -> list[Day]:
    """The last ``DAYS`` days and today, with the applications that entered and left the queue; one query."""
    first = today - timedelta(days=DAYS)
    steps = StateChange.objects.filter(CAME_IN | WENT_OUT, on_day(first, today), application__in=visible)
    counted = (
        steps.annotate(
            day=TruncDate("at"),
            way=Case(When(CAME_IN, then=Value("in")), default=Value("out"), output_field=CharField()),
        )
        .order_by()
        .values_list("day", "way")
        .annotate(Count("application", distinct=True))
    )
    found = {(day, way): number for day, way, number in counted}
    every = (first + timedelta(days=number) for number in range(DAYS + 1))
    return [Day(day, found.get((day, "in"), 0), found.get((day, "out"), 0)) for day in every]


def _bars(days: list[Day]) -> Iterable[Bar]:
    longest = max([1, *(max(day.came_in, day.went_out) for day in days)])
    for number, day in enumerate(days):
        left = number * (2 * BAR + GAP)
        for kind, value, x in (("received", day.came_in, left), ("decided", day.went_out, left + BAR)):
            if value:
                height = max(1, round(HEIGHT * value / longest))
                yield Bar(kind, x, HEIGHT - height, height)


# --- by age ---

Counted = tuple[int, str, str, tuple[int, ...]]


def _by_age(waiting: QuerySet[Application], today: date) -> Iterable[Counted]:
    """Office, its name, state, and how many of each age; one query."""
    bands = {f"band{n}": Count("pk", filter=aged(band, today)) for n, band in enumerate(BANDS)}
    counted = waiting.values("office", "office__name", "office__code", "state").annotate(**bands)
    rows: list[Any] = list(counted.order_by("office__code", "state"))
    for row in rows:
        yield row["office"], row["office__name"], row["state"], tuple(row[name] for name in bands)


def _line(label: str, counts: Iterable[int], **chosen: object) -> Line:
    values = list(counts)
    numbers = tuple(
        Number(value, Filters(age=str(band), **chosen))  # type: ignore[arg-type]
        for value, band in zip(values, BANDS, strict=True)
    )
    return Line(label, numbers, Number(sum(values), Filters(**chosen)))  # type: ignore[arg-type]


def _summed(rows: Iterable[Iterable[int]]) -> list[int]:
    totals = [0] * len(BANDS)
    for counts in rows:
        totals = [one + more for one, more in zip(totals, counts, strict=True)]
    return totals


def _states(rows: list[Counted]) -> Iterable[Line]:
    for state in WAITING:
        label = str(ApplicationState(state).label)
        yield _line(label, _summed(counts for _, _, of, counts in rows if of == state), state=str(state))
    yield _line("合計", _summed(counts for *_, counts in rows))


def _offices(rows: list[Counted]) -> Iterable[Line]:
    found: dict[tuple[int, str], list[tuple[int, ...]]] = defaultdict(list)
    for office, name, _, counts in rows:
        found[office, name].append(counts)
    for (office, name), each in found.items():
        yield _line(name, _summed(each), office=office)


# --- by person ---


def _people(waiting: QuerySet[Application], *, at: datetime) -> Iterable[Line]:
    """Who was given how many of each step, and has how many in hand; whoever has most comes first, nobody last."""
    given = waiting.annotate(whose=Case(When(is_assigned(), then=F("assigned_to")), default=None))
    counts: dict[int | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for person, state, number in given.values_list("whose", "state").annotate(Count("pk")):
        counts[person][state] = number
    held = waiting.filter(claimed_until__gt=at).values_list("claimed_by").annotate(Count("pk"))
    for person, number in held:
        counts[person]["hand"] = number
    names = dict(User.objects.filter(pk__in=[key for key in counts if key]).values_list("pk", "name"))
    nobody = counts.pop(None, {})
    ordered = sorted(counts.items(), key=lambda item: (-sum(item[1].values()), names.get(item[0] or 0, "")))
    for person, of in ordered:
        assert person is not None
        yield _person(names[person], of, str(person), Number(of.get("hand", 0), Filters(hand=person)))
    if nobody:
        yield _person("割り当てていない", nobody, NOT_ASSIGNED, None)


def _person(label: str, of: dict[str, int], assigned: str, hand: Number | None) -> Line:
    numbers = [Number(of.get(state, 0), Filters(state=str(state), assigned=assigned)) for state in WAITING]
    total = Number(sum(each.value for each in numbers), Filters(assigned=assigned))
    return Line(label, (*numbers, hand) if hand is not None else tuple(numbers), total)

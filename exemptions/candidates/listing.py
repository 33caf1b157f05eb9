"""The list of candidates: which, in which order, a page of them at a time; oldest first, by keyset. Constant queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Min, Q

from exemptions.candidates.enums import CandidateKind, CandidateState
from exemptions.models import Candidate
from people.models import Protection, in_force

if TYPE_CHECKING:
    from accounts.models import User
    from exemptions.models import CandidateQuerySet

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page was asked for. ``kind`` is empty for all; ``ready``: nothing is missing but the form."""

    kind: str = ""
    state: str = CandidateState.OPEN
    office: int | None = None
    fund: str = ""
    ready: bool = False

    def query(self) -> str:
        """The same filters as the query of an address."""
        values = {
            "kind": self.kind,
            "state": "" if self.state == CandidateState.OPEN else self.state,
            "office": self.office or "",
            "fund": self.fund,
            "ready": "1" if self.ready else "",
        }
        return urlencode({key: value for key, value in values.items() if value})

    def apply(self, rows: CandidateQuerySet) -> CandidateQuerySet:
        """Choose the rows these filters ask for."""
        rows = rows.filter(state=self.state)
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.office is not None:
            rows = rows.filter(loan__office=self.office)
        if self.fund:
            rows = rows.filter(loan__fund=self.fund)
        return rows.filter(missing__len__lte=1, amount__isnull=False) if self.ready else rows


@dataclass(frozen=True, slots=True)
class View:
    """One kind as a link above the list, with the number of open rows behind it."""

    label: str
    filters: Filters
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the candidate, and whether the borrower is under a 支援措置."""

    candidate: Candidate
    protected: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list. ``after`` and ``before`` are the cursors of its neighbours, empty at the ends."""

    rows: Sequence[Row]
    total: int
    after: str
    before: str


def views(user: User, current: Filters) -> list[View]:
    """All open candidates, and those of each kind; one query."""
    counted = Candidate.objects.visible_to(user).open().order_by().values_list("kind").annotate(number=Count("pk"))
    numbers = dict(counted)
    found = [View("すべて", Filters(), sum(numbers.values()), False)]
    found += [View(kind.label, Filters(kind=kind), numbers.get(kind, 0), False) for kind in CandidateKind]
    return [replace(view, current=view.filters == current) for view in found]


def waiting(user: User) -> tuple[int, date | None]:
    """How many loans have an open candidate, and since when the oldest has; one query."""
    rows = Candidate.objects.visible_to(user).open()
    found = rows.aggregate(number=Count("pk"), oldest=Min("found_on"))
    return found["number"], found["oldest"]


def page(user: User, filters: Filters, *, on: date, after: str = "", before: str = "") -> Page:
    """One page of the list: three queries, however many rows."""
    chosen = filters.apply(Candidate.objects.visible_to(user))
    total = chosen.count()
    rows = chosen.select_related("loan__borrower", "loan__office")
    start, backwards = _cursor(after or before), bool(before) and not after
    if start is not None:
        rows = rows.filter(_beyond(start, backwards=backwards))
    rows = rows.order_by("-found_on", "-pk") if backwards else rows.order_by("found_on", "pk")
    found = list(rows[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    if backwards:
        found.reverse()
    return Page(
        rows=with_protection(found, on=on),
        total=total,
        after=_cursor_of(found[-1]) if found and (more or backwards) else "",
        before=_cursor_of(found[0]) if found and start is not None and (more or not backwards) else "",
    )


def with_protection(found: Sequence[Candidate], *, on: date) -> list[Row]:
    """The rows with the mark of a 支援措置; one query."""
    standing = Protection.objects.filter(in_force(on), person__in={each.loan.borrower_id for each in found})
    protected = set(standing.values_list("person_id", flat=True))
    return [Row(each, each.loan.borrower_id in protected) for each in found]


def of_loans(loan_ids: Iterable[int]) -> dict[int, list[Candidate]]:
    """The open candidates of loans that a reader sees, by loan, oldest first; one query."""
    found: dict[int, list[Candidate]] = {}
    for row in Candidate.objects.open().filter(loan__in=list(loan_ids)).order_by("found_on", "pk"):
        found.setdefault(row.loan_id, []).append(row)
    return found


def _cursor(text: str) -> tuple[date, int] | None:
    day, _, key = text.partition(".")
    try:
        return date.fromisoformat(day), int(key)
    except ValueError:
        return None


def _cursor_of(row: Candidate) -> str:
    return f"{row.found_on.isoformat()}.{row.pk}"


def _beyond(start: tuple[date, int], *, backwards: bool) -> Q:
    day, key = start
    if backwards:
        return Q(found_on__lt=day) | Q(found_on=day, pk__lt=key)
    return Q(found_on__gt=day) | Q(found_on=day, pk__gt=key)

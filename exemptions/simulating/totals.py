"""What a simulation adds up to: +, − and ~ by fund, office and municipality, in loans and yen, letters and hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from exemptions.models import Simulation, SimulationLine
from exemptions.simulating.enums import Sign
from loans.enums import FundKind
from rulebook.setting_keys import BY_KEY

MINUTES_PER_CASE = "review_minutes_per_case"


@dataclass(frozen=True, slots=True)
class Counted:
    """Loans that come out differently. ``yen`` is what could be exempted more (less where negative), ``letters`` whose
    borrower would have to be told, ``cases`` what would have to be looked at by staff; the last three are repayment's."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    yen: int = 0
    letters: int = 0
    cases: int = 0
    arrears: int = 0
    outstanding: int = 0
    late_interest: int = 0

    @property
    def total(self) -> int:
        return self.added + self.removed + self.changed


@dataclass(frozen=True, slots=True)
class Part:
    """The loans of one fund, office or municipality; ``query`` is what the list of loans is asked with."""

    label: str
    query: dict[str, str]
    counted: Counted

    @property
    def address(self) -> str:
        """The query as it stands in an address."""
        return urlencode(self.query)


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything a simulation adds up to; ``hours`` of staff at the minutes of a case that stood when it was asked."""

    whole: Counted
    minutes_per_case: int
    by_fund: Sequence[Part]
    by_office: Sequence[Part]
    by_municipality: Sequence[Part]

    @property
    def hours(self) -> int:
        """Hours of staff, rounded up."""
        return -(-self.whole.cases * self.minutes_per_case // 60)


def _difference(name: str) -> Coalesce:
    return Coalesce(Sum(F(f"{name}_after") - F(f"{name}_before")), 0)


_COUNTED = {
    "added": Count("pk", filter=Q(sign=Sign.ADDED)),
    "removed": Count("pk", filter=Q(sign=Sign.REMOVED)),
    "changed": Count("pk", filter=Q(sign=Sign.CHANGED)),
    "yen": _difference("amount"),
    "letters": Count("pk", filter=Q(told=True)),
    "cases": Count("pk", filter=Q(sign=Sign.ADDED) | Q(told=True, applied=True)),
    "arrears": _difference("arrears"),
    "outstanding": _difference("outstanding"),
    "late_interest": _difference("late_interest"),
}


def whole_of(lines: QuerySet[SimulationLine]) -> Counted:
    """What some lines add up to; one query."""
    return Counted(**lines.aggregate(**_COUNTED))


def totals_of(simulation: Simulation) -> Totals:
    """What a finished simulation adds up to; four queries."""
    lines = simulation.lines.all()
    offices = _parts(lines, "office", "office__name")
    places = _parts(lines, "office__municipality")
    return Totals(
        whole=whole_of(lines),
        minutes_per_case=BY_KEY[MINUTES_PER_CASE].read(simulation.settings_before[MINUTES_PER_CASE]),
        by_fund=[
            Part(str(FundKind(fund).label), {"fund": fund}, counted) for (fund,), counted in _parts(lines, "fund")
        ],
        by_office=[Part(name, {"office": str(key)}, counted) for (key, name), counted in offices],
        by_municipality=[Part(place or "（県）", {"place": place or "-"}, counted) for (place,), counted in places],
    )


def figures_of(simulation: Simulation) -> dict[str, Any]:
    """The totals as a certificate keeps them."""
    totals = totals_of(simulation)
    whole = {name: getattr(totals.whole, name) for name in _COUNTED}
    return whole | {"hours": totals.hours, "loans": simulation.loans, "asked": simulation.asked}


def _parts(lines: QuerySet[SimulationLine], *names: str) -> Iterable[tuple[tuple[Any, ...], Counted]]:
    rows = lines.values(*names).annotate(**_COUNTED).order_by(*names)
    return [(tuple(row[name] for name in names), Counted(**{name: row[name] for name in _COUNTED})) for row in rows]

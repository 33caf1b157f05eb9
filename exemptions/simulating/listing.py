"""The loans of a simulation, by sign, fund, office or municipality; a page at a time, by keyset. Constant queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import User
from exemptions.models import Simulation, SimulationLine
from exemptions.simulating.enums import Sign
from loans.enums import FundKind

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list; ``after`` is the key of its last row, where more follow."""

    rows: Sequence[SimulationLine]
    total: int
    after: str


def chosen_lines(simulation: Simulation, user: User, query: QueryDict) -> QuerySet[SimulationLine]:
    """The lines that an address asks for, as this reader may see them."""
    lines = SimulationLine.objects.filter(simulation=simulation).visible_to(user)
    sign, fund, office = (str(query.get(name, "")) for name in ("sign", "fund", "office"))
    if sign in Sign.values:
        lines = lines.filter(sign=sign)
    if fund in FundKind.values:
        lines = lines.filter(fund=fund)
    if office.isdecimal():
        lines = lines.filter(office=int(office))
    if place := str(query.get("place", "")):
        lines = lines.filter(office__municipality="" if place == "-" else place)
    if query.get("told"):
        lines = lines.filter(told=True)
    if query.get("cases"):
        lines = lines.filter(Q(sign=Sign.ADDED) | Q(told=True, applied=True))
    return lines


def page(simulation: Simulation, user: User, query: QueryDict) -> Page:
    """One page of the list; two queries."""
    chosen = chosen_lines(simulation, user, query)
    total = chosen.count()
    after = str(query.get("after", ""))
    if after.isdecimal():
        chosen = chosen.filter(pk__gt=int(after))
    rows = list(chosen.select_related("loan__borrower", "office").order_by("pk")[: PAGE_SIZE + 1])
    return Page(rows[:PAGE_SIZE], total, str(rows[PAGE_SIZE - 1].pk) if len(rows) > PAGE_SIZE else "")

"""The figures of a position as pages show them: each with its working, so that nobody has to believe a number."""

from __future__ import annotations

from dataclasses import dataclass

from japan.eras import era_date, era_date_weekday
from japan.yen import yen
from repayment.position import Position
from repayment.working import WorkingLine, working_lines


@dataclass(frozen=True, slots=True)
class Figure:
    """One number for ``components/figure_with_working.html``; ``working`` are pairs, the last of them the result."""

    label: str
    value: str
    working: tuple[tuple[str, str], ...]
    note: str = ""
    is_arrears: bool = False


@dataclass(frozen=True, slots=True)
class Shares:
    """Where the principal stands, in yen; the four add up to it."""

    paid: int
    arrears: int
    exempted: int
    to_come: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What a page says about a loan's money on a day. ``late_interest`` and ``next_due`` only where there is any."""

    shares: Shares
    outstanding: Figure
    arrears: Figure
    late_interest: Figure | None
    next_due: Figure | None


def figures(at: Position) -> Figures:
    """Return the figures of a position with their workings."""
    arrears, outstanding, late_interest = _sections(working_lines(at))
    day = f"{era_date(at.as_of)}現在"
    return Figures(
        shares=Shares(
            paid=at.principal - at.exempted - at.outstanding,
            arrears=at.arrears,
            exempted=at.exempted,
            to_come=at.outstanding - at.arrears,
        ),
        outstanding=Figure("残額", yen(at.outstanding), outstanding, day),
        arrears=Figure(
            f"滞納 {at.months_in_arrears}か月" if at.months_in_arrears else "滞納",
            yen(at.arrears) if at.arrears else "なし",
            arrears,
            day,
            is_arrears=at.arrears > 0,
        ),
        late_interest=Figure("延滞利子", yen(at.late_interest), late_interest, day, is_arrears=True)
        if at.late_interest_accrued
        else None,
        next_due=_next_due(at),
    )


def _sections(working: tuple[WorkingLine, ...]) -> list[tuple[tuple[str, str], ...]]:
    sections: list[tuple[tuple[str, str], ...]] = []
    lines: list[tuple[str, str]] = []
    for line in working:
        lines.append((line.label, yen(line.amount)))
        if line.is_result:
            sections.append(tuple(lines))
            lines = []
    return sections


def _next_due(at: Position) -> Figure | None:
    due = at.next_due
    if due is None:
        return None
    line = at.lines[due.no - 1]
    working = [(f"第{due.no}回の約定額", yen(line.amount))]
    if line.exempted:
        working.append(("うち免除された額", yen(-line.exempted)))
    ahead = line.amount - line.exempted - due.amount
    if ahead:
        working.append(("先払いで充てられている額", yen(-ahead)))
    working.append((f"{era_date_weekday(due.collection_date)}に納める額", yen(due.amount)))
    return Figure(
        f"次回 {era_date_weekday(due.collection_date)}", yen(due.amount), tuple(working), "滞納分は含みません。"
    )

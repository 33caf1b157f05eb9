"""A plan as a picture: one bar for each month, and the same months as rows. Pure; yen in, tenths of a percent out."""

from __future__ import annotations

from dataclasses import dataclass

from japan.eras import era_year
from japan.months import month_index, year_and_month
from repayment.position import InstalmentLine, Position


@dataclass(frozen=True, slots=True)
class PlanMonth:
    """One month from the first instalment to the last. ``line`` is missing in a month whose instalment was deferred.

    Of the instalment, in yen: ``paid``, ``exempted``, ``overdue`` (collected by the day of the picture and unpaid) and
    ``to_come``.
    """

    month: int
    line: InstalmentLine | None
    paid: int = 0
    exempted: int = 0
    overdue: int = 0
    to_come: int = 0

    @property
    def is_deferred(self) -> bool:
        """Whether nothing falls due because a deferral moved it away."""
        return self.line is None

    @property
    def word(self) -> str:
        """The one word for the month."""
        if self.is_deferred:
            return "猶予"
        if self.overdue:
            return "滞納"
        if self.to_come:
            return "これから"
        return "免除" if self.exempted and not self.paid else "納付済み"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar: its kind as in the money bar, and its place as SVG percentages."""

    kind: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One month of the drawing."""

    month: PlanMonth
    x: str
    width: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """Where a calendar year begins in the drawing."""

    label: str
    x: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The drawing and what it says in words."""

    months: tuple[PlanMonth, ...]
    bars: tuple[Bar, ...]
    years: tuple[Year, ...]
    today_x: str
    counts: tuple[tuple[str, int], ...]


WORDS = ("納付済み", "滞納", "免除", "猶予", "これから")


def picture_of(at: Position) -> Picture:
    """Draw the plan in force on the day of a position."""
    months = months_of(at)
    count = len(months)
    top = max([month.line.amount for month in months if month.line] or [1]) or 1
    bars = tuple(
        Bar(month, _percent(n * 1000, count), _percent(850, count), _parts(month, top))
        for n, month in enumerate(months)
    )
    years = tuple(
        Year(era_year(year_and_month(month.month)[0]).removesuffix("年"), _percent(n * 1000, count))
        for n, month in enumerate(months)
        if year_and_month(month.month)[1] == 1
    )
    passed = sum(1 for month in months if month.month <= month_index(at.as_of))
    words = [month.word for month in months]
    return Picture(
        months=months,
        bars=bars,
        years=years,
        today_x=_percent(passed * 1000, count) if 0 < passed < count else "",
        counts=tuple((word, words.count(word)) for word in WORDS if word in words),
    )


def months_of(at: Position) -> tuple[PlanMonth, ...]:
    """Every month from the first instalment to the last."""
    by_month = {line.due_month: line for line in at.lines}
    found = []
    for month in range(min(by_month), max(by_month) + 1):
        line = by_month.get(month)
        if line is None:
            found.append(PlanMonth(month, None))
            continue
        is_due = line.collection_date <= at.as_of
        found.append(
            PlanMonth(
                month,
                line,
                paid=line.paid,
                exempted=line.exempted,
                overdue=line.unpaid if is_due else 0,
                to_come=0 if is_due else line.unpaid,
            )
        )
    return tuple(found)


def _parts(month: PlanMonth, top: int) -> tuple[Part, ...]:
    if month.is_deferred:
        return (Part("deferred", "0.0%", "100.0%"),)
    parts: list[Part] = []
    below = 0
    for kind, amount in (
        ("paid", month.paid),
        ("arrears", month.overdue),
        ("exempted", month.exempted),
        ("to-come", month.to_come),
    ):
        if amount:
            height = amount * 1000 // top
            parts.append(Part(kind, _percent(1000 - below - height, 1), _percent(height, 1)))
            below += height
    return tuple(parts)


def _percent(tenths: int, over: int) -> str:
    hundredths = tenths * 10 // over
    return f"{hundredths // 100}.{hundredths % 100:02d}%"

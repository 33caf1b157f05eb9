"""The bars of growing arrears: where each stands in a drawing of 100 by 100. Pure; yen in, tenths of a percent out."""

from __future__ import annotations

from dataclasses import dataclass

from repayment.agreements.growth import Growth, GrowthMonth


@dataclass(frozen=True, slots=True)
class Bar:
    """One month: ``x``, ``width``, ``y`` and ``height`` as SVG percentages."""

    row: GrowthMonth
    x: str
    width: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars, and the height of the line that requirement ④ speaks of (empty where it lies above the drawing)."""

    bars: tuple[Bar, ...]
    line: str


def chart_of(grown: Growth) -> Chart:
    """Draw the arrears at the end of each month, beside the line of ``long_arrears_months`` months' worth."""
    wanted = grown.long_arrears_months * grown.month_worth
    top = max([wanted if grown.reaches_long_arrears is not None else 0, *(row.arrears for row in grown.rows), 1])
    count = max(1, len(grown.rows))
    bars = []
    for number, row in enumerate(grown.rows):
        height = row.arrears * 1000 // top
        bars.append(
            Bar(
                row,
                _percent(number * 1000 // count),
                _percent(800 // count),
                _percent(1000 - height),
                _percent(height),
            )
        )
    return Chart(tuple(bars), _percent(1000 - wanted * 1000 // top) if 0 < wanted <= top else "")


def _percent(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}%"

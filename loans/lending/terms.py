"""What a fund is lent at and when it was open, as lines of text for the table that everybody may read.

Source: MHLW Q&A vol. 17, table 参考2; the regular loan's guide; the windows of :mod:`loans.lending.windows`.
"""

from __future__ import annotations

from dataclasses import dataclass

from japan.eras import era_date
from japan.yen import yen
from loans.enums import FundKind
from loans.funds import FUNDS, Fund
from loans.lending.ceilings import MOST_MONTHS, SMALL_PLAIN, SMALL_RAISED
from loans.lending.guide import Guide
from loans.lending.windows import window_of
from rulebook.sources import QA_VOL17, Source

_TERMS = QA_VOL17.at("参考2 各制度の貸付要件")
_SPECIAL_GRACE = "1年以内（のちに延長）"


@dataclass(frozen=True, slots=True)
class ClosingLine:
    """A closing day of a window and the page that announced it."""

    day: str
    source: Source


@dataclass(frozen=True, slots=True)
class TermsLine:
    """One fund: limit, grace and term, window (empty: lent today) and the document."""

    name: str
    special: bool
    limits: tuple[str, ...]
    grace: str
    term: str
    opened: str
    closed: str
    closings: tuple[ClosingLine, ...]
    source: Source


def terms_table(guide: Guide) -> tuple[TermsLine, ...]:
    """Every fund with its terms; the regular loan as the guide in force has it."""
    return tuple(_line(fund, guide) for fund in FUNDS.values())


def _line(fund: Fund, guide: Guide) -> TermsLine:
    window = window_of(fund.kind)
    regular = fund.kind == FundKind.REG_SMALL
    return TermsLine(
        name=fund.name_ja,
        special=fund.special,
        limits=_limits(fund, guide),
        grace=f"{guide.most_grace_months}か月以内" if regular else _SPECIAL_GRACE,
        term=f"{guide.most_instalments if regular else fund.most_instalments}回以内",
        opened=era_date(window.opens_on) if window else "",
        closed=era_date(window.closes_on) if window else "",
        closings=tuple(ClosingLine(era_date(it.closes_on), it.source) for it in window.closings) if window else (),
        source=guide.document.at("貸付条件の表") if regular else _TERMS,
    )


def _limits(fund: Fund, guide: Guide) -> tuple[str, ...]:
    if fund.kind == FundKind.REG_SMALL:
        return (f"{yen(guide.maximum)}（{guide.unit:,}円単位）",)
    if fund.monthly_single is None or fund.monthly_multi is None:
        return (yen(SMALL_PLAIN), f"要件ア～カに当てはまれば {yen(SMALL_RAISED)}")
    return (
        f"単身 月{yen(fund.monthly_single)}",
        f"2人以上 月{yen(fund.monthly_multi)}",
        f"{MOST_MONTHS}か月以内",
    )

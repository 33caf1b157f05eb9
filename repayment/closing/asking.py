"""Which part of which month an address asks for, for pages and for lists that are taken out."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from accounts.enums import OfficeKind
from accounts.models import Office
from japan.eras import era_month
from japan.months import month_text, parse_month
from loans.enums import FundKind
from repayment.closing.counting import BUCKETS, BY_NAME, STATES, Figure
from repayment.closing.selectors import Chosen, Source, closings, source_of


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of a month, and the figure whose rows are wanted."""

    chosen: Chosen
    figure: Figure | None
    words: str

    @property
    def query(self) -> str:
        """What an address says to ask for the same part again."""
        parts = (
            ("fund", self.chosen.fund),
            ("office", self.chosen.office),
            ("state", self.chosen.state),
            ("bucket", self.chosen.bucket),
        )
        return "".join(f"&{name}={value}" for name, value in parts if value not in ("", None))


def part_of(query: QueryDict) -> Asked:
    """Read ``fund``, ``office``, ``state``, ``bucket`` and ``figure``; what is no such thing does not count."""
    fund = query.get("fund", "") if query.get("fund", "") in FundKind.values else ""
    state = query.get("state", "") if query.get("state", "") in STATES else ""
    office = _office(query.get("office", ""))
    bucket = _number(query.get("bucket", ""))
    if bucket is not None and bucket >= len(BUCKETS):
        bucket = None
    figure = BY_NAME.get(query.get("figure", ""))
    words = [
        str(FundKind(fund).label) if fund else "",
        office.name if office else "",
        STATES.get(state, ""),
        f"滞納{BUCKETS[bucket][2]}" if bucket is not None else "",
        figure.label if figure else "",
    ]
    return Asked(
        Chosen(fund, office.pk if office else None, state, bucket), figure, "　".join(filter(None, words)) or "すべて"
    )


def month_asked(query: QueryDict) -> int | None:
    """The month (index) of an address, ``month=2026-10``."""
    try:
        return parse_month(query.get("month", ""))
    except ValueError:
        return None


def source_asked(query: QueryDict) -> Source | None:
    """What an address asks about: a counting (``closing``), or a month as it was signed, else as it stands now."""
    key = _number(query.get("closing", ""))
    if key is not None:
        closing = closings().filter(pk=key).first()
        return Source.kept(closing) if closing else None
    month = month_asked(query)
    return source_of(month) if month is not None else None


def source_words(source: Source) -> str:
    """The month, and whether its figures are kept or counted now."""
    if source.closing is None:
        return f"{era_month(source.month)}（今の記録による集計）"
    return f"{era_month(source.month)}（締め 第{source.closing.version}回）"


def source_query(source: Source) -> str:
    """The part of an address that asks for the same source again."""
    return f"closing={source.closing.pk}" if source.closing else f"month={month_text(source.month)}"


def _office(text: str) -> Office | None:
    number = _number(text)
    return Office.objects.exclude(kind=OfficeKind.AGENCY).filter(pk=number).first() if number is not None else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

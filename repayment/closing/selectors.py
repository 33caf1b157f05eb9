"""Asking a closed month, or an open one as it stands now: cells, the loans of a cell, the ledger rows behind a figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Permission
from japan.months import first_day, last_day
from loans.enums import FundKind
from loans.models import Loan
from repayment.closing.counting import BUCKETS, FIGURES, MOVEMENTS, PAID, STATES, Figure, counted
from repayment.closing.tying import Tie, read_ties
from repayment.models import ClosingAnswer, LedgerEntry, MonthClosing

_NAMES = tuple(figure.name for figure in FIGURES)
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Source:
    """Where the figures of a month come from: what a counting kept, or everything that is recorded now."""

    month: int
    sql: str
    params: dict[str, Any]
    closing: MonthClosing | None

    @classmethod
    def kept(cls, closing: MonthClosing) -> Source:
        return cls(
            closing.month,
            "select * from repayment_closingline where closing_id = %(closing)s",
            {"closing": closing.pk},
            closing,
        )

    @classmethod
    def now(cls, month: int) -> Source:
        statement = counted(month)
        return cls(month, statement.sql, statement.params, None)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which part of a month: a fund, an office, a state, a range of months in arrears; empty is all of it."""

    fund: str = ""
    office: int | None = None
    state: str = ""
    bucket: int | None = None

    def where(self) -> tuple[str, dict[str, Any]]:
        """SQL over the columns of a source (as ``s``), with its parameters."""
        parts, params = ["true"], dict[str, Any]()
        if self.fund:
            parts.append("s.fund = %(chosen_fund)s")
            params["chosen_fund"] = self.fund
        if self.office is not None:
            parts.append("s.office_id = %(chosen_office)s")
            params["chosen_office"] = self.office
        if self.state:
            parts.append("s.state = %(chosen_state)s")
            params["chosen_state"] = self.state
        if self.bucket is not None:
            parts.append("s.arrears > 0 and s.months between %(chosen_from)s and %(chosen_to)s")
            params["chosen_from"], params["chosen_to"], _ = BUCKETS[self.bucket]
        return " and ".join(parts), params


@dataclass(frozen=True, slots=True)
class Cell:
    """One group of loans with its sums (yen). The words are empty where it is not grouped by them."""

    fund: str
    office_id: int | None
    office: str
    state: str
    loans: int
    in_arrears: int
    sums: dict[str, int]
    buckets: tuple[tuple[int, int], ...]

    @property
    def fund_label(self) -> str:
        return str(FundKind(self.fund).label) if self.fund else ""

    @property
    def state_label(self) -> str:
        return STATES.get(self.state, "")

    @property
    def query(self) -> str:
        """What an address says to ask for the rows of just this group."""
        parts = (("fund", self.fund), ("office", self.office_id), ("state", self.state))
        return "".join(f"&{name}={value}" for name, value in parts if value)

    @property
    def paid_now(self) -> int:
        """Payments of the month, whichever way they came."""
        return sum(self.sums[figure.name] for figure in PAID)


GROUPS: dict[str, tuple[str, ...]] = {
    "fund": ("fund",),
    "office": ("office",),
    "state": ("state",),
    "cell": ("fund", "office", "state"),
    "all": (),
}


def cells(source: Source, by: str, chosen: Chosen = Chosen()) -> list[Cell]:  # noqa: B008 - frozen
    """The sums of a month grouped by fund, office, state or all three; a group without loans is not there."""
    names = GROUPS[by]
    where, params = chosen.where()
    columns = [
        "s.fund" if "fund" in names else "''",
        "s.office_id" if "office" in names else "null::bigint",
        "o.name" if "office" in names else "''",
        "s.state" if "state" in names else "''",
    ]
    grouped = [column for column in ("s.fund", "o.code", "s.office_id", "o.name", "s.state") if _in(column, names)]
    sums = ", ".join(f"coalesce(sum(s.{name}), 0)::bigint" for name in _NAMES)
    buckets = ", ".join(
        f"count(*) filter (where s.arrears > 0 and s.months between {least} and {most}), "
        f"coalesce(sum(s.arrears) filter (where s.months between {least} and {most}), 0)::bigint"
        for least, most, _ in BUCKETS
    )
    sql = (
        f"select {', '.join(columns)}, count(*), count(*) filter (where s.arrears > 0), {sums}, {buckets} "
        f"from ({source.sql}) s join accounts_office o on o.id = s.office_id where {where}"
        + (f" group by {', '.join(grouped)} order by {', '.join(grouped)}" if grouped else "")
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {**source.params, **params})
        return [_cell(row) for row in cursor.fetchall() if row[4]]


def _in(column: str, names: tuple[str, ...]) -> bool:
    return {"s.fund": "fund", "s.state": "state"}.get(column, "office") in names


def _cell(row: tuple[Any, ...]) -> Cell:
    fund, office_id, office, state, loans, in_arrears, *rest = row
    sums, buckets = rest[: len(_NAMES)], rest[len(_NAMES) :]
    return Cell(
        fund=fund,
        office_id=office_id,
        office=office,
        state=state,
        loans=loans,
        in_arrears=in_arrears,
        sums=dict(zip(_NAMES, sums, strict=True)),
        buckets=tuple(zip(buckets[::2], buckets[1::2], strict=True)),
    )


@dataclass(frozen=True, slots=True)
class LoanRow:
    """One loan of a month; yen."""

    loan_id: int
    code: str
    borrower: str
    fund: str
    office: str
    state: str
    months: int
    sums: dict[str, int]

    @property
    def fund_label(self) -> str:
        return str(FundKind(self.fund).label)

    @property
    def state_label(self) -> str:
        return STATES.get(self.state, "")

    @property
    def paid_now(self) -> int:
        return sum(self.sums[figure.name] for figure in PAID)


def loan_rows(
    source: Source,
    chosen: Chosen,
    *,
    user: User,
    figure: Figure | None = None,
    after: str = "",
    limit: int | None = None,
) -> Iterator[LoanRow]:
    """The loans of a part of a month that this reader may know of, by code; with a figure only those where it is not 0."""
    where, params = chosen.where()
    if figure is not None:
        where += f" and {figure.sql} <> 0"
    if not user.can(Permission.SEE_ALL_OFFICES):
        where += " and l.id = any(%(visible)s)"
        params["visible"] = list(Loan.objects.visible_to(user).values_list("pk", flat=True))
    sql = f"""
        select s.loan_id, l.code, p.name, s.fund, o.name, s.state, s.months, {", ".join(f"s.{name}" for name in _NAMES)}
          from ({source.sql}) s
          join loans_loan l on l.id = s.loan_id
          join people_person p on p.id = l.borrower_id
          join accounts_office o on o.id = s.office_id
         where {where} and l.code > %(after)s
         order by l.code {"limit %(limit)s" if limit is not None else ""}
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, {**source.params, **params, "after": after, "limit": limit})
        while rows := cursor.fetchmany(_AT_ONCE):
            for loan_id, code, borrower, fund, office, state, months, *sums in rows:
                yield LoanRow(
                    loan_id, code, borrower, fund, office, state, months, dict(zip(_NAMES, sums, strict=True))
                )


def entry_rows(source: Source, chosen: Chosen, figure: Figure, *, user: User) -> QuerySet[LedgerEntry]:
    """The ledger rows behind a movement of a part of a month, as far as the counting had them, in the order of recording."""
    rows = LedgerEntry.objects.filter(
        loan__in=Loan.objects.visible_to(user),
        effective_on__range=(first_day(source.month), last_day(source.month)),
        kind__in=figure.kinds,
    )
    if figure.channel is not None:
        rows = rows.filter(channel=figure.channel)
    if source.closing is not None:
        rows = rows.filter(pk__lte=source.closing.last_entry)
    if chosen != Chosen():
        where, params = chosen.where()
        with connection.cursor() as cursor:
            cursor.execute(
                f"select s.loan_id from ({source.sql}) s where {where} and {figure.sql} <> 0",
                {**source.params, **params},
            )
            rows = rows.filter(loan__in=[loan for (loan,) in cursor.fetchall()])
    return rows.select_related("loan", "loan__borrower", "loan__office").order_by("pk")


def closings() -> QuerySet[MonthClosing]:
    """Every counting, the newest month first, with its answer."""
    return MonthClosing.objects.select_related("prepared_by", "answer", "answer__answered_by").order_by(
        "-month", "-version"
    )


def signed_closing(month: int) -> MonthClosing | None:
    """The counting of a month that was signed."""
    found = ClosingAnswer.objects.filter(month=month, signed=True).select_related("closing").first()
    return found.closing if found else None


def source_of(month: int) -> Source:
    """The figures of a month: what was signed, else everything as it is recorded now."""
    closing = signed_closing(month)
    return Source.kept(closing) if closing else Source.now(month)


@dataclass(frozen=True, slots=True)
class Tied:
    """The ledger's payments and disbursements of a month, by file and by way, beside the statistics; yen.

    ``ledger`` is read from the ledger rows, ``statistics`` summed from the loans of the counting.
    """

    figure: Figure
    ledger: int
    statistics: int

    @property
    def difference(self) -> int:
        return self.ledger - self.statistics


def ties_with_statistics(closing: MonthClosing) -> tuple[tuple[Tie, ...], list[Tied]]:
    """The bank's files as they were tied, and for every movement the ledger's rows of then beside the kept sums."""
    whole = cells(Source.kept(closing), "all")
    sums = whole[0].sums if whole else dict.fromkeys(_NAMES, 0)
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, channel, sum(amount)::bigint from repayment_ledgerentry "
            "where effective_on between %s and %s and id <= %s group by kind, channel",
            [first_day(closing.month), last_day(closing.month), closing.last_entry],
        )
        moved = {(kind, channel): amount for kind, channel, amount in cursor.fetchall()}
    for figure in MOVEMENTS:
        amount = sum(
            amount
            for (kind, channel), amount in moved.items()
            if kind in figure.kinds and figure.channel in (None, channel)
        )
        found.append(Tied(figure, amount, sums[figure.name]))
    return read_ties(closing.ties), found

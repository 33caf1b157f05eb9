"""What was recorded after a month was closed and reaches into it: the rows, and what they make of each loan's figures.

The kept figures never change. Counted anew, a loan's figures differ only by what was recorded later, so that for every cell
kept = counted anew less the corrections listed here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from japan.months import first_day, last_day
from repayment.closing.counting import COLUMNS, FIGURES, counted
from repayment.models import Deferral, DeferralEnd, LedgerEntry, MonthClosing, RepaymentPlan

_WORDS = ("office_id", "fund", "state")
_NUMBERS = ("months", *(figure.name for figure in FIGURES))


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of one loan: as it was kept, and counted anew; yen."""

    name: str
    label: str
    kept: int
    now: int

    @property
    def by(self) -> int:
        return self.now - self.kept


@dataclass(frozen=True, slots=True)
class Correction:
    """One loan whose figures of a closed month are others today. ``kept`` or ``now`` is None where it was not counted."""

    loan_id: int
    code: str
    kept: dict[str, Any] | None
    now: dict[str, Any] | None

    def figure(self, name: str) -> int:
        """By how much a figure (yen) differs from what was kept."""
        return _value(self.now, name) - _value(self.kept, name)

    @property
    def changes(self) -> list[Change]:
        """The figures that differ."""
        return [
            Change(figure.name, figure.label, _value(self.kept, figure.name), _value(self.now, figure.name))
            for figure in FIGURES
            if self.figure(figure.name)
        ]

    @property
    def cell_moved(self) -> bool:
        """Whether the loan belongs to another fund, office or state now."""
        return self.kept is not None and self.now is not None and any(self.kept[n] != self.now[n] for n in _WORDS)


def _value(figures: dict[str, Any] | None, name: str) -> int:
    return int(figures[name]) if figures else 0


def later_entries(closing: MonthClosing) -> QuerySet[LedgerEntry]:
    """Ledger rows that were recorded after the counting and count for the month or a day before it, newest first."""
    return (
        LedgerEntry.objects.filter(Q(pk__gt=closing.last_entry), effective_on__lte=last_day(closing.month))
        .select_related("loan", "loan__borrower")
        .order_by("-pk")
    )


def later_in_month(closing: MonthClosing) -> QuerySet[LedgerEntry]:
    """Of these the rows effective inside the month: they change its movements."""
    return later_entries(closing).filter(effective_on__gte=first_day(closing.month))


def touched_loans(closing: MonthClosing) -> set[int]:
    """Loans of which something was recorded since the counting that may reach into the month."""
    ends, since = last_day(closing.month), closing.counted_at
    touched = set(later_entries(closing).values_list("loan_id", flat=True))
    touched |= set(
        RepaymentPlan.objects.filter(recorded_at__gt=since, effective_on__lte=ends).values_list("loan_id", flat=True)
    )
    touched |= set(
        Deferral.objects.filter(recorded_at__gt=since, from_month__lte=closing.month).values_list("loan_id", flat=True)
    )
    touched |= set(
        DeferralEnd.objects.filter(recorded_at__gt=since, deferral__from_month__lte=closing.month).values_list(
            "deferral__loan_id", flat=True
        )
    )
    return touched


def corrections_of(closing: MonthClosing, *, loans: Collection[int] | None = None) -> list[Correction]:
    """Every loan, or those given, whose figures are others when counted anew, by code. One statement.

    Holds and the fund, office and state of the loan itself keep no history: counting all loans shows those changes, too.
    """
    statement = counted(closing.month, loans=loans)
    only = "and c.loan_id = any(%(closing_loans)s)" if loans is not None else ""
    kept = ", ".join(f"k.{name}" for name in COLUMNS)
    now = ", ".join(f"n.{name}" for name in COLUMNS)
    sql = f"""
        select coalesce(k.loan_id, n.loan_id), l.code, {kept}, {now}
          from (select * from repayment_closingline c where c.closing_id = %(closing)s {only}) k
          full join ({statement.sql}) n on n.loan_id = k.loan_id
          join loans_loan l on l.id = coalesce(k.loan_id, n.loan_id)
         where ({", ".join(f"k.{name}" for name in COLUMNS)}) is distinct from ({now})
         order by l.code
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, {**statement.params, "closing": closing.pk})
        rows = cursor.fetchall()
    return [
        Correction(loan_id, code, _figures(values[: len(COLUMNS)]), _figures(values[len(COLUMNS) :]))
        for loan_id, code, *values in rows
    ]


def _figures(values: list[Any]) -> dict[str, Any] | None:
    return None if values[0] is None else dict(zip(COLUMNS, values, strict=True))


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that was recorded after a counting: in words, with the day it counts for and the day it was recorded."""

    words: str
    on: date | None
    recorded_at: datetime
    recorded_by: str
    amount: int | None = None


def causes_of(closing: MonthClosing, loans: Collection[int]) -> dict[int, list[Cause]]:
    """For each loan what was recorded after the counting and may have changed its figures; four queries."""
    ends, since = last_day(closing.month), closing.counted_at
    found: dict[int, list[Cause]] = {loan: [] for loan in loans}
    for entry in later_entries(closing).filter(loan__in=loans):
        found[entry.loan_id].append(
            Cause(
                entry.get_kind_display(), entry.effective_on, entry.recorded_at, entry.recorded_by, amount=entry.amount
            )
        )
    plans = RepaymentPlan.objects.filter(loan__in=loans, recorded_at__gt=since, effective_on__lte=ends)
    for plan in plans.order_by("pk"):
        words = f"償還計画 第{plan.version}版"
        found[plan.loan_id].append(Cause(words, plan.effective_on, plan.recorded_at, plan.recorded_by))
    for deferral in Deferral.objects.filter(loan__in=loans, recorded_at__gt=since).order_by("pk"):
        words = f"償還猶予 {deferral.months}か月"
        found[deferral.loan_id].append(Cause(words, deferral.granted_on, deferral.recorded_at, deferral.recorded_by))
    ended = DeferralEnd.objects.filter(deferral__loan__in=loans, recorded_at__gt=since).select_related("deferral")
    for end in ended.order_by("pk"):
        found[end.deferral.loan_id].append(Cause("償還猶予の終了", None, end.recorded_at, end.recorded_by))
    return found

"""Everything about one loan's money on one page: position, plans, months, the ledger with its corrections, holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from loans.models import Loan
from loans.selectors import CohortText, cohort_text
from repayment.allocation import Allocation
from repayment.allocations import allocations_of
from repayment.entries import PAID
from repayment.figures import Figures, figures
from repayment.models import CollectionHold, Deferral, DeferralEnd, LedgerEntry, RepaymentPlan
from repayment.picture import Picture, picture_of
from repayment.position import Position
from repayment.running import Step, steps
from repayment.selectors import history_of, policy_on
from repayment.status import Standing, standings_of


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One ledger row, the row it takes back, the row that took it back, and where it left the loan (None without a plan)."""

    entry: LedgerEntry
    takes_back: LedgerEntry | None
    taken_back_by: LedgerEntry | None
    step: Step | None
    booked: Allocation | None = None

    @property
    def is_reversible(self) -> bool:
        """Whether it is a payment that still stands."""
        return self.entry.kind == PAID and self.taken_back_by is None


@dataclass(frozen=True, slots=True)
class DeferralLine:
    """A deferral, and the last month (index) it moved instalments out of where it ended early."""

    deferral: Deferral
    ends_after: int | None


@dataclass(frozen=True, slots=True)
class Account:
    """One loan on a day. ``standing``, ``figures`` and ``picture`` are missing for a loan without a plan.

    ``ledger`` are groups of rows, the newest first: a row alone, or a row and the one that took it back. ``later_rows`` is
    how many rows count only after the day, ``unknown_rows`` how many were recorded only after the day of the second clock.
    """

    loan: Loan
    cohort: CohortText
    standing: Standing | None
    figures: Figures | None
    picture: Picture | None
    plans: tuple[RepaymentPlan, ...]
    deferrals: tuple[DeferralLine, ...]
    ledger: tuple[tuple[LedgerLine, ...], ...]
    row_count: int
    later_rows: int
    unknown_rows: int
    holds: tuple[CollectionHold, ...]

    @property
    def position(self) -> Position | None:
        return self.standing.position if self.standing else None


def account_of(loan: Loan, *, on: date, known_on: date | None = None) -> Account:
    """Put together the account of a loan as it stood on a day, with what was recorded by the end of ``known_on``.

    The asker has been admitted to the loan. Nothing given for the second clock, everything known now counts.
    """
    standing = standings_of([loan.pk], on, known_on=known_on).get(loan.pk)
    everything = list(loan.entries.select_related("plan").order_by("effective_on", "pk"))
    rows = [row for row in everything if _known(row, known_on)]
    shown = [row for row in rows if row.effective_on <= on]
    plans = [plan for plan in loan.plans.order_by("version") if _known(plan, known_on)]
    return Account(
        loan=loan,
        cohort=cohort_text(loan),
        standing=standing,
        figures=figures(standing.position) if standing else None,
        picture=picture_of(standing.position) if standing else None,
        plans=tuple(plans),
        deferrals=_deferrals(loan, known_on),
        ledger=_groups(shown, _steps(loan, on=on, known_on=known_on) if standing else {}, allocations_of(loan)),
        row_count=len(shown),
        later_rows=len(rows) - len(shown),
        unknown_rows=len(everything) - len(rows),
        holds=tuple(loan.holds.order_by("since", "pk")),
    )


def _deferrals(loan: Loan, known_on: date | None) -> tuple[DeferralLine, ...]:
    ends = {
        end.deferral_id: end.ends_after
        for end in DeferralEnd.objects.filter(deferral__loan=loan)
        if _known(end, known_on)
    }
    rows = loan.deferrals.order_by("from_month", "pk")
    return tuple(DeferralLine(row, ends.get(row.pk)) for row in rows if _known(row, known_on))


def _known(row: LedgerEntry | RepaymentPlan | Deferral | DeferralEnd, known_on: date | None) -> bool:
    return known_on is None or timezone.localdate(row.recorded_at) <= known_on


def _steps(loan: Loan, *, on: date, known_on: date | None) -> dict[str, Step]:
    history = history_of(loan.pk, known_on=known_on)
    found = steps(
        principal=loan.principal,
        plans=history.plans,
        deferrals=history.deferrals,
        entries=history.entries,
        policy=policy_on(on, known_on=known_on).at_rate(loan.late_interest_rate_bp),
    )
    return {step.source_key: step for step in found}


def _groups(
    rows: list[LedgerEntry], by_source: dict[str, Step], booked: dict[int, Allocation]
) -> tuple[tuple[LedgerLine, ...], ...]:
    """Rows with those that took them back, each group where its newest row stands, the newest first."""
    by_key = {row.pk: row for row in rows}
    taken_back = {row.reverses_id: row for row in rows if row.reverses_id in by_key}
    lines = {
        row.pk: LedgerLine(
            entry=row,
            booked=booked.get(row.pk),
            takes_back=by_key.get(row.reverses_id or 0),
            taken_back_by=taken_back.get(row.pk),
            step=by_source.get(row.source_key),
        )
        for row in rows
    }
    groups = []
    for row in reversed(rows):
        if row.pk in taken_back:
            continue
        line = lines[row.pk]
        groups.append((lines[line.takes_back.pk], line) if line.takes_back is not None else (line,))
    return tuple(groups)

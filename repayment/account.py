"""Everything about one loan's money on one page: position, plans, instalments, the ledger with its corrections, holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from loans.models import Loan
from loans.selectors import CohortText, cohort_text
from repayment.figures import Figures, figures
from repayment.models import CollectionHold, Deferral, LedgerEntry, RepaymentPlan
from repayment.position import InstalmentLine
from repayment.status import Standing, standings_of


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One ledger row, the row it takes back, and the row that took it back, as far as the day of the page."""

    entry: LedgerEntry
    takes_back: LedgerEntry | None
    taken_back_by: LedgerEntry | None


@dataclass(frozen=True, slots=True)
class Account:
    """One loan on a day. ``standing`` and ``figures`` are missing for a loan without a plan (nothing lent yet).

    ``ledger`` begins with the newest row; ``later_rows`` is how many rows count only after the day and are left out.
    """

    loan: Loan
    cohort: CohortText
    standing: Standing | None
    figures: Figures | None
    instalments: tuple[InstalmentLine, ...]
    plans: tuple[RepaymentPlan, ...]
    deferrals: tuple[Deferral, ...]
    ledger: tuple[LedgerLine, ...]
    later_rows: int
    holds: tuple[CollectionHold, ...]


def account_of(loan: Loan, *, on: date) -> Account:
    """Put together the account of a loan as it stood on a day. The asker has been admitted to the loan."""
    standing = standings_of([loan.pk], on).get(loan.pk)
    rows = list(loan.entries.select_related("plan").order_by("effective_on", "pk"))
    by_key = {row.pk: row for row in rows}
    taken_back = {row.reverses_id: row for row in rows if row.reverses_id is not None and row.effective_on <= on}
    ledger = tuple(
        LedgerLine(
            entry=row,
            takes_back=by_key[row.reverses_id] if row.reverses_id is not None else None,
            taken_back_by=taken_back.get(row.pk),
        )
        for row in rows
        if row.effective_on <= on
    )[::-1]
    return Account(
        loan=loan,
        cohort=cohort_text(loan),
        standing=standing,
        figures=figures(standing.position) if standing else None,
        instalments=standing.position.lines if standing else (),
        plans=tuple(loan.plans.order_by("version")),
        deferrals=tuple(loan.deferrals.order_by("from_month")),
        ledger=ledger,
        later_rows=len(rows) - len(ledger),
        holds=tuple(loan.holds.order_by("since", "pk")),
    )

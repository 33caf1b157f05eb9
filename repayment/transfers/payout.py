"""What is still to be paid out of one loan, what was, and what was changed or stopped about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Min

from accounts.models import User
from accounts.roles import Permission
from japan.months import month_index
from loans.deciding.enums import ProposalState
from loans.disbursement.enums import LineOutcome
from loans.enums import LoanState
from loans.funds import fund
from loans.models import LendingChange, LendingSanction, Loan, Tranche, TransferLine
from loans.services.changes import changeable
from loans.services.sanctions import PAYING_OUT
from repayment.transfers.selecting import select


@dataclass(frozen=True, slots=True)
class TrancheRow:
    """One tranche with the word for how it stands, its meaning for the eye, and the file it is or was in."""

    tranche: Tranche
    status: str
    meaning: str
    line: TransferLine | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Payout:
    """The whole page."""

    rows: tuple[TrancheRow, ...]
    sanctions: tuple[LendingSanction, ...]
    changes: tuple[LendingChange, ...]
    may_propose: bool
    may_decide: bool
    changeable_months: tuple[tuple[int, int | None], ...]
    """(month, yen or None) of every month of the period that can still be changed or added."""
    sanctionable: bool

    @property
    def paid(self) -> int:
        """Yen paid to the borrower so far."""
        return sum(row.tranche.amount for row in self.rows if row.tranche.paid_on)


def payout_of(loan: Loan, *, user: User, on: date) -> Payout:
    """Put together what is to be paid out of a loan. The asker has been admitted to the loan."""
    tranches = list(loan.tranches.order_by("number"))
    lines = TransferLine.objects.filter(loan=loan).select_related("file").order_by("pk")
    newest = {line.tranche_id: line for line in lines}
    reasons = _reasons(loan)
    sanctions = tuple(loan.sanctions.select_related("proposed_by", "decided_by").order_by("pk"))
    changes = tuple(loan.changes_within_period.select_related("proposed_by", "decided_by").order_by("pk"))
    stopped = any(row.state == ProposalState.AGREED for row in sanctions)
    open_change = any(row.state == ProposalState.PROPOSED for row in changes)
    return Payout(
        rows=tuple(_row(row, newest.get(row.pk), reasons.get(row.pk, ""), stopped=stopped) for row in tranches),
        sanctions=sanctions,
        changes=changes,
        may_propose=user.can(Permission.REVIEW_LENDING),
        may_decide=user.can(Permission.DECIDE_LENDING),
        changeable_months=() if stopped or open_change else months_open(loan, on=on),
        sanctionable=loan.state in (*PAYING_OUT, LoanState.LENT),
    )


def months_open(loan: Loan, *, on: date) -> tuple[tuple[int, int | None], ...]:
    """Every month of the fund's period from now on that is not paid or on its way, with its planned yen (LN-35)."""
    lent = fund(loan.fund)
    first = Tranche.objects.filter(loan=loan).aggregate(first=Min("month"))["first"]
    if lent.monthly_multi is None or first is None or loan.state not in PAYING_OUT:
        return ()
    planned = {row.month: row.amount for row in changeable(loan)}
    fixed = set(
        Tranche.objects.filter(loan=loan, ended_on__isnull=True)
        .exclude(month__in=planned)
        .values_list("month", flat=True)
    )
    months = range(max(first, month_index(on)), first + lent.most_months_lent)
    return tuple((month, planned.get(month)) for month in months if month not in fixed)


def _reasons(loan: Loan) -> dict[int, str]:
    """Why tranches that are due do not go out."""
    due = loan.tranches.filter(paid_on__isnull=True, ended_on__isnull=True)
    last = due.order_by("-pay_on").values_list("pay_on", flat=True).first()
    if last is None:
        return {}
    rows = due.exclude(lines__outcome=LineOutcome.OPEN).select_related("loan__borrower", "loan__office")
    return {left.tranche.pk: left.reason for left in select(last, tranches=rows).left_out}


def _row(row: Tranche, line: TransferLine | None, reason: str, *, stopped: bool) -> TrancheRow:
    if row.paid_on is not None:
        return TrancheRow(row, "送金済み", "done", line)
    if row.ended_on is not None:
        return TrancheRow(row, f"取りやめ（{row.get_ended_because_display()}）", "stop", line)
    if line is not None and line.outcome == LineOutcome.OPEN:
        return TrancheRow(row, "送金の手続き中", "key", line)
    if stopped:
        return TrancheRow(row, "停止", "stop", line, reason)
    if line is not None and line.outcome == LineOutcome.RETURNED:
        return TrancheRow(row, "送金不能（次の送金で再度）", "caution", line, reason)
    return TrancheRow(row, "送金待ち", "caution" if reason else "", line, reason)

"""How the payments of a loan were counted when they were booked, and the working of each.

Nothing is stored for this beside what is stored anyway: ledger, plans, deferrals and settings all say when they were
recorded and are never edited, so the position that met a payment can be put together again at any time (two clocks). What
is entered later, also backdated, and a later order of allocation change nothing of it.
"""

from __future__ import annotations

from django.utils import timezone

from loans.models import Loan
from repayment.allocation import Allocation, allocation
from repayment.entries import Entry
from repayment.enums import LedgerKind
from repayment.models import Deferral, LedgerEntry, RepaymentPlan
from repayment.position import PlanVersion, Policy, plan_in_force, position
from repayment.schedule import Deferral as PlanDeferral
from repayment.schedule import Plan
from rulebook.selectors import settings_book


def allocations_of(loan: Loan) -> dict[int, Allocation]:
    """Return how each payment of a loan was counted, by the key of its ledger row. The asker has been admitted to the loan.

    Known then was what had been recorded before it; settings are those of the day of its booking. Four queries.
    """
    plans = list(RepaymentPlan.objects.filter(loan=loan))
    deferrals = list(Deferral.objects.filter(loan=loan).select_related("end"))
    book = settings_book()
    found: dict[int, Allocation] = {}
    earlier: dict[int, Entry] = {}
    rows = LedgerEntry.objects.filter(loan=loan).select_related("plan", "reverses").order_by("recorded_at", "pk")
    for row in rows:
        versions = [_version(plan) for plan in plans if plan.recorded_at <= row.recorded_at]
        entry = _entry(row)
        if row.kind == LedgerKind.PAID and versions:
            day = timezone.localtime(row.recorded_at).date()
            policy = Policy.of(book.on(day, known_at=row.recorded_at)).at_rate(loan.late_interest_rate_bp)
            shifts = [shift for deferral in deferrals if (shift := _shift(deferral, row, versions))]
            before, after = (
                position(
                    principal=loan.principal,
                    plans=versions,
                    deferrals=shifts,
                    entries=entries,
                    policy=policy,
                    as_of=row.effective_on,
                )
                for entries in (list(earlier.values()), [*earlier.values(), entry])
            )
            found[row.pk] = allocation(before, after, amount=row.amount)
        if row.reverses_id is None or row.reverses_id in earlier:
            earlier[row.pk] = entry
    return found


def _version(plan: RepaymentPlan) -> PlanVersion:
    formula = Plan(plan.principal, plan.count, plan.first_month, plan.first_amount, plan.regular_amount)
    return PlanVersion(plan.version, plan.effective_on, formula, plan.debit_day)


def _shift(deferral: Deferral, row: LedgerEntry, versions: list[PlanVersion]) -> PlanDeferral | None:
    """The deferral as it was known when *row* was recorded, if it moved anything."""
    if deferral.recorded_at > row.recorded_at:
        return None
    end = getattr(deferral, "end", None)
    months = deferral.months
    if end is not None and end.recorded_at <= row.recorded_at:
        months = end.ends_after + 1 - deferral.from_month
    version = plan_in_force(versions, deferral.granted_on).version
    return PlanDeferral(deferral.from_month, months, version) if months else None


def _entry(row: LedgerEntry) -> Entry:
    return Entry(
        kind=row.kind,
        amount=row.amount,
        effective_on=row.effective_on,
        source_key=row.source_key,
        first_no=row.first_no,
        last_no=row.last_no,
        plan_version=row.plan.version if row.plan else None,
        reverses=row.reverses.source_key if row.reverses else None,
        due_on=row.due_on,
    )

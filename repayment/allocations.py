"""How payments were counted when they were booked, and the working of each: replayed, and kept in the night after.

Ledger, plans, deferrals and settings all say when they were recorded and are never edited, so the position that met a
payment can be put together at any time (two clocks). What is entered later, also backdated, and a later order of allocation
change nothing of it. Each night writes down what was booked since the last one; until then, and for what was booked before
anything was written down, the same is worked out on the spot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from loans.models import Loan
from repayment.allocation import Allocation, Share, allocation
from repayment.entries import Entry
from repayment.enums import AllocationOrder, LedgerKind
from repayment.models import Deferral, LedgerEntry, PaymentAllocation, RepaymentPlan
from repayment.position import PlanVersion, Policy, plan_in_force, position
from repayment.schedule import Deferral as PlanDeferral
from repayment.schedule import Plan
from rulebook.selectors import SettingsBook, settings_book


def allocations_of(loan: Loan) -> dict[int, Allocation]:
    """Return how each payment of a loan was counted, by the key of its ledger row. The asker has been admitted to the loan.

    Known then was what had been recorded before it; settings are those of the day of its booking. Five queries.
    """
    found = {row.pk: _kept(row) for row in PaymentAllocation.objects.filter(entry__loan=loan).select_related("entry")}
    return found | replayed([loan.pk], but=found)


def replayed(
    loans: Iterable[int], *, but: Collection[int] = (), since: datetime | None = None
) -> dict[int, Allocation]:
    """Work out how the payments of some loans were counted that were booked since a moment, but for some; four queries."""
    book = settings_book()
    plans, deferrals, rows = defaultdict(list), defaultdict(list), defaultdict(list)
    lent = {loan.pk: loan for loan in Loan.objects.filter(pk__in=loans)}
    for plan in RepaymentPlan.objects.filter(loan__in=lent):
        plans[plan.loan_id].append(plan)
    for deferral in Deferral.objects.filter(loan__in=lent).select_related("end"):
        deferrals[deferral.loan_id].append(deferral)
    entries = LedgerEntry.objects.filter(loan__in=lent).select_related("plan", "reverses")
    for row in entries.order_by("recorded_at", "pk"):
        rows[row.loan_id].append(row)
    found: dict[int, Allocation] = {}
    for key, loan in lent.items():
        for row, counted in _one_loan(loan, plans[key], deferrals[key], rows[key], book, but=but, since=since):
            found[row.pk] = counted
    return found


@service
def keep_allocations(*, loans: Collection[int], since: datetime, by: Actor, at: datetime) -> int:
    """Write down how the payments of some loans were counted that were booked since a moment; how many were not yet."""
    kept = set(PaymentAllocation.objects.filter(entry__loan__in=loans).values_list("pk", flat=True))
    counted = replayed(loans, but=kept, since=since)
    made = PaymentAllocation.objects.bulk_create(
        (
            PaymentAllocation(
                entry_id=key,
                order=one.order,
                late_interest=one.late_interest,
                before_plan=one.before_plan,
                surplus=one.surplus,
                shares=[[share.no, share.month, share.amount, share.is_due] for share in one.shares],
                stored_at=at,
            )
            for key, one in counted.items()
        ),
        ignore_conflicts=True,
    )
    return len(made)


def loans_to_keep(since: datetime, between: tuple[int, int] | None = None) -> list[int]:
    """The loans with a payment booked since a moment that is not written down yet, in the order of their keys."""
    planned = RepaymentPlan.objects.filter(loan=OuterRef("loan"), recorded_at__lte=OuterRef("recorded_at"))
    rows = LedgerEntry.objects.filter(
        Exists(planned), kind=LedgerKind.PAID, recorded_at__gte=since, allocation__isnull=True
    )
    if between is not None:
        rows = rows.filter(loan__gte=between[0], loan__lte=between[1])
    return list(rows.order_by("loan").values_list("loan", flat=True).distinct())


def _kept(row: PaymentAllocation) -> Allocation:
    return Allocation(
        amount=row.entry.amount,
        order=AllocationOrder(row.order),
        late_interest=row.late_interest,
        before_plan=row.before_plan,
        shares=tuple(Share(*share) for share in row.shares),
        surplus=row.surplus,
    )


def _one_loan(
    loan: Loan,
    plans: list[RepaymentPlan],
    deferrals: list[Deferral],
    rows: list[LedgerEntry],
    book: SettingsBook,
    *,
    but: Collection[int],
    since: datetime | None,
) -> Iterator[tuple[LedgerEntry, Allocation]]:
    """The payments of one loan that are asked for, each with how it was counted; *rows* in the order of their recording."""
    earlier: dict[int, Entry] = {}
    for row in rows:
        entry = _entry(row)
        asked = row.kind == LedgerKind.PAID and row.pk not in but and (since is None or row.recorded_at >= since)
        versions = [_version(plan) for plan in plans if plan.recorded_at <= row.recorded_at] if asked else []
        if versions:
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
            yield row, allocation(before, after, amount=row.amount)
        if row.reverses_id is None or row.reverses_id in earlier:
            earlier[row.pk] = entry


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

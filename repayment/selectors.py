"""Asking how loans stand: plans, deferrals and ledger rows read in a constant number of queries, then pure functions.

There are two clocks. ``as_of`` is the day a loan is looked at: what is effective later does not count. ``known_on`` is
what had been recorded by then: by the end of that day (Japanese time), or by that very moment. Left out, all that is
known now counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from loans.enums import LoanState
from loans.models import Loan
from repayment.entries import Entry
from repayment.models import Deferral, LedgerEntry, RepaymentPlan
from repayment.position import PlanVersion, Policy, Position, plan_in_force, position
from repayment.schedule import Deferral as PlanDeferral
from repayment.schedule import Plan
from rulebook.selectors import settings_on


class NoPlan(LookupError):
    """A loan without a repayment plan has no position."""


Known = date | datetime | None
"""Up to when what was recorded counts: a whole day, a moment, or everything."""


def policy_on(day: date, *, known_on: Known = None) -> Policy:
    """Return how positions are counted under the settings in force on *day*."""
    return Policy.of(settings_on(day, known_at=_moment(known_on)))


def position_of(loan_id: int, as_of: date, *, policy: Policy | None = None, known_on: Known = None) -> Position:
    """Return where one loan stands on *as_of*; ``NoPlan`` if it has none. Four queries, and the settings."""
    found = positions_of([loan_id], as_of, policy=policy, known_on=known_on)
    if loan_id not in found:
        raise NoPlan(f"loan {loan_id} has no repayment plan")
    return found[loan_id]


def positions_of(
    loans: Iterable[Loan | int], as_of: date, *, policy: Policy | None = None, known_on: Known = None
) -> dict[int, Position]:
    """Return where loans stand on *as_of*, by loan id; loans without a plan, and those given up, are left out.

    ``policy`` defaults to the settings in force on *as_of*; late interest is at each contract's own rate.
    Four queries for any number of loans, and the settings.
    """
    ids = [loan.pk if isinstance(loan, Loan) else loan for loan in loans]
    counted = policy or policy_on(as_of, known_on=known_on)
    known_at = _moment(known_on)
    contracts = {
        loan_id: (principal, counted.at_rate(rate_bp))
        for loan_id, principal, rate_bp in Loan.objects.filter(pk__in=ids).values_list(
            "pk", "principal", "late_interest_rate_bp"
        )
    }
    plans = _plans(ids, known_at)
    deferrals = _deferrals(ids, plans, known_at)
    entries = _entries(ids, known_at)
    return {
        loan_id: position(
            principal=contracts[loan_id][0],
            plans=versions,
            deferrals=deferrals[loan_id],
            entries=entries[loan_id],
            policy=contracts[loan_id][1],
            as_of=as_of,
        )
        for loan_id, versions in plans.items()
    }


@dataclass(frozen=True, slots=True)
class History:
    """What a loan's position is a function of, besides its principal: every plan, deferral and ledger row."""

    plans: tuple[PlanVersion, ...]
    deferrals: tuple[PlanDeferral, ...]
    entries: tuple[Entry, ...]


def history_of(loan_id: int, *, known_on: Known = None) -> History:
    """Return a loan's plans, deferrals and ledger rows as the pure functions take them; three queries."""
    return histories_of([loan_id], known_on=known_on)[loan_id]


def histories_of(loan_ids: Iterable[int], *, known_on: Known = None) -> dict[int, History]:
    """Return what loans' positions are a function of, by loan id; three queries for any number of loans."""
    ids, known_at = list(loan_ids), _moment(known_on)
    plans = _plans(ids, known_at)
    deferrals, entries = _deferrals(ids, plans, known_at), _entries(ids, known_at)
    return {
        loan_id: History(
            plans=tuple(plans[loan_id]),
            deferrals=tuple(deferrals[loan_id]),
            entries=tuple(entries[loan_id]),
        )
        for loan_id in ids
    }


def _moment(known_on: Known) -> datetime | None:
    """The last moment that counts."""
    if known_on is None or isinstance(known_on, datetime):
        return known_on
    return timezone.make_aware(datetime.combine(known_on + timedelta(days=1), time.min)) - timedelta.resolution


def _recorded(by: datetime | None, prefix: str = "") -> Q:
    return Q() if by is None else Q(**{f"{prefix}recorded_at__lte": by})


def _plans(ids: list[int], known_at: datetime | None) -> dict[int, list[PlanVersion]]:
    found: dict[int, list[PlanVersion]] = defaultdict(list)
    known = RepaymentPlan.objects.filter(_recorded(known_at), loan__in=ids).exclude(loan__state=LoanState.GIVEN_UP)
    rows = known.values_list(
        "loan_id", "version", "effective_on", "debit_day",
        "principal", "count", "first_month", "first_amount", "regular_amount",
    )  # fmt: skip
    for loan_id, version, effective_on, debit_day, *plan in rows.order_by("loan_id", "version"):
        found[loan_id].append(PlanVersion(version, effective_on, Plan(*plan), debit_day))
    return found


def _deferrals(
    ids: list[int], plans: dict[int, list[PlanVersion]], known_at: datetime | None
) -> dict[int, list[PlanDeferral]]:
    """Read deferrals as far as they reach; each shifts the plan that was in force on the day it was granted."""
    found: dict[int, list[PlanDeferral]] = defaultdict(list)
    rows = Deferral.objects.filter(_recorded(known_at), loan__in=ids).values_list(
        "loan_id", "from_month", "months", "granted_on", "end__ends_after", "end__recorded_at"
    )
    for loan_id, from_month, months, granted_on, ends_after, ended_at in rows:
        if loan_id not in plans:
            continue
        if ends_after is not None and (known_at is None or ended_at <= known_at):
            months = ends_after + 1 - from_month
        if months:
            version = plan_in_force(plans[loan_id], granted_on).version
            found[loan_id].append(PlanDeferral(from_month, months, version))
    return found


def _entries(ids: list[int], known_at: datetime | None) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = defaultdict(list)
    known = LedgerEntry.objects.filter(_recorded(known_at), loan__in=ids)
    if known_at is not None:
        known = known.filter(Q(reverses__isnull=True) | _recorded(known_at, "reverses__"))
    rows = known.values_list(
        "loan_id", "kind", "amount", "effective_on", "source_key",
        "first_no", "last_no", "plan__version", "reverses__source_key", "due_on",
    )  # fmt: skip
    for row in rows:
        found[row[0]].append(Entry(*row[1:]))
    return found

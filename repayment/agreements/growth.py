"""How arrears grow, month by month, while less than the instalment is paid (4.4; example SR-A).

Pure: the plan, the ledger so far and the terms agreed to go in. Months that are over are told from the ledger, months to
come as if the agreement were kept: its amount on each day of collection. Money is whole yen, a month an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from japan.bankdays import collection_date
from japan.months import last_day, month_index
from repayment.entries import PAID, Entry
from repayment.position import PlanVersion, Policy, Position, position
from repayment.schedule import Deferral


@dataclass(frozen=True, slots=True)
class Terms:
    """``monthly_amount`` yen in each of ``months`` months from ``from_month``."""

    monthly_amount: int
    from_month: int
    months: int

    @property
    def last_month(self) -> int:
        """The last month agreed to."""
        return self.from_month + self.months - 1


@dataclass(frozen=True, slots=True)
class GrowthMonth:
    """One month at its end, in yen: what the plan asked for in it, what was or would be paid, and what is then in arrears.

    ``is_to_come``: the payment is assumed. ``late_interest`` only after the deadline of the whole loan.
    """

    month: int
    scheduled: int
    paid: int
    arrears: int
    months_in_arrears: int
    outstanding: int
    late_interest: int
    is_to_come: bool


@dataclass(frozen=True, slots=True)
class Growth:
    """The months of an agreement, and what happens in them. ``before`` is what was in arrears, ``month_worth`` what counts
    as one month, in yen; where arrears reach ``long_arrears_months`` months' worth
    (requirement ④ asks for that), and where the deadline of the whole loan lies.
    """

    rows: tuple[GrowthMonth, ...]
    before: int
    month_worth: int
    long_arrears_months: int
    reaches_long_arrears: int | None
    passes_deadline: int | None

    @property
    def after(self) -> int:
        """Yen in arrears at the end of the last month."""
        return self.rows[-1].arrears if self.rows else self.before

    @property
    def is_long_already(self) -> bool:
        """Whether arrears were that long before the agreement began."""
        return self.before >= self.long_arrears_months * self.month_worth > 0

    @property
    def grows_by(self) -> int:
        """Yen by which the arrears grow over the agreement; negative where they shrink."""
        return self.after - self.before

    @property
    def paid(self) -> int:
        """Yen paid over the agreement."""
        return sum(row.paid for row in self.rows)

    @property
    def scheduled(self) -> int:
        """Yen that the plan asks for over the agreement."""
        return sum(row.scheduled for row in self.rows)


def growth(
    *,
    principal: int,
    plans: Sequence[PlanVersion],
    deferrals: Iterable[Deferral],
    entries: Iterable[Entry],
    policy: Policy,
    terms: Terms,
    today: date,
    long_arrears_months: int = 12,
) -> Growth:
    """Return how arrears stand at the end of each month of an agreement; see ``Growth``.

    Payments recorded for days after *today* cannot be. ``ValueError`` without a plan.
    """
    known = list(entries)
    assumed: list[Entry] = []
    deferrals = tuple(deferrals)

    def at_end_of(month: int) -> Position:
        return position(
            principal=principal,
            plans=plans,
            deferrals=deferrals,
            entries=[*known, *assumed],
            policy=policy,
            as_of=_settled_by(month, plans, policy),
        )

    earlier = at_end_of(terms.from_month - 1)
    before = earlier.arrears
    rows = []
    for month in range(terms.from_month, terms.last_month + 1):
        is_to_come = collection_date(month, earlier.plan_version.debit_day, policy.holiday_roll) > today
        if is_to_come:
            amount = min(terms.monthly_amount, earlier.outstanding)
            if amount:
                on = collection_date(month, earlier.plan_version.debit_day, policy.holiday_roll)
                assumed.append(Entry(PAID, amount, on, f"assumed:{month}"))
        now = at_end_of(month)
        rows.append(
            GrowthMonth(
                month=month,
                scheduled=asked_for(now) - (asked_for(earlier) if now.plan_version == earlier.plan_version else 0),
                paid=now.paid - earlier.paid,
                arrears=now.arrears,
                months_in_arrears=now.months_in_arrears,
                outstanding=now.outstanding,
                late_interest=now.late_interest,
                is_to_come=is_to_come,
            )
        )
        earlier = now
    deadline_month = month_index(earlier.deadline)
    return Growth(
        rows=tuple(rows),
        before=before,
        month_worth=earlier.plan.month_worth,
        long_arrears_months=long_arrears_months,
        reaches_long_arrears=next((row.month for row in rows if row.months_in_arrears >= long_arrears_months), None),
        passes_deadline=deadline_month if terms.from_month <= deadline_month <= terms.last_month else None,
    )


def asked_for(at: Position) -> int:
    """Yen that the plan in force asked for by the day of the position."""
    return at.scheduled - at.exempted_due


def _settled_by(month: int, plans: Sequence[PlanVersion], policy: Policy) -> date:
    """The end of a month, or the day its debit is made where holidays carry it into the next month."""
    latest = max(version.debit_day for version in plans) if plans else 1
    return max(last_day(month), collection_date(month, latest, policy.holiday_roll))

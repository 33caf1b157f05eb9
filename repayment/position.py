"""Where a loan stands on a day: a function of its plan, its ledger and that day.

This is the definition; the set-based SQL over the whole portfolio (``repayment.ageing``) must agree with it. Nothing
here reads a clock, a setting or the database. Money is whole yen, a month an index (``japan.months``), a day a
``date``.

* Payments fill instalments in order; what exceeds the instalments due counts towards the next ones (RP-13).
* What is due on a day is every instalment collected up to and including that day (RP-04), less what of it was
  exempted.
* A deferral moves instalments; it does not touch those due before it (DF-13, DF-14).
* Late interest runs only after the deadline of the whole loan (RP-05, LI-01).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Protocol

from japan.bankdays import collection_date, last_month_collected
from japan.months import day_in, last_day
from repayment.entries import Entry, Ledger, read_ledger
from repayment.enums import AllocationOrder, DeadlineBasis, HolidayRoll, LateInterestOnExemption, LateInterestRounding
from repayment.late_interest import Segment, Terms, late_interest
from repayment.schedule import Deferral, Plan, due_month, instalments_due


class RepaymentSettings(Protocol):
    """The settings of a prefecture that decide a position (``rulebook`` settings have these names)."""

    @property
    def holiday_roll(self) -> str: ...
    @property
    def final_deadline_basis(self) -> str: ...
    @property
    def late_interest_rate_bp(self) -> int: ...
    @property
    def late_interest_day_count(self) -> int: ...
    @property
    def late_interest_rounding(self) -> str: ...
    @property
    def allocation_order(self) -> str: ...
    @property
    def late_interest_on_exemption(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Policy:
    """How a prefecture counts days, deadlines and late interest.

    The rate (hundredths of a percent a year) is the contract's: settings give that of contracts made under them, and
    what is read from the database replaces it by the loan's own (LI-03).
    """

    holiday_roll: str = HolidayRoll.NEXT_BUSINESS_DAY.value
    final_deadline_basis: str = DeadlineBasis.MONTH_END.value
    late_interest_rate_bp: int = 300
    late_interest_day_count: int = 365
    late_interest_rounding: str = LateInterestRounding.FLOOR_TOTAL.value
    allocation_order: str = AllocationOrder.PRINCIPAL_FIRST.value
    late_interest_on_exemption: str = LateInterestOnExemption.WAIVE_WITH_PRINCIPAL.value

    @classmethod
    def of(cls, settings: RepaymentSettings) -> "Policy":
        """Take from a prefecture's settings what a position needs."""
        return cls(
            holiday_roll=settings.holiday_roll,
            final_deadline_basis=settings.final_deadline_basis,
            late_interest_rate_bp=settings.late_interest_rate_bp,
            late_interest_day_count=settings.late_interest_day_count,
            late_interest_rounding=settings.late_interest_rounding,
            allocation_order=settings.allocation_order,
            late_interest_on_exemption=settings.late_interest_on_exemption,
        )

    def at_rate(self, rate_bp: int) -> "Policy":
        """The same with a contract's own rate of late interest."""
        return self if rate_bp == self.late_interest_rate_bp else replace(self, late_interest_rate_bp=rate_bp)

    @property
    def interest_terms(self) -> Terms:
        """The part that late interest needs."""
        return Terms(
            rate_bp=self.late_interest_rate_bp,
            day_count=self.late_interest_day_count,
            rounding=self.late_interest_rounding,
            allocation_order=self.allocation_order,
            on_exemption=self.late_interest_on_exemption,
        )


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """A plan and the day from which it is the plan; ``debit_day`` is 1 to 28."""

    version: int
    effective_on: date
    plan: Plan
    debit_day: int = 26


@dataclass(frozen=True, slots=True)
class NextDue:
    """The next instalment that still has something to pay: yen, month index and collection date."""

    no: int
    month: int
    collection_date: date
    amount: int


@dataclass(frozen=True, slots=True)
class InstalmentLine:
    """One instalment as it stands on a day. ``nominal_date`` is the debit day before it rolls to a bank day."""

    seq: int
    due_month: int
    nominal_date: date
    collection_date: date
    amount: int
    exempted: int
    paid: int
    unpaid: int


@dataclass(frozen=True)
class Position:
    """Where a loan stands on ``as_of``; amounts in yen.

    ``scheduled`` is the sum of the instalments collected so far under the plan in force (``plan_version``), ``due``
    that sum less what of it was exempted (``exempted_due``) plus what had been paid before that plan was made
    (``settled_before``), so that always ``arrears = max(0, due - paid to principal)``, never more than
    ``outstanding``. ``paid`` and ``exempted`` are net of reversals, refunds and revocations; ``late_interest_paid``
    is the part of ``paid`` that went to late interest. ``paid_ahead`` counts towards the next instalments,
    ``surplus`` is owed back.
    """

    as_of: date
    principal: int
    plan_version: PlanVersion
    deferrals: tuple[Deferral, ...]
    ledger: Ledger
    policy: Policy
    instalments_due: int
    settled_before: int
    scheduled: int
    exempted_due: int
    due: int
    paid: int
    exempted: int
    arrears: int
    months_in_arrears: int
    outstanding: int
    paid_ahead: int
    surplus: int
    deadline: date
    late_interest: int
    late_interest_accrued: int
    late_interest_paid: int
    segments: tuple[Segment, ...]

    @property
    def plan(self) -> Plan:
        """The plan in force on ``as_of``."""
        return self.plan_version.plan

    @property
    def is_past_deadline(self) -> bool:
        """Whether principal is still unpaid after the deadline of the whole loan."""
        return self.as_of > self.deadline and self.outstanding > 0

    @cached_property
    def lines(self) -> tuple[InstalmentLine, ...]:
        """Every instalment of the plan in force, oldest first."""
        return _lines(self)

    @cached_property
    def next_due(self) -> NextDue | None:
        """The first instalment after ``as_of`` with something left to pay, or ``None``."""
        return _next_due(self)


def position(
    *,
    principal: int,
    plans: Sequence[PlanVersion],
    deferrals: Iterable[Deferral] = (),
    entries: Iterable[Entry] = (),
    policy: Policy = Policy(),  # noqa: B008 - frozen
    as_of: date,
) -> Position:
    """Return where a loan of *principal* yen stands on *as_of*.

    ``plans`` are all versions, in any order; the one whose day came last by *as_of* counts, the first one always.
    ``deferrals`` count for the version they name. ``entries`` are all ledger rows, in any order; those effective
    later are ignored. Raises ``ValueError`` without a plan and ``LedgerError`` for rows that cannot be a ledger.
    """
    current = plan_in_force(plans, as_of)
    plan = current.plan
    shifts = tuple(deferral for deferral in deferrals if deferral.plan_version == current.version)
    ledger = read_ledger(entries, as_of)
    deadline = deadline_of(current, shifts, policy)
    interest = late_interest(
        principal=principal, ledger=ledger, deadline=deadline, terms=policy.interest_terms, as_of=as_of
    )
    k = instalments_due(plan, shifts, last_month_collected(as_of, current.debit_day, policy.holiday_roll))
    here, elsewhere = _exempted_amounts(ledger, current)
    exempted_due = sum(exempted_by_instalment(plan, here)[:k]) if here else 0
    settled_before = principal - plan.principal - elsewhere
    scheduled = plan.scheduled_sum(k)
    due = max(0, settled_before + scheduled - exempted_due)
    exempted, paid = ledger.exempted, ledger.net_paid
    to_principal = paid - interest.paid
    outstanding = max(0, principal - exempted - to_principal)
    arrears = min(max(0, due - to_principal), outstanding)
    return Position(
        as_of=as_of,
        principal=principal,
        plan_version=current,
        deferrals=shifts,
        ledger=ledger,
        policy=policy,
        instalments_due=k,
        settled_before=settled_before,
        scheduled=scheduled,
        exempted_due=exempted_due,
        due=due,
        paid=paid,
        exempted=exempted,
        arrears=arrears,
        months_in_arrears=arrears // plan.month_worth if arrears else 0,
        outstanding=outstanding,
        paid_ahead=max(0, min(to_principal, principal - exempted) - due),
        surplus=max(0, to_principal - (principal - exempted)),
        deadline=deadline,
        late_interest=max(0, interest.accrued - interest.paid),
        late_interest_accrued=interest.accrued,
        late_interest_paid=interest.paid,
        segments=interest.segments,
    )


def instalment_lines(
    *,
    principal: int,
    plans: Sequence[PlanVersion],
    deferrals: Iterable[Deferral] = (),
    entries: Iterable[Entry] = (),
    policy: Policy = Policy(),  # noqa: B008 - frozen
    as_of: date,
) -> tuple[InstalmentLine, ...]:
    """Return every instalment of the plan in force on *as_of*, oldest first, with what was exempted and paid of it."""
    return position(
        principal=principal, plans=plans, deferrals=deferrals, entries=entries, policy=policy, as_of=as_of
    ).lines


def unpaid_by_instalment(
    *,
    principal: int,
    plans: Sequence[PlanVersion],
    deferrals: Iterable[Deferral] = (),
    entries: Iterable[Entry] = (),
    policy: Policy = Policy(),  # noqa: B008 - frozen
    as_of: date,
) -> list[int]:
    """Return the yen still unpaid of each instalment on *as_of*, after payments and exemptions, oldest first."""
    lines = instalment_lines(
        principal=principal, plans=plans, deferrals=deferrals, entries=entries, policy=policy, as_of=as_of
    )
    return [line.unpaid for line in lines]


def overdue_amount(
    *,
    principal: int,
    plans: Sequence[PlanVersion],
    deferrals: Iterable[Deferral] = (),
    entries: Iterable[Entry] = (),
    policy: Policy = Policy(),  # noqa: B008 - frozen
    as_of: date,
) -> int:
    """Return the yen in arrears on *as_of*: the unpaid part of every instalment collected by then."""
    return position(
        principal=principal, plans=plans, deferrals=deferrals, entries=entries, policy=policy, as_of=as_of
    ).arrears


def deadline_of(version: PlanVersion, deferrals: Iterable[Deferral], policy: Policy) -> date:
    """Return the day after which late interest runs (RP-05); it never rolls to a bank day.

    ``MONTH_END``: the end of the month of the last instalment (Osaka council, deferral guide).
    ``LAST_INSTALMENT_DATE``: its nominal debit day (Kuji council, regular loans).
    """
    month = due_month(version.plan, deferrals, version.plan.count)
    if policy.final_deadline_basis == DeadlineBasis.LAST_INSTALMENT_DATE:
        return day_in(month, version.debit_day)
    return last_day(month)


def plan_in_force(plans: Sequence[PlanVersion], on: date) -> PlanVersion:
    """Return the version whose day came last by *on*, or the first one before it; ``ValueError`` without any.

    What counts is the day a version is effective, not the order of entry; of two of one day, the one entered later.
    """
    if not plans:
        raise ValueError("a loan has at least one plan version")
    in_order = sorted(plans, key=lambda version: (version.effective_on, version.version))
    return next((version for version in reversed(in_order) if version.effective_on <= on), in_order[0])


def exempted_by_instalment(plan: Plan, exempted: Iterable[tuple[int | None, int | None, int]]) -> list[int]:
    """Spread exemptions over a plan: yen exempted of each instalment, oldest first.

    Each item is ``(first_no, last_no, yen)`` in the order of decision, ``None`` standing for the plan's own end. An
    item fills its range from the last instalment backwards, as far as earlier items left room.
    """
    filled = [0] * plan.count
    for first_no, last_no, amount in exempted:
        for no in range(min(last_no or plan.count, plan.count), max(first_no or 1, 1) - 1, -1):
            if amount <= 0:
                break
            share = min(amount, plan.amount(no) - filled[no - 1])
            filled[no - 1] += share
            amount -= share
    return filled


Range = tuple[int | None, int | None, int]


def _exempted_amounts(ledger: Ledger, current: PlanVersion, *, standing: bool = False) -> tuple[list[Range], int]:
    """Return the ranges exempted on the plan in force, and the yen exempted on other versions.

    What a revocation brings back is left out of what is due until it is asked for again, unless ``standing`` is set.
    """
    here: list[Range] = []
    elsewhere = 0
    for exemption in ledger.exemptions:
        amount = exemption.standing if standing else exemption.spared
        if (exemption.entry.plan_version or 1) == current.version:
            here.append((exemption.entry.first_no, exemption.entry.last_no, amount))
        else:
            elsewhere += amount
    return here, elsewhere


def _open_amounts(at: Position) -> tuple[list[int], int]:
    """Return the yen exempted of each instalment, and the yen paid towards the plan in force."""
    here, elsewhere = _exempted_amounts(at.ledger, at.plan_version, standing=True)
    towards = at.paid - at.late_interest_paid - (at.principal - at.plan.principal - elsewhere)
    return exempted_by_instalment(at.plan, here), max(0, towards)


def paid_by_instalment(at: Position) -> list[int]:
    """Return the yen paid of each instalment of the plan in force, oldest first, as ``Position.lines`` has them."""
    exempted, left = _open_amounts(at)
    paid = []
    for no, spared in enumerate(exempted, start=1):
        paid.append(min(left, at.plan.amount(no) - spared))
        left -= paid[-1]
    return paid


def _lines(at: Position) -> tuple[InstalmentLine, ...]:
    plan, debit_day, roll = at.plan, at.plan_version.debit_day, at.policy.holiday_roll
    exempted, left = _open_amounts(at)
    lines = []
    for no in range(1, plan.count + 1):
        month = due_month(plan, at.deferrals, no)
        amount = plan.amount(no)
        owed = amount - exempted[no - 1]
        paid = min(left, owed)
        left -= paid
        lines.append(
            InstalmentLine(
                seq=no,
                due_month=month,
                nominal_date=day_in(month, debit_day),
                collection_date=collection_date(month, debit_day, roll),
                amount=amount,
                exempted=exempted[no - 1],
                paid=paid,
                unpaid=owed - paid,
            )
        )
    return tuple(lines)


def _next_due(at: Position) -> NextDue | None:
    plan, debit_day, roll = at.plan, at.plan_version.debit_day, at.policy.holiday_roll
    exempted, left = _open_amounts(at)
    left -= sum(plan.amount(no) - exempted[no - 1] for no in range(1, at.instalments_due + 1))
    left = max(0, left)
    for no in range(at.instalments_due + 1, plan.count + 1):
        owed = plan.amount(no) - exempted[no - 1]
        if owed > left:
            month = due_month(plan, at.deferrals, no)
            return NextDue(no, month, collection_date(month, debit_day, roll), owed - left)
        left -= owed
    return None

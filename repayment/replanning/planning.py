"""The new plan that a change would make, and what stands against it. Pure: whole yen, months as index, days as dates.

What is unpaid is spread anew: the new plan sums to the same principal, arrears included, and begins with an instalment that
is still to come (4.4). It ends within the longest term of the fund, counted from the month agreed when lent, plus the
months deferred. Reducing the latest instalments after paying ahead is such a change too, on request (RP-13).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from japan.bankdays import last_month_collected
from japan.eras import era_date, era_month
from japan.yen import yen
from repayment.enums import PlanReason
from repayment.position import Position
from repayment.refusals import RepaymentRefused
from repayment.schedule import LAST, Plan, make_plan

MONTHS_TO_BEGIN = 2
"""How many months later than the next possible one a new plan may begin; later would be a deferral by another name."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for: ``count`` instalments or ``monthly_amount`` yen each, or neither for an early repayment."""

    kind: PlanReason
    from_month: int
    count: int | None = None
    monthly_amount: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Between which months a new plan may begin, the last month it may reach, and of how many months deferral that is."""

    first_month: int
    latest_first_month: int
    last_month: int
    most_instalments: int
    deferred_months: int


def limits_of(at: Position, *, agreed_first_month: int, most_instalments: int, deferred_months: int) -> Limits:
    """Return the limits of a new plan on the day of the position.

    ``agreed_first_month`` and ``most_instalments`` are the loan's and its fund's, ``deferred_months`` all months that
    instalments of any version were moved by.
    """
    next_month = last_month_collected(at.as_of, at.plan_version.debit_day, at.policy.holiday_roll) + 1
    first = max([next_month, at.plan.first_month, *(shift.from_month + shift.months for shift in at.deferrals)])
    return Limits(
        first_month=first,
        latest_first_month=first + MONTHS_TO_BEGIN,
        last_month=agreed_first_month + most_instalments - 1 + deferred_months,
        most_instalments=most_instalments,
        deferred_months=deferred_months,
    )


def new_plan(at: Position, wish: Wish, limits: Limits, *, unit: int = 10, remainder: str = LAST) -> Plan:
    """Return the plan that a wish makes of what is outstanding on the day of the position.

    ``unit`` and ``remainder`` are the settings of RP-02 and RP-03. ``RepaymentRefused`` says what stands against it.
    """
    if not at.outstanding:
        raise RepaymentRefused("元金は残っていません。変更する償還計画がありません。")
    if at.as_of > at.deadline:
        raise RepaymentRefused(
            f"最終償還期限（{era_date(at.deadline)}）を過ぎているため、計画は変更できません。"
            "分けて返すときは、少額返済の約束を入力してください。"
        )
    _check_begin(wish, limits)
    if wish.kind == PlanReason.EARLY_REPAYMENT:
        plan = _shorter(at, wish)
    elif wish.count is not None:
        plan = _by_count(at, wish.from_month, wish.count, limits, unit=unit, remainder=remainder)
    else:
        plan = _by_amount(at, wish.from_month, wish.monthly_amount or 0, limits)
    if plan.last_month > limits.last_month:
        raise RepaymentRefused(_too_long(plan.last_month, limits), "count")
    if rest_of(at) == instalments_of(plan):
        raise RepaymentRefused("今の計画と同じになります。変更したところがありません。")
    return plan


def _check_begin(wish: Wish, limits: Limits) -> None:
    if wish.from_month < limits.first_month:
        raise RepaymentRefused(
            f"開始月は{era_month(limits.first_month)}以降にしてください。それより前の分は、期日が来ているか、猶予されています。",
            "from_month",
        )
    if wish.from_month > limits.latest_first_month:
        raise RepaymentRefused(
            f"開始月は{era_month(limits.latest_first_month)}までにしてください。"
            "それより先に延ばすときは、償還猶予の申請になります。",
            "from_month",
        )


def _by_count(at: Position, from_month: int, count: int, limits: Limits, *, unit: int, remainder: str) -> Plan:
    if count < 1:
        raise RepaymentRefused("回数は1回以上で入力してください。", "count")
    if from_month + count - 1 > limits.last_month:
        raise RepaymentRefused(_too_long(from_month + count - 1, limits, from_month), "count")
    plan = make_plan(principal=at.outstanding, count=count, first_month=from_month, unit=unit, remainder=remainder)
    if count > 1 and not plan.regular_amount:
        raise RepaymentRefused(
            f"{yen(at.outstanding)}を{count}回に分けると、1回が{unit}円に満たなくなります。", "count"
        )
    return plan


def _by_amount(at: Position, from_month: int, amount: int, limits: Limits) -> Plan:
    if amount < 1:
        raise RepaymentRefused("月額は1円以上で入力してください。", "monthly_amount")
    months = limits.last_month - from_month + 1
    if months < 1:
        raise RepaymentRefused(_too_long(from_month, limits, from_month), "from_month")
    count = -(-at.outstanding // amount)
    if count > months:
        least = -(-at.outstanding // months)
        raise RepaymentRefused(
            f"月額{yen(amount)}では、残っている元金{yen(at.outstanding)}に足りません。"
            f"{era_month(limits.last_month)}までに返し終えるには、月額{yen(least)}以上が必要です。",
            "monthly_amount",
        )
    return _equal(at.outstanding, amount, from_month)


def _shorter(at: Position, wish: Wish) -> Plan:
    if not at.paid_ahead:
        raise RepaymentRefused("先払いされた額がありません。繰り上げる分の入金を記帳してから、入力してください。")
    return _equal(at.outstanding, at.plan.month_worth, wish.from_month)


def _equal(principal: int, amount: int, first_month: int) -> Plan:
    """Instalments of one amount, the last one taking what is left."""
    count = -(-principal // amount)
    first = min(amount, principal)
    return Plan(principal, count, first_month, first, first)


def _too_long(last: int, limits: Limits, from_month: int | None = None) -> str:
    deferred = f"（猶予の{limits.deferred_months}か月を含みます）" if limits.deferred_months else ""
    said = (
        f"この資金の償還は最長{limits.most_instalments}回で、{era_month(limits.last_month)}までです{deferred}。"
        f"この変更では{era_month(last)}までかかります。"
    )
    if from_month is not None and from_month <= limits.last_month:
        said += f"{limits.last_month - from_month + 1}回以内にしてください。"
    return said


# --- before and after -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """Months beside each other with the same yen."""

    first_month: int
    count: int
    amount: int

    @property
    def last_month(self) -> int:
        return self.first_month + self.count - 1


@dataclass(frozen=True, slots=True)
class ScheduleMonth:
    """One month, in yen: what is still to pay before and after the change (0: nothing)."""

    month: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is still to pay before and after, side by side. ``arrears`` is what is overdue before; after, nothing is."""

    arrears: int
    before: tuple[Run, ...]
    after: tuple[Run, ...]
    months: tuple[ScheduleMonth, ...]

    @property
    def total_before(self) -> int:
        """Yen still to pay before, arrears included."""
        return self.arrears + sum(run.amount * run.count for run in self.before)

    @property
    def total_after(self) -> int:
        """Yen still to pay after."""
        return sum(run.amount * run.count for run in self.after)


def compare(at: Position, plan: Plan) -> Comparison:
    """Put what is left of the plan in force beside a new one."""
    before, after = dict(rest_of(at)), dict(instalments_of(plan))
    months = sorted({*before, *after})
    return Comparison(
        arrears=at.arrears,
        before=runs(sorted(before.items())),
        after=runs(sorted(after.items())),
        months=tuple(ScheduleMonth(month, before.get(month, 0), after.get(month, 0)) for month in months),
    )


def rest_of(at: Position) -> list[tuple[int, int]]:
    """(month, yen) of the instalments to come that are not paid or exempted yet."""
    return [(line.due_month, line.unpaid) for line in at.lines[at.instalments_due :] if line.unpaid]


def instalments_of(plan: Plan) -> list[tuple[int, int]]:
    """(month, yen) of every instalment of a plan."""
    return [(plan.first_month + no - 1, plan.amount(no)) for no in range(1, plan.count + 1)]


def runs(months: Iterable[tuple[int, int]]) -> tuple[Run, ...]:
    """Join months beside each other that have the same yen."""
    found: list[Run] = []
    for month, amount in months:
        if found and found[-1].amount == amount and found[-1].last_month + 1 == month:
            found[-1] = Run(found[-1].first_month, found[-1].count + 1, amount)
        else:
            found.append(Run(month, 1, amount))
    return tuple(found)

"""Repayment plans as formulas: what falls due in which month, without a row for each instalment.

An instalment is known by its number ``no`` (1 to ``count``), a month by its index (``japan.months``), money is
whole yen. Sources: instalment table of the MHLW leaflet on the re-loan of 2021-02-19 (RP-02, RP-03); Osaka council,
deferral guide (6.2: DF-13, DF-14).
"""

from collections.abc import Iterable
from dataclasses import dataclass

LAST = "LAST"
FIRST = "FIRST"


@dataclass(frozen=True, slots=True)
class Plan:
    """Equal monthly instalments of one principal: the first amount, the regular one, and the rest in the last.

    ``principal``, ``first_amount`` and ``regular_amount`` are yen, ``first_month`` a month index, ``count`` the number
    of instalments. A plan whose instalments cannot add up to its principal is a ``ValueError``.
    """

    principal: int
    count: int
    first_month: int
    first_amount: int
    regular_amount: int

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("a plan has at least one instalment")
        if self.principal < 0 or self.first_amount < 0 or self.regular_amount < 0:
            raise ValueError("amounts of a plan are zero or more")
        if self.count == 1 and self.first_amount != self.principal:
            raise ValueError("a single instalment is the whole principal")
        if self.last_amount < 0:
            raise ValueError("the instalments before the last exceed the principal")

    @property
    def last_amount(self) -> int:
        """Amount of the last instalment: whatever the others leave."""
        return self.principal - self.scheduled_sum(self.count - 1)

    @property
    def last_month(self) -> int:
        """Month of the last instalment as planned, before any deferral."""
        return self.first_month + self.count - 1

    @property
    def month_worth(self) -> int:
        """The amount that counts as one month in arrears: the regular instalment, or the only one there is."""
        return self.regular_amount or max(self.first_amount, self.last_amount)

    def amount(self, no: int) -> int:
        """Return the amount of instalment *no*; ``IndexError`` outside 1 … count."""
        if not 1 <= no <= self.count:
            raise IndexError(f"instalment {no} of {self.count}")
        return self.scheduled_sum(no) - self.scheduled_sum(no - 1)

    def scheduled_sum(self, k: int) -> int:
        """Return the sum of the first *k* instalments; 0 below the first, the principal beyond the last."""
        if k <= 0:
            return 0
        if k >= self.count:
            return self.principal
        return self.first_amount + (k - 1) * self.regular_amount


@dataclass(frozen=True, slots=True)
class Deferral:
    """Instalments due in or after ``from_month`` move by ``months`` months (DF-13); it belongs to one plan version."""

    from_month: int
    months: int
    plan_version: int = 1


def make_plan(*, principal: int, count: int, first_month: int, unit: int = 10, remainder: str = LAST) -> Plan:
    """Divide a principal into equal instalments (RP-01 … RP-03).

    The regular instalment is ``principal / count`` floored to ``unit`` yen; the remainder goes into the last
    instalment, or into the first with ``remainder="FIRST"``. ``ValueError`` for anything that cannot be divided.

    >>> plan = make_plan(principal=200_000, count=24, first_month=24276)
    >>> plan.amount(1), plan.amount(24)
    (8330, 8410)
    """
    if principal < 0 or count < 1 or unit < 1:
        raise ValueError("principal is zero or more, count and unit are one or more")
    if remainder not in (LAST, FIRST):
        raise ValueError(f"remainder must be LAST or FIRST, got {remainder}")
    if count == 1:
        return Plan(principal, 1, first_month, principal, principal)
    regular = principal // (count * unit) * unit
    first = regular if remainder == LAST else principal - (count - 1) * regular
    return Plan(principal, count, first_month, first, regular)


def _in_order(deferrals: Iterable[Deferral]) -> list[Deferral]:
    return sorted(deferrals, key=lambda deferral: deferral.from_month)


def shifted_month(month: int, deferrals: Iterable[Deferral]) -> int:
    """Return where the deferrals, in order of their start and each on already shifted months, move a month to."""
    for deferral in _in_order(deferrals):
        if month >= deferral.from_month:
            month += deferral.months
    return month


def due_month(plan: Plan, deferrals: Iterable[Deferral], no: int) -> int:
    """Return the month in which instalment *no* falls due after all deferrals (DF-13)."""
    return shifted_month(plan.first_month + no - 1, deferrals)


def instalments_due(plan: Plan, deferrals: Iterable[Deferral], last_month: int) -> int:
    """Return how many instalments are due in months up to and including *last_month* (DF-13, DF-14).

    The shift is undone deferral by deferral, latest first: a month inside a gap belongs to the month before it.
    """
    month = last_month
    for deferral in reversed(_in_order(deferrals)):
        if month >= deferral.from_month:
            month = max(month - deferral.months, deferral.from_month - 1)
    return min(max(month - plan.first_month + 1, 0), plan.count)

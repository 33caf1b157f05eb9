"""What one payment was counted against: the difference between the loan's position without it and with it (RP-14).

Payments fill instalments in order; after the deadline the order in force when the payment was booked says whether late
interest comes first. Amounts in yen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from japan.eras import era_month
from repayment.enums import AllocationOrder
from repayment.position import Position, paid_by_instalment
from repayment.schedule import due_month
from repayment.working import WorkingLine


@dataclass(frozen=True, slots=True)
class Share:
    """What went to one instalment; ``month`` is the index of the month in which it falls due."""

    no: int
    month: int
    amount: int
    is_due: bool


@dataclass(frozen=True, slots=True)
class Allocation:
    """How a payment was counted, by the order in force when it was booked; the parts add up to ``amount``.

    ``before_plan`` went to what had been owed before the plan in force was made, ``surplus`` to nothing: it is owed back.
    """

    amount: int
    order: AllocationOrder
    late_interest: int
    before_plan: int
    shares: tuple[Share, ...]
    surplus: int

    @property
    def to_due(self) -> int:
        """Yen for instalments whose day had come."""
        return sum(share.amount for share in self.shares if share.is_due)

    @property
    def ahead(self) -> int:
        """Yen for instalments still to come (RP-13)."""
        return sum(share.amount for share in self.shares if not share.is_due)

    @property
    def working(self) -> tuple[WorkingLine, ...]:
        """The sum in words, its result last."""
        lines = []
        if self.before_plan:
            lines.append(WorkingLine("計画の変更までの分", self.before_plan))
        lines += _instalments("期日の来た分", [share for share in self.shares if share.is_due])
        lines += _instalments("先払い", [share for share in self.shares if not share.is_due])
        if self.late_interest:
            lines.append(WorkingLine("延滞利子", self.late_interest))
        if self.surplus:
            lines.append(WorkingLine("払いすぎ（お返しする額）", self.surplus))
        lines.append(WorkingLine(f"入金（充当順：{self.order.label}）", self.amount, True))
        return tuple(lines)


def allocation(before: Position, after: Position, *, amount: int) -> Allocation:
    """Return how *amount* was counted, from the positions of one day without the payment and with it."""
    interest = max(0, after.late_interest_paid - before.late_interest_paid)
    surplus = max(0, after.surplus - before.surplus)
    shares = []
    paid = zip(paid_by_instalment(before), paid_by_instalment(after), strict=True)
    for no, (was, is_now) in enumerate(paid, start=1):
        if is_now > was:
            month = due_month(after.plan, after.deferrals, no)
            shares.append(Share(no, month, is_now - was, no <= after.instalments_due))
    rest = amount - interest - surplus - sum(share.amount for share in shares)
    return Allocation(
        amount=amount,
        order=AllocationOrder(after.policy.allocation_order),
        late_interest=interest,
        before_plan=max(0, rest),
        shares=tuple(shares),
        surplus=surplus + min(0, rest),
    )


def _instalments(label: str, shares: Sequence[Share]) -> list[WorkingLine]:
    if not shares:
        return []
    first, last = shares[0], shares[-1]
    numbers = f"第{first.no}回" if first == last else f"第{first.no}回〜第{last.no}回"
    months = era_month(first.month) if first == last else f"{era_month(first.month)}〜{era_month(last.month)}"
    return [WorkingLine(f"{numbers}（{months}、{label}）", sum(share.amount for share in shares))]

"""The working behind a position, in the words a clerk would use on the telephone."""

from dataclasses import dataclass

from japan.eras import era_date, era_month
from japan.yen import yen
from repayment.entries import PAID, PAID_REVERSED, REFUNDED
from repayment.position import Position
from repayment.schedule import due_month


@dataclass(frozen=True, slots=True)
class WorkingLine:
    """One line of a sum: a label in Japanese, yen (negative where it is taken off), and whether it is a result."""

    label: str
    amount: int
    is_result: bool = False


def working_lines(at: Position) -> tuple[WorkingLine, ...]:
    """Return the sums that lead to the arrears, the outstanding principal and the late interest."""
    return (*_arrears(at), *_outstanding(at), *_late_interest(at))


def _arrears(at: Position) -> list[WorkingLine]:
    k = at.instalments_due
    label = "約定額 まだ期日が来ていません"
    if k:
        first, last = (era_month(due_month(at.plan, at.deferrals, no)) for no in (1, k))
        label = f"約定額 {first}分〜{last}分 {k}回"
    lines = [WorkingLine(label, at.scheduled)]
    if at.settled_before:
        lines.append(WorkingLine("計画の変更までに納めた額", at.settled_before))
    if at.exempted_due:
        lines.append(WorkingLine("うち免除された額", -at.exempted_due))
    if below := at.due - sum(line.amount for line in lines):
        lines.append(WorkingLine("約定額を超えて納めた分（滞納からは引かない）", below))
    lines += _payments(at)
    if at.paid_ahead or at.surplus:
        lines.append(WorkingLine("先払い（次回以降に充てる額）", at.paid_ahead))
    if at.surplus:
        lines.append(WorkingLine("払いすぎ（お返しする額）", at.surplus))
    lines.append(WorkingLine(f"滞納額（{at.months_in_arrears}か月分）" if at.arrears else "滞納額", at.arrears, True))
    return lines


def _payments(at: Position) -> list[WorkingLine]:
    payments = [movement for movement in at.ledger.movements if movement.kind == PAID]
    lines = [WorkingLine(f"入金 {len(payments)}回" if payments else "入金なし", -at.ledger.total(PAID))]
    if reversed_amount := at.ledger.total(PAID_REVERSED):
        lines.append(WorkingLine("入金の取消", reversed_amount))
    if refunded := at.ledger.total(REFUNDED):
        lines.append(WorkingLine("返金", refunded))
    if at.late_interest_paid:
        lines.append(WorkingLine("うち延滞利子に充てた額", at.late_interest_paid))
    return lines


def _outstanding(at: Position) -> list[WorkingLine]:
    lines = [WorkingLine("貸付元金", at.principal)]
    if at.exempted:
        lines.append(WorkingLine("免除額", -at.exempted))
    lines.append(WorkingLine("元金に充てた入金", -(at.paid - at.late_interest_paid - at.surplus)))
    lines.append(WorkingLine("元金の残り", at.outstanding, True))
    return lines


def _late_interest(at: Position) -> list[WorkingLine]:
    if not at.late_interest_accrued:
        return [WorkingLine(f"延滞利子（償還期限 {era_date(at.deadline)}）", at.late_interest, True)]
    terms = at.policy.interest_terms
    rate = f"{terms.rate_bp // 100}.{terms.rate_bp % 100:02d}".rstrip("0").rstrip(".")
    lines = [
        WorkingLine(
            f"{era_date(segment.first_day)}〜{era_date(segment.last_day)} "
            f"{yen(segment.principal)} × 年{rate}％ × {segment.days}日 ÷ {terms.day_count}日",
            terms.yen([segment]),
        )
        for segment in at.segments
    ]
    lines.append(WorkingLine("延滞利子（円未満切り捨て）", at.late_interest_accrued))
    if at.late_interest_paid:
        lines.append(WorkingLine("納めた延滞利子", -at.late_interest_paid))
    lines.append(WorkingLine("延滞利子の残り", at.late_interest, True))
    return lines

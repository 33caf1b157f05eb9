"""When the last money of a loan is out: the repayment plan is written over what was really lent.

It is asked after everything that can make a payment the last one: a reconciled line, a change, a stop.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from japan.months import month_index
from loans.deciding.enums import ProposalState
from loans.disbursement.enums import LineOutcome
from loans.enums import FundKind, LoanState
from loans.models import LendingSanction, Loan
from repayment.enums import PlanReason
from repayment.schedule import Plan, make_plan
from repayment.selectors import position_of
from repayment.services import lock, record_plan
from rulebook.selectors import settings_on

LAST_DEBIT_DAY = 28


@service
def settle(*, loan: Loan, by: Actor, at: datetime) -> bool:
    """Close lending where nothing more will be paid out; returns whether it was closed now.

    With money out, the loan is lent: its principal (yen) becomes the sum that was paid, and its plan is written (RP-01).
    Without any, it is cancelled. A sanction agreed to ends whatever was still to come (LN-39).
    """
    loan = lock(loan)
    if loan.state not in (LoanState.APPROVED, LoanState.DISBURSING):
        return False
    tranches = list(loan.tranches.order_by("number"))
    stopped = LendingSanction.objects.filter(loan=loan, state=ProposalState.AGREED).exists()
    on_its_way = loan.tranches.filter(lines__outcome=LineOutcome.OPEN).exists()
    to_come = [row for row in tranches if row.paid_on is None and row.ended_on is None]
    if not tranches or on_its_way or (to_come and not stopped):
        return False
    paid = [row for row in tranches if row.paid_on is not None]
    if not paid:
        loan.state = LoanState.CANCELLED
        loan.save(update_fields=["state"])
        return True
    last_paid = max(row.paid_on for row in paid if row.paid_on is not None)
    planned = max(row.month for row in paid)
    loan.principal = sum(row.amount for row in paid)
    loan.disbursed_on = last_paid
    loan.state = LoanState.LENT
    loan.first_due_month = first_due_month(loan, planned_month=planned, paid_month=month_index(last_paid))
    loan.save(update_fields=["principal", "disbursed_on", "state", "first_due_month"])
    day = timezone.localtime(at).date()
    settings = settings_on(day)
    record_plan(
        loan=loan,
        plan=make_plan(
            principal=loan.principal,
            count=loan.instalments,
            first_month=loan.first_due_month,
            unit=settings.instalment_unit,
            remainder=settings.remainder_position,
        ),
        effective_on=last_paid,
        debit_day=settings.debit_day,
        reason=PlanReason.ORIGINAL,
        source_key=f"original:{loan.code}",
        by=by,
        at=at,
    )
    if stopped:
        demand_at_once(loan=loan, by=by, at=at)
    return True


@service
def demand_at_once(*, loan: Loan, by: Actor, at: datetime) -> None:
    """Ask everything outstanding back in one instalment, where a sanction agreed to says so; once for each sanction.

    It is due on ``pay_back_by`` (the first of the next month for a day after the 28th: debit days end there).
    """
    loan = lock(loan)
    demanded = LendingSanction.objects.filter(loan=loan, state=ProposalState.AGREED, pay_back_by__isnull=False)
    if loan.state != LoanState.LENT:
        return
    day = timezone.localtime(at).date()
    for sanction in demanded.order_by("pk"):
        outstanding = position_of(loan.pk, day).outstanding
        if not outstanding or sanction.pay_back_by is None:
            continue
        due = sanction.pay_back_by
        late_in_month = due.day > LAST_DEBIT_DAY
        record_plan(
            loan=loan,
            plan=Plan(outstanding, 1, month_index(due) + late_in_month, outstanding, outstanding),
            effective_on=day,
            debit_day=1 if late_in_month else due.day,
            reason=PlanReason.ACCELERATION,
            source_key=f"sanction:{sanction.pk}",
            by=by,
            at=at,
        )


def first_due_month(loan: Loan, *, planned_month: int, paid_month: int) -> int:
    """Where repayment begins (month index): as agreed; money that came later moves the regular loan's start with it.

    Never in the month of the money itself.
    """
    agreed = loan.first_due_month
    if loan.fund == FundKind.REG_SMALL:
        agreed += max(0, paid_month - planned_month)
    return max(agreed, paid_month + 1)

"""Registering a loan that has been lent, together with the repayment plan it was lent with."""

from __future__ import annotations

from datetime import date, datetime

from accounts.models import Office
from audit.actors import Actor
from audit.services import service
from loans.enums import FundKind, IntakeChannel
from loans.models import Loan
from loans.services import register_loan
from people.models import Person
from repayment.enums import PlanReason
from repayment.schedule import make_plan
from repayment.services import record_plan
from rulebook.selectors import settings_on


@service
def register_lent_loan(
    *,
    code: str,
    fund_kind: FundKind,
    borrower: Person,
    office: Office,
    applied_on: date,
    principal: int,
    household_size: int,
    instalments: int | None = None,
    first_due_month: int | None = None,
    decided_on: date | None = None,
    disbursed_on: date | None = None,
    debit_day: int | None = None,
    channel: IntakeChannel = IntakeChannel.MUNICIPAL_COUNCIL,
    by: Actor,
    at: datetime,
) -> Loan:
    """Write a loan and its original plan, divided by the settings of the day it was applied for (RP-01 … RP-04).

    ``LoanRefused`` as in ``loans.services.register_loan``; the plan counts from the day of the decision, else from that
    of the application.
    """
    loan = register_loan(
        code=code,
        fund_kind=fund_kind,
        borrower=borrower,
        office=office,
        applied_on=applied_on,
        principal=principal,
        household_size=household_size,
        instalments=instalments,
        first_due_month=first_due_month,
        decided_on=decided_on,
        disbursed_on=disbursed_on,
        channel=channel,
        by=by,
        at=at,
    )
    settings = settings_on(applied_on)
    record_plan(
        loan=loan,
        plan=make_plan(
            principal=loan.principal,
            count=loan.instalments,
            first_month=loan.first_due_month,
            unit=settings.instalment_unit,
            remainder=settings.remainder_position,
        ),
        effective_on=decided_on or applied_on,
        debit_day=debit_day if debit_day is not None else settings.debit_day,
        reason=PlanReason.ORIGINAL,
        source_key=f"original:{loan.code}",
        by=by,
        at=at,
    )
    return loan

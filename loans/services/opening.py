"""From a decision to a loan: the row with its code, and the tranches in which its money goes out."""

from __future__ import annotations

from datetime import date

from loans.deciding.terms import Terms
from loans.disbursement.months import Payout, monthly, once
from loans.enums import LoanState
from loans.funds import cohort_of, fund
from loans.models import LendingApplication, Loan, Tranche
from loans.services.codes import next_code
from rulebook.selectors import settings_on


def open_loan(application: LendingApplication, terms: Terms, *, on: date, pay_from: date | None = None) -> Loan:
    """Write an approved loan and plan its tranches; called inside a service. Nothing is paid by this.

    Money leaves from the decision on (``pay_from``, else ``on``); monthly kinds follow on the pay day of the settings.
    """
    payouts = payouts_of(terms, from_day=pay_from or on)
    loan = Loan.objects.create(
        code=next_code(application.fund),
        fund=application.fund,
        borrower=application.applicant,
        office=application.office,
        state=LoanState.APPROVED,
        applied_on=application.applied_on,
        decided_on=on,
        household_size=application.household_size or 1,
        principal=terms.amount,
        instalments=terms.instalments,
        first_due_month=first_due_month(application, terms, payouts),
        late_interest_rate_bp=settings_on(on).late_interest_rate_bp,
        channel=application.channel,
    )
    Tranche.objects.bulk_create(
        Tranche(loan=loan, number=number, month=payout.month, amount=payout.amount, pay_on=payout.pay_on)
        for number, payout in enumerate(payouts, start=1)
    )
    application.loan = loan
    return loan


def payouts_of(terms: Terms, *, from_day: date) -> tuple[Payout, ...]:
    """The payments of a loan: one, or one a month (LN-36)."""
    if terms.monthly_amount is None:
        return once(terms.amount, on=from_day)
    pay_day = settings_on(from_day).lump_disbursement_day
    return monthly(terms.monthly_amount, terms.months, from_day=from_day, pay_day=pay_day)


def first_due_month(application: LendingApplication, terms: Terms, payouts: tuple[Payout, ...]) -> int:
    """Where repayment begins (month index): the cohort's month, or the grace agreed on, counted from the last payment.

    The regular loan begins within three months counting the month of lending (Nagasaki council's guide): a grace of two
    months at the most, the next month at the earliest.
    """
    last = payouts[-1].month
    usual = cohort_of(application.fund, application.applied_on).first_month
    if fund(application.fund).special and usual is not None and not terms.grace_months:
        return max(usual, last + 1)
    return last + max(1, terms.grace_months)


def months_of(loan: Loan) -> list[tuple[int, int]]:
    """(month, yen) of every tranche that is neither paid nor ended."""
    rows = Tranche.objects.filter(loan=loan, paid_on__isnull=True, ended_on__isnull=True)
    return list(rows.order_by("month").values_list("month", "amount"))

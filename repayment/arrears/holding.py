"""Who is not asked to pay for now, and why: one answer for letters, call lists and whoever else would ask.

A question over facts, each time anew: collection holds (RP-12), a deferral that is running (DF-13), a small repayment that
is kept, a promise to pay, and money that may be on its way (RP-11): a slip that can still be paid, a debit whose result is
not back. Money on its way is waited for by the lag of its channel, a dated setting, counted from the last day of payment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q

from japan.months import last_day, month_index
from loans.models import Loan
from people.models import in_force
from repayment.agreements.selectors import AgreementRow, rows_of
from repayment.arrears.promises import open_promises
from repayment.debit.workflow import AT_THE_BANK
from repayment.enums import HeldCause, SlipState
from repayment.models import CollectionHold, DebitLine, Deferral, PaymentSlip, SmallRepaymentAgreement
from rulebook.selectors import settings_on


@dataclass(frozen=True, slots=True)
class Held:
    """Why a loan is left alone. ``until`` is the last day of it, where it is known."""

    cause: HeldCause
    until: date | None = None


def dunning_held(loans: Iterable[int] | None, on: date) -> dict[int, tuple[Held, ...]]:
    """The loans (by id) that nobody is asked to pay for on a day, each with every reason; a constant number of queries.

    ``None`` asks about the whole portfolio. What the borrower asked for and the law come first, money on its way last.
    """
    ids = None if loans is None else set(loans)
    of_these = Q() if ids is None else Q(loan__in=ids)
    lags = settings_on(on)
    found: dict[int, list[Held]] = {}

    def add(loan_id: int, cause: HeldCause, until: date | None = None) -> None:
        found.setdefault(loan_id, []).append(Held(cause, until))

    for loan_id, reason, until in CollectionHold.objects.filter(of_these, in_force(on)).values_list(
        "loan_id", "reason", "until"
    ):
        add(loan_id, HeldCause(reason), until)
    of_the_dead = Loan.objects.filter(borrower__died_on__lte=on)
    for loan_id in (of_the_dead if ids is None else of_the_dead.filter(pk__in=ids)).values_list("pk", flat=True):
        add(loan_id, HeldCause.DIED)
    for loan_id, until in _deferred(of_these, on):
        add(loan_id, HeldCause.DEFERRED, until)
    for promise in open_promises(ids, on):
        add(promise.loan_id, HeldCause.PROMISE, promise.judged_on)
    for row in _kept_agreements(of_these, on):
        add(row.agreement.loan_id, HeldCause.AGREEMENT, last_day(row.agreement.last_month))
    lag = timedelta(days=lags.channel_lag_slip)
    slips = PaymentSlip.objects.filter(
        of_these, state__in=(SlipState.ISSUED, SlipState.EXPIRED), issued_on__lte=on, due_on__gte=on - lag
    )
    for loan_id, due_on in slips.values_list("loan_id", "due_on"):
        add(loan_id, HeldCause.SLIP, due_on + lag)
    lag = timedelta(days=lags.channel_lag_direct_debit)
    lines = DebitLine.objects.filter(of_these, run__state__in=AT_THE_BANK, run__debit_on__gte=on - lag)
    for loan_id, debit_on in lines.values_list("loan_id", "run__debit_on"):
        add(loan_id, HeldCause.DEBIT, debit_on + lag)
    return {loan_id: tuple(sorted(held, key=_order)) for loan_id, held in found.items()}


_ORDER = list(HeldCause)


def _order(held: Held) -> int:
    return _ORDER.index(held.cause)


def _deferred(of_these: Q, on: date) -> Iterable[tuple[int, date]]:
    """Loans whose running month was emptied by a deferral, with the last day of the last such month."""
    month = month_index(on)
    rows = Deferral.objects.filter(of_these, from_month__lte=month).values_list(
        "loan_id", "from_month", "months", "end__ends_after"
    )
    for loan_id, from_month, months, ends_after in rows:
        last = from_month + months - 1 if ends_after is None else ends_after
        if last >= month:
            yield loan_id, last_day(last)


def _kept_agreements(of_these: Q, on: date) -> Iterable[AgreementRow]:
    """Small repayments of the running month that were kept so far (SR; the shortfall is not asked for meanwhile)."""
    month = month_index(on)
    running = SmallRepaymentAgreement.objects.standing().filter(
        of_these, from_month__lte=month, from_month__gt=month - F("months")
    )
    return [row for row in rows_of(running, on=on) if row.kept is not None and row.kept.is_kept]

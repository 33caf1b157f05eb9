"""Promises to pay: taken down, and judged from the ledger alone. Amounts in yen.

A promise is kept when what came in from the day it was heard to the promised day reaches its amount. It is judged once the
slowest way of paying has had its days after the promised day; until then nobody is asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.roles import Permission
from audit.actors import Actor
from audit.services import service
from japan.eras import era_date
from loans.models import Loan
from repayment.arrears.refusals import DunningRefused, must_may
from repayment.enums import LedgerKind, PromiseState, PromiseWay
from repayment.models import LedgerEntry, PaymentPromise
from repayment.selectors import NoPlan, position_of
from repayment.services import lock
from rulebook.selectors import settings_on

LONGEST_WAIT_DAYS = 184
"""Nobody is left alone for more than half a year on somebody's word; a deferral is decided, a promise is not."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise as it stands on a day: what came in for it, and the day after which it is judged."""

    row: PaymentPromise
    paid: int
    judged_on: date
    state: PromiseState

    @property
    def loan_id(self) -> int:
        return self.row.loan_id


def promise_state(*, amount: int, paid: int, judged_on: date, on: date, cancelled: bool = False) -> PromiseState:
    """How a promise of *amount* stands on a day, when *paid* has come in for it by then."""
    if cancelled:
        return PromiseState.CANCELLED
    if paid >= amount:
        return PromiseState.KEPT
    return PromiseState.OPEN if on <= judged_on else PromiseState.BROKEN


def slowest_channel(on: date) -> timedelta:
    """The days that money of the slowest channel needs to be known here."""
    lags = settings_on(on)
    return timedelta(days=max(lags.channel_lag_direct_debit, lags.channel_lag_slip, lags.channel_lag_transfer))


def promises_on(rows: Sequence[PaymentPromise], on: date) -> list[Promise]:
    """How promises stand on a day, in their order; two queries and the settings."""
    lag = slowest_channel(on)
    payments = (
        LedgerEntry.objects.filter(kind=LedgerKind.PAID, loan__in={row.loan_id for row in rows}, effective_on__lte=on)
        .exclude(reversed_by__effective_on__lte=on)
        .values_list("loan_id", "effective_on", "amount")
    )
    by_loan: dict[int, list[tuple[date, int]]] = {}
    for loan_id, paid_on, amount in payments:
        by_loan.setdefault(loan_id, []).append((paid_on, amount))
    found = []
    for row in rows:
        paid = sum(amount for paid_on, amount in by_loan.get(row.loan_id, ()) if row.taken_on <= paid_on <= row.due_on)
        judged_on = row.due_on + lag
        cancelled = row.cancelled_on is not None and row.cancelled_on <= on
        state = promise_state(amount=row.amount, paid=paid, judged_on=judged_on, on=on, cancelled=cancelled)
        found.append(Promise(row, paid, judged_on, state))
    return found


def open_promises(loans: Iterable[int] | None, on: date) -> list[Promise]:
    """The promises that are waited for on a day, of some loans or of all; two queries and the settings."""
    rows = PaymentPromise.objects.filter(
        Q(cancelled_on__isnull=True) | Q(cancelled_on__gt=on),
        Q() if loans is None else Q(loan__in=set(loans)),
        taken_on__lte=on,
        due_on__gte=on - slowest_channel(on),
    ).order_by("due_on", "pk")
    return [found for found in promises_on(list(rows), on) if found.state == PromiseState.OPEN]


@service
def take_promise(
    *,
    loan: Loan,
    amount: int,
    due_on: date,
    taken_on: date,
    way: PromiseWay,
    note: str = "",
    by: Actor,
    at: datetime,
) -> PaymentPromise:
    """Write down that somebody will pay *amount* yen by a day. One promise of a loan is waited for at a time."""
    person = must_may(by, Permission.WRITE_CASES, at=at)
    lock(loan)
    today = timezone.localtime(at).date()
    if taken_on > today:
        raise DunningRefused("約束を聞いた日に先の日付は使えません。", "taken_on")
    if due_on < taken_on:
        raise DunningRefused("約束の日が、聞いた日より前です。", "due_on")
    if due_on > taken_on + timedelta(days=LONGEST_WAIT_DAYS):
        raise DunningRefused(
            "約束の日は、聞いた日から半年以内にしてください。それより長く待つときは、償還猶予や少額返済をご案内ください。",
            "due_on",
        )
    try:
        outstanding = position_of(loan.pk, today).outstanding
    except NoPlan:
        raise DunningRefused("償還計画のない貸付です。") from None
    if not outstanding:
        raise DunningRefused("この貸付には、返していただく残りがありません。")
    if not 1 <= amount <= outstanding:
        raise DunningRefused(f"約束の金額は1円から残額の{outstanding:,}円までです。", "amount")
    for waiting in open_promises([loan.pk], today):
        raise DunningRefused(
            f"{era_date(waiting.row.due_on)}までの約束（{waiting.row.amount:,}円）を待っています。"
            "変わったときは、先にその約束を取り消してください。"
        )
    return PaymentPromise.objects.create(
        loan=loan,
        amount=amount,
        due_on=due_on,
        taken_on=taken_on,
        way=way,
        note=note.strip()[:200],
        taken_by=person,
        recorded_at=at,
    )


@service
def cancel_promise(*, promise_id: int, reason: str, by: Actor, at: datetime) -> PaymentPromise:
    """Wait no longer for a promise: it was changed, or written down for the wrong loan."""
    must_may(by, Permission.WRITE_CASES, at=at)
    row = PaymentPromise.objects.select_for_update(of=("self",)).get(pk=promise_id)
    if row.cancelled_on is not None:
        raise DunningRefused("この約束は、すでに取り消されています。")
    if not reason.strip():
        raise DunningRefused("取り消す理由を入力してください。", "reason")
    row.cancelled_on, row.cancelled_reason = timezone.localtime(at).date(), reason.strip()[:200]
    row.save(update_fields=["cancelled_on", "cancelled_reason"])
    return row

"""What can happen to a loan's plan and ledger. Every row has a source key, so the same thing is never posted twice."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from japan.eras import era_date, era_month
from japan.months import month_index
from loans.models import Loan
from repayment.enums import HoldReason, LedgerKind, PaymentChannel, PlanReason
from repayment.models import CollectionHold, Deferral, DeferralEnd, LedgerEntry, RepaymentPlan
from repayment.schedule import Plan


class PostingRefused(Exception):
    """A movement cannot be written; the text is a Japanese sentence for the person who tried."""


class SourceConflict(PostingRefused):
    """The same source key was posted before with another content."""


def lock(loan: Loan) -> Loan:
    """The loan's row, locked: everything that writes to its ledger queues here."""
    return Loan.objects.select_for_update(of=("self",)).get(pk=loan.pk)


@service
def record_plan(
    *,
    loan: Loan,
    plan: Plan,
    effective_on: date,
    debit_day: int,
    reason: PlanReason,
    source_key: str,
    by: Actor,
    at: datetime,
) -> RepaymentPlan:
    """Write the next version of a loan's plan; the same source key again gives the row that is there."""
    lock(loan)
    existing = RepaymentPlan.objects.filter(source_key=source_key).first()
    if existing is not None:
        return existing
    version = loan.plans.count() + 1
    return RepaymentPlan.objects.create(
        loan=loan,
        version=version,
        effective_on=effective_on,
        principal=plan.principal,
        count=plan.count,
        first_month=plan.first_month,
        first_amount=plan.first_amount,
        regular_amount=plan.regular_amount,
        debit_day=debit_day,
        reason=reason,
        recorded_at=at,
        recorded_by=by.label,
        source_key=source_key,
    )


@service
def post_payment(
    *,
    loan: Loan,
    amount: int,
    effective_on: date,
    source_key: str,
    channel: PaymentChannel | None = None,
    note: str = "",
    by: Actor,
    at: datetime,
) -> LedgerEntry:
    """Write a payment (yen). Accepted in every state of the loan; what is too much shows as a surplus.

    The same source key again gives the row that is there; with another amount, day or loan it is a ``SourceConflict``.
    """
    lock(loan)
    check_payment(amount=amount, effective_on=effective_on, today=timezone.localtime(at).date())
    existing = LedgerEntry.objects.filter(source_key=source_key).first()
    if existing is not None:
        return same_or_conflict(existing, loan=loan, amount=amount, effective_on=effective_on)
    return LedgerEntry.objects.create(
        loan=loan,
        kind=LedgerKind.PAID,
        amount=amount,
        effective_on=effective_on,
        recorded_at=at,
        recorded_by=by.label,
        source_key=source_key,
        channel=channel or "",
        note=note,
    )


def check_payment(*, amount: int, effective_on: date, today: date) -> None:
    """Refuse what cannot be a payment: no whole yen, nothing or less, or money of a day to come."""
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise PostingRefused("入金額は円単位の整数で入力してください。")
    if amount <= 0:
        raise PostingRefused("入金額は1円以上で入力してください。")
    if effective_on > today:
        raise PostingRefused(f"入金日に先の日付（{era_date(effective_on)}）は使えません。")


def same_or_conflict(existing: LedgerEntry, *, loan: Loan, amount: int, effective_on: date) -> LedgerEntry:
    if (existing.loan_id, existing.amount, existing.effective_on) != (loan.pk, amount, effective_on):
        raise SourceConflict("同じ照合キーの入金が、別の内容ですでに記帳されています。")
    return existing


@service
def reverse_payment(*, entry: LedgerEntry, reason: str, effective_on: date, by: Actor, at: datetime) -> LedgerEntry:
    """Take a payment back by a counter-row that points at it, for its whole amount; once only."""
    lock(entry.loan)
    if entry.kind == LedgerKind.PAID_REVERSED:
        raise PostingRefused("入金の取消は取り消せません。正しい入金を、もう一度記帳してください。")
    if entry.kind != LedgerKind.PAID:
        raise PostingRefused("取り消せるのは入金の行だけです。")
    if not reason.strip():
        raise PostingRefused("取消の理由を入力してください。")
    if effective_on > timezone.localtime(at).date():
        raise PostingRefused(f"取消日に先の日付（{era_date(effective_on)}）は使えません。")
    existing = LedgerEntry.objects.filter(reverses=entry).first()
    if existing is not None:
        return existing
    return LedgerEntry.objects.create(
        loan=entry.loan,
        kind=LedgerKind.PAID_REVERSED,
        amount=entry.amount,
        effective_on=effective_on,
        recorded_at=at,
        recorded_by=by.label,
        source_key=f"reversal:{entry.pk}",
        reverses=entry,
        note=reason[:120],
    )


@service
def post_exemption(
    *,
    loan: Loan,
    amount: int,
    plan: RepaymentPlan,
    first_no: int,
    last_no: int,
    effective_on: date,
    source_key: str,
    by: Actor,
    at: datetime,
) -> LedgerEntry:
    """Write an exemption (yen) over instalments ``first_no`` … ``last_no`` of a plan version; the one fact that schedule,
    debit file, letters and statistics read.
    """
    lock(loan)
    existing = LedgerEntry.objects.filter(source_key=source_key).first()
    if existing is not None:
        return same_or_conflict(existing, loan=loan, amount=amount, effective_on=effective_on)
    return LedgerEntry.objects.create(
        loan=loan,
        kind=LedgerKind.EXEMPTED,
        amount=amount,
        effective_on=effective_on,
        recorded_at=at,
        recorded_by=by.label,
        source_key=source_key,
        plan=plan,
        first_no=first_no,
        last_no=last_no,
    )


@service
def end_deferral(
    *, deferral: Deferral, ends_after: int, reason: str, source_key: str, by: Actor, at: datetime
) -> DeferralEnd:
    """End a deferral early (DF-18): *ends_after* is its last month (index), and what it moved further falls due after it.

    Never before the month that is running, so that nothing falls due in the past; one that has not begun is withdrawn by
    the month before its first. The same source key again gives the row that is there; ended once, it cannot end again.
    """
    lock(deferral.loan)
    existing = DeferralEnd.objects.filter(deferral=deferral).first()
    if existing is not None:
        if (existing.source_key, existing.ends_after) == (source_key, ends_after):
            return existing
        raise PostingRefused(f"この猶予は、すでに{era_month(existing.ends_after)}で終わることになっています。")
    if not reason.strip():
        raise PostingRefused("猶予を終える理由を入力してください。")
    running, last = month_index(timezone.localtime(at).date()), deferral.from_month + deferral.months - 1
    if running > last:
        raise PostingRefused(f"この猶予は、{era_month(last)}で終わっています。")
    if ends_after < max(running, deferral.from_month - 1):
        earliest = max(running, deferral.from_month - 1)
        raise PostingRefused(f"猶予を終える月は、{era_month(earliest)}より前にできません。")
    if ends_after >= last:
        raise PostingRefused(f"猶予を終える月は、決定した最後の月（{era_month(last)}）より前にしてください。")
    return DeferralEnd.objects.create(
        deferral=deferral,
        ends_after=ends_after,
        reason=reason[:120],
        recorded_at=at,
        recorded_by=by.label,
        source_key=source_key,
    )


@service
def place_hold(
    *, loan: Loan, reason: HoldReason, since: date, source_key: str, note: str = "", by: Actor, at: datetime
) -> CollectionHold:
    """Stop debits and dunning of a loan from a day on; the same source key again gives the row that is there."""
    lock(loan)
    hold, _ = CollectionHold.objects.get_or_create(
        source_key=source_key,
        defaults={"loan": loan, "reason": reason, "since": since, "note": note, "recorded_by": by.label},
    )
    return hold


@service
def release_hold(*, source_key: str, until: date, by: Actor, at: datetime) -> None:
    """End a hold with its last day; nothing happens where it has ended already or never was."""
    hold = CollectionHold.objects.select_for_update().filter(source_key=source_key, until__isnull=True).first()
    if hold is not None:
        hold.until, hold.ended_by = max(until, hold.since), by.label
        hold.save(update_fields=["until", "ended_by"])

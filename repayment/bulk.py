"""Many loans with their plans, and many payments, at once: the checks of the single services, few statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from loans.bulk import LentLoan, register_loans
from loans.models import Loan
from loans.services import LoanRefused
from repayment.enums import LedgerKind, PaymentChannel, PlanReason
from repayment.models import LedgerEntry, RepaymentPlan
from repayment.schedule import make_plan
from repayment.services import PostingRefused, SourceConflict, check_payment, same_or_conflict
from rulebook.selectors import settings_on
from rulebook.settings import Settings

UNDO = "undo:"
"""What the source key of a counter-row begins with when a whole import was taken back."""


@service
def register_lent_loans(
    *, loans: Sequence[LentLoan], by: Actor, at: datetime
) -> list[tuple[Loan, RepaymentPlan] | LoanRefused]:
    """Write loans with their original plans; for each, in order, both rows or why not (see ``register_lent_loan``)."""
    rules: dict[date, Settings] = {}
    answers = register_loans(loans=loans, by=by, at=at)
    codes = [f"original:{answer.code}" for answer in answers if isinstance(answer, Loan)]
    used = set(RepaymentPlan.objects.filter(source_key__in=codes).values_list("source_key", flat=True))
    plans = []
    for lent, loan in zip(loans, answers, strict=True):
        if isinstance(loan, LoanRefused):
            continue
        if lent.applied_on not in rules:
            rules[lent.applied_on] = settings_on(lent.applied_on)
        plans.append(_original(loan, lent, rules[lent.applied_on], used=used, by=by, at=at))
    by_loan = {plan.loan_id: plan for plan in RepaymentPlan.objects.bulk_create(plans)}
    return [answer if isinstance(answer, LoanRefused) else (answer, by_loan[answer.pk]) for answer in answers]


def _original(
    loan: Loan, lent: LentLoan, rules: Settings, *, used: set[str], by: Actor, at: datetime
) -> RepaymentPlan:
    plan = make_plan(
        principal=loan.principal,
        count=loan.instalments,
        first_month=loan.first_due_month,
        unit=rules.instalment_unit,
        remainder=rules.remainder_position,
    )
    key = f"original:{loan.code}"
    return RepaymentPlan(
        loan=loan,
        version=1,
        effective_on=lent.decided_on or lent.applied_on,
        principal=plan.principal,
        count=plan.count,
        first_month=plan.first_month,
        first_amount=plan.first_amount,
        regular_amount=plan.regular_amount,
        debit_day=rules.debit_day,
        reason=PlanReason.ORIGINAL,
        recorded_at=at,
        recorded_by=by.label,
        # A loan of this code was given up before, and its plan cannot be removed.
        source_key=f"{key}:{loan.pk}" if key in used else key,
    )


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment (yen) that a file names; ``source_key`` says by which line of which paper it is known."""

    loan: Loan
    amount: int
    effective_on: date
    source_key: str
    channel: PaymentChannel | None = None
    note: str = ""


@service
def post_payments(
    *, payments: Sequence[Payment], by: Actor, at: datetime
) -> list[tuple[LedgerEntry, bool] | PostingRefused]:
    """Write payments; for each, in order, the row and whether it is new, or why not (see ``post_payment``).

    A payment that came in by a file, was taken back with that file and is named again gets a row of its own.
    """
    lock_all({paid.loan.pk for paid in payments})
    today = timezone.localtime(at).date()
    standing, generations = _posted([paid.source_key for paid in payments])
    often = Counter(paid.source_key for paid in payments)
    answers: list[LedgerEntry | PostingRefused] = []
    for paid in payments:
        try:
            if often[paid.source_key] > 1:
                raise SourceConflict("同じ入金番号の行がほかにもあります。")
            answers.append(_row(paid, standing, generations, today=today, by=by, at=at))
        except PostingRefused as refusal:
            answers.append(refusal)
    new: list[LedgerEntry] = [answer for answer in answers if isinstance(answer, LedgerEntry) and answer._state.adding]
    written = {id(row) for row in LedgerEntry.objects.bulk_create(new)}
    return [a if isinstance(a, PostingRefused) else (a, id(a) in written) for a in answers]


def _row(
    paid: Payment,
    standing: dict[str, LedgerEntry],
    generations: dict[str, int],
    *,
    today: date,
    by: Actor,
    at: datetime,
) -> LedgerEntry:
    check_payment(amount=paid.amount, effective_on=paid.effective_on, today=today)
    if paid.source_key in standing:
        return same_or_conflict(
            standing[paid.source_key], loan=paid.loan, amount=paid.amount, effective_on=paid.effective_on
        )
    times = generations.get(paid.source_key, 0)
    return LedgerEntry(
        loan=paid.loan,
        kind=LedgerKind.PAID,
        amount=paid.amount,
        effective_on=paid.effective_on,
        recorded_at=at,
        recorded_by=by.label,
        source_key=f"{paid.source_key}#{times + 1}" if times else paid.source_key,
        channel=paid.channel or "",
        note=paid.note,
    )


def _posted(keys: Sequence[str]) -> tuple[dict[str, LedgerEntry], dict[str, int]]:
    """For each key the row that counts, and how many rows were taken back with the file that brought them."""
    standing: dict[str, LedgerEntry] = {}
    generations: dict[str, int] = {}
    asked, times = {key: key for key in keys}, 1
    while asked:
        following: dict[str, str] = {}
        rows = LedgerEntry.objects.filter(source_key__in=asked)
        taken = set(rows.filter(reversed_by__source_key__startswith=UNDO).values_list("pk", flat=True))
        for row in rows:
            key = asked[row.source_key]
            if row.pk in taken:
                generations[key] = times
                following[f"{key}#{times + 1}"] = key
            else:
                standing[key] = row
        asked, times = following, times + 1
    return standing, generations


def lock_all(loan_ids: set[int]) -> None:
    """The loans' rows, locked in the order of their keys: everything that writes to a ledger queues at its loan."""
    list(Loan.objects.select_for_update().filter(pk__in=loan_ids).order_by("pk").values_list("pk"))


COUNTERED_BY = {LedgerKind.PAID: LedgerKind.PAID_REVERSED, LedgerKind.EXEMPTED: LedgerKind.EXEMPTION_REVOKED}


@service
def take_back_entries(*, entry_ids: Sequence[int], reason: str, undo_id: int, by: Actor, at: datetime) -> None:
    """Counter payments and exemptions that an import brought, each for its whole amount on its own day; once only.

    The day is the row's own, so that the loan stands on every day as if the file had never come in.
    """
    rows = list(LedgerEntry.objects.filter(pk__in=entry_ids, kind__in=COUNTERED_BY).select_related("loan"))
    lock_all({row.loan_id for row in rows})
    done = set(LedgerEntry.objects.filter(reverses__in=entry_ids).values_list("reverses_id", flat=True))
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            loan=row.loan,
            kind=COUNTERED_BY[LedgerKind(row.kind)],
            amount=row.amount,
            effective_on=row.effective_on,
            recorded_at=at,
            recorded_by=by.label,
            source_key=f"{UNDO}{undo_id}:{row.pk}",
            reverses=row,
            note=f"取込の取消：{reason}"[:120],
        )
        for row in rows
        if row.pk not in done
    )

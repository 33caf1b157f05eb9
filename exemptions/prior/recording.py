"""Writing down decisions that another system had on file, each once, with what it took away in the ledger once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum
from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from exemptions.enums import Ground, Outcome
from exemptions.models import PriorDecision
from japan.yen import yen
from loans.models import Loan
from repayment.bulk import lock_all
from repayment.cutover.opening import PRIOR_EXEMPTION
from repayment.enums import LedgerKind
from repayment.models import LedgerEntry, OpeningBalance, RepaymentPlan
from repayment.selectors import positions_of
from repayment.services import PostingRefused


@dataclass(frozen=True, slots=True)
class Prior:
    """One decision as the other system has it on file; ``amount`` in yen, nought where it was refused."""

    loan: Loan
    number: str
    ground: Ground
    fiscal_year: int | None
    outcome: Outcome
    amount: int
    decided_on: date
    notified_on: date | None
    source: str


@service
def record_prior_decisions(
    *, decisions: Sequence[Prior], batch_id: int, by: Actor, at: datetime
) -> list[PriorDecision | PostingRefused]:
    """Write decisions; for each, in order, its row or why not. A constant number of statements.

    One up to the day of a loan's opening balance is part of what that says was exempted; any other gets a ledger row of
    its own on the day it was decided, and takes the last instalments of the plan first.
    """
    keys = {prior.loan.pk for prior in decisions}
    lock_all(keys)
    plans = {plan.loan_id: plan for plan in RepaymentPlan.objects.filter(loan__in=keys).order_by("version")}
    openings = {opening.loan_id: opening for opening in OpeningBalance.objects.filter(loan__in=keys)}
    known = set(
        PriorDecision.objects.filter(number__in=[d.number for d in decisions]).values_list("number", flat=True)
    )
    told = PriorDecision.objects.filter(opening__loan__in=keys).order_by().values_list("loan_id")
    within: dict[int, int] = dict(told.annotate(Sum("amount")))
    today = timezone.localtime(at).date()
    owed = {key: at.outstanding for key, at in positions_of([prior.loan for prior in decisions], today).items()}
    answers: list[PriorDecision | PostingRefused] = []
    for prior in decisions:
        opening = openings.get(prior.loan.pk)
        if opening is not None and prior.decided_on > opening.day:
            opening = None
        try:
            _refuse(prior, opening, plans.get(prior.loan.pk), known=known, within=within, owed=owed, today=today)
        except PostingRefused as refusal:
            answers.append(refusal)
            continue
        known.add(prior.number)
        counted = within if opening is not None else owed
        counted[prior.loan.pk] = counted.get(prior.loan.pk, 0) + (prior.amount if opening else -prior.amount)
        answers.append(_row(prior, opening, plans.get(prior.loan.pk), batch_id=batch_id, by=by, at=at))
    rows = [answer for answer in answers if isinstance(answer, PriorDecision)]
    LedgerEntry.objects.bulk_create([row.entry for row in rows if row.entry is not None])
    PriorDecision.objects.bulk_create(rows)
    return answers


def _refuse(
    prior: Prior,
    opening: OpeningBalance | None,
    plan: RepaymentPlan | None,
    *,
    known: set[str],
    within: dict[int, int],
    owed: dict[int, int],
    today: date,
) -> None:
    """``PostingRefused`` for what cannot have been decided, or would count twice."""
    if prior.number in known:
        raise PostingRefused("この決定番号はすでに登録されています。")
    if prior.decided_on > today:
        raise PostingRefused("決定日に先の日付は使えません。")
    if (prior.outcome == Outcome.APPROVED) != (prior.amount > 0):
        raise PostingRefused("承認には免除額が要り、不承認の免除額は0円です。")
    if prior.outcome == Outcome.REFUSED:
        return
    if plan is None:
        raise PostingRefused("この貸付には償還計画がありません。")
    if opening is not None:
        left = opening.exempted - within.get(prior.loan.pk, 0)
        if prior.amount > left:
            raise PostingRefused(
                f"開始残高の免除済額（残り{yen(left)}）を超えています。開始残高か免除額をお確かめください。"
            )
    elif prior.amount > owed.get(prior.loan.pk, 0):
        raise PostingRefused(f"免除額が残額（{yen(owed.get(prior.loan.pk, 0))}）を超えています。")


def _row(
    prior: Prior,
    opening: OpeningBalance | None,
    plan: RepaymentPlan | None,
    *,
    batch_id: int,
    by: Actor,
    at: datetime,
) -> PriorDecision:
    approved = prior.outcome == Outcome.APPROVED
    entry = None
    if approved and opening is None and plan is not None:
        entry = LedgerEntry(
            loan=prior.loan,
            kind=LedgerKind.EXEMPTED,
            amount=prior.amount,
            effective_on=prior.decided_on,
            recorded_at=at,
            recorded_by=by.label,
            source_key=f"{PRIOR_EXEMPTION}{batch_id}:{prior.number}",
            plan=plan,
            first_no=1,
            last_no=plan.count,
            note=f"移行前の免除決定 {prior.number}",
        )
    return PriorDecision(
        loan=prior.loan,
        batch_id=batch_id,
        number=prior.number,
        ground=prior.ground,
        fiscal_year=prior.fiscal_year,
        outcome=prior.outcome,
        amount=prior.amount,
        decided_on=prior.decided_on,
        notified_on=prior.notified_on,
        source=prior.source,
        entry=entry,
        opening=opening if approved else None,
        recorded_at=at,
        recorded_by=by.label,
    )

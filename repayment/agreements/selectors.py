"""Asking about agreements to pay less: how arrears grow, how they are kept, and which are to be looked at again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Q, QuerySet

from accounts.models import User
from japan.months import first_day, month_index
from loans.deciding.enums import ProposalState
from loans.models import Loan
from repayment.agreements.growth import Growth, Terms, growth
from repayment.agreements.keeping import Keeping, keeping
from repayment.agreements.status import AgreementStatus, is_due_for_review, status_of
from repayment.models import SmallRepaymentAgreement
from repayment.position import Position
from repayment.selectors import NoPlan, history_of, policy_on, positions_of
from rulebook.selectors import settings_on


class Show(models.TextChoices):
    """Which agreements a list shows."""

    REVIEW = "review", "見直しの時期"
    PROPOSED = "proposed", "決裁待ち"
    STANDING = "standing", "続いている"
    OVER = "over", "終わった"
    ALL = "all", "すべて"


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An agreement on a day: its word, how it was kept, and where the loan stands (None without a plan)."""

    agreement: SmallRepaymentAgreement
    status: AgreementStatus
    due_for_review: bool
    kept: Keeping | None
    position: Position | None


def terms_of(agreement: SmallRepaymentAgreement) -> Terms:
    """What was agreed, as the pure functions take it; an end before the last month shortens it."""
    months = agreement.months
    if agreement.ended_on is not None:
        months = max(0, min(months, month_index(agreement.ended_on) - agreement.from_month + 1))
    return Terms(agreement.monthly_amount, agreement.from_month, months)


def growth_of(loan: Loan, terms: Terms, *, on: date) -> Growth:
    """How the arrears of a loan grow under terms, told from the ledger up to a day; ``NoPlan`` without one. Five queries."""
    history = history_of(loan.pk)
    if not history.plans:
        raise NoPlan(f"loan {loan.pk} has no repayment plan")
    return growth(
        principal=loan.principal,
        plans=history.plans,
        deferrals=history.deferrals,
        entries=history.entries,
        policy=policy_on(on),
        terms=terms,
        today=on,
        long_arrears_months=settings_on(on).req4_months,
    )


def rows_of(agreements: Iterable[SmallRepaymentAgreement], *, on: date) -> list[AgreementRow]:
    """Agreements with how they stand on a day; a constant number of queries for any number of them."""
    found = list(agreements)
    positions = positions_of({agreement.loan_id for agreement in found}, on)
    rows = []
    for agreement in found:
        at = positions.get(agreement.loan_id)
        kept = keeping(terms_of(agreement), at.ledger, outstanding=at.outstanding, on=on) if at else None
        rows.append(
            AgreementRow(agreement, status_of(agreement, kept, on=on), is_due_for_review(agreement, on=on), kept, at)
        )
    return rows


def agreements_for(user: User, show: str, *, on: date) -> QuerySet[SmallRepaymentAgreement]:
    """The agreements a member of staff may see, those to be looked at first."""
    rows = SmallRepaymentAgreement.objects.visible_to(user).select_related("loan__borrower", "proposed_by")
    if show != Show.ALL:
        rows = rows.filter(_shown(show, on))
    return rows.order_by("review_on", "pk")


def counts_for(user: User, *, on: date) -> dict[str, int]:
    """How many agreements each list shows; one query."""
    asked = {show.value: models.Count("pk", filter=_shown(show, on)) for show in Show if show != Show.ALL}
    found = SmallRepaymentAgreement.objects.visible_to(user).aggregate(**asked, all=models.Count("pk"))
    return {name: number or 0 for name, number in found.items()}


def _shown(show: str, on: date) -> Q:
    agreed = Q(state=ProposalState.AGREED)
    if show == Show.REVIEW:
        return agreed & Q(ended_on__isnull=True, review_on__lte=on)
    if show == Show.PROPOSED:
        return Q(state=ProposalState.PROPOSED)
    not_over = Q(ended_on__isnull=True) | Q(ended_on__gte=on)
    runs = agreed & not_over & Q(from_month__gt=month_index(on) - models.F("months"))
    return runs if show == Show.STANDING else (agreed & ~runs) | Q(state=ProposalState.DROPPED)


def agreement_on(loan_ids: Iterable[int], *, on: date) -> dict[int, SmallRepaymentAgreement]:
    """The agreement in force on a day, by loan; one query."""
    rows = SmallRepaymentAgreement.objects.in_force(on).filter(loan__in=list(loan_ids))
    return {row.loan_id: row for row in rows}


def usual_review(from_month: int, months: int, *, on: date) -> date:
    """The day an agreement is usually looked at again: the beginning of its last month before the setting's interval ends."""
    interval = settings_on(on).small_repayment_review_months
    return first_day(from_month + min(months, interval) - 1)

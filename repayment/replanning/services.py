"""Plan changes: proposed by one person, agreed to by another, written as a new version. Amounts in yen, months as index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from audit.actors import Actor
from audit.services import service
from loans.deciding.enums import ProposalState
from loans.funds import fund
from loans.models import Loan
from repayment.agreements.services import end, standing_on
from repayment.enums import AgreementEnd, PlanReason
from repayment.models import PlanChange, RepaymentPlan
from repayment.position import Position, position
from repayment.proposing import (
    ENTERING,
    HANDLING,
    LONGEST_REASON,
    acting,
    day_of,
    decider,
    open_proposal,
    repaid_loan,
    write,
)
from repayment.refusals import MovedMeanwhile, RepaymentRefused
from repayment.replanning.planning import Limits, Wish, limits_of, new_plan
from repayment.schedule import Plan
from repayment.selectors import NoPlan, history_of, policy_on, position_of
from repayment.services import record_plan
from rulebook.selectors import settings_on


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where a loan stands on a day, and what a wish would make of it; ``plan`` is missing where ``refusal`` says why."""

    position: Position
    limits: Limits
    plan: Plan | None = None
    refusal: str = ""

    @property
    def fingerprint(self) -> str:
        """What somebody decided on: the new plan, and the version it replaces."""
        if self.plan is None:
            return ""
        plan = self.plan
        parts = (self.position.plan_version.version, plan.principal, plan.count, plan.first_month, plan.first_amount)
        return "-".join(str(part) for part in (*parts, plan.regular_amount))


@service
def propose_plan_change(
    *,
    loan_id: int,
    kind: str,
    asked_on: date,
    from_month: int,
    count: int | None = None,
    monthly_amount: int | None = None,
    reason: str,
    by: Actor,
    at: datetime,
) -> PlanChange:
    """Propose a new plan by its count or by its monthly yen; see ``PlanChange``. Refusals are ``RepaymentRefused``."""
    person = acting(by, at, ENTERING)
    loan, day = repaid_loan(loan_id, person), day_of(at)
    wish = checked_wish(kind, from_month, count, monthly_amount)
    if not reason.strip():
        raise RepaymentRefused("事情を入力してください。", "reason")
    if asked_on > day:
        raise RepaymentRefused("申出日に先の日付は使えません。", "asked_on")
    if loan.plan_changes.filter(state=ProposalState.PROPOSED).exists():
        raise MovedMeanwhile("この貸付には、決裁を待っている計画の変更がすでにあります。")
    plan_of(loan, wish, on=day)
    return PlanChange.objects.create(
        loan=loan,
        kind=wish.kind,
        asked_on=asked_on,
        from_month=from_month,
        count=wish.count,
        monthly_amount=wish.monthly_amount,
        reason=reason.strip()[:LONGEST_REASON],
        proposed_by=person,
        proposed_at=at,
    )


@service
def agree_to_plan_change(*, change_id: int, seen: str, by: Actor, at: datetime) -> PlanChange:
    """Agree as a second person: what is unpaid today becomes a new version of the plan, in force from today.

    ``seen`` is the fingerprint of the plan the person looked at; a payment or an exemption in between changes it.
    An agreement to pay less ends with the old plan.
    """
    found = PlanChange.objects.filter(pk=change_id).first()
    if found is None:
        raise MovedMeanwhile("この起案は見つかりません。")
    person, supervisor = decider(found, by=by, at=at)
    change = open_proposal(PlanChange, change_id, person)
    day = day_of(at)
    loan = repaid_loan(change.loan_id, person)
    look = outlook(loan, wish_of(change), on=day)
    if look.plan is None:
        raise RepaymentRefused(look.refusal)
    if look.fingerprint != seen:
        raise MovedMeanwhile(
            "表示のあとで、入金などにより残っている元金が変わりました。新しい計画を確かめて、もう一度決定してください。"
        )
    change.replaces = RepaymentPlan.objects.get(loan=loan, version=look.position.plan_version.version)
    change.plan = record_plan(
        loan=loan,
        plan=look.plan,
        effective_on=day,
        debit_day=look.position.plan_version.debit_day,
        reason=PlanReason(change.kind),
        source_key=f"plan-change:{change.pk}",
        by=by,
        at=at,
    )
    earlier = standing_on(loan)
    if earlier is not None and earlier.last_day >= day:
        end(earlier, on=day, because=AgreementEnd.PLAN_CHANGED, note="", person=person, at=at)
    return write(change, ProposalState.AGREED, person=person, supervisor=supervisor, at=at, also=("plan", "replaces"))


@service
def drop_plan_change(*, change_id: int, by: Actor, at: datetime) -> PlanChange:
    """Give up a change that is only proposed."""
    person = acting(by, at, HANDLING)
    return write(open_proposal(PlanChange, change_id, person), ProposalState.DROPPED, person=person, at=at)


def checked_wish(kind: str, from_month: int, count: int | None, monthly_amount: int | None) -> Wish:
    """The wish, if it says exactly one thing."""
    if kind == PlanReason.EARLY_REPAYMENT:
        return Wish(PlanReason.EARLY_REPAYMENT, from_month)
    if kind != PlanReason.PLAN_CHANGE:
        raise RepaymentRefused("変更の種類を選んでください。", "kind")
    if (count is None) == (monthly_amount is None):
        raise RepaymentRefused("回数か月額の、どちらか一つを入力してください。", "count")
    return Wish(PlanReason.PLAN_CHANGE, from_month, count, monthly_amount)


def wish_of(change: PlanChange) -> Wish:
    """What a proposal asks for."""
    return Wish(PlanReason(change.kind), change.from_month, change.count, change.monthly_amount)


def plan_of(loan: Loan, wish: Wish, *, on: date) -> Plan:
    """The plan that a wish makes on a day; ``RepaymentRefused`` says what stands against it."""
    now, limits = stand(loan, on=on)
    settings = settings_on(on)
    return new_plan(now, wish, limits, unit=settings.instalment_unit, remainder=settings.remainder_position)


def outlook(loan: Loan, wish: Wish, *, on: date) -> Outlook:
    """What a wish would make of a loan on a day, for whoever looks at it before it is proposed or decided."""
    now, limits = stand(loan, on=on)
    settings = settings_on(on)
    try:
        plan = new_plan(now, wish, limits, unit=settings.instalment_unit, remainder=settings.remainder_position)
    except RepaymentRefused as refused:
        return Outlook(now, limits, refusal=str(refused))
    return Outlook(now, limits, plan)


def stand(loan: Loan, *, on: date) -> tuple[Position, Limits]:
    """Where a loan stands on a day, and between which months a new plan has to lie."""
    try:
        now = position_of(loan.pk, on)
    except NoPlan:
        raise RepaymentRefused("この貸付には、償還計画がまだありません。") from None
    return now, limits_of(
        now,
        agreed_first_month=loan.first_due_month,
        most_instalments=fund(loan.fund).most_instalments,
        deferred_months=sum(shift.months for shift in history_of(loan.pk).deferrals),
    )


def replaced_position(change: PlanChange) -> Position:
    """Where the loan of a decided change stood under the plan it replaced, with what was known at the decision."""
    assert change.plan is not None  # a check constraint of decided changes says so
    history = history_of(change.loan_id, known_on=change.decided_at)
    return position(
        principal=change.loan.principal,
        plans=[version for version in history.plans if version.version < change.plan.version],
        deferrals=history.deferrals,
        entries=history.entries,
        policy=policy_on(change.plan.effective_on),
        as_of=change.plan.effective_on,
    )

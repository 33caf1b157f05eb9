"""History that has to be held: loans of other prefectures, and facts of historic loans that are put right."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from audit.services import service
from japan.months import month_index
from loans.enums import FundKind, IntakeChannel
from loans.funds import fund
from loans.models import Loan, LoanCorrection, PriorLoanElsewhere
from loans.refusals import EntryRefused, NotAllowed, ReasonMissing
from loans.services.moves import member_of_staff
from loans.services.registering import LENDING_BEGAN
from people.models import Person

CORRECTABLE = ("applied_on", "decided_on", "disbursed_on", "household_size", "channel")
"""The facts that no plan or ledger row hangs on. Amounts and instalments change through the repayment plan."""


@service
def record_loan_elsewhere(
    *,
    person: Person,
    council: str,
    fund_kind: FundKind,
    applied_on: date,
    last_month: int | None,
    amount: int | None,
    proof: str,
    by: Actor,
    at: datetime,
) -> PriorLoanElsewhere:
    """Write down a special loan of another prefecture's council, as its paper says (question 8-5)."""
    clerk = worker_on(by, at, {Permission.ENTER_LENDING, Permission.REVIEW_LENDING})
    seen = Person.objects.visible_to(clerk).select_for_update(of=("self",)).filter(pk=person.pk).first()
    if seen is None:
        raise NotAllowed("この人は見つかりません。")
    refuse_days(fund_kind, applied_on, today=timezone.localtime(at).date())
    if last_month is not None and last_month < month_index(applied_on):
        raise EntryRefused("貸付の最後の月が、借入申込日より前になっています。", "last_month")
    lent = fund(fund_kind)
    if amount is not None and not 0 < amount <= lent.maximum_multi:
        raise EntryRefused(f"{lent.name_ja}の貸付金額としてありえない額です。", "amount")
    if not council.strip() or not proof.strip():
        raise EntryRefused("貸し付けた社協と、確認した書類を入力してください。", "proof")
    if PriorLoanElsewhere.objects.filter(person=seen, fund=fund_kind, applied_on=applied_on).exists():
        raise EntryRefused("同じ資金・同じ申込日の貸付がすでに登録されています。", "applied_on")
    return PriorLoanElsewhere.objects.create(
        person=seen,
        council=council.strip(),
        fund=fund_kind,
        applied_on=applied_on,
        last_month=last_month,
        amount=amount,
        proof=proof.strip(),
        recorded_by=clerk,
        recorded_at=at,
    )


@service
def correct_loan(*, loan_id: int, facts: dict[str, Any], reason: str, by: Actor, at: datetime) -> list[LoanCorrection]:
    """Put facts of a loan right, each with before, after and the reason; nothing changes without a difference.

    ``facts`` may hold the keys of ``CORRECTABLE``. The audit log keeps the change of the row besides.
    """
    clerk = worker_on(by, at, {Permission.REVIEW_LENDING})
    if not Loan.objects.visible_to(clerk).filter(pk=loan_id).exists():
        raise NotAllowed("この貸付は見つかりません。")
    loan = Loan.objects.select_for_update(of=("self",)).get(pk=loan_id)
    if not reason.strip():
        raise ReasonMissing("訂正の理由を入力してください。")
    today = timezone.localtime(at).date()
    applied_on = facts.get("applied_on", loan.applied_on)
    refuse_days(FundKind(loan.fund), applied_on, today=today)
    decided_on, disbursed_on = facts.get("decided_on", loan.decided_on), facts.get("disbursed_on", loan.disbursed_on)
    if decided_on is not None and decided_on < applied_on:
        raise EntryRefused("貸付決定日が借入申込日より前になっています。", "decided_on")
    if disbursed_on is not None and disbursed_on < applied_on:
        raise EntryRefused("最終交付日が借入申込日より前になっています。", "disbursed_on")
    if any(day is not None and day > today for day in (decided_on, disbursed_on)):
        raise EntryRefused("決定日・交付日に先の日付は使えません。", "decided_on")
    changed = [
        LoanCorrection(
            loan=loan, field=name, before=as_text(getattr(loan, name)), after=as_text(facts[name]),
            reason=reason.strip(), by=by.label, by_user=clerk, at=at,
        )
        for name in CORRECTABLE
        if name in facts and getattr(loan, name) != facts[name]
    ]  # fmt: skip
    for correction in changed:
        setattr(loan, correction.field, facts[correction.field])
    if changed:
        loan.save(update_fields=[correction.field for correction in changed])
        LoanCorrection.objects.bulk_create(changed)
    return changed


def refuse_days(kind: FundKind, applied_on: date, *, today: date) -> None:
    """A day of application that cannot be: to come, or before there were special loans."""
    if applied_on > today:
        raise EntryRefused("借入申込日に先の日付は使えません。", "applied_on")
    if fund(kind).special and applied_on < LENDING_BEGAN:
        raise EntryRefused("特例貸付の申込みは令和2年1月16日以降です。申込日をお確かめください。", "applied_on")


def worker_on(by: Actor, at: datetime, needed: set[Permission]) -> User:
    """Somebody who holds one of these permissions on the day."""
    person = member_of_staff(by)
    if not permissions_of(person.roles_on(timezone.localtime(at).date())) & needed:
        raise NotAllowed("この操作をする権限がありません。")
    return person


def as_text(value: object) -> str:
    """A fact as the correction keeps it: days as ISO text, nothing as nothing."""
    if value is None:
        return ""
    return (
        value.isoformat()
        if isinstance(value, date)
        else str(IntakeChannel(value) if isinstance(value, str) else value)
    )

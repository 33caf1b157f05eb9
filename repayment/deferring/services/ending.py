"""Ending a deferral early: one person asks, a second one agrees, and the plan runs on (DF-18)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from audit.actors import Actor
from audit.services import service
from japan.eras import era_month
from japan.months import month_index
from loans.models import Loan
from repayment import services as ledger
from repayment.deferring.enums import EndAnswer, EndReason
from repayment.deferring.refusals import EntryRefused, MovedMeanwhile, NotAllowed, OwnWork, ReasonMissing
from repayment.deferring.services.moves import check_permission, member_of_staff
from repayment.deferring.workflow import DECIDE, ENTER
from repayment.models import Deferral, DeferralEnd, DeferralEndRequest
from repayment.services import PostingRefused


@service
def ask_to_end(
    *, deferral_id: int, ends_after: int, reason: EndReason, note: str, by: Actor, at: datetime
) -> DeferralEndRequest:
    """Ask that a deferral end after a month (its last deferred one); nothing changes until a second person agrees.

    Refused: a month before the running one, the last month or later, a deferral that has ended or is asked about already.
    """
    person = member_of_staff(by)
    today = timezone.localtime(at).date()
    check_permission(person, ENTER, on=today)
    deferral = lock_deferral(deferral_id, person)
    if not note.strip():
        raise ReasonMissing("猶予を終える理由の内容を入力してください。")
    refuse_month(deferral, ends_after, today=today)
    if DeferralEndRequest.objects.filter(deferral=deferral, answer="").exists():
        raise MovedMeanwhile("この猶予には、確認を待っている終了の依頼があります。")
    return DeferralEndRequest.objects.create(
        deferral=deferral,
        ends_after=ends_after,
        reason=reason,
        note=note.strip()[:400],
        asked_by=person,
        asked_at=at,
    )


@service
def answer_end(*, request_id: int, answer: EndAnswer, by: Actor, at: datetime) -> DeferralEndRequest:
    """Agree to an early end, which takes somebody who decides and did not ask; or drop it, which anybody at work may."""
    person = member_of_staff(by)
    today = timezone.localtime(at).date()
    loans = Loan.objects.visible_to(person)
    found = DeferralEndRequest.objects.filter(pk=request_id, deferral__loan__in=loans).first()
    if found is None:
        raise NotAllowed("この依頼は見つかりません。")
    deferral = lock_deferral(found.deferral_id, person)
    request = DeferralEndRequest.objects.select_for_update().get(pk=request_id)
    if request.answer:
        raise MovedMeanwhile(f"この依頼には、すでに「{request.get_answer_display()}」の回答があります。")
    if answer == EndAnswer.AGREED:
        supervisor = check_permission(person, DECIDE, on=today)
        if request.asked_by_id == person.pk or (supervisor is not None and supervisor.pk == request.asked_by_id):
            raise OwnWork("ご自分の依頼には同意できません。ほかの決裁者に依頼してください。")
        end(deferral, request, by=by, at=at)
    else:
        check_permission(person, ENTER | DECIDE, on=today)
    request.answer, request.answered_by, request.answered_at = answer, person, at
    request.save(update_fields=["answer", "answered_by", "answered_at"])
    return request


def end(deferral: Deferral, request: DeferralEndRequest, *, by: Actor, at: datetime) -> None:
    """Let the plan run on after the month that was asked for."""
    try:
        ledger.end_deferral(
            deferral=deferral,
            ends_after=request.ends_after,
            reason=str(EndReason(request.reason).label),
            source_key=f"deferral-end:{request.pk}",
            by=by,
            at=at,
        )
    except PostingRefused as refused:
        raise EntryRefused(str(refused), "ends_after") from refused


def lock_deferral(deferral_id: int, person: User) -> Deferral:
    """The deferral, its loan locked."""
    deferral = (
        Deferral.objects.filter(pk=deferral_id, loan__in=Loan.objects.visible_to(person))
        .select_related("loan")
        .first()
    )
    if deferral is None:
        raise NotAllowed("この猶予は見つかりません。")
    ledger.lock(deferral.loan)
    return deferral


def refuse_month(deferral: Deferral, ends_after: int, *, today: date) -> None:
    """Refuse a month that cannot be the last one, so that nobody asks for what could not be done."""
    choices = months_to_end(deferral, today=today)
    if DeferralEnd.objects.filter(deferral=deferral).exists() or not choices:
        raise MovedMeanwhile("この猶予は、すでに終わっているか、終えることになっています。")
    if ends_after not in choices:
        text = f"猶予を終える月は、{era_month(choices[0])}から{era_month(choices[-1])}までで選んでください。"
        raise EntryRefused(text, "ends_after")


def months_to_end(deferral: Deferral, *, today: date) -> range:
    """The months after which a deferral can end early, as seen on a day; empty where it has run out.

    The month before its first says that it is withdrawn before it begins.
    """
    last = deferral.from_month + deferral.months - 1
    return range(max(month_index(today), deferral.from_month - 1), last)

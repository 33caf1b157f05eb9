"""Proposing to take an exemption back, deciding on it, and giving the proposal up."""

from __future__ import annotations

from datetime import date, datetime

from audit.actors import Actor
from audit.services import service
from exemptions.enums import RevocationGround
from exemptions.models import Decision, Revocation
from exemptions.refusals import EntryRefused, MovedMeanwhile, NotAllowed
from exemptions.revoking.outlook import outlook
from exemptions.services.moves import (
    LONGEST_REASON,
    lock_application,
    member_of_staff,
    move_application,
    refuse_without_review,
)
from exemptions.workflow import Move
from japan.eras import era_date
from loans.deciding.enums import ProposalState
from repayment.proposing import day_of


@service
def propose_revocation(
    *, application_id: int, ground: str, evidence: str, found_on: date, reason: str, by: Actor, at: datetime
) -> Revocation:
    """Propose to take back what was exempted on an application; see ``Revocation``.

    ``EntryRefused`` names the field that is wrong; a decision that cannot be revoked says why.
    """
    person, day = member_of_staff(by), day_of(at)
    application = lock_application(application_id, person)
    refuse_without_review(person, on=day)
    if ground not in RevocationGround.values:
        raise EntryRefused("取消の事由を選んでください。", "ground")
    if not evidence.strip():
        raise EntryRefused("根拠を入力してください。", "evidence")
    if not reason.strip():
        raise EntryRefused("取消の理由を入力してください。", "reason")
    if found_on > day:
        raise EntryRefused("判明した日に先の日付は使えません。", "found_on")
    if found_on < application.received_on:
        text = f"判明した日が、申請の受付日（{era_date(application.received_on)}）より前です。"
        raise EntryRefused(text, "found_on")
    look = outlook(application, on=day)
    if look.restoration is None:
        raise MovedMeanwhile(look.refusal)
    decision = Decision.objects.get(application=application)
    if Revocation.objects.filter(decision=decision, state=ProposalState.PROPOSED).exists():
        raise MovedMeanwhile("この免除には、決裁を待っている取消の起案がすでにあります。")
    return Revocation.objects.create(
        decision=decision,
        ground=ground,
        evidence=evidence.strip()[:LONGEST_REASON],
        found_on=found_on,
        reason=reason.strip()[:LONGEST_REASON],
        proposed_by=person,
        proposed_at=at,
    )


@service
def agree_to_revocation(*, revocation_id: int, seen: str, by: Actor, at: datetime) -> Revocation:
    """Decide as a second person, on what was ``seen`` (the fingerprint of the restoration): the step REVOKE is taken."""
    revocation = _open(revocation_id, by)
    move_application(
        application_id=revocation.decision.application_id,
        move=Move.REVOKE,
        version=None,
        reason=str(RevocationGround(revocation.ground).label),
        seen=seen,
        by=by,
        at=at,
    )
    revocation.refresh_from_db()
    return revocation


@service
def drop_revocation(*, revocation_id: int, by: Actor, at: datetime) -> Revocation:
    """Give up a revocation that is only proposed."""
    person = member_of_staff(by)
    refuse_without_review(person, on=day_of(at))
    found = _open(revocation_id, by)
    lock_application(found.decision.application_id, person)
    revocation = _open(revocation_id, by)
    revocation.state, revocation.decided_by, revocation.decided_at = ProposalState.DROPPED, person, at
    revocation.save(update_fields=["state", "decided_by", "decided_at"])
    return revocation


def _open(revocation_id: int, by: Actor) -> Revocation:
    """A proposal that waits for its decision, as far as this person may know of it."""
    visible = Revocation.objects.visible_to(member_of_staff(by)).select_related("decision")
    revocation = visible.filter(pk=revocation_id).first()
    if revocation is None:
        raise NotAllowed("この取消の起案は見つかりません。")
    if revocation.state != ProposalState.PROPOSED:
        raise MovedMeanwhile(f"この取消の起案は、すでに「{revocation.get_state_display()}」になっています。")
    return revocation

"""A person looks into a candidate and says that it is none. Everything else about candidates is done by the night."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from audit.services import service
from exemptions.candidates.enums import CandidateState
from exemptions.models import Candidate, CandidateDismissal
from exemptions.refusals import MovedMeanwhile, NotAllowed, ReasonMissing
from exemptions.services.moves import member_of_staff


@service
def dismiss_candidate(*, candidate_id: int, reason: str, by: Actor, at: datetime) -> CandidateDismissal:
    """Put a candidate aside with a reason: this occasion is not found again.

    ``NotAllowed`` for whoever enters no applications or may not know of the loan, ``ReasonMissing`` without a reason,
    ``MovedMeanwhile`` for one that is not open any more.
    """
    person = member_of_staff(by)
    day = timezone.localtime(at).date()
    if Permission.ENTER_EXEMPTIONS not in permissions_of(person.roles_on(day)):
        raise NotAllowed("免除の候補を対象外とする権限がありません。")
    visible = Candidate.objects.visible_to(person).select_for_update(of=("self",))
    candidate = visible.filter(pk=candidate_id).first()
    if candidate is None:
        raise NotAllowed("この候補は見つかりません。")
    if not reason.strip():
        raise ReasonMissing("対象外とする理由を入力してください。")
    if candidate.state != CandidateState.OPEN:
        raise MovedMeanwhile(f"この候補は、すでに「{candidate.get_state_display()}」になっています。")
    candidate.state, candidate.closed_on = CandidateState.DISMISSED, day
    candidate.save(update_fields=["state", "closed_on"])
    return CandidateDismissal.objects.create(
        candidate=candidate, reason=reason.strip()[:300], by=by.label, by_user=person, at=at
    )

"""Exemptions that are taken back: one that was revoked yesterday and one that waits for a second person."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from accounts.models import User
from audit.actors import Actor
from exemptions.enums import ApplicationState, Outcome, RevocationGround
from exemptions.models import Decision
from exemptions.refusals import MoveRefused
from exemptions.revoking.outlook import outlook
from exemptions.revoking.services import agree_to_revocation, propose_revocation
from japan.bankdays import add_bank_days

TOKYO = ZoneInfo("Asia/Tokyo")
STORIES = (
    (RevocationGround.FALSE_STATEMENT, "市役所から届いた課税証明書（均等割が課税）", "転職後の給与収入の申告があった"),
    (RevocationGround.HEAD_CHANGED, "住民票の除票（申請の前の月に世帯主を変更）", "世帯主が申請の直前に変わっていた"),
)
LOOKED_AT = 20


def take_some_back(as_of: date) -> None:
    """Propose to revoke two of the latest approvals that were told, and decide the first. Called inside ``make``."""
    clerk, supervisor = (
        Actor.person(user) for user in User.objects.in_bulk(("ken01", "kessai01"), field_name="username").values()
    )
    day = add_bank_days(as_of, -1)
    told = Decision.objects.filter(
        outcome=Outcome.APPROVED,
        application__state=ApplicationState.APPROVED,
        notified_elsewhere_on__isnull=False,
        decided_on__lt=day,
    )
    stories = list(STORIES)
    for decision in told.select_related("application__loan").order_by("-decided_on", "-pk")[:LOOKED_AT]:
        if not stories:
            return
        application = decision.application
        ground, evidence, reason = stories[0]
        at = datetime.combine(day, time(10), TOKYO)
        try:
            proposed = propose_revocation(
                application_id=application.pk,
                ground=ground,
                evidence=evidence,
                found_on=day,
                reason=reason,
                by=clerk,
                at=at,
            )
        except MoveRefused:
            continue
        if len(stories) == len(STORIES):
            found = outlook(application, on=day).restoration
            assert found is not None
            agree_to_revocation(
                revocation_id=proposed.pk, seen=found.fingerprint, by=supervisor, at=at.replace(hour=15)
            )
        del stories[0]

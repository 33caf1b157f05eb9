"""Papers filed with an application: written down once for the person, and tied to the application."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from audit.actors import Actor
from audit.services import service
from people.enums import PaperKind
from people.papers import PaperRefused, record_paper
from repayment.deferring.enums import DeferralState
from repayment.deferring.evidence import papers_of
from repayment.deferring.refusals import EntryRefused, MovedMeanwhile
from repayment.deferring.services.moves import (
    check_permission,
    lock_application,
    member_of_staff,
    missing_evidence,
    move_application,
)
from repayment.deferring.workflow import ENTER, Move
from repayment.models import DeferralApplication, DeferralPaper


@service
def file_paper(
    *,
    application_id: int,
    kind: PaperKind,
    received_on: date,
    issued_on: date | None,
    by: Actor,
    at: datetime,
) -> DeferralApplication:
    """File a paper that came in for an open application; the last one that was missing makes it complete.

    The same paper again changes nothing. ``EntryRefused`` for days that cannot be and for papers that show no ground.
    """
    person = member_of_staff(by)
    application = lock_application(application_id, person)
    check_permission(person, ENTER, on=timezone.localtime(at).date())
    if not application.is_open:
        raise MovedMeanwhile(
            f"申請 {application} は「{application.get_state_display()}」になっています。書類は登録できません。"
        )
    if kind not in papers_of(application.ground) and kind != PaperKind.DEFERRAL_FORM:
        raise EntryRefused(f"「{kind.label}」は、この事由を確認する書類ではありません。", "kind")
    write_paper(application, kind, received_on=received_on, issued_on=issued_on, person=person, by=by, at=at)
    if application.state == DeferralState.INCOMPLETE and not missing_evidence(application):
        return move_application(application_id=application.pk, move=Move.COMPLETE, version=None, by=by, at=at)
    return application


def write_paper(
    application: DeferralApplication,
    kind: PaperKind,
    *,
    received_on: date,
    issued_on: date | None,
    person: User,
    by: Actor,
    at: datetime,
) -> None:
    """Write the paper and its place in the application. Callers hold the locks."""
    try:
        paper = record_paper(
            person=application.borrower,
            kind=kind,
            received_on=received_on,
            issued_on=issued_on,
            source_key=f"deferral:{application.pk}:{kind.value}:{issued_on or received_on}",
            by=by,
            at=at,
        )
    except PaperRefused as refused:
        raise EntryRefused(str(refused), "received_on") from refused
    DeferralPaper.objects.get_or_create(
        application=application, paper=paper, defaults={"kind": kind, "filed_by": person, "filed_at": at}
    )

"""What the step REVOKE does besides changing the state: ledger, letters and refunds that rested on the exemption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from exemptions.models import Decision, Revocation
from exemptions.refusals import AssessmentChanged, NotReady, OwnWork
from exemptions.revoking.outlook import outlook
from loans.deciding.enums import ProposalState
from notices.enums import LetterState
from notices.models import Letter
from notices.withdrawing import withdraw_letters
from repayment.enums import LedgerKind
from repayment.models import LedgerEntry
from repayment.refunds import drop_refunds

if TYPE_CHECKING:
    from exemptions.services.moves import Step

REVOCATION = "revocation:"
"""How the source keys of the ledger rows of revocations begin."""


def revoke(step: Step) -> None:
    """Take an exemption back as a second person: what was proposed must stand, and still do what was shown.

    The counter-row counts from the day of the exemption; what fell due since is asked for from a new date. A decision
    letter that is not posted is withdrawn, refunds that are not paid out and came of the exemption are dropped.
    """
    revocation = (
        Revocation.objects.select_for_update(of=("self",))
        .select_related("decision__entry", "proposed_by")
        .filter(decision__application=step.application, decision__taken_back__isnull=True)
        .filter(state=ProposalState.PROPOSED)
        .first()
    )
    if revocation is None:
        raise NotReady("この免除の取消は起案されていません。先に取消を起案してください。")
    if revocation.proposed_by_id in (step.person.pk, step.supervisor.pk if step.supervisor else None):
        raise OwnWork("ご自分が起案した取消は決裁できません。ほかの決裁者に依頼してください。")
    look = outlook(step.application, on=step.day)
    if look.restoration is None:
        raise NotReady(look.refusal)
    if look.restoration.fingerprint != step.seen:
        raise AssessmentChanged(
            "表示していた内容が、入金などにより変わりました。確かめてから、もう一度決裁してください。"
        )
    decision = revocation.decision
    withdraw_decision_letters(decision, step)
    exempted = decision.entry
    assert exempted is not None  # the outlook refuses a decision without one
    revocation.entry = LedgerEntry.objects.create(
        loan=step.application.loan,
        kind=LedgerKind.EXEMPTION_REVOKED,
        amount=exempted.amount,
        effective_on=exempted.effective_on,
        recorded_at=step.at,
        recorded_by=step.by.label,
        source_key=f"{REVOCATION}{revocation.pk}",
        reverses=exempted,
        due_on=look.restoration.due_on,
    )
    revocation.state = ProposalState.AGREED
    revocation.decided_by, revocation.decided_for, revocation.decided_at = step.person, step.supervisor, step.at
    revocation.save()
    if not look.restoration.after.surplus:
        drop_refunds(
            loan=step.application.loan,
            since=timezone.localdate(decision.decided_at),
            reason="免除の決定が取り消されたため",
            proposed_by=revocation.proposed_by,
            approved_by=step.person,
            by=step.by,
            at=step.at,
        )


def withdraw_decision_letters(decision: Decision, step: Step) -> None:
    """Nothing that tells of the exemption leaves the house any more; refused while its letter lies in a print run."""
    occasion = f"decision:{decision.pk}"
    bound = Letter.objects.filter(occasion=occasion, state=LetterState.IN_RUN).exists()
    refused = withdraw_letters(occasions=[occasion], by=step.by, at=step.at)
    if bound:
        raise NotReady(f"{refused[occasion]}発送したときは、発送を記録してから取り消してください。")

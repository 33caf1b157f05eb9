"""What one person proposes about a loan and another one agrees to or drops: who may, and how it is written down."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from accounts.selectors import deputised_supervisor
from audit.actors import Actor
from loans.deciding.enums import ProposalState
from loans.models import LendingChange, LendingSanction, Loan
from loans.refusals import MovedMeanwhile, NotAllowed, OwnWork
from loans.services.moves import member_of_staff

Proposed = TypeVar("Proposed", LendingSanction, LendingChange)


def reviewer(by: Actor, at: datetime) -> User:
    """Somebody who may propose; everybody else is refused."""
    person = member_of_staff(by)
    if Permission.REVIEW_LENDING not in permissions_of(person.roles_on(timezone.localtime(at).date())):
        raise NotAllowed("貸付の起案をする権限がありません。")
    return person


def visible_loan(loan_id: int, person: User) -> Loan:
    """The loan, locked: everything that changes what is paid out of it queues here."""
    if not Loan.objects.visible_to(person).filter(pk=loan_id).exists():
        raise NotAllowed("この貸付は見つかりません。")
    return Loan.objects.select_for_update(of=("self",)).get(pk=loan_id)


def open_proposal(model: type[Proposed], key: int, person: User) -> Proposed:
    """What is proposed, locked after its loan; refused when it is decided already."""
    loan_id = model.objects.filter(pk=key).values_list("loan_id", flat=True).first()
    if loan_id is None:
        raise NotAllowed("この起案は見つかりません。")
    loan = visible_loan(loan_id, person)
    proposal = model.objects.select_for_update(of=("self",)).get(pk=key)
    proposal.loan = loan
    if proposal.state != ProposalState.PROPOSED:
        raise MovedMeanwhile(f"この起案は、すでに「{proposal.get_state_display()}」になっています。")
    return proposal


def agree(proposal: Proposed, *, by: Actor, at: datetime) -> Proposed:
    """Agree as a second person, oneself or in a supervisor's place (代決); never to one's own proposal."""
    person = member_of_staff(by)
    day = timezone.localtime(at).date()
    supervisor = None
    if Permission.DECIDE_LENDING not in permissions_of(person.roles_on(day)):
        supervisor = deputised_supervisor(person, day)
        if supervisor is None:
            raise NotAllowed("貸付の決裁をする権限がありません。")
    if proposal.proposed_by_id in (person.pk, supervisor.pk if supervisor else None):
        raise OwnWork("ご自分が起案したものは決裁できません。ほかの決裁者に依頼してください。")
    return write(proposal, ProposalState.AGREED, person=person, supervisor=supervisor, at=at)


def write(
    proposal: Proposed, state: ProposalState, *, person: User, at: datetime, supervisor: User | None = None
) -> Proposed:
    """Save what became of a proposal."""
    proposal.state, proposal.decided_by, proposal.decided_for, proposal.decided_at = state, person, supervisor, at
    proposal.save(update_fields=["state", "decided_by", "decided_for", "decided_at"])
    return proposal

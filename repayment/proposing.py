"""What one person proposes about a plan or its instalments and another one agrees to or drops: who may, how it is written.

Small repayment and plan change walk this way. Agreeing is for supervisors, or a deputy in a supervisor's place (代決);
nobody agrees to what they proposed, and no deputy for somebody who did.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeVar

from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from accounts.selectors import deputised_supervisor
from audit.actors import Actor
from loans.deciding.enums import ProposalState
from loans.enums import LoanState
from loans.models import Loan
from loans.staff import acting_person
from repayment.models import PlanChange, SmallRepaymentAgreement
from repayment.refusals import MovedMeanwhile, NotAllowed, OwnWork, RepaymentRefused
from repayment.services import lock

Proposal = TypeVar("Proposal", SmallRepaymentAgreement, PlanChange)
LONGEST_REASON = 400
ENTERING = frozenset({Permission.ENTER_REPAYMENT})
HANDLING = frozenset({Permission.ENTER_REPAYMENT, Permission.DECIDE_REPAYMENT})


def acting(by: Actor, at: datetime, permissions: frozenset[Permission]) -> User:
    """The member of staff behind an actor, who holds one of the permissions on the day; everybody else is refused."""
    person = acting_person(by)
    if person is None:
        raise NotAllowed("職員としてログインしてから操作してください。")
    if not permissions_of(person.roles_on(day_of(at))) & permissions:
        raise NotAllowed("この操作をする権限がありません。")
    return person


def day_of(at: datetime) -> date:
    """The day of a moment in Japan."""
    return timezone.localtime(at).date()


def repaid_loan(loan_id: int, person: User) -> Loan:
    """The loan, locked; refused where nothing was lent, or where this person does not know of it."""
    if not Loan.objects.visible_to(person).filter(pk=loan_id).exists():
        raise NotAllowed("この貸付は見つかりません。")
    loan = lock(Loan(pk=loan_id))
    if loan.state != LoanState.LENT:
        raise RepaymentRefused(f"貸付 {loan.code} は「{loan.get_state_display()}」のため、償還の手続きはできません。")
    return loan


def open_proposal(model: type[Proposal], key: int, person: User) -> Proposal:
    """What is proposed, locked after its loan; refused when it is decided already."""
    proposal = locked(model, key, person)
    if proposal.state != ProposalState.PROPOSED:
        raise MovedMeanwhile(f"この起案は、すでに「{proposal.get_state_display()}」になっています。")
    return proposal


def locked(model: type[Proposal], key: int, person: User) -> Proposal:
    """A proposal in any state, locked after its loan."""
    loan_id = model.objects.visible_to(person).filter(pk=key).values_list("loan_id", flat=True).first()
    if loan_id is None:
        raise NotAllowed("この起案は見つかりません。")
    loan = lock(Loan(pk=loan_id))
    proposal = model.objects.select_for_update(of=("self",)).get(pk=key)
    proposal.loan = loan
    return proposal


def decider(proposal: SmallRepaymentAgreement | PlanChange, *, by: Actor, at: datetime) -> tuple[User, User | None]:
    """Who agrees, and the supervisor in whose place, where it is a deputy; never to one's own proposal."""
    person = acting_person(by)
    if person is None:
        raise NotAllowed("職員としてログインしてから操作してください。")
    supervisor = None
    if Permission.DECIDE_REPAYMENT not in permissions_of(person.roles_on(day_of(at))):
        supervisor = deputised_supervisor(person, day_of(at))
        if supervisor is None:
            raise NotAllowed("償還の決裁をする権限がありません。")
    if proposal.proposed_by_id in (person.pk, supervisor.pk if supervisor else None):
        raise OwnWork("ご自分が起案したものは決裁できません。ほかの決裁者に依頼してください。")
    return person, supervisor


def write(
    proposal: Proposal,
    state: ProposalState,
    *,
    person: User,
    at: datetime,
    supervisor: User | None = None,
    also: tuple[str, ...] = (),
) -> Proposal:
    """Save what became of a proposal; ``also`` are further fields that were set."""
    proposal.state, proposal.decided_by, proposal.decided_for, proposal.decided_at = state, person, supervisor, at
    proposal.save(update_fields=["state", "decided_by", "decided_for", "decided_at", *also])
    return proposal

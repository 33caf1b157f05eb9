"""What the page of an application says about taking its exemption back."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from accounts.roles import Permission
from exemptions.enums import ApplicationState
from exemptions.models import Application, Revocation
from loans.deciding.enums import ProposalState


@dataclass(frozen=True, slots=True)
class Taken:
    """The revocations of a decision, the oldest first, and whether this reader can propose one."""

    rows: tuple[Revocation, ...]
    may_propose: bool


def revocations_of(application: Application, user: User) -> Taken:
    """One query, and none for what was never approved."""
    if application.state not in (ApplicationState.APPROVED, ApplicationState.REVOKED):
        return Taken((), may_propose=False)
    rows = Revocation.objects.filter(decision__application=application).select_related("proposed_by", "decided_by")
    found = tuple(rows.order_by("pk"))
    waits = any(row.state == ProposalState.PROPOSED for row in found)
    may = user.can(Permission.REVIEW_EXEMPTIONS) or user.can(Permission.DECIDE_EXEMPTIONS)
    return Taken(found, may_propose=may and not waits and application.state == ApplicationState.APPROVED)

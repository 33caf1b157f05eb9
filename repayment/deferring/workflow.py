"""The whole life of a deferral application on one page. Nothing else decides what may follow what.

``services.moves.move_application`` walks this table. Received → papers missing ⇄ received → approved, refused or
withdrawn; that a granted deferral runs, is ending or has ended is told from the day.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices

from accounts.roles import Permission
from repayment.deferring.enums import DeferralState

State = DeferralState


class Move(TextChoices):
    """What can be done to an application, in the words of the button."""

    RECEIVE = "receive", "受け付ける"
    REPORT = "report", "書類の不備を知らせる"
    COMPLETE = "complete", "書類がそろったことを記録する"
    APPROVE = "approve", "承認する"
    REFUSE = "refuse", "不承認にする"
    WITHDRAW = "withdraw", "取下げを記録する"

    @property
    def done(self) -> str:
        """The same step once it is done, for timelines and messages: 「承認」."""
        return DONE[self]


DONE: dict[Move, str] = {
    Move.RECEIVE: "受付",
    Move.REPORT: "書類の不備の連絡",
    Move.COMPLETE: "書類の到着",
    Move.APPROVE: "承認",
    Move.REFUSE: "不承認",
    Move.WITHDRAW: "取下げ",
}


@dataclass(frozen=True, slots=True)
class Edge:
    """One step: from which states, to which, who may, and what has to be filled in.

    Any one of ``permissions`` suffices. ``second_person``: whoever entered the application, held the interview or filed
    its papers may not take this step. ``names_missing``: the list of what is missing goes with it.
    """

    sources: frozenset[DeferralState]
    target: DeferralState
    permissions: frozenset[Permission]
    needs_reason: bool = False
    second_person: bool = False
    names_missing: bool = False


ENTER = frozenset({Permission.ENTER_REPAYMENT})
DECIDE = frozenset({Permission.DECIDE_REPAYMENT})
OPEN = frozenset({State.RECEIVED, State.INCOMPLETE})

EDGES: dict[Move, Edge] = {
    Move.REPORT: Edge(frozenset({State.RECEIVED}), State.INCOMPLETE, ENTER | DECIDE, names_missing=True),
    Move.COMPLETE: Edge(frozenset({State.INCOMPLETE}), State.RECEIVED, ENTER),
    Move.APPROVE: Edge(frozenset({State.RECEIVED}), State.APPROVED, DECIDE, second_person=True),
    Move.REFUSE: Edge(OPEN, State.REFUSED, DECIDE, needs_reason=True, second_person=True),
    Move.WITHDRAW: Edge(OPEN, State.WITHDRAWN, ENTER | DECIDE, needs_reason=True),
}
"""Every step but the first: an application begins with ``Move.RECEIVE``, in the state that its papers give it."""

MAKING: frozenset[Move] = frozenset({Move.RECEIVE, Move.COMPLETE})
"""The steps that make somebody an author of what is decided on: they may not decide it."""


def moves_from(state: str) -> list[Move]:
    """Return the moves the table allows from a state, in the order of the table."""
    return [move for move, edge in EDGES.items() if state in edge.sources]

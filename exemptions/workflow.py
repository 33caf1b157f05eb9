"""The whole life of an exemption application on one page. Nothing else decides what may follow what.

``services.move_application`` walks this table; the one step the night takes by itself is ``START``, on the day from
which a proposal that waited for the repayment to begin may be decided (EX-35). Sources of the steps: the council's 起案
and 決裁, form 1-1-D (one sheet for each loan, deficiencies are sent back), rule EX-05 (a refusal has its reason inside
the council), rule EX-06 (an exemption is taken back on somebody's proposal, ``exemptions.revoking``; its proposer is the
first of the two).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices

from accounts.roles import Permission
from exemptions.enums import ApplicationState

State = ApplicationState


class Move(TextChoices):
    """What can be done to an application, in the words of the button."""

    SAVE_DRAFT = "save_draft", "下書きを保存する"
    RECEIVE = "receive", "受け付ける"
    CORRECT = "correct", "入力を訂正する"
    REPORT_DEFICIENCIES = "report_deficiencies", "不備を返送する"
    ANSWER_DEFICIENCIES = "answer_deficiencies", "不備への回答を受け付ける"
    PREPARE = "prepare", "起案する"
    WAIT = "wait", "償還開始待ちにする"
    START = "start", "償還開始待ちを解く"
    RETURN = "return", "起案者に戻す"
    SEND_BACK = "send_back", "不備として差し戻す"
    APPROVE = "approve", "承認する"
    REFUSE = "refuse", "不承認にする"
    WITHDRAW = "withdraw", "取下げを記録する"
    TAKE_BACK = "take_back", "一括承認を取り消す"
    REVOKE = "revoke", "免除を取り消す"

    @property
    def done(self) -> str:
        """The same step once it is done, for timelines and messages: 「承認」."""
        return DONE[self]


DONE: dict[Move, str] = {
    Move.SAVE_DRAFT: "下書き保存",
    Move.RECEIVE: "受付",
    Move.CORRECT: "入力の訂正",
    Move.REPORT_DEFICIENCIES: "不備の返送",
    Move.ANSWER_DEFICIENCIES: "不備への回答の受付",
    Move.PREPARE: "起案",
    Move.WAIT: "起案（償還開始待ち）",
    Move.START: "償還開始待ちの解除",
    Move.RETURN: "起案の差し戻し",
    Move.SEND_BACK: "不備としての差し戻し",
    Move.APPROVE: "承認",
    Move.REFUSE: "不承認",
    Move.WITHDRAW: "取下げ",
    Move.TAKE_BACK: "一括承認の取消",
    Move.REVOKE: "免除の取消",
}


@dataclass(frozen=True, slots=True)
class Edge:
    """One step: from which states, to which, who may, and what has to be filled in.

    Any one of ``permissions`` suffices. ``second_person``: whoever entered, corrected or prepared the application may
    not take this step. ``names_deficiencies``: the exact list of what is wrong goes with it.
    """

    sources: frozenset[ApplicationState]
    target: ApplicationState
    permissions: frozenset[Permission]
    needs_reason: bool = False
    second_person: bool = False
    names_deficiencies: bool = False


ENTER = frozenset({Permission.ENTER_EXEMPTIONS})
REVIEW = frozenset({Permission.REVIEW_EXEMPTIONS})
DECIDE = frozenset({Permission.DECIDE_EXEMPTIONS})

DRAFT = frozenset({State.DRAFT})
RECEIVED = frozenset({State.RECEIVED})
INCOMPLETE = frozenset({State.INCOMPLETE})
UNDER_REVIEW = frozenset({State.UNDER_REVIEW})
APPROVED = frozenset({State.APPROVED})
WAITING = frozenset({State.WAITING_FOR_START})
OPEN = DRAFT | RECEIVED | INCOMPLETE | UNDER_REVIEW | WAITING

EDGES: dict[Move, Edge] = {
    Move.SAVE_DRAFT: Edge(DRAFT, State.DRAFT, ENTER),
    Move.RECEIVE: Edge(DRAFT, State.RECEIVED, ENTER),
    Move.CORRECT: Edge(RECEIVED, State.RECEIVED, ENTER),
    Move.REPORT_DEFICIENCIES: Edge(RECEIVED, State.INCOMPLETE, ENTER | REVIEW, names_deficiencies=True),
    Move.ANSWER_DEFICIENCIES: Edge(INCOMPLETE, State.RECEIVED, ENTER),
    Move.PREPARE: Edge(RECEIVED, State.UNDER_REVIEW, REVIEW),
    Move.WAIT: Edge(RECEIVED, State.WAITING_FOR_START, REVIEW),
    Move.START: Edge(WAITING, State.UNDER_REVIEW, REVIEW),
    Move.RETURN: Edge(UNDER_REVIEW | WAITING, State.RECEIVED, REVIEW, needs_reason=True),
    Move.SEND_BACK: Edge(UNDER_REVIEW, State.INCOMPLETE, REVIEW, names_deficiencies=True),
    Move.APPROVE: Edge(UNDER_REVIEW, State.APPROVED, DECIDE, second_person=True),
    Move.REFUSE: Edge(UNDER_REVIEW, State.REFUSED, DECIDE, needs_reason=True, second_person=True),
    Move.WITHDRAW: Edge(OPEN, State.WITHDRAWN, ENTER | REVIEW, needs_reason=True),
    Move.REVOKE: Edge(APPROVED, State.REVOKED, DECIDE, needs_reason=True),
}

TAKING_BACK = Edge(frozenset({State.APPROVED}), State.UNDER_REVIEW, DECIDE, needs_reason=True)
"""How an approval of many is taken back before its letters go out. Walked by ``exemptions.bulk.undoing`` alone."""

MAKING: frozenset[Move] = frozenset(
    {Move.SAVE_DRAFT, Move.RECEIVE, Move.CORRECT, Move.ANSWER_DEFICIENCIES, Move.PREPARE, Move.WAIT}
)
"""The steps that make somebody an author of what is decided on: they may not decide it."""

DECIDING: frozenset[Move] = frozenset(move for move, edge in EDGES.items() if edge.second_person)


def moves_from(state: str) -> list[Move]:
    """Return the moves the table allows from a state, in the order of the table."""
    return [move for move, edge in EDGES.items() if state in edge.sources]

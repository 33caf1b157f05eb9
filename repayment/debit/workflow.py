"""The whole life of a run on one page: 抽出 → 確定 → 承認 → ファイル作成 → 送信済み → 結果取込 → 消込 → 締め.

Who locks does not approve. A run that was given up gives its loans free; one that was sent can only be answered, because
whatever the bank has cannot be called back by us: for that there is the stop list.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices

from accounts.roles import Permission
from repayment.debit.enums import DebitState as State


class DebitMove(TextChoices):
    """What can be done with a run, in the words of the button."""

    LOCK = "lock", "引落しの一覧を確定する"
    APPROVE = "approve", "口座振替を承認する"
    WRITE = "write", "口座振替ファイルを作成する"
    SEND = "send", "送信を記録する"
    TAKE_IN = "take_in", "結果ファイルを取り込む"
    POST = "post", "結果を消し込む"
    CLOSE = "close", "この口座振替を締める"
    DISCARD = "discard", "この口座振替を取りやめる"

    @property
    def done(self) -> str:
        """The same step once it is done."""
        return _DONE[self]


_DONE: dict[DebitMove, str] = {
    DebitMove.LOCK: "確定",
    DebitMove.APPROVE: "承認",
    DebitMove.WRITE: "ファイル作成",
    DebitMove.SEND: "送信の記録",
    DebitMove.TAKE_IN: "結果の取込",
    DebitMove.POST: "消込",
    DebitMove.CLOSE: "締め",
    DebitMove.DISCARD: "取りやめ",
}


@dataclass(frozen=True, slots=True)
class DebitEdge:
    """One step: from which state to which, and who may. ``second_person``: not who locked; ``needs_reason``: in words."""

    sources: frozenset[State]
    target: State
    permissions: frozenset[Permission]
    second_person: bool = False
    needs_reason: bool = False


_MOVE = frozenset({Permission.MOVE_MONEY})
_APPROVE = frozenset({Permission.APPROVE_TRANSFERS})

EDGES: dict[DebitMove, DebitEdge] = {
    DebitMove.LOCK: DebitEdge(frozenset(), State.LOCKED, _MOVE),
    DebitMove.APPROVE: DebitEdge(frozenset({State.LOCKED}), State.APPROVED, _APPROVE, second_person=True),
    DebitMove.WRITE: DebitEdge(frozenset({State.APPROVED}), State.WRITTEN, _MOVE),
    DebitMove.SEND: DebitEdge(frozenset({State.WRITTEN}), State.SENT, _MOVE),
    DebitMove.TAKE_IN: DebitEdge(frozenset({State.SENT}), State.RESULTED, _MOVE),
    DebitMove.POST: DebitEdge(frozenset({State.RESULTED}), State.POSTED, _MOVE),
    DebitMove.CLOSE: DebitEdge(frozenset({State.POSTED}), State.CLOSED, _APPROVE),
    DebitMove.DISCARD: DebitEdge(
        frozenset({State.LOCKED, State.APPROVED, State.WRITTEN}), State.DISCARDED, _MOVE | _APPROVE, needs_reason=True
    ),
}

STATIONS: tuple[State, ...] = (
    State.LOCKED, State.APPROVED, State.WRITTEN, State.SENT, State.RESULTED, State.POSTED, State.CLOSED,
)  # fmt: skip
"""The states in the order in which a run passes them."""

AT_THE_BANK: tuple[State, ...] = (State.WRITTEN, State.SENT, State.RESULTED)
"""The bank has the file, or may have it, and nothing is posted yet: here the stop list asks."""


def moves_from(state: str) -> list[DebitMove]:
    """Return the moves the table allows from a state, in the order of the table."""
    return [move for move, edge in EDGES.items() if state in edge.sources]

"""The whole life of a parcel of papers on one page. Nothing else decides what may follow what.

``people.transit.services.move_batch`` walks this table. Source of the steps: feature N-17 (17 application files were lost
between a ward and its prefecture and missed by nobody until a borrower called).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.db.models import TextChoices

from people.enums import TransitState

State = TransitState


class Side(Enum):
    """Who may take a step: the office that sends, the one that receives, or either."""

    SENDER = "sender"
    RECEIVER = "receiver"
    EITHER = "either"


class Move(TextChoices):
    """What can be done to a parcel or to a piece of paper in it, in the words of the button."""

    PACK = "pack", "送付便に入れる"
    TAKE_OUT = "take_out", "送付便から取り出す"
    SEND = "send", "送付を記録する"
    DISCARD = "discard", "送付便を取りやめる"
    RECEIVE = "receive", "受領を記録する"
    UNDO = "undo", "受領の記録を取り消す"
    EXTRA = "extra", "余りを記録する"
    CHECK = "check", "照合を終える"
    FIND = "find", "見つかったことを記録する"

    @property
    def done(self) -> str:
        """The same step once it is done, for the timeline."""
        return DONE[self]


DONE: dict[Move, str] = {
    Move.PACK: "梱包",
    Move.TAKE_OUT: "取り出し",
    Move.SEND: "送付",
    Move.DISCARD: "取りやめ",
    Move.RECEIVE: "受領",
    Move.UNDO: "受領の取消",
    Move.EXTRA: "余りの記録",
    Move.CHECK: "照合の終了",
    Move.FIND: "所在の確認",
}


@dataclass(frozen=True, slots=True)
class Edge:
    """One step: from which states, to which (None: it stays), and whose it is."""

    sources: frozenset[TransitState]
    target: TransitState | None
    side: Side


PACKING = frozenset({State.PACKING})
SENT = frozenset({State.SENT})

EDGES: dict[Move, Edge] = {
    Move.PACK: Edge(PACKING, None, Side.SENDER),
    Move.TAKE_OUT: Edge(PACKING, None, Side.SENDER),
    Move.SEND: Edge(PACKING, State.SENT, Side.SENDER),
    Move.DISCARD: Edge(PACKING, State.DISCARDED, Side.SENDER),
    Move.RECEIVE: Edge(SENT, None, Side.RECEIVER),
    Move.UNDO: Edge(SENT, None, Side.RECEIVER),
    Move.EXTRA: Edge(SENT, None, Side.RECEIVER),
    Move.CHECK: Edge(SENT, State.CHECKED, Side.RECEIVER),
    Move.FIND: Edge(SENT | {State.CHECKED}, None, Side.EITHER),
}


def moves_from(state: str) -> list[Move]:
    """The moves the table allows from a state, in the order of the table."""
    return [move for move, edge in EDGES.items() if state in edge.sources]

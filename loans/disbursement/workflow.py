"""The whole life of a transfer file on one page: 抽出 → 確定 → 承認 → ファイル作成 → 送信済み → 消込.

Who locks does not approve. A file that was given up gives its tranches free; one that was sent can only be reconciled,
because whatever the bank has cannot be called back by us.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices

from accounts.roles import Permission
from loans.disbursement.enums import TransferState as State


class TransferMove(TextChoices):
    """What can be done with a transfer file, in the words of the button."""

    LOCK = "lock", "送金一覧を確定する"
    APPROVE = "approve", "送金を承認する"
    WRITE = "write", "送金ファイルを作成する"
    SEND = "send", "銀行への送信を記録する"
    RETURN = "return", "送金不能を記録する"
    RECONCILE = "reconcile", "送金済みとして消し込む"
    DISCARD = "discard", "この送金を取りやめる"

    @property
    def done(self) -> str:
        """The same step once it is done."""
        return _DONE[self]


_DONE: dict[TransferMove, str] = {
    TransferMove.LOCK: "確定",
    TransferMove.APPROVE: "承認",
    TransferMove.WRITE: "ファイル作成",
    TransferMove.SEND: "送信の記録",
    TransferMove.RETURN: "送金不能の記録",
    TransferMove.RECONCILE: "消込",
    TransferMove.DISCARD: "取りやめ",
}


@dataclass(frozen=True, slots=True)
class TransferEdge:
    """One step: from which state to which, and who may. ``second_person``: not who locked; ``needs_reason``: in words."""

    sources: frozenset[State]
    target: State
    permissions: frozenset[Permission]
    second_person: bool = False
    needs_reason: bool = False


_MOVE = frozenset({Permission.MOVE_MONEY})
_APPROVE = frozenset({Permission.APPROVE_TRANSFERS})

EDGES: dict[TransferMove, TransferEdge] = {
    TransferMove.LOCK: TransferEdge(frozenset(), State.LOCKED, _MOVE),
    TransferMove.APPROVE: TransferEdge(frozenset({State.LOCKED}), State.APPROVED, _APPROVE, second_person=True),
    TransferMove.WRITE: TransferEdge(frozenset({State.APPROVED}), State.WRITTEN, _MOVE),
    TransferMove.SEND: TransferEdge(frozenset({State.WRITTEN}), State.SENT, _MOVE),
    TransferMove.RETURN: TransferEdge(frozenset({State.SENT}), State.SENT, _MOVE),
    TransferMove.RECONCILE: TransferEdge(frozenset({State.SENT}), State.RECONCILED, _MOVE),
    TransferMove.DISCARD: TransferEdge(
        frozenset({State.LOCKED, State.APPROVED, State.WRITTEN}), State.DISCARDED, _MOVE | _APPROVE, needs_reason=True
    ),
}

STATIONS: tuple[State, ...] = (State.LOCKED, State.APPROVED, State.WRITTEN, State.SENT, State.RECONCILED)
"""The states in the order in which money passes them."""


def moves_from(state: str) -> list[TransferMove]:
    """Return the moves the table allows from a state, in the order of the table."""
    return [move for move, edge in EDGES.items() if state in edge.sources]

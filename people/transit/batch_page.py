"""What the two pages of the parcels show: the list of an office, and one parcel with what may be done now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from accounts.enums import OfficeKind
from accounts.models import Office
from accounts.roles import Permission
from people.enums import ItemState, TransitState
from people.models import Caseload, Person, TransitBatch, TransitExtra, TransitItem, TransitStep, in_force
from people.transit.overdue import red_from
from people.transit.selectors import SHOWN, Missing, batches_for, counterparts, missing_for
from people.transit.workflow import EDGES, Move, Side, moves_from
from rulebook.selectors import settings_on

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class TransitPage:
    """The list of parcels as one office sees it. Each batch has ``pieces`` and ``open``."""

    packing: tuple[TransitBatch, ...]
    coming: tuple[TransitBatch, ...]
    under_way: tuple[TransitBatch, ...]
    settled: tuple[TransitBatch, ...]
    missing: tuple[Missing, ...]
    may_write: bool

    @property
    def red(self) -> tuple[Missing, ...]:
        return tuple(each for each in self.missing if each.is_red)

    @property
    def not_yet_red(self) -> tuple[Missing, ...]:
        return tuple(each for each in self.missing if not each.is_red)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A piece in a parcel; ``is_missing``: the parcel was counted without it, ``is_red``: its day has come."""

    item: TransitItem
    is_missing: bool
    is_red: bool

    @property
    def is_open(self) -> bool:
        return bool(self.item.state == ItemState.ON_THE_WAY)


@dataclass(frozen=True, slots=True)
class TimelineRow:
    step: TransitStep
    word: str


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One parcel. ``may`` names the moves this person may take now; ``red_on`` is the day the missing turn red."""

    rows: tuple[ItemRow, ...]
    extras: tuple[TransitExtra, ...]
    timeline: tuple[TimelineRow, ...]
    may: frozenset[str]
    red_on: date | None
    stations: tuple[dict[str, str], ...]

    @property
    def open_rows(self) -> tuple[ItemRow, ...]:
        return tuple(row for row in self.rows if row.is_open)

    @property
    def red_rows(self) -> tuple[ItemRow, ...]:
        return tuple(row for row in self.rows if row.is_red)

    @property
    def is_searched(self) -> bool:
        """Whether something is known not to have arrived, so that it is looked for."""
        return any(row.is_missing or row.is_red for row in self.rows)

    @property
    def sheets(self) -> int:
        return sum(row.item.sheets for row in self.rows)


def transit_page(user: User, *, on: date) -> TransitPage:
    """The parcels of the own office and what is missing; for who sees all offices, everything that is missing."""
    own, known = user.office_id, batches_for(user)
    unsettled = list(
        known.filter(
            Q(state=TransitState.PACKING, sender=own)
            | Q(state=TransitState.SENT)
            | Q(state=TransitState.CHECKED, open__gt=0)
        )
    )
    packing = [batch for batch in unsettled if batch.state == TransitState.PACKING]
    coming = [batch for batch in unsettled if batch.state == TransitState.SENT and batch.receiver_id == own]
    return TransitPage(
        packing=tuple(packing),
        coming=tuple(coming),
        under_way=tuple(batch for batch in unsettled if batch not in packing and batch not in coming),
        settled=tuple(known.filter(state=TransitState.CHECKED, open=0)[:SHOWN]),
        missing=tuple(missing_for(user, on=on)),
        may_write=user.can(Permission.WRITE_CASES) and bool(counterparts(user)),
    )


def batch_page(batch: TransitBatch, *, user: User, on: date) -> BatchPage:
    """One parcel as this person sees it on a day."""
    red_on = red_from(batch.sent_on, settings_on(on).transit_red_bank_days) if batch.sent_on else None
    counted = batch.state == TransitState.CHECKED
    items = batch.items.exclude(state=ItemState.TAKEN_OUT).select_related("person", "settled_by", "batch")
    rows = []
    for item in items.order_by("number"):
        is_open = item.state == ItemState.ON_THE_WAY
        rows.append(
            ItemRow(
                item,
                is_missing=is_open and counted,
                is_red=is_open and red_on is not None and on >= red_on,
            )
        )
    steps = batch.steps.select_related("item", "by_user").order_by("-pk")
    return BatchPage(
        rows=tuple(rows),
        extras=tuple(batch.extras.select_related("noted_by").order_by("pk")),
        timeline=tuple(TimelineRow(step, Move(step.move).done) for step in steps),
        may=may(batch, user),
        red_on=red_on,
        stations=tuple(stations(batch, open_pieces=sum(1 for row in rows if row.is_open))),
    )


def may(batch: TransitBatch, user: User) -> frozenset[str]:
    """The moves this person may take with a batch now, by name."""
    if not user.can(Permission.WRITE_CASES):
        return frozenset()
    sides = {
        side
        for side, offices in (
            (Side.SENDER, {batch.sender_id}),
            (Side.RECEIVER, {batch.receiver_id}),
            (Side.EITHER, {batch.sender_id, batch.receiver_id}),
        )
        if user.office_id in offices
    }
    return frozenset(move.value for move in moves_from(batch.state) if EDGES[move].side in sides)


def stations(batch: TransitBatch, *, open_pieces: int) -> list[dict[str, str]]:
    """The way of a parcel as a line of stations."""
    if batch.state == TransitState.DISCARDED:
        return [{"label": "梱包", "state": "done"}, {"label": "取りやめ", "state": "stop"}]
    packed = batch.state != TransitState.PACKING
    counted = batch.state == TransitState.CHECKED
    found = {"label": "完了", "state": "todo"}
    if counted:
        found = {"label": "未着の確認", "state": "stop"} if open_pieces else {"label": "完了", "state": "done"}
    return [
        {"label": "梱包", "state": "done" if packed else "current"},
        {"label": "送付", "state": "done" if packed else "todo"},
        {"label": "受領と照合", "state": "done" if counted else ("current" if packed else "todo")},
        found,
    ]


def counterparts_for(user: User, person: Person, *, on: date) -> list[Office]:
    """The offices to which this person's papers may be sent from the own office."""
    offices = counterparts(user)
    if user.office.kind != OfficeKind.PREFECTURAL:
        return offices
    theirs = set(Caseload.objects.filter(in_force(on), person=person).values_list("office_id", flat=True))
    return [office for office in offices if office.pk in theirs]

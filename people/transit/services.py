"""Packing, sending and receiving paper, and writing down where a missing piece turned up.

Every step passes :func:`begin`, which walks the table of :mod:`people.transit.workflow` under the lock of the batch.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Max
from django.utils import timezone

from accounts.enums import OfficeKind
from accounts.models import Office, User
from accounts.roles import Permission
from audit.actors import Actor
from audit.services import service
from people.enums import ItemState, PaperKind, TransitState
from people.models import (
    Caseload,
    Paper,
    Person,
    TransitBatch,
    TransitExtra,
    TransitItem,
    TransitStep,
    in_force,
)
from people.models.transit import ITEM_NUMBER
from people.transit.workflow import EDGES, Move, Side

MOST_ITEMS: Final = 200
MOST_SHEETS: Final = 500


class TransitRefused(Exception):
    """A step with a parcel of papers cannot be taken; the text is a Japanese sentence for the desk."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of paper to be packed: ``paper`` where it is written down, ``label`` what it belongs to."""

    person: Person
    kind: PaperKind
    sheets: int = 1
    label: str = ""
    paper: Paper | None = None


@service
def start_batch(*, receiver: Office, by: Actor, at: datetime) -> TransitBatch:
    """The parcel that the own office is packing for another one; a new one where none is being packed."""
    user = writer(by)
    sender = Office.objects.select_for_update().get(pk=user.office_id)
    kinds = {sender.kind, receiver.kind}
    if kinds != {OfficeKind.PREFECTURAL, OfficeKind.MUNICIPAL}:
        raise TransitRefused("送付便は、市区町村社協と都道府県社協の間で送ります。宛先をお確かめください。")
    packing = TransitBatch.objects.filter(sender=sender, receiver=receiver, state=TransitState.PACKING).first()
    return packing or TransitBatch.objects.create(sender=sender, receiver=receiver, packed_by=user, packed_at=at)


@service
def pack(*, batch_id: int, pieces: Sequence[Piece], by: Actor, at: datetime) -> list[TransitItem]:
    """Lay pieces of paper into a parcel, all of them or none. A piece in another open parcel is refused by name of that."""
    batch, user = begin(batch_id, Move.PACK, by=by)
    numbers = TransitItem.objects.filter(batch=batch)
    last = numbers.aggregate(last=Max("number"))["last"] or 0
    if numbers.filter(state=ItemState.ON_THE_WAY).count() + len(pieces) > MOST_ITEMS:
        raise TransitRefused(f"一つの送付便に入れられるのは{MOST_ITEMS}件までです。")
    made = []
    for number, piece in enumerate(pieces, last + 1):
        refuse_piece(piece, batch, user, on=timezone.localtime(at).date())
        item = TransitItem.objects.create(
            batch=batch,
            number=number,
            person=piece.person,
            paper=piece.paper,
            kind=piece.kind,
            label=piece.label.strip(),
            sheets=piece.sheets,
        )
        write(batch, Move.PACK, user, at, item)
        made.append(item)
    return made


@service
def pack_for(*, receiver: Office, pieces: Sequence[Piece], by: Actor, at: datetime) -> list[TransitItem]:
    """Lay pieces into the parcel that the own office is packing for another one, begun where there is none."""
    batch = start_batch(receiver=receiver, by=by, at=at)
    return pack(batch_id=batch.pk, pieces=pieces, by=by, at=at)


def refuse_piece(piece: Piece, batch: TransitBatch, user: User, *, on: date) -> None:
    """Refuse what may not lie in this parcel: of persons nobody here knows, of another office, or lying elsewhere."""
    if not Person.objects.visible_to(user).filter(pk=piece.person.pk).exists():
        raise TransitRefused("この借受人は見つかりません。番号をお確かめください。")
    municipal = batch.receiver if batch.sender.kind == OfficeKind.PREFECTURAL else batch.sender
    if not Caseload.objects.filter(in_force(on), person=piece.person, office=municipal).exists():
        raise TransitRefused(f"この方の担当は{municipal}ではありません。宛先をお確かめください。")
    if piece.paper is not None and piece.paper.person_id != piece.person.pk:
        raise TransitRefused("ほかの方の書類は入れられません。")
    if not 1 <= piece.sheets <= MOST_SHEETS:
        raise TransitRefused(f"枚数は1から{MOST_SHEETS}までの数字で入力してください。")
    elsewhere = open_item(piece)
    if elsewhere is not None:
        raise TransitRefused(f"この書類は、まだ届いていない送付便 {elsewhere.batch} に入っています。")


def open_item(piece: Piece) -> TransitItem | None:
    """Where the same piece lies already, on its way."""
    on_the_way = TransitItem.objects.filter(state=ItemState.ON_THE_WAY).select_related("batch")
    if piece.paper is not None:
        return on_the_way.filter(paper=piece.paper).first()
    return on_the_way.filter(
        person=piece.person, kind=piece.kind, label=piece.label.strip(), paper__isnull=True
    ).first()


@service
def take_out(*, batch_id: int, number: int, by: Actor, at: datetime) -> None:
    """Take a piece out again before the parcel goes."""
    batch, user = begin(batch_id, Move.TAKE_OUT, by=by)
    item = item_of(batch, number, ItemState.ON_THE_WAY)
    settle([item], ItemState.TAKEN_OUT, user, at)
    write(batch, Move.TAKE_OUT, user, at, item)


@service
def send(*, batch_id: int, carrier: str, sent_on: date, by: Actor, at: datetime) -> TransitBatch:
    """The parcel goes: by whom or what it is carried, and on which day. Not empty, and not on a day to come."""
    batch, user = begin(batch_id, Move.SEND, by=by)
    if not carrier.strip():
        raise TransitRefused("送り方（書留、職員の持参など）を入力してください。")
    if sent_on > timezone.localtime(at).date():
        raise TransitRefused("送付日に先の日付は使えません。")
    if sent_on < timezone.localtime(batch.packed_at).date():
        raise TransitRefused("送付日が、送付便を作った日より前になっています。")
    if not batch.items.filter(state=ItemState.ON_THE_WAY).exists():
        raise TransitRefused("書類が1件も入っていません。")
    batch.carrier, batch.sent_on, batch.sent_by = carrier.strip()[:60], sent_on, user
    return finish(batch, Move.SEND, user, at)


@service
def discard_batch(*, batch_id: int, by: Actor, at: datetime) -> TransitBatch:
    """Give a parcel up before it goes; what lay in it may go into another one."""
    batch, user = begin(batch_id, Move.DISCARD, by=by)
    settle(list(batch.items.filter(state=ItemState.ON_THE_WAY)), ItemState.TAKEN_OUT, user, at)
    return finish(batch, Move.DISCARD, user, at)


@service
def receive(*, batch_id: int, numbers: Collection[int], by: Actor, at: datetime) -> list[TransitItem]:
    """Tick pieces that are there. One that was ticked before is given back unchanged."""
    batch, user = begin(batch_id, Move.RECEIVE, by=by)
    items = list(batch.items.filter(number__in=set(numbers)).exclude(state=ItemState.TAKEN_OUT))
    if len(items) < len(set(numbers)) or not items:
        raise TransitRefused(
            "この送付便にない番号です。送付票と見くらべ、載っていない書類は余りとして記録してください。"
        )
    here = [item for item in items if item.state == ItemState.ON_THE_WAY]
    settle(here, ItemState.RECEIVED, user, at)
    for item in here:
        write(batch, Move.RECEIVE, user, at, item)
    return items


@service
def undo_receipt(*, batch_id: int, number: int, by: Actor, at: datetime) -> None:
    """A piece was ticked that is not there."""
    batch, user = begin(batch_id, Move.UNDO, by=by)
    item = item_of(batch, number, ItemState.RECEIVED)
    elsewhere = open_item(Piece(item.person, PaperKind(item.kind), item.sheets, item.label, item.paper))
    if elsewhere is not None:
        raise TransitRefused(f"この書類は送付便 {elsewhere.batch} に入っているため、取り消せません。")
    item.state, item.settled_on, item.settled_by = ItemState.ON_THE_WAY, None, None
    item.save(update_fields=["state", "settled_on", "settled_by"])
    write(batch, Move.UNDO, user, at, item)


@service
def note_extra(*, batch_id: int, what: str, sheets: int, by: Actor, at: datetime) -> TransitExtra:
    """Something lay in the parcel that the slip does not name."""
    batch, user = begin(batch_id, Move.EXTRA, by=by)
    if not what.strip():
        raise TransitRefused("入っていたものを入力してください。")
    if not 1 <= sheets <= MOST_SHEETS:
        raise TransitRefused(f"枚数は1から{MOST_SHEETS}までの数字で入力してください。")
    extra = TransitExtra.objects.create(
        batch=batch,
        what=what.strip()[:120],
        sheets=sheets,
        noted_by=user,
        noted_on=timezone.localtime(at).date(),
    )
    write(batch, Move.EXTRA, user, at)
    return extra


@service
def check(*, batch_id: int, by: Actor, at: datetime) -> TransitBatch:
    """The parcel is counted: what is not ticked is missing, and both offices go looking for it."""
    batch, user = begin(batch_id, Move.CHECK, by=by)
    if batch.sent_by_id == user.pk:
        raise TransitRefused("送った人は受け取りの照合ができません。別の方が照合してください。")
    batch.checked_by, batch.checked_on = user, timezone.localtime(at).date()
    return finish(batch, Move.CHECK, user, at)


@service
def find(*, batch_id: int, number: int, where: str, by: Actor, at: datetime) -> TransitItem:
    """A piece that did not arrive turned up: where, and who says so. That ends the search."""
    batch, user = begin(batch_id, Move.FIND, by=by)
    if not where.strip():
        raise TransitRefused("見つかった場所を入力してください。")
    item = item_of(batch, number, ItemState.ON_THE_WAY)
    item.found_where = where.strip()[:120]
    settle([item], ItemState.FOUND, user, at)
    write(batch, Move.FIND, user, at, item)
    return item


# --- the one function that walks the table ----------------------------------------------------------


def begin(batch_id: int, move: Move, *, by: Actor) -> tuple[TransitBatch, User]:
    """The batch, locked, and who acts, if the table allows the step to them now."""
    user = writer(by)
    visible = TransitBatch.objects.visible_to(user).filter(pk=batch_id)
    batch = visible.select_for_update(of=("self",)).select_related("sender", "receiver").first()
    if batch is None:
        raise TransitRefused("この送付便は見つかりません。")
    edge = EDGES[move]
    offices = {
        Side.SENDER: {batch.sender_id},
        Side.RECEIVER: {batch.receiver_id},
        Side.EITHER: {batch.sender_id, batch.receiver_id},
    }[edge.side]
    if user.office_id not in offices:
        whose = {Side.SENDER: f"送る側（{batch.sender}）", Side.RECEIVER: f"受け取る側（{batch.receiver}）"}
        raise TransitRefused(f"この操作は{whose.get(edge.side, '送付便の当事者')}の職員だけが行えます。")
    if batch.state not in edge.sources:
        raise TransitRefused(
            f"送付便 {batch} は「{batch.get_state_display()}」になっています。そのため「{move.label}」はできません。"
        )
    return batch, user


def finish(batch: TransitBatch, move: Move, user: User, at: datetime) -> TransitBatch:
    """Write the batch in the state the step leads to, and its timeline row."""
    target = EDGES[move].target
    assert target is not None
    batch.state = target
    batch.save()
    write(batch, move, user, at)
    return batch


def write(batch: TransitBatch, move: Move, user: User, at: datetime, item: TransitItem | None = None) -> None:
    TransitStep.objects.create(batch=batch, item=item, move=move, by_user=user, at=at)


def settle(items: Sequence[TransitItem], state: ItemState, user: User, at: datetime) -> None:
    for item in items:
        item.state, item.settled_by, item.settled_on = state, user, timezone.localtime(at).date()
    TransitItem.objects.bulk_update(items, ["state", "settled_by", "settled_on", "found_where"])


def item_of(batch: TransitBatch, number: int, state: ItemState) -> TransitItem:
    item = batch.items.select_related("person", "paper").filter(number=number, state=state).first()
    if item is None:
        raise TransitRefused(f"この送付便に、{state.label}の{number}番の書類はありません。")
    return item


def writer(by: Actor) -> User:
    """The member of staff who acts. A machine packs nothing."""
    user = User.objects.filter(pk=by.user_id, is_active=True).first() if by.user_id else None
    if user is None or not user.can(Permission.WRITE_CASES):
        raise TransitRefused("送付便を扱える役割ではありません。")
    return user


# --- what a scanner or a hand types -----------------------------------------------------------------


def number_in(text: str, batch: TransitBatch) -> int:
    """The item that a scanned or typed text names: ``T000123-07``, or ``7`` alone. ``TransitRefused`` otherwise."""
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    found = ITEM_NUMBER.fullmatch(plain)
    if found and int(found[1]) != batch.pk:
        raise TransitRefused(f"この番号は別の送付便（T{found[1]}）の書類です。封筒をお確かめください。")
    if plain == batch.number:
        raise TransitRefused("送付便の番号です。続けて、書類ごとの番号を読み取ってください。")
    digits = found[2] if found else plain
    if not re.fullmatch(r"\d{1,3}", digits):
        raise TransitRefused("書類の番号（送付票の番号、または7のような数字）を読み取ってください。")
    return int(digits)

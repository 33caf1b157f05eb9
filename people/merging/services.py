"""What is said about two persons who may be one: they are, they are not, or they were taken for one by mistake."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.services import service
from people.enums import PairReason, PairState
from people.merging.apart import RowName, new_rows, set_apart
from people.merging.relations import have_money_on_both_sides, relations
from people.merging.together import MergeRefused, bring_together
from people.models import Merge, MergeUndo, Person, PersonPair


@service
def note_pair(*, one: Person, other: Person, by: Actor, at: datetime) -> PersonPair:
    """Put two persons before whoever decides. The pair that is there already is given back, unless it was told apart."""
    triager(by)
    if one.pk == other.pk:
        raise MergeRefused("同じ方の番号です。別の番号を入力してください。")
    low, high = sorted((one.pk, other.pk))
    pair, _ = PersonPair.objects.get_or_create(
        low_id=low, high_id=high, defaults={"reasons": [PairReason.BY_HAND], "score": 50, "found_at": at}
    )
    if pair.state == PairState.DIFFERENT:
        raise MergeRefused(f"この二人は別人とされています（{pair.reason}）。")
    return pair


@service
def propose_merge(*, pair: PersonPair, survivor: Person, by: Actor, at: datetime) -> Merge | None:
    """Say that both are the same person and which record remains.

    Where both have loans, a second person has to confirm and None comes back; else the merge is done at once.
    """
    user = triager(by)
    pair = locked(pair, PairState.OPEN)
    if survivor.pk not in (pair.low_id, pair.high_id):
        raise MergeRefused("残す方は、この二人のどちらかです。")
    pair.survivor = survivor
    pair.proposed_by, pair.proposed_at = user, at
    if not have_money_on_both_sides(pair.low_id, pair.high_id):
        return merged(pair, confirmed_by=None, money=False, by=by, at=at)
    with transaction.atomic():
        merged(pair, confirmed_by=None, money=False, by=by, at=at)
        transaction.set_rollback(True)
    pair.state = PairState.PROPOSED
    pair.save(update_fields=["survivor", "proposed_by", "proposed_at", "state"])
    return None


@service
def confirm_merge(*, pair: PersonPair, by: Actor, at: datetime) -> Merge:
    """Agree, as the second person, that both are the same person; the merge is done now."""
    user = triager(by)
    pair = locked(pair, PairState.PROPOSED)
    if pair.proposed_by_id == user.pk:
        raise MergeRefused("起案した人は確認者になれません。別の方が確認してください。")
    return merged(pair, confirmed_by=user, money=True, by=by, at=at)


@service
def withdraw_proposal(*, pair: PersonPair, by: Actor, at: datetime) -> PersonPair:
    """Put a proposal back among the open pairs."""
    triager(by)
    pair = locked(pair, PairState.PROPOSED)
    pair.state, pair.survivor, pair.proposed_by, pair.proposed_at = PairState.OPEN, None, None, None
    pair.save(update_fields=["state", "survivor", "proposed_by", "proposed_at"])
    return pair


@service
def tell_apart(*, pair: PersonPair, reason: str, by: Actor, at: datetime) -> PersonPair:
    """Say why both are different persons; the pair is never offered again."""
    triager(by)
    if not reason.strip():
        raise MergeRefused("別人とした理由を入力してください。")
    pair = locked(pair, PairState.OPEN)
    close(pair, PairState.DIFFERENT, by=by, at=at, reason=reason.strip())
    return pair


@service
def propose_undo(*, merge: Merge, reason: str, whose: Mapping[str, str], by: Actor, at: datetime) -> MergeUndo | None:
    """Say that two persons were taken for one. ``whose`` says of every row written since ``survivor`` or ``gone``.

    Where both brought loans into the merge, a second person has to confirm, as for the merge itself, and None comes back;
    else both are two again at once. ``MergeRefused`` with the reason where a later change stands against it, or where a
    new row (``NewRow.name``) has no answer; a proposal that could not be carried out is not taken.
    """
    user = triager(by)
    if not reason.strip():
        raise MergeRefused("取り消す理由を入力してください。")
    merge, pair = standing(merge)
    if pair.state == PairState.UNDOING:
        raise MergeRefused("この統合の取消しは、すでに起案されています。")
    if not merge.money_on_both_sides:
        return undone(merge, pair, reason=reason, whose=whose, asked_by=user, confirmed_by=None, by=by, at=at)
    with transaction.atomic():
        set_apart(merge, to_gone=given_back(merge, whose))
        transaction.set_rollback(True)
    pair.state, pair.undo_asked_by, pair.undo_whose, pair.reason = PairState.UNDOING, user, dict(whose), reason.strip()
    pair.save(update_fields=["state", "undo_asked_by", "undo_whose", "reason"])
    return None


@service
def confirm_undo(*, merge: Merge, by: Actor, at: datetime) -> MergeUndo:
    """Agree, as the second person, that they are two; rows written since the proposal call for a new one."""
    user = triager(by)
    merge, pair = standing(merge)
    if pair.state != PairState.UNDOING or pair.undo_asked_by is None:
        raise MergeRefused("この統合の取消しは起案されていません。")
    if pair.undo_asked_by_id == user.pk:
        raise MergeRefused("起案した人は確認者になれません。別の方が確認してください。")
    asked_by, reason, whose = pair.undo_asked_by, pair.reason, pair.undo_whose
    return undone(merge, pair, reason=reason, whose=whose, asked_by=asked_by, confirmed_by=user, by=by, at=at)


@service
def withdraw_undo(*, merge: Merge, by: Actor, at: datetime) -> PersonPair:
    """Leave the merge as it is."""
    triager(by)
    merge, pair = standing(merge)
    if pair.state != PairState.UNDOING:
        raise MergeRefused("この統合の取消しは起案されていません。")
    pair.state, pair.undo_asked_by, pair.undo_whose, pair.reason = PairState.MERGED, None, {}, ""
    pair.save(update_fields=["state", "undo_asked_by", "undo_whose", "reason"])
    return pair


def standing(merge: Merge) -> tuple[Merge, PersonPair]:
    """The merge and its pair, both persons locked, if it still stands."""
    lock_both(merge.survivor_id, merge.gone_id)
    merge = Merge.objects.select_related("survivor", "gone").get(pk=merge.pk)
    if MergeUndo.objects.filter(merge=merge).exists():
        raise MergeRefused("この統合はすでに取り消されています。")
    pairs = PersonPair.objects.select_for_update(of=("self",)).select_related("undo_asked_by")
    return merge, pairs.get(pk=merge.pair_id)


def undone(
    merge: Merge,
    pair: PersonPair,
    *,
    reason: str,
    whose: Mapping[str, str],
    asked_by: User,
    confirmed_by: User | None,
    by: Actor,
    at: datetime,
) -> MergeUndo:
    """Make two persons of one; called inside a service with everything locked."""
    to_gone = given_back(merge, whose)
    set_apart(merge, to_gone=to_gone)
    close(pair, PairState.DIFFERENT, by=by, at=at, reason=f"統合の取消し：{reason.strip()}")
    return MergeUndo.objects.create(
        merge=merge,
        reason=reason.strip(),
        by=asked_by,
        confirmed_by=confirmed_by,
        money_on_both_sides=merge.money_on_both_sides,
        at=at,
        given_back=sorted(map(list, to_gone)),
    )


def given_back(merge: Merge, whose: Mapping[str, str]) -> Collection[RowName]:
    """The rows written since that belong to the returned person; refused unless every one of them has an answer."""
    since = new_rows(merge)
    if any(whose.get(row.name) not in ("survivor", "gone") for row in since):
        raise MergeRefused("統合のあとに書かれた記録が誰のものか、すべて選んでください。")
    return {(row.relation, row.row) for row in since if whose[row.name] == "gone"}


def merged(pair: PersonPair, *, confirmed_by: User | None, money: bool, by: Actor, at: datetime) -> Merge:
    """Carry out what was proposed; called inside a service with the pair locked."""
    assert pair.survivor_id is not None and pair.proposed_by is not None
    gone_id = pair.high_id if pair.survivor_id == pair.low_id else pair.low_id
    people = lock_both(pair.survivor_id, gone_id)
    if any(person.merged_into_id is not None for person in people.values()):
        raise MergeRefused("どちらかがすでに別の方に統合されています。一覧から選び直してください。")
    merge = Merge.objects.create(
        survivor=people[pair.survivor_id],
        gone=people[gone_id],
        pair=pair,
        money_on_both_sides=money,
        proposed_by=pair.proposed_by,
        confirmed_by=confirmed_by,
        at=at,
        kept_rows={
            each.label: list(each.rows_of(pair.survivor_id).values_list("pk", flat=True)) for each in relations()
        },
    )
    bring_together(merge, at=at)
    pair.save(update_fields=["survivor", "proposed_by", "proposed_at"])
    close(pair, PairState.MERGED, by=by, at=at)
    return merge


def close(pair: PersonPair, state: PairState, *, by: Actor, at: datetime, reason: str = "") -> None:
    pair.state, pair.closed_by, pair.closed_at, pair.reason = state, by.label, at, reason[:200]
    pair.save(update_fields=["state", "closed_by", "closed_at", "reason"])


def lock_both(one: int, other: int) -> dict[int, Person]:
    """Both persons, locked in the order of their keys, so that two at once never wait for each other."""
    rows = Person.objects.select_for_update(of=("self",)).filter(pk__in=[one, other]).order_by("pk")
    return {person.pk: person for person in rows}


def locked(pair: PersonPair, state: PairState) -> PersonPair:
    """The pair, locked, if it is still in this state."""
    found = PersonPair.objects.select_for_update(of=("self",)).select_related("proposed_by").get(pk=pair.pk)
    if found.state != state:
        raise MergeRefused("この候補はほかの職員がすでに処理しています。一覧から選び直してください。")
    return found


def triager(by: Actor) -> User:
    """The member of staff who acts; a machine only finds candidates."""
    user = User.objects.get(pk=by.user_id) if by.user_id is not None else None
    if user is None or not user.can(Permission.MERGE_PERSONS):
        raise MergeRefused("重複を整理できる役割ではありません。")
    return user

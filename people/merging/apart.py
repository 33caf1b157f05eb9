"""Taking a merge back: both persons as they were, and what was written since goes to whom it belongs.

It is refused with the exact reason when a later change stands against it: a later merge of the same person, a row that the
merge wrote and that was changed or removed since, or a row written since that takes the place of one to come back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, Q

from japan.eras import era_date
from people.enums import RowChange
from people.merging.policy import Moves, Stays
from people.merging.relations import Relation, relations
from people.merging.together import PERSON_ROW, MergeRefused
from people.models import Merge, MergedRow, Person

RowName = tuple[str, int]
"""A relation's label and the key of a row."""


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row that was written for the remaining person after the merge; somebody has to say whose it is."""

    relation: str
    row: int
    words: str
    text: str

    @property
    def name(self) -> str:
        """How a form calls it."""
        return f"{self.relation}:{self.row}"


_NAMING = ("code", "number", "kind", "fund", "use")
_DATING = ("since", "received_on", "applied_on", "drafted_on", "dated_on")


def described(row: models.Model) -> str:
    """A row in a few words: its number or kind, and its day. Never an address."""
    names = {field.name for field in row._meta.concrete_fields}
    parts = []
    for name in (name for name in _NAMING if name in names):
        display = getattr(row, f"get_{name}_display", None)
        parts.append(str(display() if display else getattr(row, name)))
    days = [getattr(row, name) for name in _DATING if name in names]
    parts += [era_date(day) for day in days[:1] if day is not None]
    return " ".join(part for part in parts if part) or str(row.pk)


def later_merges(merge: Merge) -> list[Merge]:
    """Merges of the same remaining person that came later and still stand: they have to be taken back first."""
    either = Q(survivor=merge.survivor_id) | Q(gone=merge.survivor_id)
    found = Merge.objects.filter(either, pk__gt=merge.pk, undo__isnull=True).select_related("survivor", "gone")
    return list(found.order_by("-pk"))


def new_rows(merge: Merge) -> list[NewRow]:
    """What was written for the remaining person since, apart from what holds for both."""
    found = []
    for relation in relations():
        if isinstance(relation.policy, Stays) or _for_both(relation):
            continue
        found += [
            NewRow(relation.label, row.pk, relation.words, described(row)) for row in _rows_since(merge, relation)
        ]
    return found


def obstacles(merge: Merge) -> list[str]:
    """Why a merge cannot be taken back now, as sentences; empty where it can."""
    later = later_merges(merge)
    if later:
        other = later[0].gone if later[0].survivor_id == merge.survivor_id else later[0].survivor
        return [f"このあとに {other.number} との統合があります。先にそちらを取り消してください。"]
    return [sentence for row in _newest_first(merge) if (sentence := _changed_since(row))]


def set_apart(merge: Merge, *, to_gone: Collection[RowName]) -> None:
    """Take back row by row, the newest first, then hand over the rows that belong to the returned person."""
    against = obstacles(merge)
    if against:
        raise MergeRefused(against[0])
    since = {relation.label: [row.pk for row in _rows_since(merge, relation)] for relation in relations()}
    for row in _newest_first(merge):
        _take_back(row)
    for relation in relations():
        if isinstance(relation.policy, Stays):
            continue
        for key in since[relation.label]:
            if _for_both(relation):
                _copy_for(merge, relation, key)
            elif (relation.label, key) in to_gone:
                _hand_over(merge, relation, key)


def _newest_first(merge: Merge) -> list[MergedRow]:
    return list(merge.rows.order_by("-pk"))


def _rows_since(merge: Merge, relation: Relation) -> list[Any]:
    before = {*merge.kept_rows.get(relation.label, [])}
    touched = merge.rows.filter(relation=relation.label).exclude(change=RowChange.REMOVED)
    known = before | set(touched.values_list("row", flat=True))
    return [row for row in relation.rows_of(merge.survivor_id) if row.pk not in known]


def _for_both(relation: Relation) -> bool:
    return isinstance(relation.policy, Moves) and relation.policy.for_both_after_undo


def _changed_since(kept: MergedRow) -> str:
    """What happened since to a row that the merge wrote; empty where it is as the merge left it."""
    model, words = _model_of(kept)
    row = model._base_manager.filter(pk=kept.row).first()
    if kept.change == RowChange.REMOVED:
        return ""
    if row is None:
        return f"統合のあとで「{words}」が削除されています。元に戻せません。"
    if _columns(row, kept.after) != _read(model, kept.after):
        return f"統合のあとで「{words}」の内容が変わっています。統合したときの内容に直してから取り消してください。"
    return ""


def _take_back(kept: MergedRow) -> None:
    model, words = _model_of(kept)
    try:
        with transaction.atomic():
            if kept.change == RowChange.CHANGED:
                model._base_manager.filter(pk=kept.row).update(**_read(model, kept.before))
            elif kept.change == RowChange.CREATED:
                model._base_manager.filter(pk=kept.row).delete()
            else:
                model._base_manager.bulk_create([model(pk=kept.row, **_read(model, kept.before))])
    except (IntegrityError, ProtectedError):
        raise MergeRefused(f"統合のあとに書かれた「{words}」と重なるため、元に戻せません。") from None


def _hand_over(merge: Merge, relation: Relation, key: int) -> None:
    try:
        with transaction.atomic():
            relation.model._base_manager.filter(pk=key).update(**{relation.column: merge.gone_id})
    except IntegrityError:
        raise MergeRefused(
            f"「{relation.words}」は、戻る方の記録と重なるため移せません。残した方のものとしてください。"
        ) from None


def _copy_for(merge: Merge, relation: Relation, key: int) -> None:
    row = relation.model._base_manager.get(pk=key)
    row.pk, row._state.adding = None, True
    setattr(row, relation.column, merge.gone_id)
    row.save(force_insert=True)


def _model_of(kept: MergedRow) -> tuple[type[models.Model], str]:
    if kept.relation == PERSON_ROW:
        return Person, str(Person._meta.verbose_name)
    relation = next(each for each in relations() if each.label == kept.relation)
    return relation.model, relation.words


def _columns(row: models.Model, names: dict[str, Any] | None) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names or ()}


def _read(model: type[models.Model], kept: dict[str, Any] | None) -> dict[str, Any]:
    """Values as the columns hold them, from what was kept as JSON."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in (kept or {}).items()}

"""Making two records of one person one: every row that points at the one that goes finds its place, and all is kept.

Nothing of the record that goes is deleted: it stays, marked as merged, with what did not move. What was written is kept
row by row (``MergedRow``), so that :mod:`people.merging.apart` can take it back exactly.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone

from people.addresses import withheld_people
from people.enums import Language, RowChange, Sex
from people.merging.periods import Period, free_days
from people.merging.policy import Moves, Periods, Stays
from people.merging.relations import Relation, relations
from people.models import HouseholdMember, Merge, MergedRow, Person

PERSON_ROW: Final = "people.person"
"""The relation name under which the columns of a person's own row are kept."""

MERGED_INTO: Final = "people.person.merged_into"


class MergeRefused(Exception):
    """Two records cannot become one, or not be two again; the text is a sentence for whoever tried."""


def bring_together(merge: Merge, *, at: datetime) -> None:
    """Move everything from ``merge.gone`` to ``merge.survivor``; both rows are locked. Called inside a service.

    ``MergeRefused`` with the reason where something stands against it; nothing is changed then.
    """
    survivor, gone = merge.survivor, merge.gone
    on = timezone.localtime(at).date()
    refuse_contradictions(survivor, gone)
    affected = with_housemates({survivor.pk, gone.pk}, on=on)
    hidden = set(withheld_people(affected, on=on))
    keep_columns(merge, survivor, _filled_in(survivor, gone))
    for relation in relations():
        match relation.policy:
            case Moves():
                _move(merge, relation, relation.policy)
            case Periods():
                _fit_in(merge, relation, relation.policy)
            case Stays():
                pass
    keep_columns(merge, gone, {"merged_into_id": survivor.pk}, relation=MERGED_INTO)
    still_hidden = set(withheld_people(affected | {survivor.pk}, on=on))
    if ({survivor.pk if key == gone.pk else key for key in hidden}) - still_hidden:
        raise MergeRefused(
            "統合すると、支援措置で秘匿されている住所が見えるようになる方がいます。先に世帯の記録を直してください。"
        )


def refuse_contradictions(survivor: Person, gone: Person) -> None:
    """What no machine may decide: two days of death, or a household that would lose its head or a protected member."""
    if survivor.died_on is not None and gone.died_on is not None and survivor.died_on != gone.died_on:
        raise MergeRefused("死亡日が食い違っています。正しい日付を確かめて、どちらかを直してから統合してください。")
    own = list(HouseholdMember.objects.filter(person=survivor))
    for row in HouseholdMember.objects.filter(person=gone).select_related("household"):
        beside = [mine for mine in own if _overlap((row.since, row.until), (mine.since, mine.until))]
        if not beside or not row.is_head:
            continue
        same = [mine for mine in beside if mine.household_id == row.household_id]
        others = HouseholdMember.objects.filter(
            Q(until__isnull=True) | Q(until__gte=row.since), household=row.household_id
        ).exclude(person__in=[survivor, gone])
        if row.until is not None:
            others = others.filter(since__lte=row.until)
        if any(not mine.is_head for mine in same) or (len(same) < len(beside) and others.exists()):
            raise MergeRefused(
                f"統合すると、世帯 {row.household.number} に世帯主がいなくなります。残す方を入れ替えるか、"
                "先に世帯の記録を直してください。"
            )


def with_housemates(people: set[int], *, on: date) -> set[int]:
    """These persons and everybody who is or will be on a residence record with them."""
    standing = Q(until__isnull=True) | Q(until__gte=on)
    households = HouseholdMember.objects.filter(standing, person__in=people).values("household")
    mates = HouseholdMember.objects.filter(standing, household__in=households)
    return people | set(mates.values_list("person_id", flat=True))


def keep_columns(merge: Merge, row: models.Model, values: dict[str, Any], *, relation: str = PERSON_ROW) -> None:
    """Write some columns of a row and keep what they were. Nothing is written where nothing changes."""
    before = {name: getattr(row, name) for name in values}
    if before == values:
        return
    type(row)._base_manager.filter(pk=row.pk).update(**values)
    for name, value in values.items():
        setattr(row, name, value)
    _keep(merge, relation, row.pk, RowChange.CHANGED, before, values)


def _filled_in(survivor: Person, gone: Person) -> dict[str, Any]:
    """What the remaining record did not know and the other one did."""
    filled: dict[str, Any] = {}
    if survivor.died_on is None and gone.died_on is not None:
        filled["died_on"] = gone.died_on
    if survivor.sex == Sex.UNKNOWN and gone.sex != Sex.UNKNOWN:
        filled["sex"] = gone.sex
    if survivor.language == Language.JAPANESE and gone.language != Language.JAPANESE:
        filled["language"] = gone.language
    if gone.needs_interpreter and not survivor.needs_interpreter:
        filled["needs_interpreter"] = True
    for name in ("reachable", "note"):
        if not getattr(survivor, name) and getattr(gone, name):
            filled[name] = getattr(gone, name)
    return filled


def _move(merge: Merge, relation: Relation, policy: Moves) -> None:
    for row in relation.rows_of(merge.gone_id).select_for_update():
        try:
            with transaction.atomic():
                keep_columns(merge, row, {relation.column: merge.survivor_id}, relation=relation.label)
        except IntegrityError:
            if not policy.doubles_stay:
                raise MergeRefused(
                    f"双方に同じ「{relation.words}」があるため統合できません。どちらかを整理してから統合してください。"
                ) from None


def _fit_in(merge: Merge, relation: Relation, policy: Periods) -> None:
    for row in relation.rows_of(merge.gone_id).order_by("since", "pk").select_for_update():
        alike = {_column(relation, name): getattr(row, _column(relation, name)) for name in policy.within}
        taken: list[Period] = list(relation.rows_of(merge.survivor_id).filter(**alike).values_list("since", "until"))
        free = free_days((row.since, row.until), taken)
        if not free:
            if policy.covered_goes:
                _take_away(merge, relation, row)
            continue
        first, *others = free if policy.splits else free[-1:]
        moved = {relation.column: merge.survivor_id, "since": first[0], "until": first[1]}
        with _or_refuse(relation):
            keep_columns(merge, row, moved, relation=relation.label)
            for since, until in others:
                copy = _columns_of(row) | {"since": since, "until": until}
                made = relation.model._base_manager.create(**copy)
                _keep(merge, relation.label, made.pk, RowChange.CREATED, None, {"since": since, "until": until})


def _take_away(merge: Merge, relation: Relation, row: models.Model) -> None:
    whole = _columns_of(row)
    key = row.pk
    try:
        with transaction.atomic():
            row.delete()
    except (ProtectedError, IntegrityError):
        raise MergeRefused(f"使われている「{relation.words}」が重なっているため統合できません。") from None
    _keep(merge, relation.label, key, RowChange.REMOVED, whole, None)


class _or_refuse:
    """A savepoint in which a constraint of the database becomes a refusal that names what collides."""

    def __init__(self, relation: Relation) -> None:
        self.words = relation.words
        self.savepoint = transaction.atomic()

    def __enter__(self) -> None:
        self.savepoint.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.savepoint.__exit__(kind, error, trace)
        if isinstance(error, IntegrityError):
            raise MergeRefused(
                f"「{self.words}」の期間が重なるため統合できません。先に記録を直してください。"
            ) from None


def _columns_of(row: models.Model) -> dict[str, Any]:
    """Every column of a row but its key."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}


def _column(relation: Relation, name: str) -> str:
    return relation.model._meta.get_field(name).attname  # type: ignore[union-attr]


def _keep(merge: Merge, relation: str, row: int, change: RowChange, before: Any, after: Any) -> None:
    MergedRow.objects.create(merge=merge, relation=relation, row=row, change=change, before=before, after=after)


def _overlap(one: Period, other: Period) -> bool:
    return (one[1] is None or one[1] >= other[0]) and (other[1] is None or other[1] >= one[0])

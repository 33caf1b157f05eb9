"""What stands in the way of taking an import back: rows that something else rests on, or that were worked on since.

The engine knows no loan: which tables point at a row is read from the models, upper floors included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models

from jobs.enums import EffectAction, UndoOutcome
from jobs.importing.effects import fingerprint
from jobs.importing.kinds import ImportKind
from jobs.models import ImportBatch, ImportEffect, ImportUndoLine

CHANGED_SINCE = "取込の後に内容が変更されています。"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A column of a table that points at another table."""

    table: str
    key: str
    column: str
    label: str
    is_own: bool


@cache
def model_of(table: str) -> type[models.Model]:
    return next(model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table)


@cache
def pointers_at(table: str) -> tuple[Pointer, ...]:
    """Every foreign key in the house that points at a table."""
    model = model_of(table)
    relations: list[Any] = [
        each for each in model._meta.get_fields(include_hidden=True) if each.auto_created and not each.concrete
    ]
    return tuple(
        Pointer(
            table=each.related_model._meta.db_table,
            key=each.related_model._meta.pk.column,
            column=each.field.column,
            label=str(each.related_model._meta.verbose_name),
            is_own=each.related_model is model,
        )
        for each in relations
        if each.one_to_many or each.one_to_one
    )


def standing(batch: ImportBatch) -> models.QuerySet[ImportEffect]:
    """What an import wrote and is not yet taken back."""
    gone = ImportUndoLine.objects.filter(undo__batch=batch, outcome=UndoOutcome.UNDONE).values("line")
    return batch.effects.exclude(line__in=gone)


def kept_lines(batch: ImportBatch, kind: ImportKind, found: list[ImportEffect]) -> dict[int, str]:
    """Of the lines of some effects those that have to stay, with the reason; what rests on a line that stays keeps it too.

    ``found`` holds all standing effects of a range of lines. Rows are locked: nobody can hang anything on them meanwhile.
    """
    if not found:
        return {}
    lines = {effect.line for effect in found}
    first, last = min(lines), max(lines)
    kept = {line: reason for line, reason in kind.dependents(batch, first, last).items() if line in lines}
    for line in changed_since(found):
        kept.setdefault(line, CHANGED_SINCE)
    within: list[tuple[int, int, str]] = []
    for line, other, label in resting_on(batch, kind, found):
        if other is None or other not in lines:
            kept.setdefault(line, f"{label}が登録されています。")
        elif other != line:
            within.append((line, other, label))
    more = True
    while more:
        waiting = [(line, label) for line, other, label in within if other in kept and line not in kept]
        kept.update({line: f"{label}が登録されています。" for line, label in waiting})
        more = bool(waiting)
    return kept


def changed_since(found: list[ImportEffect]) -> set[int]:
    """Lines of which a row is not as the import left it, or is not there any more. Locks the rows."""
    latest: dict[str, dict[int, ImportEffect]] = {}
    for effect in sorted(found, key=lambda each: each.pk):
        latest.setdefault(effect.table, {})[effect.row_id] = effect
    lines: set[int] = set()
    for table, by_row in latest.items():
        with connection.cursor() as cursor:
            cursor.execute(
                f"select t.id, {fingerprint('t', model_of(table))} from {table} t where t.id = any(%s) "
                f"order by t.id {'' if is_append_only(table) else 'for update'}",
                [list(by_row)],
            )
            now: Mapping[int, str] = dict(cursor.fetchall())
        lines |= {effect.line for row, effect in by_row.items() if now.get(row) != effect.mark}
    return lines


def is_append_only(table: str) -> bool:
    return bool(getattr(model_of(table), "append_only", False))


def resting_on(
    batch: ImportBatch, kind: ImportKind, found: list[ImportEffect]
) -> Iterator[tuple[int, int | None, str]]:
    """Line, the line of this import that wrote what rests on it (None: something else did), and what that is called.

    A row that is countered instead of removed may have been corrected at the desk: its own table does not hold it.
    """
    made: dict[str, list[ImportEffect]] = {}
    for effect in found:
        if effect.action == EffectAction.CREATED:
            made.setdefault(effect.table, []).append(effect)
    for table, effects in made.items():
        for pointer in pointers_at(table):
            if pointer.table in kind.looked_after or (pointer.is_own and table in kind.takers):
                continue
            with connection.cursor() as cursor:
                cursor.execute(
                    f"""
                    select e.line, o.line
                      from unnest(%s::int[], %s::bigint[]) as e (line, row_id)
                      join "{pointer.table}" d on d."{pointer.column}" = e.row_id
                      left join jobs_importeffect o
                        on o.batch_id = %s and o."table" = %s and o.row_id = d."{pointer.key}" and o.action = 'created'
                    """,
                    [[e.line for e in effects], [e.row_id for e in effects], batch.pk, pointer.table],
                )
                for line, other in cursor.fetchall():
                    yield line, other, pointer.label

"""What committing a file wrote, remembered line by line, so that it can be taken back.

A line *created* rows or *changed* them. Of a changed row the former values of the changed columns are kept; of every row a
fingerprint of how the line left it. Columns that only one module may read (addresses) are neither kept nor fingerprinted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from psycopg.types.json import Jsonb

from audit.actors import Actor
from jobs.enums import EffectAction
from jobs.models import ImportRow

PRIVATE = "raw_"
"""Columns with this beginning are read by one module only (``people.addresses``)."""


class RowRefused(Exception):
    """One line cannot be committed after all; ``column`` names where, the text says why in Japanese."""

    def __init__(self, column: str, reason: str) -> None:
        self.column = column
        super().__init__(reason)


def without_private(alias: str, model: type[models.Model]) -> str:
    """SQL for a row as JSON, without the columns that only one module may read."""
    hidden = [field.column for field in model._meta.concrete_fields if str(field.column).startswith(PRIVATE)]
    return f"(to_jsonb({alias})" + "".join(f" - '{name}'" for name in hidden) + ")"


def fingerprint(alias: str, model: type[models.Model]) -> str:
    """SQL for the fingerprint of a row. Empty columns do not count, so that a new one leaves old fingerprints true."""
    return f"md5(jsonb_strip_nulls({without_private(alias, model)})::text)"


def snapshot(model: type[models.Model], owner: str, owners: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The rows of a table that belong to some owners, by key, without private columns. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'select t.id, {without_private("t", model)}::text from {model._meta.db_table} t where t."{owner}" = any(%s)',
            [list(owners)],
        )
        return {key: json.loads(row) for key, row in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Watched:
    """A table in which rows of an owner may come or change: the column that names the owner."""

    model: type[models.Model]
    owner: str = "id"


class Effects:
    """Collects what the lines of a file wrote; ``write`` puts it down in one statement for each table."""

    def __init__(self, batch_id: int) -> None:
        self.batch_id = batch_id
        self._found: dict[type[models.Model], list[tuple[int, int, str, dict[str, Any]]]] = {}

    def created(self, line: int, *rows: models.Model) -> None:
        """These rows, just saved, are new because of a line."""
        for row in rows:
            self._add(type(row), line, row.pk, EffectAction.CREATED, {})

    def _add(
        self, model: type[models.Model], line: int, key: int, action: EffectAction, before: dict[str, Any]
    ) -> None:
        self._found.setdefault(model, []).append((line, key, action.value, before))

    @contextmanager
    def watching(self, lines: Mapping[int, int], *tables: Watched) -> Iterator[None]:
        """Compare what belongs to some owners before and after, and put the differences down to the owners' lines.

        ``lines`` gives the line of each owner. Two queries for each table, however many owners.
        """
        before = [snapshot(each.model, each.owner, lines) for each in tables]
        yield
        for each, earlier in zip(tables, before, strict=True):
            for key, row in snapshot(each.model, each.owner, lines).items():
                line = lines[row[each.owner]]
                if key not in earlier:
                    self._add(each.model, line, key, EffectAction.CREATED, {})
                elif changed := {name: value for name, value in earlier[key].items() if row[name] != value}:
                    self._add(each.model, line, key, EffectAction.CHANGED, changed)
        self.write()

    def write(self) -> None:
        """Put down what was collected, with the fingerprint each row has now: before another line may change it."""
        with connection.cursor() as cursor:
            for model, found in self._found.items():
                lines, keys, actions, before = zip(*found, strict=True)
                cursor.execute(
                    f"""
                    insert into jobs_importeffect (batch_id, line, "table", row_id, action, before, mark)
                    select %s, e.line, %s, e.row_id, e.action, e.before, {fingerprint("t", model)}
                      from unnest(%s::int[], %s::bigint[], %s::text[], %s::jsonb[])
                           with ordinality as e (line, row_id, action, before, place)
                      join {model._meta.db_table} t on t.id = e.row_id
                     order by e.place
                    """,
                    [
                        self.batch_id, model._meta.db_table, list(lines), list(keys), list(actions),
                        [Jsonb(values) for values in before],
                    ],
                )  # fmt: skip
        self.forget()

    def forget(self) -> None:
        """Drop what was collected and not yet put down: the savepoint it belonged to was given up."""
        self._found = {}


class Writing:
    """One chunk of a file being written: by whom and when, what came of it, which lines were refused after all."""

    def __init__(self, batch_id: int, *, by: Actor, at: datetime) -> None:
        self.by, self.at = by, at
        self.effects = Effects(batch_id)
        self.refused: dict[int, dict[str, str]] = {}

    def refuse(self, row: ImportRow, column: str, reason: str) -> None:
        """A line cannot be written after all; nothing of it is in the database."""
        self.refused[row.line] = {"column": column, "reason": reason}

    def one_by_one(self, rows: Iterable[ImportRow], write: Callable[[ImportRow], None]) -> None:
        """Write lines each in a savepoint of its own; one that raises ``RowRefused`` leaves nothing behind."""
        for row in rows:
            try:
                with transaction.atomic():
                    write(row)
                    self.effects.write()
            except RowRefused as refusal:
                self.effects.forget()
                self.refuse(row, refusal.column, str(refusal))

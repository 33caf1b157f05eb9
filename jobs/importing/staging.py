"""The staging table: lines go in by COPY, are judged there by set-based statements, and come out as counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count
from psycopg.types.json import Jsonb

from jobs.enums import RowOutcome
from jobs.importing.files import LONGEST_CELL, Line, Table
from jobs.importing.kinds import ImportKind
from jobs.importing.reading import Reader, reader_of
from jobs.importing.statistics import FEWEST_ROWS, refresh_statistics
from jobs.models import ImportBatch, ImportRow

COPY = "copy jobs_importrow (batch_id, line, cells, values, key, problems, outcome) from stdin"
REPORT_EVERY = 500


def progress_key(batch_id: int) -> str:
    return f"import-lines:{batch_id}"


def stage(batch: ImportBatch, kind: ImportKind, table: Table) -> int:
    """Write every line of a file to the staging table; gives how many. Memory does not grow with the file."""
    reader = reader_of(table.header, kind, batch.mapping)
    count = 0
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for line in table.lines:
            values, key, problems = understand(line, reader, kind)
            outcome = RowOutcome.ERROR if problems else RowOutcome.UNCHECKED
            cells = [cell[:LONGEST_CELL] for cell in reader.staged(line.cells)]
            copy.write_row((batch.pk, line.number, cells, Jsonb(values), key[:120], Jsonb(problems), outcome.value))
            count += 1
            if count % REPORT_EVERY == 0:
                cache.set(progress_key(batch.pk), count, 3600)
    if count >= FEWEST_ROWS:
        refresh_statistics(["jobs_importrow"])
    return count


def understand(line: Line, reader: Reader, kind: ImportKind) -> tuple[dict[str, Any], str, list[dict[str, str]]]:
    """One line as values, the key it is known by, and what is wrong with it."""
    if len(line.cells) > reader.width:
        too_many = f"列が{len(line.cells)}個あります。見出しは{reader.width}個です。"
        return {}, "", [{"column": "行全体", "reason": too_many}]
    texts = reader.texts(line.cells)
    values: dict[str, Any] = {}
    problems: list[dict[str, str]] = []
    for name, field in kind.resource.fields.items():
        try:
            values[name] = field.clean(texts)
        except ValueError as problem:
            problems.append({"column": field.column_name, "reason": str(problem)})
    return values, "" if problems else kind.key(values), problems


def add_problem(
    batch: ImportBatch,
    *,
    column: str,
    reason: str,
    where: str,
    source: str = "",
    parameters: Mapping[str, Any] | None = None,
) -> None:
    """Mark every staged row that a condition holds for.

    ``reason`` is an SQL expression of type text, ``where`` an SQL condition over the row ``r`` and the tables of ``source``
    (a FROM list). Rows that could not be read at all are left alone. All of it is written by programmers, none by users.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            update jobs_importrow r
               set problems = r.problems || jsonb_build_array(
                       jsonb_build_object('column', %(column)s::text, 'reason', {reason})),
                   outcome = 'error'
              {f"from {source}" if source else ""}
             where r.batch_id = %(batch)s and r.key <> '' and ({where})
            """,
            {**(parameters or {}), "column": column, "batch": batch.pk},
        )


def refuse_doubles(batch: ImportBatch, *, column: str) -> None:
    """A key that stands in several lines of the file is an error in all of them but the first."""
    add_problem(
        batch,
        column=column,
        reason="'同じ内容を指す行が' || firsts.line || '行目にもあります。'",
        source="(select key, min(line) as line from jobs_importrow where batch_id = %(batch)s and key <> '' "
        "group by key having count(*) > 1) firsts",
        where="r.key = firsts.key and r.line > firsts.line",
    )


def mark(batch: ImportBatch, outcome: RowOutcome, *, where: str = "true", source: str = "") -> None:
    """Give every row that has no problem and no outcome yet this outcome, where a condition over ``r`` holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            update jobs_importrow r set outcome = %(outcome)s
              {f"from {source}" if source else ""}
             where r.batch_id = %(batch)s and r.outcome = 'unchecked' and ({where})
            """,
            {"outcome": outcome.value, "batch": batch.pk},
        )


def counts(batch: ImportBatch) -> dict[str, int]:
    """How many rows of a batch have each outcome; every outcome is there."""
    found = dict(batch.rows.order_by().values_list("outcome").annotate(number=Count("pk")))
    return {outcome.value: found.get(outcome.value, 0) for outcome in RowOutcome}


def failed_rows(batch: ImportBatch) -> Iterator[ImportRow]:
    return batch.rows.filter(outcome=RowOutcome.ERROR).order_by("line").iterator(chunk_size=1000)

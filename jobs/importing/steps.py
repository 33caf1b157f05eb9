"""The two runs of an import: check (read and judge, changing nothing) and commit (write the good lines)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.actors import Actor
from audit.services import acting
from jobs.enums import ImportState, RowOutcome
from jobs.importing.effects import Writing
from jobs.importing.files import UnreadableFile, read_table
from jobs.importing.kinds import ImportKind, import_kinds
from jobs.importing.staging import stage
from jobs.importing.statistics import refresh_after
from jobs.kinds import Done, ItemResult, JobKind
from jobs.models import ImportBatch, ImportRow, Run

COMMITTED_TOGETHER = 500
TO_COMMIT = [RowOutcome.NEW, RowOutcome.CHANGED]


def batch_of(run: Run) -> ImportBatch:
    return ImportBatch.objects.select_related("uploaded_by", "mapping").get(pk=run.parameters["batch"])


def select_file(run: Run) -> Iterator[str]:
    """One piece of work: reading and judging belong in one transaction. Nothing where it was done before."""
    if not run.items.exists():
        yield "file"


def check_file(run: Run, key: str) -> ItemResult:
    batch = batch_of(run)
    kind = import_kinds()[batch.kind]
    batch.rows.all().delete()
    try:
        with transaction.atomic(), default_storage.open(batch.stored_name) as source:
            table = read_table(source, batch.file_name, encoding=batch.mapping.encoding if batch.mapping else "")
            batch.encoding, batch.columns = table.encoding, list(table.header)
            stage(batch, kind, table)
            kind.check(batch)
        batch.state, batch.problem = ImportState.CHECKED, ""
    except UnreadableFile as problem:
        batch.state, batch.problem = ImportState.UNREADABLE, str(problem)[:300]
    if kind.sealed:
        transaction.on_commit(partial(default_storage.delete, batch.stored_name))
        batch.stored_name = ""
    batch.save(update_fields=["state", "problem", "encoding", "columns", "stored_name"])
    return Done()


def select_chunks(run: Run) -> Iterator[str]:
    """``first-last`` line of every so many rows that are to be written."""
    lines = (
        ImportRow.objects.filter(batch=run.parameters["batch"], outcome__in=TO_COMMIT)
        .order_by("line")
        .values_list("line", flat=True)
    )
    chunk: list[int] = []
    for line in lines.iterator():
        chunk.append(line)
        if len(chunk) == COMMITTED_TOGETHER:
            yield f"{chunk[0]}-{chunk[-1]}"
            chunk = []
    if chunk:
        yield f"{chunk[0]}-{chunk[-1]}"


def commit_chunk(run: Run, key: str) -> ItemResult:
    batch = batch_of(run)
    kind = import_kinds()[batch.kind]
    first, _, last = key.partition("-")
    rows = list(batch.rows.filter(line__range=(int(first), int(last)), outcome__in=TO_COMMIT).order_by("line"))
    by, now = Actor.person(batch.uploaded_by), timezone.now()
    with acting(by, at=now):
        refused = write(kind, batch, rows, by=by, at=now)
    for row in rows:
        if row.line in refused:
            row.outcome, row.problems = RowOutcome.ERROR, [refused[row.line]]
            row.save(update_fields=["outcome", "problems"])
    written = [row.pk for row in rows if row.line not in refused]
    ImportRow.objects.filter(pk__in=written).update(outcome=RowOutcome.COMMITTED)
    return Done()


def write(
    kind: ImportKind, batch: ImportBatch, rows: list[ImportRow], *, by: Actor, at: datetime
) -> dict[int, dict[str, str]]:
    """Write a chunk in one go; where the database refuses something in it, line by line. Gives the refused lines."""
    writing = Writing(batch.pk, by=by, at=at)
    try:
        with transaction.atomic():
            kind.commit(rows, writing)
            writing.effects.write()
        return writing.refused
    except IntegrityError:
        writing = Writing(batch.pk, by=by, at=at)
    for row in rows:
        try:
            with transaction.atomic():
                kind.commit([row], writing)
                writing.effects.write()
        except IntegrityError:
            writing.effects.forget()
            writing.refuse(
                row, "行全体", "点検の後に登録された内容と重なるため、登録できません。もう一度点検してください。"
            )
    return writing.refused


def end_commit(run: Run) -> None:
    batch = batch_of(run)
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.COMMITTED)
    refresh_after(batch)


CHECK = JobKind("import.check", "取込ファイルの点検", select=select_file, work=check_file, batch=1)
COMMIT = JobKind("import.commit", "取込の反映", select=select_chunks, work=commit_chunk, batch=1, finish=end_commit)

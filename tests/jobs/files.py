"""Handing files in and committing them here, as a worker would."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

from accounts.models import User
from audit.actors import Actor
from jobs.engine import advance
from jobs.enums import ImportState
from jobs.importing.kinds import import_kinds
from jobs.importing.services import commit, hand_in
from jobs.importing.staging import counts
from jobs.models import ImportBatch

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def as_csv(header: Sequence[str], rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def sample(kind: str, encoding: str = "utf-8") -> bytes:
    declared = import_kinds()[kind]
    return as_csv(declared.columns(), declared.sample, encoding)


def checked(clerk: User, kind: str, content: bytes, name: str = "file.csv") -> ImportBatch:
    """Hand a file in and run its check here, as a worker would."""
    batch = hand_in(
        kind=kind,
        name=name,
        content=io.BytesIO(content),
        size=len(content),
        user=clerk,
        by=Actor.person(clerk),
        at=NOW,
    )
    assert batch.validation is not None
    assert advance(batch.validation.pk)
    batch.refresh_from_db()
    return batch


def committed(clerk: User, batch: ImportBatch) -> dict[str, int]:
    commit(batch_id=batch.pk, user=clerk, by=Actor.person(clerk), at=NOW)
    batch.refresh_from_db()
    assert batch.commit is not None
    assert advance(batch.commit.pk)
    batch.refresh_from_db()
    assert batch.state == ImportState.COMMITTED
    return counts(batch)


def taken_in(clerk: User, kind: str, content: bytes, name: str = "file.csv") -> dict[str, int]:
    return committed(clerk, checked(clerk, kind, content, name))


def reasons(batch: ImportBatch) -> list[tuple[int, str, str]]:
    rows = batch.rows.filter(outcome="error").order_by("line")
    return [(row.line, problem["column"], problem["reason"]) for row in rows for problem in row.problems]

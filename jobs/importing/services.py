"""Hand in a file, commit what was found good, put it away."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actors import Actor
from audit.services import service
from jobs.engine import open_run
from jobs.enums import ImportState
from jobs.importing.files import MOST_BYTES
from jobs.importing.kinds import import_kinds
from jobs.importing.steps import CHECK, COMMIT
from jobs.models import ColumnMapping, ImportBatch
from jobs.tasks import advance_run


class ImportRefused(Exception):
    """A file cannot be taken or moved on; the text is a Japanese sentence for the person who tried."""


@service
def hand_in(
    *,
    kind: str,
    name: str,
    content: IO[bytes],
    size: int,
    user: User,
    mapping: ColumnMapping | None = None,
    by: Actor,
    at: datetime,
) -> ImportBatch:
    """Keep an uploaded file and have it checked in the background. Nothing of it is written anywhere yet."""
    if kind not in import_kinds():
        raise ImportRefused("取込の種類を選んでください。")
    if mapping is not None and (mapping.kind != kind or mapping.ready_at is None or mapping.retired_at is not None):
        raise ImportRefused("この対応表は、選んだ種類の取込に使えません。")
    if size > MOST_BYTES:
        raise ImportRefused(f"ファイルは{MOST_BYTES // 1024 // 1024}MBまでです。行を分けて取り込んでください。")
    if "/" in name or "\\" in name:
        raise ImportRefused("ファイル名にフォルダーの区切り（/ や \\）が入っています。付け直してから選んでください。")
    if not name.lower().endswith((".csv", ".txt", ".xlsx")):
        raise ImportRefused("CSV（.csv）またはExcel（.xlsx）のファイルを選んでください。")
    digest = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    content.seek(0)
    stored = default_storage.save(f"imports/{at:%Y%m}/{digest[:16]}{name[name.rindex('.') :].lower()}", File(content))
    batch = ImportBatch.objects.create(
        kind=kind,
        state=ImportState.CHECKING,
        file_name=name[-200:],
        stored_name=stored,
        sha256=digest,
        mapping=mapping,
        uploaded_by=user,
        uploaded_at=at,
    )
    batch.validation = open_run(
        kind=CHECK.code, business_date=timezone.localdate(at), key=str(batch.pk), parameters={"batch": batch.pk},
        by_id=user.pk,
    )  # fmt: skip
    batch.save(update_fields=["validation"])
    run_id = batch.validation.pk
    transaction.on_commit(lambda: advance_run.delay(run_id))
    return batch


def lock(batch_id: int, *, needed: ImportState) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state != needed:
        raise ImportRefused(f"この取込は「{batch.get_state_display()}」のため、操作できません。")
    return batch


@service
def commit(*, batch_id: int, user: User, by: Actor, at: datetime) -> ImportBatch:
    """Write the good lines of a checked file, in the background; failed lines stay and can be downloaded."""
    batch = lock(batch_id, needed=ImportState.CHECKED)
    batch.commit = open_run(
        kind=COMMIT.code, business_date=timezone.localdate(at), key=str(batch.pk), parameters={"batch": batch.pk},
        by_id=user.pk,
    )  # fmt: skip
    batch.state = ImportState.COMMITTING
    batch.save(update_fields=["commit", "state"])
    run_id = batch.commit.pk
    transaction.on_commit(lambda: advance_run.delay(run_id))
    return batch


@service
def discard(*, batch_id: int, by: Actor, at: datetime) -> ImportBatch:
    """Put a checked file away; nothing of it is written."""
    batch = lock(batch_id, needed=ImportState.CHECKED)
    batch.state = ImportState.DISCARDED
    batch.save(update_fields=["state"])
    return batch

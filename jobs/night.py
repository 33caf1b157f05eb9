"""The night's part of this app: staged lines and files of old imports, and files taken out a day ago, go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from jobs.enums import ImportState
from jobs.exporting.steps import REMOVE
from jobs.kinds import Done, ItemResult, JobKind, NightStep
from jobs.models import ColumnMapping, ImportBatch, ImportRow, Run

KEPT_DAYS = 14
LEFT = timedelta(days=1)
CLOSED = [
    ImportState.COMMITTED,
    ImportState.DISCARDED,
    ImportState.UNREADABLE,
    ImportState.UNDONE,
    ImportState.PARTLY_UNDONE,
]


def select_old(run: Run) -> Iterator[str]:
    """Closed imports handed in more than fourteen days ago whose file or lines are still there; mappings left half-made."""
    until = timezone.now() - timedelta(days=KEPT_DAYS)
    lines = ImportRow.objects.filter(batch=OuterRef("pk"))
    old = ImportBatch.objects.filter(Exists(lines) | ~Q(stored_name=""), state__in=CLOSED, uploaded_at__lt=until)
    for pk in old.order_by("pk").values_list("pk", flat=True):
        yield str(pk)
    for pk in ColumnMapping.objects.filter(ready_at__isnull=True, made_at__lt=timezone.now() - LEFT).values_list(
        "pk", flat=True
    ):
        yield f"mapping:{pk}"


def clear(run: Run, key: str) -> ItemResult:
    if key.startswith("mapping:"):
        ColumnMapping.objects.filter(pk=int(key.removeprefix("mapping:")), ready_at__isnull=True).delete()
        return Done()
    batch = ImportBatch.objects.select_for_update().get(pk=int(key))
    batch.rows.all().delete()
    if batch.stored_name:
        default_storage.delete(batch.stored_name)
    batch.stored_name = ""
    batch.save(update_fields=["stored_name"])
    return Done()


STEPS = (
    NightStep(
        order=900,
        kind=JobKind("jobs.clear_imports", "古い取込ファイルの削除", select=select_old, work=clear),
        expected_by=time(23, 50),
        expected=(0, 1_000),
    ),
    REMOVE,
)

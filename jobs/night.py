"""The night's part of this app: staged lines and files of old imports, and files taken out a day ago, go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from jobs.enums import ImportState
from jobs.exporting.steps import REMOVE
from jobs.kinds import Done, ItemResult, JobKind, NightStep
from jobs.models import ImportBatch, Run

KEPT_DAYS = 14
CLOSED = [
    ImportState.COMMITTED,
    ImportState.DISCARDED,
    ImportState.UNREADABLE,
    ImportState.UNDONE,
    ImportState.PARTLY_UNDONE,
]


def select_old(run: Run) -> Iterator[str]:
    """Closed imports handed in more than fourteen days ago whose file is still there."""
    until = timezone.now() - timedelta(days=KEPT_DAYS)
    old = ImportBatch.objects.filter(state__in=CLOSED, uploaded_at__lt=until).exclude(stored_name="")
    for pk in old.order_by("pk").values_list("pk", flat=True):
        yield str(pk)


def clear(run: Run, key: str) -> ItemResult:
    batch = ImportBatch.objects.select_for_update().get(pk=int(key))
    batch.rows.all().delete()
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

"""Files of opening balances that were taken in, and holding one fast while something is said about it."""

from __future__ import annotations

from django.db.models import QuerySet

from jobs.enums import ImportState
from jobs.models import ImportBatch
from repayment.models import CutoverSignOff

KIND = "openings"


class ReconciliationRefused(Exception):
    """A comparison cannot be explained or signed off; the text is a sentence for whoever tried."""


def batches() -> QuerySet[ImportBatch]:
    """Files of opening balances that were taken in, newest first."""
    return (
        ImportBatch.objects.filter(kind=KIND, state__in=[ImportState.COMMITTED, ImportState.PARTLY_UNDONE])
        .select_related("uploaded_by")
        .order_by("-pk")
    )


def lock(batch_id: int) -> ImportBatch:
    """The file, locked; ``ReconciliationRefused`` where it was taken back, or the comparison is signed."""
    batch = batches().select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        raise ReconciliationRefused("この取込の照合はできません。")
    if CutoverSignOff.objects.filter(batch=batch).exists():
        raise ReconciliationRefused("この照合は確認済みです。")
    return batch

"""How a run goes forward: choose what is due, do it in small transactions, count, end.

Everything a run did is known from its items, and an item is marked in the transaction that did it. So a run may be
advanced by several workers at once, killed anywhere and advanced again, and ends in the same state.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from audit.actors import Actor
from audit.services import acting
from jobs.enums import ItemState, RunState
from jobs.kinds import Done, Failed, ItemResult, JobKind, Skipped, kind_of
from jobs.models import Run, RunItem

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, in items."""

    waiting: int
    done: int
    skipped: int
    failed: int

    @property
    def total(self) -> int:
        return self.waiting + self.done + self.skipped + self.failed

    @property
    def dealt_with(self) -> int:
        return self.total - self.waiting


def progress_of(run: Run) -> Progress:
    return Progress(
        **run.items.aggregate(
            waiting=Count("pk", filter=Q(state=ItemState.WAITING)),
            done=Count("pk", filter=Q(state=ItemState.DONE)),
            skipped=Count("pk", filter=Q(state=ItemState.SKIPPED)),
            failed=Count("pk", filter=Q(state=ItemState.FAILED)),
        )
    )


def open_run(
    *,
    kind: str,
    business_date: date,
    key: str = "",
    parameters: dict[str, Any] | None = None,
    by_id: int | None = None,
) -> Run:
    """The run of this kind, day and key, made if it is not there yet. Two callers at once get the same row."""
    run, _ = Run.objects.get_or_create(
        kind=kind,
        business_date=business_date,
        key=key,
        defaults={"parameters": parameters or {}, "requested_by_id": by_id, "requested_at": timezone.now()},
    )
    return run


def select_items(run_id: int) -> int:
    """Choose what is due and write it down as items, in one transaction; gives the number of new items.

    Safe to repeat: what is already an item stays as it is. A run that was over and finds new work is open again.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        with acting(Actor.machine(run.kind)):
            before = run.items.count()
            keys = iter(kind_of(run).select(run))
            while chunk := list(islice(keys, CHUNK)):
                RunItem.objects.bulk_create(
                    (RunItem(run=run, key=key) for key in chunk), ignore_conflicts=True, batch_size=CHUNK
                )
            total = run.items.count()
            run.selected, run.prepared_at = total, timezone.now()
            if (total > before or run.error) and run.is_over:
                run.state, run.finished_at = RunState.QUEUED, None
            run.error = ""
            run.save(update_fields=["selected", "prepared_at", "state", "finished_at", "error"])
    return total - before


def advance(run_id: int, *, seconds: float = 60.0) -> bool:
    """Work on a run for about so many seconds; True when it is over."""
    run = Run.objects.get(pk=run_id)
    if run.is_over:
        return True
    if run.prepared_at is None:
        try:
            select_items(run_id)
        except DatabaseError:
            raise
        except Exception as error:
            logger.exception("selection failed", extra={"run_kind": run.kind})
            give_up(run_id, f"対象を選ぶ途中で想定外のエラーが起きました（{type(error).__name__}）。")
            return True
    Run.objects.filter(pk=run_id, state=RunState.QUEUED).update(
        state=RunState.RUNNING, started_at=timezone.now(), heartbeat_at=timezone.now()
    )
    run.refresh_from_db()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not work_batch(run):
            return finish(run_id)
    return False


def give_up(run_id: int, reason: str) -> None:
    """End a run that could not choose its work; the night book shows it, and somebody can start it again."""
    now = timezone.now()
    Run.objects.filter(pk=run_id).update(
        state=RunState.FAILED, error=reason, started_at=now, heartbeat_at=now, finished_at=now
    )


def work_batch(run: Run) -> int:
    """Claim some waiting items in the database and do them; gives how many were dealt with."""
    kind = kind_of(run)
    with transaction.atomic(), acting(Actor.machine(run.kind)):
        items = list(
            run.items.filter(state=ItemState.WAITING).order_by("pk").select_for_update(skip_locked=True)[: kind.batch]
        )
        for item in items:
            record(item, attempt(kind, run, item))
        if items:
            RunItem.objects.bulk_update(items, ["state", "reason", "attempts", "done_at"])
    if items:
        # On its own: whoever chooses items holds the run and may wait for these, so these must not wait for the run.
        Run.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now())
    return len(items)


def attempt(kind: JobKind, run: Run, item: RunItem) -> ItemResult | None:
    """Do one item in a savepoint. None: it broke unexpectedly and is tried again, at most three times."""
    item.attempts += 1
    try:
        with transaction.atomic():
            return kind.work(run, item.key)
    except Exception as error:
        # Only the kind of fault is kept: its text may hold personal data.
        logger.exception("item failed", extra={"run_kind": run.kind, "item": item.key})
        if item.attempts >= MAX_ATTEMPTS:
            return Failed(f"処理中に想定外のエラーが起きました（{type(error).__name__}）。")
        return None


def record(item: RunItem, result: ItemResult | None) -> None:
    match result:
        case Done():
            item.state, item.reason, item.done_at = ItemState.DONE, "", timezone.now()
        case Skipped(reason):
            item.state, item.reason, item.done_at = ItemState.SKIPPED, reason, timezone.now()
        case Failed(reason):
            item.state, item.reason, item.done_at = ItemState.FAILED, reason, timezone.now()
        case None:
            pass


def finish(run_id: int) -> bool:
    """End a run that has nothing waiting; False while another worker still holds items of it."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.is_over:
            return True
        progress = progress_of(run)
        if progress.waiting:
            return False
        kind = kind_of(run)
        with acting(Actor.machine(run.kind)):
            if kind.finish is not None:
                kind.finish(run)
            run.state = RunState.DONE if not progress.failed else RunState.PARTLY
            if progress.failed and not progress.done:
                run.state = RunState.FAILED
            run.finished_at = run.heartbeat_at = timezone.now()
            run.save(update_fields=["state", "finished_at", "heartbeat_at", "result", "error"])
    return True


def cancel(run_id: int) -> None:
    """End a run for good and forget its items; what it did until then is for the caller to take back.

    Items in a worker's hands are waited for. A run that is over stays as it is.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.is_over:
            return
        run.items.all().delete()
        run.state, run.selected, run.finished_at = RunState.CANCELLED, 0, timezone.now()
        run.save(update_fields=["state", "selected", "finished_at"])


def retry_failed(run_id: int) -> int:
    """Put the failed items of a run back; gives how many. Somebody (worker or command) then advances it again."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        count = run.items.filter(state=ItemState.FAILED).update(
            state=ItemState.WAITING, reason="", attempts=0, done_at=None
        )
        if count:
            run.state, run.finished_at = RunState.QUEUED, None
            run.save(update_fields=["state", "finished_at"])
    return count

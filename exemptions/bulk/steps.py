"""The background work of a bulk approval: looking, approving, taking back; chunk by chunk, each in one transaction.

A chunk's rows and its mark are written together, so work that is killed anywhere goes on where it was, and ends like work
that was not.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from audit.actors import Actor
from audit.services import acting
from exemptions.bulk.approving import approve_rows, group_of
from exemptions.bulk.enums import BulkState, RowState
from exemptions.bulk.gathering import examine
from exemptions.bulk.proving import deviations
from exemptions.bulk.undoing import take_back_rows
from exemptions.models import Application, Bulk, BulkRow
from jobs.kinds import Done, ItemResult, JobKind
from jobs.models import Run

TOGETHER = 100
"""Rows of one transaction: their loans are locked as long as it lasts, well under a second."""


def bulk_of(run: Run) -> Bulk:
    return Bulk.objects.select_related("drawn_by", "approved_by", "undo_by").get(pk=run.parameters["bulk"])


def chunks(run: Run, *states: RowState) -> Iterator[str]:
    """``first-last`` key of every so many rows in some states; nothing where they were chosen before."""
    if run.items.exists():
        return
    keys = list(
        BulkRow.objects.filter(bulk=run.parameters["bulk"], state__in=states)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for start in range(0, len(keys), TOGETHER):
        chunk = keys[start : start + TOGETHER]
        yield f"{chunk[0]}-{chunk[-1]}"


def rows_of(bulk: Bulk, key: str, state: RowState) -> list[BulkRow]:
    """The rows of a chunk that are still in a state."""
    first, _, last = key.partition("-")
    return list(bulk.rows.filter(pk__range=(int(first), int(last)), state=state).order_by("pk"))


# --- looking ----------------------------------------------------------------------------------------


def select_waiting(run: Run) -> Iterator[str]:
    yield from chunks(run, RowState.WAITING)


def look_chunk(run: Run, key: str) -> ItemResult:
    """Look at the applications of a chunk as of the day of the look; nothing of them is changed."""
    bulk, now = bulk_of(run), timezone.now()
    rows = {row.application_id: row for row in rows_of(bulk, key, RowState.WAITING)}
    decider = bulk.drawn_by_id if run.parameters["decides"] else None
    applications = Application.objects.filter(pk__in=rows).select_related("loan__borrower", "head", "assessment")
    for found in examine(list(applications), as_of=bulk.looked_on, at=now, decider=decider):
        row = rows[found.application.pk]
        row.reasons = [each.text for each in deviations(found.case, group_of(bulk), decider=decider)]
        row.state = RowState.OUT if row.reasons else RowState.IN
        row.amount, row.remaining = found.look.findings.amount, found.look.findings.remaining
        row.version, row.fingerprint = found.application.version, found.look.fingerprint
    fields = ["state", "reasons", "amount", "remaining", "version", "fingerprint"]
    BulkRow.objects.bulk_update(rows.values(), fields)
    return Done()


def end_look(run: Run) -> None:
    Bulk.objects.filter(pk=run.parameters["bulk"], state=BulkState.LOOKING).update(state=BulkState.LOOKED)


# --- approving --------------------------------------------------------------------------------------


def select_equal(run: Run) -> Iterator[str]:
    yield from chunks(run, RowState.IN)


def approve_chunk(run: Run, key: str) -> ItemResult:
    bulk, now = bulk_of(run), timezone.now()
    by = Actor.person(bulk.approved_by)
    with acting(by, at=now):
        approve_rows(bulk=bulk, rows=rows_of(bulk, key, RowState.IN), by=by, at=now)
    return Done()


def end_approval(run: Run) -> None:
    Bulk.objects.filter(pk=run.parameters["bulk"], state=BulkState.APPROVING).update(state=BulkState.APPROVED)


# --- taking back ------------------------------------------------------------------------------------


def select_approved(run: Run) -> Iterator[str]:
    yield from chunks(run, RowState.APPROVED)


def take_back_chunk(run: Run, key: str) -> ItemResult:
    bulk, now = bulk_of(run), timezone.now()
    assert bulk.undo_by is not None
    by = Actor.person(bulk.undo_by)
    with acting(by, at=now):
        rows = rows_of(bulk, key, RowState.APPROVED)
        take_back_rows(rows=rows, reason=bulk.undo_reason, person=bulk.undo_by, by=by, at=now)
    return Done()


def end_taking_back(run: Run) -> None:
    settle(bulk_of(run))


def settle(bulk: Bulk) -> None:
    """After something was taken back: all of it, or some rows still stand."""
    standing = bulk.rows.filter(state=RowState.APPROVED).exists()
    Bulk.objects.filter(pk=bulk.pk).update(state=BulkState.APPROVED if standing else BulkState.TAKEN_BACK)


LOOK = JobKind(
    "exemptions.bulk_look", "一括承認の試算", select=select_waiting, work=look_chunk, batch=1, finish=end_look
)
APPROVE = JobKind(
    "exemptions.bulk_approve", "一括承認", select=select_equal, work=approve_chunk, batch=1, finish=end_approval
)
TAKE_BACK = JobKind(
    "exemptions.bulk_take_back", "一括承認の取消", select=select_approved, work=take_back_chunk, batch=1,
    finish=end_taking_back,
)  # fmt: skip

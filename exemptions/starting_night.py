"""What the night does about proposals that wait: those whose repayment has begun go on to their decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from django.utils import timezone

from audit.actors import Actor
from exemptions.services.starting import due_to_start, let_start
from jobs.kinds import Done, ItemResult, JobKind, NightStep, Skipped
from jobs.models import Run

NIGHT = Actor.machine("night")


def select_due(run: Run) -> Iterator[str]:
    """The proposals whose day has come by the night's business day."""
    for pk in due_to_start(run.business_date):
        yield str(pk)


def release(run: Run, key: str) -> ItemResult:
    if let_start(application_id=int(key), on=run.business_date, by=NIGHT, at=timezone.now()):
        return Done()
    return Skipped("償還の開始を待っていないか、まだ待つ必要があるため、そのままにしました。")


STEPS = (
    NightStep(
        order=340,
        kind=JobKind("exemptions.start", "償還開始待ちの解除", select=select_due, work=release),
        expected_by=time(20, 10),
        expected=(0, 2_000),
    ),
)

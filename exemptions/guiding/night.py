"""What the night does about guides: bring their list up to the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from django.utils import timezone

from audit.actors import Actor
from exemptions.guiding.listing import list_guides
from jobs.kinds import Done, ItemResult, JobKind, NightStep
from jobs.models import Run

NIGHT = Actor.machine("night")


def select_day(run: Run) -> Iterator[str]:
    """One item: the whole portfolio is looked at in a few statements."""
    yield run.business_date.isoformat()


def list_day(run: Run, key: str) -> ItemResult:
    list_guides(on=run.business_date, by=NIGHT, at=timezone.now())
    return Done()


STEPS = (
    NightStep(
        order=360,
        kind=JobKind("exemptions.guides", "免除のご案内の抽出", select=select_day, work=list_day, batch=1),
        expected_by=time(20, 20),
        expected=(1, 1),
    ),
)

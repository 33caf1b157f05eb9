"""What the night does about arrears: bring the list of letters up to the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from django.utils import timezone

from audit.actors import Actor
from jobs.kinds import Done, ItemResult, JobKind, NightStep
from jobs.models import Run
from repayment.arrears.listing import list_notices

NIGHT = Actor.machine("night")


def select_day(run: Run) -> Iterator[str]:
    """One item: the whole portfolio is looked at in a few statements."""
    yield run.business_date.isoformat()


def list_day(run: Run, key: str) -> ItemResult:
    list_notices(on=run.business_date, by=NIGHT, at=timezone.now())
    return Done()


STEPS = (
    NightStep(
        order=330,
        kind=JobKind("repayment.notices", "償還のお知らせの抽出", select=select_day, work=list_day, batch=1),
        expected_by=time(20, 15),
        expected=(1, 1),
    ),
)

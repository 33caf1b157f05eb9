"""What the night does about payment slips: they follow failed debits, and those whose time has passed are given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from django.utils import timezone

from audit.actors import Actor
from jobs.kinds import Done, Failed, ItemResult, JobKind, NightStep
from jobs.models import Run
from repayment.slips.refusals import SlipRefused
from repayment.slips.services import expire_slips, make_failure_slips

NIGHT = Actor.machine("night")
MAKE, EXPIRE = "make", "expire"


def select_day(run: Run) -> Iterator[str]:
    """Two items: each looks at all slips in a few statements."""
    yield MAKE
    yield EXPIRE


def work(run: Run, key: str) -> ItemResult:
    if key == EXPIRE:
        expire_slips(on=run.business_date, by=NIGHT, at=timezone.now())
        return Done()
    try:
        make_failure_slips(on=run.business_date, by=NIGHT, at=timezone.now())
    except SlipRefused as refused:
        return Failed(str(refused))
    return Done()


STEPS = (
    NightStep(
        order=320,
        kind=JobKind("repayment.slips", "払込票の作成と期限の確認", select=select_day, work=work, batch=1),
        expected_by=time(20, 10),
        expected=(2, 2),
    ),
)

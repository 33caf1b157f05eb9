"""The night as a whole: its steps in order for one business day, and the days that were missed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock

from django.db import transaction
from django.utils import timezone

from jobs.engine import advance, open_run, progress_of, select_items
from jobs.enums import RunState
from jobs.kinds import NightStep, night_steps
from jobs.models import Run

NIGHT_BEGINS = clock(19, 30)
CATCH_UP_DAYS = 14


@dataclass(frozen=True, slots=True)
class StepReport:
    """What one call of a step did: items newly chosen or still waiting, done, failed, and the seconds it took."""

    step: str
    selected: int
    done: int
    failed: int
    seconds: float


def run_step(step: NightStep, *, business_date: date) -> StepReport:
    """Run one step of a night to its end, here and now."""
    began = time.monotonic()
    run = open_run(kind=step.kind.code, business_date=business_date)
    select_items(run.pk)
    before = progress_of(run)
    while not advance(run.pk, seconds=60):
        if progress_of(run).waiting and not claimable(run):
            time.sleep(0.2)
    after = progress_of(run)
    return StepReport(
        step=step.kind.code,
        selected=before.waiting,
        done=(after.done + after.skipped) - (before.done + before.skipped),
        failed=after.failed - before.failed,
        seconds=round(time.monotonic() - began, 3),
    )


def claimable(run: Run) -> bool:
    """Whether a waiting item is free, that is, not in another worker's hands."""
    with transaction.atomic():
        return bool(run.items.filter(state="waiting").select_for_update(skip_locked=True).values_list("pk")[:1])


def advance_night(business_date: date, *, seconds: float = 60.0) -> bool:
    """Go on with a night for about so many seconds, step after step; True when its last step is over.

    A step begins only when the one before it is over.
    """
    end = time.monotonic() + seconds
    for step in night_steps():
        run = open_run(kind=step.kind.code, business_date=business_date)
        if run.is_over:
            continue
        if not advance(run.pk, seconds=max(1.0, end - time.monotonic())):
            return False
        if time.monotonic() >= end:
            return all_over(business_date)
    return all_over(business_date)


def all_over(business_date: date) -> bool:
    codes = {step.kind.code for step in night_steps()}
    over = Run.objects.filter(business_date=business_date, kind__in=codes).exclude(
        state__in=[RunState.QUEUED, RunState.RUNNING]
    )
    return over.count() == len(codes)


def through(now: datetime) -> date:
    """The newest business day whose night should have begun by this moment (local time)."""
    local = timezone.localtime(now)
    return local.date() if local.time() >= NIGHT_BEGINS else local.date() - timedelta(days=1)


def first_night() -> date | None:
    """The business day of the first night that ever ran here."""
    codes = [step.kind.code for step in night_steps()]
    days = Run.objects.filter(kind__in=codes).order_by("business_date").values_list("business_date", flat=True)
    return days.first()


def missed_nights(last: date) -> list[date]:
    """Business days up to ``last`` whose night is not complete, oldest first; none before the first night that ever ran."""
    codes = [step.kind.code for step in night_steps()]
    first = (
        Run.objects.filter(kind__in=codes).order_by("business_date").values_list("business_date", flat=True).first()
    )
    if first is None:
        return []
    start = max(first, last - timedelta(days=CATCH_UP_DAYS))
    days = [start + timedelta(days=n) for n in range((last - start).days + 1)]
    return [day for day in days if not all_over(day)]

"""Celery's doors onto the engine. The database says what is done; a lost or doubled task changes nothing."""

from __future__ import annotations

from datetime import date, timedelta

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from jobs.engine import advance
from jobs.enums import RunState
from jobs.kinds import night_steps
from jobs.models import Run
from jobs.nightly import advance_night, missed_nights

STALE_AFTER = timedelta(minutes=2)


@shared_task(name="jobs.advance")
def advance_run(run_id: int) -> None:
    """Work on one run for a minute, then send itself again until the run is over."""
    if not advance(run_id, seconds=60):
        advance_run.apply_async((run_id,), countdown=1)


@shared_task(name="jobs.night")
def night(business_date: str | None = None) -> None:
    """Go on with the night: today's, and before it any that was missed, in order."""
    today = timezone.localdate()
    for day in [date.fromisoformat(business_date)] if business_date else missed_nights(today):
        if not advance_night(day, seconds=60):
            night.apply_async((business_date,) if business_date else (), countdown=1)
            return


@shared_task(name="jobs.sweep")
def sweep() -> int:
    """Send runs again that nobody works on: queued too long, or their worker died. Gives how many."""
    before = timezone.now() - STALE_AFTER
    night_kinds = [step.kind.code for step in night_steps()]
    stale = Run.objects.filter(
        Q(state=RunState.QUEUED, requested_at__lt=before) | Q(state=RunState.RUNNING, heartbeat_at__lt=before)
    )
    runs = list(stale.exclude(kind__in=night_kinds).values_list("pk", flat=True))
    for run_id in runs:
        advance_run.delay(run_id)
    nights = stale.filter(kind__in=night_kinds).order_by("business_date").values_list("business_date", flat=True)
    days = sorted(set(nights))
    for day in days[:1]:
        night.delay(day.isoformat())
    return len(runs) + len(days[:1])

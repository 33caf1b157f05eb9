"""Celery's doors onto the engine. The database says what is done; a lost or doubled task changes nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from jobs.engine import advance
from jobs.enums import RunState
from jobs.kinds import night_steps
from jobs.models import Run
from jobs.nightly import advance_night, missed_nights, through

STALE_AFTER = timedelta(minutes=2)


@shared_task(name="jobs.advance")
def advance_run(run_id: int) -> None:
    """Work on one run for a minute, then send itself again until the run is over."""
    if not advance(run_id, seconds=60):
        advance_run.apply_async((run_id,), countdown=1)


@shared_task(name="jobs.night")
def night(business_date: str | None = None) -> None:
    """Go on with the night of a day; without one with those that were missed, in order, and then today's."""
    last = date.fromisoformat(business_date) if business_date else timezone.localdate()
    for day in [day for day in missed_nights(last) if day < last] + [last]:
        if not advance_night(day, seconds=60):
            night.apply_async((last.isoformat(),), countdown=1)
            return


@shared_task(name="jobs.sweep")
def sweep() -> int:
    """Send again what nobody works on: runs queued too long, runs whose worker died, nights missed. Gives how many."""
    now = timezone.now()
    before = now - STALE_AFTER
    night_kinds = [step.kind.code for step in night_steps()]
    stale = Run.objects.filter(
        Q(state=RunState.QUEUED, requested_at__lt=before) | Q(state=RunState.RUNNING, heartbeat_at__lt=before)
    ).exclude(kind__in=night_kinds)
    runs = list(stale.values_list("pk", flat=True))
    for run_id in runs:
        advance_run.delay(run_id)
    if missed_nights(through(now)) and not night_at_work(before):
        night.delay(through(now).isoformat())
        return len(runs) + 1
    return len(runs)


def night_at_work(since: datetime) -> bool:
    """Whether some worker has lately moved a step of a night."""
    kinds = [step.kind.code for step in night_steps()]
    return Run.objects.filter(kind__in=kinds, state=RunState.RUNNING, heartbeat_at__gte=since).exists()

"""What people may do with runs: start a night by hand, run failed items again."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from jobs.engine import open_run, retry_failed
from jobs.kinds import night_steps
from jobs.models import Run
from jobs.tasks import advance_run, night


class RunRefused(Exception):
    """A run cannot be started; the text is a Japanese sentence for the person who tried."""


def start_night(*, business_date: date, today: date) -> None:
    """Open the night of a day and hand it to the workers; items that have come up since are taken in."""
    if business_date > today:
        raise RunRefused("先の日付の夜間処理は実行できません。")
    with transaction.atomic():
        for step in night_steps():
            run = open_run(kind=step.kind.code, business_date=business_date)
            if run.is_over:
                Run.objects.filter(pk=run.pk).update(state="queued", finished_at=None, prepared_at=None)
        transaction.on_commit(lambda: night.delay(business_date.isoformat()))


def run_again(run: Run) -> int:
    """Put a run's failed items back to work; gives how many."""
    with transaction.atomic():
        count = retry_failed(run.pk)
        if not count:
            raise RunRefused("失敗した項目はありません。")
        transaction.on_commit(lambda: advance_run.delay(run.pk))
    return count

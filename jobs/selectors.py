"""The night book: one row a step, fourteen nights beside it, and what a run is at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from japan.eras import era_date
from jobs.engine import Progress
from jobs.enums import ItemState, RunState
from jobs.kinds import NightStep, night_steps
from jobs.models import Run, RunItem
from jobs.nightly import first_night, through

NIGHTS = 14
WORDS = {
    RunState.QUEUED: ("待機中", ""),
    RunState.RUNNING: ("実行中", ""),
    RunState.DONE: ("済み", "done"),
    RunState.PARTLY: ("一部失敗", "caution"),
    RunState.FAILED: ("失敗", "stop"),
    RunState.CANCELLED: ("取消", "stop"),
}


@dataclass(frozen=True, slots=True)
class Night:
    """One square of the strip: the day in words, how it went in a word, its meaning for the eye."""

    day: str
    word: str
    meaning: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step in the night book of a day."""

    step: NightStep
    run: Run | None
    progress: Progress
    word: str
    meaning: str
    nights: tuple[Night, ...]

    @property
    def unusual(self) -> bool:
        """Whether the count lies outside the range that is usual for the step."""
        least, most = self.step.expected
        return self.run is not None and self.run.is_over and not least <= self.progress.total <= most


def counted(runs: QuerySet[Run]) -> QuerySet[Run]:
    """Runs with the number of their items in each state."""
    return runs.annotate(
        waiting_count=Count("items", filter=Q(items__state=ItemState.WAITING)),
        done_count=Count("items", filter=Q(items__state=ItemState.DONE)),
        skipped_count=Count("items", filter=Q(items__state=ItemState.SKIPPED)),
        failed_count=Count("items", filter=Q(items__state=ItemState.FAILED)),
    )


def night_book(day: date, *, now: datetime) -> list[StepRow]:
    """The steps of a night with their last fourteen nights; two queries."""
    steps = night_steps()
    days = [day - timedelta(days=n) for n in reversed(range(NIGHTS))]
    runs = counted(
        Run.objects.filter(kind__in=[s.kind.code for s in steps], business_date__range=(days[0], day), key="")
    )
    found = {(run.kind, run.business_date): run for run in runs}
    first = first_night()
    rows = []
    for step in steps:
        run = found.get((step.kind.code, day))
        word, meaning = describe(step, run, day, now, first)
        nights = tuple(
            Night(era_date(d), *describe(step, found.get((step.kind.code, d)), d, now, first)) for d in days
        )
        rows.append(StepRow(step, run, progress_in(run), word, meaning, nights))
    return rows


def progress_in(run: Run | None) -> Progress:
    """The counts that ``counted`` put on a run."""
    if run is None:
        return Progress(0, 0, 0, 0)
    return Progress(run.waiting_count, run.done_count, run.skipped_count, run.failed_count)  # type: ignore[attr-defined]


def describe(step: NightStep, run: Run | None, day: date, now: datetime, first: date | None) -> tuple[str, str]:
    """A word and a meaning for one step of one night: done, late, partly, failed, not started.

    Days before the ``first`` night that ever ran have nothing to answer for.
    """
    expected = timezone.make_aware(datetime.combine(day, step.expected_by))
    if run is None:
        if first is None or day < first:
            return "運用開始前", ""
        return ("未実行", "stop") if day <= through(now) and now > expected else ("予定", "")
    word, meaning = WORDS[RunState(run.state)]
    ended = run.finished_at or now
    if meaning in ("", "done") and ended > expected:
        return ("遅れ", "caution") if run.is_over else (f"{word}（遅れ）", "caution")
    return word, meaning


def failed_items(run: Run) -> QuerySet[RunItem]:
    return run.items.filter(state=ItemState.FAILED).order_by("pk")


def last_night(now: datetime) -> tuple[date, list[StepRow]]:
    """The newest night that should have begun, for the line on today."""
    day = through(now)
    return day, night_book(day, now=now)

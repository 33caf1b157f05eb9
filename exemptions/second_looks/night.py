"""The night's part: on the first of a month the sample of the month before is drawn; every night like cases are compared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

from django.utils import timezone

from audit.actors import Actor
from exemptions.second_looks.services import (
    draw_sample,
    keep_likeness,
    keep_unlike_pairs,
    undrawn_since,
    without_likeness,
)
from jobs.kinds import Done, ItemResult, JobKind, NightStep, Skipped
from jobs.models import Run

NIGHT = Actor.machine("night")
TOGETHER = 500
DRAW, COMPARE = "draw", "compare"


def select_looks(run: Run) -> Iterator[str]:
    """Ranges of decisions that are new, the comparison, and on the first of a month the drawing."""
    keys = without_likeness()
    for start in range(0, len(keys), TOGETHER):
        chunk = keys[start : start + TOGETHER]
        yield f"{chunk[0]}-{chunk[-1]}"
    yield COMPARE
    if run.business_date.day == 1 and undrawn_since(run.business_date - timedelta(days=1)) is not None:
        yield DRAW


def look(run: Run, key: str) -> ItemResult:
    if key == COMPARE:
        keep_unlike_pairs(run.business_date)
        return Done()
    if key == DRAW:
        until = run.business_date - timedelta(days=1)
        draw = draw_sample(until=until, person=None, by=NIGHT, at=timezone.now())
        return Done() if draw else Skipped("抽出する決定がありませんでした。")
    first, _, last = key.partition("-")
    keep_likeness([pk for pk in without_likeness() if int(first) <= pk <= int(last)])
    return Done()


STEPS = (
    NightStep(
        order=440,
        kind=JobKind("exemptions.second_looks", "再審査の抽出と判断の比較", select=select_looks, work=look, batch=1),
        expected_by=time(20, 50),
        expected=(1, 300),
    ),
)

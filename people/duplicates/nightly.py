"""The night puts persons who may be recorded twice before the prefecture, each pair once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Final

from django.utils import timezone

from jobs.kinds import Done, ItemResult, JobKind, NightStep, Skipped
from jobs.models import Run
from people.duplicates.finding import new_pairs, write_pair


def select_pairs(run: Run) -> Iterator[str]:
    """Pairs that look like one person and that nobody has seen; a second night finds none of them again."""
    for low, high in new_pairs(on=run.business_date):
        yield f"{low}-{high}"


def write_down(run: Run, key: str) -> ItemResult:
    low, high = map(int, key.split("-"))
    if write_pair(low, high, on=run.business_date, at=timezone.now()):
        return Done()
    return Skipped("重複の候補ではなくなっていました。")


STEP: Final = NightStep(
    order=310,
    kind=JobKind("people.duplicates", "重複の候補探し", select=select_pairs, work=write_down),
    expected_by=time(23, 30),
    expected=(0, 2_000),
)

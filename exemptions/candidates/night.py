"""The night's part: the portfolio in ranges of loans, each one piece of work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from django.db.models import Max, Min
from django.utils import timezone

from audit.actors import Actor
from exemptions.candidates.nightly import find_candidates
from jobs.kinds import Done, ItemResult, JobKind, NightStep
from jobs.models import Run
from loans.models import Loan

NIGHT = Actor.machine("night")
LOANS_IN_A_RANGE = 20_000


def select_ranges(run: Run) -> Iterator[str]:
    """The keys of the loans, so many at a time: the same ranges every night, one more as loans come."""
    keys = Loan.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if keys["first"] is None:
        return
    number, end = keys["first"] // LOANS_IN_A_RANGE, keys["last"] // LOANS_IN_A_RANGE
    while number <= end:
        yield f"{number * LOANS_IN_A_RANGE}-{(number + 1) * LOANS_IN_A_RANGE - 1}"
        number += 1


def search(run: Run, key: str) -> ItemResult:
    first, _, last = key.partition("-")
    find_candidates(first=int(first), last=int(last), on=run.business_date, by=NIGHT, at=timezone.now())
    return Done()


STEPS = (
    NightStep(
        order=430,
        kind=JobKind("exemptions.candidates", "免除の候補の抽出", select=select_ranges, work=search, batch=1),
        expected_by=time(20, 45),
        expected=(0, 100),
    ),
)

"""The night's part: the guard looks at surpluses of exempted loans before the ledger's own step asks about the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from django.utils import timezone

from audit.actors import Actor
from exemptions.refunding.services import guarded_loans, open_guarded_refunds
from jobs.kinds import Done, ItemResult, JobKind, NightStep
from jobs.models import Run

NIGHT = Actor.machine("night")


def select_day(run: Run) -> Iterator[str]:
    """One item: a few statements over all loans."""
    yield "refunds"


def guard(run: Run, key: str) -> ItemResult:
    day = run.business_date
    open_guarded_refunds(loan_ids=guarded_loans(day), on=day, by=NIGHT, at=timezone.now())
    return Done()


STEPS = (
    NightStep(
        order=305,
        kind=JobKind("exemptions.refunds", "免除のあとの入金の確認", select=select_day, work=guard, batch=1),
        expected_by=time(20, 5),
        expected=(1, 1),
    ),
)

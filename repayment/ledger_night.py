"""What the night does about the ledger: its totals are counted again, and what was paid beyond all debt becomes a task."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from django.utils import timezone

from audit.actors import Actor
from jobs.kinds import Done, Failed, ItemResult, JobKind, NightStep
from jobs.models import Run
from repayment.surplus import open_surplus_tasks, surplus_loans
from repayment.totals import count_totals, differing_totals

NIGHT = Actor.machine("night")
TOTALS, SURPLUS = "totals", "surplus"


def select_day(run: Run) -> Iterator[str]:
    """Two items: each looks at all loans in a few statements."""
    yield TOTALS
    yield SURPLUS


def work(run: Run, key: str) -> ItemResult:
    if key == SURPLUS:
        found = surplus_loans(run.business_date)
        open_surplus_tasks(loan_ids=[one.loan_id for one in found], by=NIGHT, at=timezone.now())
        return Done()
    if differing := differing_totals():
        count_totals(differing)
        return Failed(f"{len(differing)}件の貸付で、合計が台帳と合いませんでした。数え直しました。")
    return Done()


STEPS = (
    NightStep(
        order=310,
        kind=JobKind("repayment.ledger", "台帳の検算と払い過ぎの確認", select=select_day, work=work, batch=1),
        expected_by=time(20, 5),
        expected=(2, 2),
    ),
)

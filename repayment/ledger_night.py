"""What the night does about the ledger: its totals are counted again, what was paid beyond all debt becomes a task, and how
each payment of the day was counted is written down.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.utils import timezone

from audit.actors import Actor
from jobs.kinds import Done, Failed, ItemResult, JobKind, NightStep
from jobs.models import Run
from repayment.allocations import keep_allocations, loans_to_keep
from repayment.surplus import open_surplus_tasks, surplus_loans
from repayment.totals import count_totals, differing_totals

NIGHT = Actor.machine("night")
TOTALS, SURPLUS = "totals", "surplus"
DAYS_BACK, LOANS_AT_ONCE = 10, 250


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


def select_loans(run: Run) -> Iterator[str]:
    """Loans with payments that are not written down yet, so many at a time: the keys of the first and the last."""
    loans = loans_to_keep(_since(run))
    for at in range(0, len(loans), LOANS_AT_ONCE):
        some = loans[at : at + LOANS_AT_ONCE]
        yield f"{some[0]}-{some[-1]}"


def keep(run: Run, key: str) -> ItemResult:
    first, _, last = key.partition("-")
    since = _since(run)
    loans = loans_to_keep(since, between=(int(first), int(last)))
    keep_allocations(loans=loans, since=since, by=NIGHT, at=timezone.now())
    return Done()


def _since(run: Run) -> datetime:
    """So many days back: what a night missed, one of the next ones finds."""
    day = run.business_date - timedelta(days=DAYS_BACK)
    return timezone.make_aware(datetime.combine(day, time()))


STEPS = (
    NightStep(
        order=310,
        kind=JobKind("repayment.ledger", "台帳の検算と払い過ぎの確認", select=select_day, work=work, batch=1),
        expected_by=time(20, 5),
        expected=(2, 2),
    ),
    NightStep(
        order=315,
        kind=JobKind("repayment.allocations", "入金の充当の記録", select=select_loans, work=keep, batch=1),
        expected_by=time(20, 10),
        expected=(0, 100_000),
    ),
)

"""Taking an import back while its worker is killed with ``kill -9`` ends as if nobody had disturbed it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from random import Random
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from jobs import tasks
from jobs.enums import ImportState
from jobs.importing.undoing import take_back
from jobs.models import ImportBatch, ImportUndo, Run
from loans.models import Loan
from people.models import Person
from repayment.models import LedgerEntry
from repayment.selectors import positions_of
from tests.jobs.files import NOW, checked, committed
from tests.jobs.test_large_files import a_file
from tests.people.builders import a_member_of_staff, an_office
from tests.repayment.histories import FIGURES

Start = Callable[..., subprocess.Popen[bytes]]
DAYS = [date(2023, 1, 31), date(2026, 11, 20)]


def taken_in(number: int, *kinds: str) -> list[ImportBatch]:
    """Files of these kinds, checked and committed here."""
    cache.clear()
    an_office(code="01")
    clerk = a_member_of_staff(Role.PREFECTURAL_CLERK)
    batches = []
    for kind in kinds:
        batch = checked(clerk, kind, a_file(kind, number))
        assert committed(clerk, batch)["committed"] == number
        batches.append(batch)
    return batches


def asked_back(batch: ImportBatch) -> ImportUndo:
    second: User = a_member_of_staff(Role.PREFECTURAL_CLERK)
    return take_back(batch_id=batch.pk, reason="練習のため", user=second, by=Actor.person(second), at=NOW)


@contextmanager
def held(sql: str, *parameters: Any) -> Iterator[None]:
    """Rows locked by somebody else meanwhile."""
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute(sql, parameters)
        yield
    finally:
        other.rollback()
        other.close()


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def killed(worker: subprocess.Popen[bytes]) -> None:
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def swept(undo: ImportUndo, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the sweep does minutes later about a run whose worker died."""
    assert undo.run is not None
    Run.objects.filter(pk=undo.run.pk).update(heartbeat_at=timezone.now() - 2 * tasks.STALE_AFTER)
    monkeypatch.setattr(tasks, "missed_nights", lambda day: [])
    assert tasks.sweep() == 1


def stood(codes: list[str]) -> list[list[Any]]:
    loans = list(Loan.objects.filter(code__in=codes).order_by("code"))
    return [
        [getattr(at[loan.pk], name) for name in FIGURES]
        for day in DAYS
        for at in [positions_of(loans, day)]
        for loan in loans
    ]


@pytest.mark.django_db(transaction=True)
def test_payments_whose_undo_is_killed_in_the_middle_of_a_transaction_are_countered_just_once(
    celery_worker_process: Start, eventually: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    number, codes = 700, [f"8{n:07d}" for n in (0, 50, 699)]
    *_, payments = taken_in(number, "borrowers", "loans", "payments")
    paid = stood(codes)
    first = celery_worker_process(concurrency=1)
    with held("select id from loans_loan where code = %s for update", codes[1]):
        undo = asked_back(payments)
        eventually(lambda: undo.lines.count() == 500 and waits_for_a_lock(), seconds=60)
        killed(first)
    eventually(lambda: not waits_for_a_lock())
    assert LedgerEntry.objects.filter(kind="paid_reversed").count() == 500
    payments.refresh_from_db()
    assert payments.state == ImportState.UNDOING

    celery_worker_process(concurrency=1)
    swept(undo, monkeypatch)

    def over() -> bool:
        payments.refresh_from_db()
        return payments.state == ImportState.UNDONE

    eventually(over, seconds=60)
    counters = LedgerEntry.objects.filter(kind="paid_reversed")
    assert counters.count() == counters.values("reverses").distinct().count() == number
    assert (undo.lines.filter(outcome="undone").count(), undo.lines.count()) == (number, number)
    assert stood(codes) != paid
    assert {at[FIGURES.index("outstanding")] for at in stood(codes)} == {200_000}


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_an_undo_of_twenty_thousand_borrowers_survives_ten_kills_at_random_moments(
    celery_worker_process: Start, eventually: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    number, kills, random = 20_000, 10, Random()
    (batch,) = taken_in(number, "borrowers")
    undo = asked_back(batch)
    moments = sorted(random.sample(range(1, 35), kills))
    for moment in moments:
        worker = celery_worker_process(concurrency=1)
        if undo.lines.exists():
            swept(undo, monkeypatch)
        eventually(lambda least=moment * 500: undo.lines.count() >= least, seconds=300)
        time.sleep(random.random() / 2)
        killed(worker)
    celery_worker_process(concurrency=1)
    swept(undo, monkeypatch)

    def over() -> bool:
        batch.refresh_from_db()
        return batch.state == ImportState.UNDONE

    eventually(over, seconds=600)
    assert Person.objects.count() == 0
    assert undo.lines.filter(outcome="undone").count() == number

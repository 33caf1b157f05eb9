"""Files as large as a prefecture's: judged, written and taken back by a real worker in constant memory."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from jobs.enums import ImportState
from jobs.importing.kinds import import_kinds
from jobs.importing.services import commit, hand_in
from jobs.importing.staging import counts
from jobs.importing.undoing import take_back
from jobs.models import ImportBatch
from people.models import Person
from repayment.models import LedgerEntry
from tests.jobs.files import NOW
from tests.people.builders import a_member_of_staff, an_office

MOST_KIB = 300 * 1024
SECONDS = 300


@dataclass(frozen=True)
class Measured:
    """Seconds of one piece of work and the most memory of any worker process so far, in KiB."""

    what: str
    seconds: float
    peak: int

    def __post_init__(self) -> None:
        print(f"\n{self.what:24} {self.seconds:6.0f} s {self.peak / 1024:6.0f} MiB", end="")


def lines_of(kind: str, number: int) -> Iterator[list[str]]:
    """Invented lines of a kind, each about a person, household, loan or payment of its own."""
    for n in range(number):
        match kind:
            case "borrowers":
                yield [
                    f"L{n:07d}", f"架空 {n}子", "カクウ ナンコ", f"昭和{n % 60 + 2}年{n % 12 + 1}月{n % 28 + 1}日", "女性", "",
                    f"090-{n // 10000:04d}-{n % 10000:04d}", "01", "R2.6.10", "000-0001", "見本県見本市",
                    f"架空町{n}-1", "", "2018-04-01",
                ]  # fmt: skip
            case "households":
                yield [f"LH{n // 2:06d}", f"L{n:07d}", "本人", "いいえ" if n % 2 else "はい", "2018-04-01"]
            case "loans":
                yield [
                    f"8{n:07d}", f"L{n:07d}", "緊急小口資金（特例）", "01", "令和2年6月10日", "R2.6.17", "", "2",
                    "200,000円", "24", "2023-01",
                ]  # fmt: skip
            case "payments":
                yield [f"LP-{n}", f"8{n:07d}", "令和5年1月26日", "￥8,330", "口座振替"]


def a_file(kind: str, number: int) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(import_kinds()[kind].columns())
    writer.writerows(lines_of(kind, number))
    return text.getvalue().encode("cp932")


def peak_of(worker: Any) -> int:
    """The most memory that the worker's main process or any of its children ever had, in KiB."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            facts = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if "VmHWM" in facts and str(worker.pid) in (status.parent.name, facts["PPid"].strip()):
            found.append(int(facts["VmHWM"].split()[0]))
    return max(found)


def through_the_house(
    number: int, worker: Any, eventually: Callable[..., None]
) -> tuple[dict[str, Measured], list[ImportBatch]]:
    """Hand in, have checked and have committed one file of each kind; what each took."""
    cache.clear()
    an_office(code="01")
    clerk = a_member_of_staff(Role.PREFECTURAL_CLERK)
    measured, batches = {}, []
    for kind in ("borrowers", "households", "loans", "payments"):
        content = a_file(kind, number)
        began = time.monotonic()
        batch = hand_in(
            kind=kind, name=f"{kind}.csv", content=io.BytesIO(content), size=len(content), user=clerk,
            by=Actor.person(clerk), at=NOW,
        )  # fmt: skip
        wait_until(batch, ImportState.CHECKED, eventually)
        measured[f"{kind} checked"] = Measured(f"{kind} checked", time.monotonic() - began, peak_of(worker))
        assert counts(batch)["new"] == number
        began = time.monotonic()
        commit(batch_id=batch.pk, user=clerk, by=Actor.person(clerk), at=NOW)
        wait_until(batch, ImportState.COMMITTED, eventually)
        measured[f"{kind} committed"] = Measured(f"{kind} committed", time.monotonic() - began, peak_of(worker))
        assert counts(batch)["committed"] == number
        batches.append(batch)
    return measured, batches


def back_out_of_it(batches: list[ImportBatch], worker: Any, eventually: Callable[..., None]) -> dict[str, Measured]:
    """Take the files back, the last one first."""
    second: User = a_member_of_staff(Role.PREFECTURAL_CLERK)
    measured = {}
    for batch in reversed(batches):
        began = time.monotonic()
        take_back(batch_id=batch.pk, reason="練習のため", user=second, by=Actor.person(second), at=NOW)
        wait_until(batch, None, eventually)
        measured[f"{batch.kind} taken back"] = Measured(
            f"{batch.kind} taken back", time.monotonic() - began, peak_of(worker)
        )
    return measured


def wait_until(batch: ImportBatch, state: ImportState | None, eventually: Callable[..., None]) -> None:
    def there() -> bool:
        batch.refresh_from_db()
        if state is None:
            return batch.state in (ImportState.UNDONE, ImportState.PARTLY_UNDONE)
        return batch.state == state

    eventually(there, seconds=1_200)


def walk(number: int, start: Callable[..., Any], eventually: Callable[..., None]) -> dict[str, Measured]:
    worker = start(concurrency=1)
    measured, batches = through_the_house(number, worker, eventually)
    assert (Person.objects.count(), LedgerEntry.objects.count()) == (number, number)
    measured |= back_out_of_it(batches, worker, eventually)
    # Loans stay, given up with their plans; so does everybody who had one.
    assert [batch.state for batch in batches] == ["partly_und", "undone", "undone", "undone"]
    assert LedgerEntry.objects.filter(kind="paid_reversed").count() == number
    return measured


@pytest.mark.django_db(transaction=True)
def test_a_thousand_lines_of_each_kind_go_in_and_out_in_little_memory(
    celery_worker_process: Callable[..., Any], eventually: Callable[..., None]
) -> None:
    measured = walk(1_000, celery_worker_process, eventually)
    assert max(each.peak for each in measured.values()) < MOST_KIB


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_a_hundred_thousand_lines_of_each_kind_stay_under_300_mib_and_five_minutes(
    celery_worker_process: Callable[..., Any], eventually: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        measured = walk(100_000, celery_worker_process, eventually)
        with connection.cursor() as cursor:
            cursor.execute("select pg_size_pretty(pg_total_relation_size('jobs_importeffect'))")
            print(f"\njobs_importeffect {cursor.fetchone()[0]}")
    assert max(each.peak for each in measured.values()) < MOST_KIB
    kinds = ("borrowers", "households", "loans", "payments")
    assert all(measured[f"{k} checked"].seconds + measured[f"{k} committed"].seconds < SECONDS for k in kinds)

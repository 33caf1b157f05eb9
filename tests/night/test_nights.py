"""However often a night is killed, and however many run at once, it leaves what one undisturbed night leaves (feature N-22)."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from jobs.tasks import night
from tests.night.nights import DAY, EVENING, LATER, Copies, Copy, a_prefecture, killed_night

pytestmark = [pytest.mark.first, pytest.mark.django_db(transaction=True)]

Start = Callable[..., subprocess.Popen[bytes]]


@dataclass
class Nights:
    """A prefecture before its night, and the same after an undisturbed one."""

    copies: Copies
    base: Copy
    undisturbed: Copy

    @property
    def items(self) -> int:
        return self.undisturbed.dealt_with()

    def another(self, name: str) -> Copy:
        return self.copies.of(self.base, name)


def nights_of(folder: Path, *, borrowers: int) -> Iterator[Nights]:
    with a_prefecture(folder, borrowers=borrowers) as (copies, base):
        undisturbed = copies.of(base, "undisturbed")
        undisturbed.run("night", "--date", DAY.isoformat(), seconds=1_800)
        yield Nights(copies, base, undisturbed)


@pytest.fixture(scope="module")
def nights(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nights]:
    with django_db_blocker.unblock():
        yield from nights_of(tmp_path_factory.mktemp("nights"), borrowers=60)


def same(found: dict[str, list[str]], expected: dict[str, list[str]]) -> list[str]:
    """What differs, line by line."""
    differences = []
    for name, lines in expected.items():
        here, there = Counter(found[name]), Counter(lines)
        differences += [f"{name} + {line[:300]}" for line in (here - there).elements()]
        differences += [f"{name} - {line[:300]}" for line in (there - here).elements()]
    return differences


def assert_as_undisturbed(copy: Copy, nights: Nights, *, in_order: bool) -> None:
    assert same(copy.left(in_order=in_order), nights.undisturbed.left(in_order=in_order)) == []
    assert copy.numbers() == nights.undisturbed.numbers() == list(range(1, len(copy.numbers()) + 1))
    assert copy.wrong_files() == []


def test_an_undisturbed_night_has_something_to_do(nights: Nights) -> None:
    """Letters of every kind, some held, one print run: else there were nothing to disturb."""
    states = dict(nights.undisturbed.rows("select state, count(*) from notices_letter group by state"))
    assert states["in_run"] >= 15 and states["held"] >= 1
    assert len(nights.undisturbed.rows("select distinct kind from notices_letter")) >= 6
    assert nights.undisturbed.wrong_files() == []
    assert nights.undisturbed.numbers() == list(range(1, states["in_run"] + 1))


def test_a_night_killed_three_times_ends_like_an_undisturbed_one(nights: Nights) -> None:
    copy = nights.another("killed")
    killed = killed_night(copy, items=nights.items, kills=3, random=Random(20261120))
    assert killed >= 2
    assert_as_undisturbed(copy, nights, in_order=True)


def test_two_nights_at_once_do_nothing_twice(nights: Nights) -> None:
    copy = nights.another("twofold")
    both = [copy.night(), copy.night()]
    for process in both:
        _, problems = process.communicate(timeout=120)
        assert process.returncode == 0, problems.decode()
    assert_as_undisturbed(copy, nights, in_order=False)


def test_a_second_night_adds_nothing(nights: Nights) -> None:
    copy = nights.copies.of(nights.undisturbed, "again")
    copy.run("night", "--date", DAY.isoformat())
    assert_as_undisturbed(copy, nights, in_order=True)


@pytest.fixture
def worked_on(nights: Nights) -> Copy:
    return nights.another("worked_on")


@pytest.fixture
def process_environment(worked_on: Copy) -> dict[str, str]:
    """The workers of this module work on a copy, in the evening."""
    return worked_on.environment(clock=EVENING)


def test_a_night_whose_worker_is_killed_is_swept_up_and_finished_by_another(
    nights: Nights, worked_on: Copy, celery_worker_process: Start, eventually: Callable[..., None]
) -> None:
    first = celery_worker_process(concurrency=2)
    night.delay(DAY.isoformat())
    eventually(lambda: worked_on.dealt_with() > nights.items // 2, seconds=90)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert not worked_on.is_over()
    second = celery_worker_process(concurrency=2)

    sent = worked_on.run("shell", "-v", "0", "-c", "from jobs.tasks import sweep; print(sweep())", clock=LATER)

    assert sent == "1\n"
    eventually(worked_on.is_over, seconds=90)
    assert second.poll() is None
    assert_as_undisturbed(worked_on, nights, in_order=False)


# --- the long proof ---------------------------------------------------------------------------------


@pytest.mark.soak
def test_two_thousand_borrowers_and_ten_random_points(
    django_db_setup: None, django_db_blocker: Any, tmp_path: Path
) -> None:
    with django_db_blocker.unblock():
        for nights in nights_of(tmp_path, borrowers=2_000):
            copy = nights.another("killed")
            assert killed_night(copy, items=nights.items, kills=10, random=Random()) == 10
            assert_as_undisturbed(copy, nights, in_order=True)

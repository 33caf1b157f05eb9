"""Clocks for a measurement: by the wall, and of processor time, which says what something costs on a busy machine too."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection


@dataclass(slots=True)
class Took:
    """Seconds that something took: by the clock, and of processor time."""

    clock: float = 0.0
    busy: float = 0.0


def processor_clock() -> Callable[[], float]:
    """Seconds of processor time of this process and, where it runs on this machine, of its database session."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (pid,) = cursor.fetchone()
    session = Path(f"/proc/{pid}/schedstat")
    if not session.exists():
        return time.process_time
    return lambda: time.process_time() + int(session.read_text().split()[0]) / 1_000_000_000


@contextmanager
def timed() -> Iterator[Took]:
    """Measure what happens inside."""
    used, took = processor_clock(), Took()
    began, busy = time.perf_counter(), used()
    yield took
    took.clock, took.busy = time.perf_counter() - began, used() - busy

"""``manage.py bench search|position|posting|reliefs``: how fast the house is on many invented people, as one JSON object."""

from __future__ import annotations

import json
import logging
import platform
import resource
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from desk.bench.databases import analyze, own_database
from desk.bench.people import many_people
from desk.bench.positions import measure_position
from desk.bench.posting import measure_posting
from desk.bench.reliefs import measure_reliefs
from desk.bench.searching import measure
from desk.demo.write import make

DATABASE = "tsunagi_bench"
TEST_SETTINGS = "config.settings.test"


AS_OF = date(2026, 11, 20)
SIZES = {
    "search": (300_000, 1_000, 40),
    "position": (100_000, 100, 5),
    "posting": (100_000, 1_000, 2),
    "reliefs": (2_000, 100, 5),
}
"""Of each measurement the usual size, the least one, and how often it is repeated."""


def search(size: int, repeat: int, *, here: bool) -> dict[str, Any]:
    """Searches among so many people."""
    return _filled(here, lambda: many_people(size)) | measure(repeat=repeat)


def position(size: int, repeat: int, *, here: bool) -> dict[str, Any]:
    """Where every loan of a demonstration of so many borrowers stands; here, on today."""
    filled = _filled(here, lambda: make(borrowers=size, seed=1, as_of=AS_OF))
    return filled | measure_position(as_of=timezone.localdate() if here else AS_OF, repeat=repeat)


def posting(size: int, repeat: int, *, here: bool) -> dict[str, Any]:
    """A bank's result of so many lines. Here it is taken back afterwards, whatever it was."""
    if not here:
        return measure_posting(size=size, settle=analyze)
    with transaction.atomic():
        found = measure_posting(size=size)
        transaction.set_rollback(True)
    return found


def reliefs(size: int, repeat: int, *, here: bool) -> dict[str, Any]:
    """The relief maps of some borrowers with four loans, in a demonstration of so many borrowers."""
    filled = _filled(here, lambda: make(borrowers=size, seed=1, as_of=AS_OF))
    return filled | measure_reliefs(as_of=timezone.localdate() if here else AS_OF, repeat=repeat)


def _filled(here: bool, fill: Callable[[], None]) -> dict[str, Any]:
    if here:
        return {}
    began = time.monotonic()
    fill()
    made = time.monotonic() - began
    analyze()
    return {"seconds_to_fill": round(made, 1)}


MEASURES = {"search": search, "position": position, "posting": posting, "reliefs": reliefs}


class Command(BaseCommand):
    """Make a database of a size, measure, throw it away; or measure here."""

    help = "Measures on a database of its own (--size), or with --here on the current one, where it leaves nothing behind."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what is measured, on how many people, how often."""
        parser.add_argument("what", choices=list(SIZES))
        parser.add_argument(
            "--size",
            type=int,
            default=None,
            metavar="N",
            help="people (search), borrowers (position, reliefs) or lines of a bank's result (posting)",
        )
        parser.add_argument("--repeat", type=int, default=None, metavar="R", help="how often; not for posting")
        parser.add_argument("--here", action="store_true", help="measure on the current database instead")

    def handle(self, *, what: str, size: int | None, repeat: int | None, here: bool, **options: Any) -> None:
        """Print one JSON object: sizes, seconds, the machine."""
        usual, least, often = SIZES[what]
        size, repeat = size or usual, repeat or often
        if repeat < 2 or (size < least and not here):
            raise CommandError(f"At least {least} of a size and 2 repetitions.")
        logging.disable(logging.INFO)
        began = time.monotonic()
        if here:
            self.report(what, MEASURES[what](size, repeat, here=True), began)
            return
        if not settings.DEMO and settings.SETTINGS_MODULE != TEST_SETTINGS:
            raise CommandError("A database of its own is made with the demonstration settings only; use --here.")
        with own_database(DATABASE):
            self.report(what, MEASURES[what](size, repeat, here=False), began)

    def report(self, what: str, figures: dict[str, Any], began: float) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('server_version')")
            (version,) = cursor.fetchone()
        machine = {"python": platform.python_version(), "postgresql": version.split()[0], "cpu": platform.machine()}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        whole = {"bench": what} | figures | {
            "seconds": round(time.monotonic() - began, 1), "peak_mib": peak, "machine": machine,
        }  # fmt: skip
        self.stdout.write(json.dumps(whole, ensure_ascii=False, indent=1))

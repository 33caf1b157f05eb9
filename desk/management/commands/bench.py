"""``manage.py bench search``: how fast searches are on many invented people, as one JSON object."""

from __future__ import annotations

import json
import logging
import platform
import resource
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from desk.bench.databases import analyze, own_database
from desk.bench.people import many_people
from desk.bench.searching import measure

DATABASE = "tsunagi_bench"
TEST_SETTINGS = "config.settings.test"


class Command(BaseCommand):
    """Make a database of a size, measure, throw it away; or measure here."""

    help = "Measures the search on a database of its own (--size people), or with --here on the current one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what is measured, on how many people, how often."""
        parser.add_argument("what", choices=["search"])
        parser.add_argument("--size", type=int, default=300_000, metavar="N", help="people in the database of its own")
        parser.add_argument("--repeat", type=int, default=40, metavar="R", help="searches of each kind and level")
        parser.add_argument("--here", action="store_true", help="measure on the current database instead")

    def handle(self, *, what: str, size: int, repeat: int, here: bool, **options: Any) -> None:
        """Print one JSON object: sizes, milliseconds, the machine."""
        if size < 1_000 or repeat < 2:
            raise CommandError("At least 1000 people and 2 repetitions.")
        logging.disable(logging.INFO)
        began = time.monotonic()
        if here:
            self.report(what, measure(repeat=repeat), began)
            return
        if not settings.DEMO and settings.SETTINGS_MODULE != TEST_SETTINGS:
            raise CommandError("A database of its own is made with the demonstration settings only; use --here.")
        with own_database(DATABASE):
            many_people(size)
            analyze()
            made = time.monotonic() - began
            self.report(what, {"seconds_to_fill": round(made, 1)} | measure(repeat=repeat), began)

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

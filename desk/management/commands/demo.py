"""``manage.py demo``: an invented prefecture in an empty database, alive on a day."""

from __future__ import annotations

import time
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Office, User
from audit.enums import Operation
from audit.models import AuditRow
from desk.demo import write
from loans.models import Loan
from people.models import Person

TEST_SETTINGS = "config.settings.test"
EARLIEST, LATEST = date(2023, 4, 1), date(2031, 12, 31)
MOST = 300_000
SPEAK_EVERY = 10_000


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("a day like 2026-11-20") from None
    if not EARLIEST <= day <= LATEST:
        raise ArgumentTypeError(f"a day from {EARLIEST} to {LATEST}: before that nobody repaid, after it all is over")
    return day


def _borrowers(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST:
        raise ArgumentTypeError(f"a whole number 1–{MOST}")
    return int(text)


class Command(BaseCommand):
    """Write the demonstration, or say why not."""

    help = "Fills an empty database with an invented prefecture: same seed and day, same data."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare how many borrowers, which seed, which day."""
        parser.add_argument("--borrowers", type=_borrowers, default=2_000, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument(
            "--as-of", type=_day, default=None, metavar="D", help="the day it is alive on; today if left out"
        )

    def handle(self, *, borrowers: int, seed: int, as_of: date | None, verbosity: int, **options: Any) -> None:
        """Refuse where it must not be, do nothing where it is already, else make it."""
        if not settings.DEMO and settings.SETTINGS_MODULE != TEST_SETTINGS:
            raise CommandError("Invented people do not belong here: these are not the demonstration settings.")
        if is_here():
            count = Person.objects.filter(loans__isnull=False).distinct().count()
            self.stdout.write(f"The demonstration is here already, with {count:,} borrowers. Nothing was changed.")
            return
        if Person.objects.exists() or Loan.objects.exists() or User.objects.exists() or Office.objects.exists():
            raise CommandError("This database holds rows that are no demonstration. Start from an empty one.")
        started, told = time.monotonic(), 0

        def progress(made: int) -> None:
            nonlocal told
            if verbosity and made // SPEAK_EVERY > told // SPEAK_EVERY:
                self.stdout.write(f"{made:,} of {borrowers:,} borrowers")
            told = made

        day = as_of or timezone.localdate()
        write.make(borrowers=borrowers, seed=seed, as_of=day, progress=progress)
        if verbosity:
            took = time.monotonic() - started
            self.stdout.write(f"Made {borrowers:,} borrowers as of {day} (seed {seed}) in {took:.1f} seconds.")


def is_here() -> bool:
    """Whether a demonstration was made in this database: the audit log knows."""
    return AuditRow.objects.filter(
        table="accounts_office", operation=Operation.INSERT, actor=write.DEMO.label
    ).exists()

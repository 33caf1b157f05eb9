"""``manage.py night --date D [--only STEP]``: the night, inline, without a broker."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from jobs.kinds import night_steps
from jobs.nightly import run_step


class Command(BaseCommand):
    help = "Runs the night for a business day; prints one JSON line for each step and a total."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--date", type=date.fromisoformat, default=None, help="business day, YYYY-MM-DD; default today"
        )
        parser.add_argument("--only", metavar="STEP", default=None, help="run this step alone")

    def handle(self, *args: Any, **options: Any) -> None:
        steps = night_steps()
        if options["only"]:
            steps = [step for step in steps if step.kind.code == options["only"]]
            if not steps:
                names = ", ".join(step.kind.code for step in night_steps())
                raise CommandError(f"no step is called {options['only']}; there are: {names}")
        day = options["date"] or timezone.localdate()
        reports = []
        for step in steps:
            report = run_step(step, business_date=day)
            reports.append(report)
            self.stdout.write(json.dumps(asdict(report), sort_keys=True))
        total = {
            "step": "total",
            "selected": sum(r.selected for r in reports),
            "done": sum(r.done for r in reports),
            "failed": sum(r.failed for r in reports),
            "seconds": round(sum(r.seconds for r in reports), 3),
        }
        self.stdout.write(json.dumps(total, sort_keys=True))

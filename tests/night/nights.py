"""Nights on copies of one database, run by processes that may be killed; and what is left of each when it is over."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import psycopg
from django.db import connection
from psycopg import sql

from config.embedded import postgres_bin_dir
from jobs.kinds import night_steps

DAY = date(2026, 11, 20)
EVENING, LATER = "2026-11-20T20:00:00+09:00", "2026-11-20T21:00:00+09:00"
CHECKOUT = Path(__file__).resolve().parent.parent.parent
CLOCK = CHECKOUT / "tests" / "clock"

# What a night leaves, without clock times, without keys that a killed try uses up, and without hashes of the pages,
# which carry such a key. ``{number}`` stands for what depends on the order in which two workers come to the letters.
QUESTIONS = {
    "letters": """
        select l.kind, l.occasion, p.number, o.code, l.state, l.hold_cause, l.hold_detail, l.fiscal_year, l.issued_on,
               l.drafted_on, l.held_on, l.releases, l.pages, r.business_date, r.sequence, {number}
          from notices_letter l join people_person p on p.id = l.addressee_id join accounts_office o on o.id = l.office_id
          left join notices_printrun r on r.id = l.run_id""",
    "print runs": """
        select o.code, r.business_date, r.sequence, r.state, r.letters_count, r.pages
          from notices_printrun r join accounts_office o on o.id = r.office_id""",
    "counters": """
        select o.code, c.fiscal_year, c.last_number
          from notices_documentcounter c join accounts_office o on o.id = c.office_id""",
    "ledger": """
        select n.code, e.kind, e.amount, e.effective_on, e.source_key
          from repayment_ledgerentry e join loans_loan n on n.id = e.loan_id""",
    "candidates": """
        select n.code, c.kind, c.mark, c.ground, c.amount, c.found_on, c.state
          from exemptions_candidate c join loans_loan n on n.id = c.loan_id""",
    "runs": "select kind, business_date, key, state, selected from jobs_run",
    "items": """
        select r.kind, r.business_date, i.state, i.reason, i.attempts,
               case when r.kind = 'notices.issue'
                    then (select l.occasion from notices_letter l where l.id = split_part(i.key, '.', 1)::bigint)
                         || '.' || split_part(i.key, '.', 2)
                    else i.key end
          from jobs_runitem i join jobs_run r on r.id = i.run_id""",
    "audit": 'select "table", operation, columns, actor, count(*) from audit_auditrow group by 1, 2, 3, 4',
}
IN_ORDER = "l.number, l.first_page, l.facts::text"
IN_ANY_ORDER = "(l.facts - 'document_number')::text"


@dataclass
class Copy:
    """One database with its folder of files, and the processes that work on it."""

    name: str
    files: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def environment(self, *, clock: str = EVENING) -> dict[str, str]:
        settings = connection.settings_dict
        url = f"postgresql://{settings['USER']}@{quote(settings['HOST'], safe='')}:{settings['PORT']}/{self.name}"
        return os.environ | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "FILES_DIR": str(self.files),
            "LOG_LEVEL": "ERROR",
            "PYTHONPATH": str(CLOCK),
            "TEST_CLOCK": clock,
        }

    def start(self, *arguments: str, clock: str = EVENING) -> subprocess.Popen[bytes]:
        """A command beside the test, on this database."""
        command = [sys.executable, "manage.py", *arguments]
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=self.environment(clock=clock),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def run(self, *arguments: str, clock: str = EVENING, seconds: float = 120) -> str:
        """A command run to its end; gives what it printed."""
        out, problems = self.start(*arguments, clock=clock).communicate(timeout=seconds)
        assert self.started[-1].returncode == 0, problems.decode()
        return out.decode()

    def night(self) -> subprocess.Popen[bytes]:
        return self.start("night", "--date", DAY.isoformat())

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(**server(self.name)) as database:
            return database.execute(question.encode()).fetchall()

    def dealt_with(self) -> int:
        """How many items of the night's runs are done."""
        (found,) = self.rows("select count(*) from jobs_runitem where state <> 'waiting'")
        return int(found[0])

    def left(self, *, in_order: bool = True) -> dict[str, list[str]]:
        """What the night left, question by question, as sorted text."""
        number = IN_ORDER if in_order else IN_ANY_ORDER
        return {
            name: sorted(str(row) for row in self.rows(question.format(number=number)))
            for name, question in QUESTIONS.items()
        }

    def numbers(self) -> list[int]:
        return [row[0] for row in self.rows("select number from notices_letter where number is not null order by 1")]

    def wrong_files(self) -> list[str]:
        """Files that are not what the row says, and files that no row knows."""
        known = self.rows(
            "select file_name, sha256 from notices_letter where sha256 <> ''"
            " union all select file_name, sha256 from notices_printrun"
            " union all select name, sha256 from people_documentfile"
        )
        wrong = [
            name for name, digest in known if hashlib.sha256((self.files / name).read_bytes()).hexdigest() != digest
        ]
        kept = {str(path.relative_to(self.files)) for path in self.files.rglob("*") if path.is_file()}
        return wrong + sorted(kept - {name for name, _ in known})

    def is_over(self) -> bool:
        """Whether every step of the night has a run that ended."""
        ended = self.rows("select kind from jobs_run where state not in ('queued', 'running')")
        return {kind for (kind,) in ended} == {step.kind.code for step in night_steps()}


def server(database: str) -> dict[str, Any]:
    settings = connection.settings_dict
    return {"host": settings["HOST"], "port": settings["PORT"], "user": settings["USER"], "dbname": database}


def pour(source: str, target: str) -> None:
    """Copy one database into an empty one while others are still connected to the first."""
    programs = postgres_bin_dir()
    address = server(source)
    where = ["--host", address["host"], "--port", str(address["port"]), "--username", address["user"]]
    dump = subprocess.run([programs / "pg_dump", *where, "--no-owner", source], capture_output=True, check=True)
    restore = [programs / "psql", *where, "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", target]
    subprocess.run(restore, input=dump.stdout, capture_output=True, check=True)


class Copies:
    """Makes databases out of others, and puts them away at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[Copy] = []
        self.prefix = f"{connection.settings_dict['NAME']}_night"

    def of(self, source: Copy | None, name: str) -> Copy:
        """A copy of another copy and its files, or of the test's own database where there is none."""
        copy = Copy(f"{self.prefix}_{name}", self.folder / name)
        template = sql.Identifier(source.name if source else "template1")
        with psycopg.connect(**server("postgres"), autocommit=True) as database:
            database.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(copy.name)))
            database.execute(sql.SQL("create database {} template {}").format(sql.Identifier(copy.name), template))
        if source is None:
            pour(connection.settings_dict["NAME"], copy.name)
        elif source.files.exists():
            shutil.copytree(source.files, copy.files)
        copy.files.mkdir(parents=True, exist_ok=True)
        self.made.append(copy)
        return copy

    def put_away(self) -> None:
        for copy in self.made:
            for process in copy.started:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
        with psycopg.connect(**server("postgres"), autocommit=True) as database:
            for copy in self.made:
                database.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(copy.name)))


@contextmanager
def a_prefecture(folder: Path, *, borrowers: int) -> Iterator[tuple[Copies, Copy]]:
    """The demonstration on the day, every decision of it still to be told to the borrower."""
    copies = Copies(folder)
    try:
        base = copies.of(None, "base")
        base.run("demo", "--borrowers", str(borrowers), "--seed", "7", "--as-of", DAY.isoformat(), seconds=600)
        with psycopg.connect(**server(base.name)) as database:
            database.execute("alter table exemptions_decision disable trigger user")
            database.execute("update exemptions_decision set notified_elsewhere_on = null")
            database.execute("alter table exemptions_decision enable trigger user")
        yield copies, base
    finally:
        copies.put_away()


def kill_at(copy: Copy, process: subprocess.Popen[bytes], items: int, *, after: float) -> None:
    """Kill -9 a night and all it started, a moment after so many items are done; or find that it is over."""
    while process.poll() is None:
        if copy.dealt_with() >= items:
            time.sleep(after)
            break
        time.sleep(0.02)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def killed_night(copy: Copy, *, items: int, kills: int, random: Random) -> int:
    """A night killed at random points and started again each time, then run to its end; gives how often it was killed."""
    killed = 0
    for point in sorted(random.randrange(items) for _ in range(kills)):
        process = copy.night()
        kill_at(copy, process, point, after=random.uniform(0, 0.3))
        killed += process.returncode == -signal.SIGKILL
    copy.run("night", "--date", DAY.isoformat(), seconds=1_800)
    return killed

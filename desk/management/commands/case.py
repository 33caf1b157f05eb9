"""``manage.py case QUESTION FILE…``: ask about a borrower's situation in a JSON file, without the database.

The answers come from the very functions that the screens, the review queue and the night use. The layout of the files
and of the answers is described in ``docs/case-files.md``.
"""

from __future__ import annotations

import io
import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from desk.casefiles import answers
from desk.casefiles.parse import CaseFile, parse
from desk.casefiles.strict import CaseFileError


@dataclass(frozen=True, slots=True)
class Question:
    """What can be asked: the block of the file that it is about, and who answers."""

    about: str
    answer: Callable[[CaseFile], dict[str, Any]]


QUESTIONS: dict[str, Question] = {
    "exemption": Question("loans", answers.exemption),
    "position": Question("loans", answers.schedule_and_position),
    "lending": Question("lending", answers.lending),
}


def _spaces(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 16:
        raise ArgumentTypeError("a whole number 0–16")
    return int(text)


class Command(BaseCommand):
    """Print one JSON object a line for each file, or one line on standard error and exit status 2."""

    help = "Answers a question about case files without touching the database: exemption, position or lending."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the question, the files and ``--indent``."""
        parser.add_argument("question", choices=list(QUESTIONS))
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--indent", type=_spaces, metavar="N", help="indent the answers for people")

    def handle(self, *, question: str, files: list[str], indent: int | None, **options: Any) -> None:
        """Answer for all files, or for none if one of them does not fit."""
        asked, lines = QUESTIONS[question], []
        for name in files:
            try:
                answer = asked.answer(parse(_read(name), asked.about))
            except CaseFileError as error:
                self._refuse(name, error)
            lines.append(json.dumps(answer, ensure_ascii=False, sort_keys=True, indent=indent))
        _in_utf8(sys.stdout)
        for line in lines:
            self.stdout.write(line)

    def _refuse(self, name: str, error: CaseFileError) -> None:
        _in_utf8(sys.stderr)
        text = " ".join(f"{name}: {error}".split())
        self.stderr.write(text.encode(errors="backslashreplace").decode(), lambda shown: shown)
        raise SystemExit(2)


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise CaseFileError("", f"cannot be read: {reason or 'not a file name'}") from None


def _in_utf8(stream: object) -> None:
    """Make the process's own stream write UTF-8, whatever the locale says."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")

"""The night's part of this app: files of uploads that broke off are removed, persons recorded twice are looked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

from django.utils import timezone

from jobs.kinds import Done, ItemResult, JobKind, NightStep, Skipped
from jobs.models import Run
from people.documents.files import discard, folders, older_files
from people.duplicates import nightly as duplicates
from people.models import DocumentFile

GRACE = timedelta(hours=24)
"""How long an upload may be on its way: a file is written before its row."""


def select_orphans(run: Run) -> Iterator[str]:
    """The names of kept scans older than a day that no row knows, one query a folder."""
    before = timezone.now() - GRACE
    for folder in folders():
        names = list(older_files(folder, than=before))
        known = set(DocumentFile.objects.filter(name__in=names).values_list("name", flat=True))
        yield from (name for name in names if name not in known)


def remove(run: Run, name: str) -> ItemResult:
    if DocumentFile.objects.filter(name=name).exists():
        return Skipped("登録されているスキャンのため、残しました。")
    discard([name])
    return Done()


STEPS = (
    NightStep(
        order=300,
        kind=JobKind(
            "people.orphans", "登録されなかったスキャンの片付け", select=select_orphans, work=remove, batch=50
        ),
        expected_by=time(20, 0),
        expected=(0, 100),
    ),
    duplicates.STEP,
)

"""The planner's knowledge of tables that a file has just filled: else the next page guesses from what was there before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import connection

from jobs.models import ImportBatch, ImportEffect

FEWEST_ROWS: Final = 200
"""Rows written by one import from which on its tables are looked at anew; fewer change no plan."""


def refresh_statistics(tables: Iterable[str]) -> None:
    """Analyze tables through a function of their owner: whoever serves owns none, and would only be warned."""
    with connection.cursor() as cursor:
        cursor.execute("select refresh_statistics(%s)", [sorted(tables)])


def refresh_after(batch: ImportBatch) -> None:
    """Analyze every table that an import wrote to, where it wrote much."""
    written = ImportEffect.objects.filter(batch=batch).order_by()
    if written.count() >= FEWEST_ROWS:
        refresh_statistics({*written.values_list("table", flat=True).distinct(), ImportEffect._meta.db_table})

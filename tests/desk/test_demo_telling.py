"""Telling the lives of the demonstration by several processes: the same rows as by one, and text that COPY reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from desk.demo.cast import CAST
from desk.demo.rows import KEYED
from desk.demo.tables import ACCOUNT, IN_ORDER, copy_text
from desk.demo.telling import LaidOut, Telling, chunks
from rulebook.settings import Settings

AS_OF = date(2026, 11, 20)


def laid_out(processes: int) -> list[LaidOut]:
    told = Telling(
        borrowers=len(CAST) + 45,
        seed=3,
        as_of=AS_OF,
        rules=Settings.defaults(),
        offices=defaultdict(lambda: 7),
        users=defaultdict(lambda: 9),
        at_once=len(CAST),
    )
    coming = [1] * len(KEYED)

    def take(counts: Sequence[int]) -> list[int]:
        first = list(coming)
        coming[:] = [key + count for key, count in zip(coming, counts, strict=True)]
        return first

    with chunks(told, take, processes=processes) as found:
        return list(found)


def test_several_processes_tell_the_lives_that_one_tells_and_number_their_rows_alike() -> None:
    alone, together = laid_out(0), laid_out(3)
    assert [chunk.borrowers for chunk in together] == [chunk.borrowers for chunk in alone]
    assert sum(chunk.borrowers for chunk in alone) == len(CAST) + 45
    for one, other in zip(alone, together, strict=True):
        for table, by_one, by_other in zip(IN_ORDER, one.texts, other.texts, strict=True):
            if table is not ACCOUNT:  # sealed anew each time
                assert by_one == by_other, table.model


@pytest.mark.django_db
def test_copy_reads_back_what_was_written() -> None:
    rows = [
        ("back\\slash", "a\ttab", ['quo"te', "com,ma", "back\\slash", "{}"], True, None, 7, AS_OF),
        ("two\nlines", "　", [], False, "", -1, AS_OF),
        (r"\N", "\r\b\f\v", ["NULL", " "], True, "名", 0, AS_OF),
    ]
    moment = datetime(2026, 11, 20, 3, 4, 5, 6, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table written (a text, b text, c text[], d boolean, e text, f integer, g date, h timestamptz)"
        )
        with cursor.copy("copy written from stdin") as copy:
            copy.write(copy_text((*row, moment) for row in rows))
        cursor.execute("select * from written")
        assert cursor.fetchall() == [(*row, moment) for row in rows]

"""Lists as long as a prefecture's leave the house in every form, through a real worker, in constant memory."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.http import QueryDict

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from jobs.enums import ExportFormat, ExportState
from jobs.exporting.services import ask_for, replace_unfit
from jobs.models import Export, ImportBatch
from tests.jobs.files import NOW
from tests.jobs.test_large_files import MOST_KIB, Measured, peak_of
from tests.people.builders import a_member_of_staff, an_office

UNFIT_EVERY = 100
HEADING = ["決定日", "番号", "貸付コード"]


def decided_upon(number: int) -> User:
    """So many borrowers with a loan and a decision of the system before each; every hundredth name has 𠮷 in it."""
    cache.clear()
    office, reader = an_office(code="01"), a_member_of_staff(Role.PREFECTURAL_CLERK)
    batch = ImportBatch.objects.create(
        kind="prior_decisions", file_name="old.csv", sha256="0" * 64, uploaded_by=reader, uploaded_at=NOW
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into people_person (number, name, kana, name_key, kana_key, kana_loose, name_bigrams, birth_date, sex,
                                       language, needs_interpreter, reachable, note)
            select 'L' || lpad(n::text, 7, '0'), case when n %% %s = 0 then '𠮷田 ' else '架空 ' end || n || '子',
                   'カクウ ナンコ', '', '', '', '{}', date '1971-03-02', 'unknown', 'ja', false, '', ''
              from generate_series(1, %s) n
            """,
            [UNFIT_EVERY, number],
        )
        columns = _columns("loans_loan", code="p.number", borrower_id="p.id", office_id=str(office.pk))
        cursor.execute(f"insert into loans_loan ({columns[0]}) select {columns[1]} from people_person p")
        cursor.execute(
            """
            insert into exemptions_priordecision (loan_id, batch_id, number, ground, fiscal_year, outcome, amount, decided_on,
                                                  notified_on, source, recorded_at, recorded_by)
            select l.id, %s, 'D-' || l.code, 'RESIDENCE_TAX', 2023, 'REFUSED', 0, date '2023-09-15', date '2023-09-20',
                   '旧システムの免除台帳', now(), 'test'
              from loans_loan l
            """,
            [batch.pk],
        )
        cursor.execute("analyze")
    return reader


def _columns(table: str, **given: str) -> tuple[str, str]:
    """The columns of a table that must have a value, with one of their type each."""
    plain = {"date": "date '2020-06-10'", "boolean": "false", "integer": "1", "bigint": "1", "smallint": "1"}
    special = {"fund": "'SP_SMALL'", "state": "'lent'", "principal": "200000", "instalments": "24"}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select column_name, data_type from information_schema.columns
             where table_name = %s and is_nullable = 'NO' and column_name <> 'id' order by ordinal_position
            """,
            [table],
        )
        wanted = dict(cursor.fetchall())
    values = {name: given.get(name) or special.get(name) or plain.get(kind, "''") for name, kind in wanted.items()}
    return ", ".join(values), ", ".join(values.values())


def taken_out(reader: User, format: ExportFormat, eventually: Callable[..., None]) -> tuple[Export, float]:
    """Have the list made and wait for it; what Shift_JIS has no form for is seen first and then replaced."""
    began = time.monotonic()
    export = ask_for(
        kind="exemption-decisions", filters=QueryDict(""), format=format, user=reader, by=Actor.person(reader), at=NOW
    )

    def made() -> bool:
        export.refresh_from_db()
        return export.state != ExportState.MAKING

    eventually(made, seconds=600)
    if export.state == ExportState.ASKING:
        assert (export.unfit, len(export.report)) == (export.rows // UNFIT_EVERY, min(200, export.rows // UNFIT_EVERY))
        assert not export.stored_name
        replace_unfit(export_id=export.pk, user=reader, by=Actor.person(reader), at=NOW)
        eventually(made, seconds=600)
    assert export.state == ExportState.READY
    return export, time.monotonic() - began


def content(export: Export) -> bytes:
    with default_storage.open(export.stored_name) as file:
        body: bytes = file.read()
    return body


def walk(number: int, start: Callable[..., Any], eventually: Callable[..., None]) -> list[Measured]:
    reader, worker, measured = decided_upon(number), start(concurrency=1), []
    for format, encoding in ((ExportFormat.CSV_UTF8, "utf-8-sig"), (ExportFormat.CSV_CP932, "cp932")):
        export, seconds = taken_out(reader, format, eventually)
        measured.append(Measured(f"{number} lines, {format.value}", seconds, peak_of(worker)))
        body = content(export)
        assert body.startswith(b"\xef\xbb\xbf") is (format == ExportFormat.CSV_UTF8)
        rows = csv.reader(io.StringIO(body.decode(encoding), newline=""))
        assert next(rows)[:3] == HEADING
        names = [row[4] for row in rows]
        odd = "𠮷田" if format == ExportFormat.CSV_UTF8 else "〓田"
        assert (len(names), sum(name.startswith(odd) for name in names)) == (number, number // UNFIT_EVERY)
    export, seconds = taken_out(reader, ExportFormat.XLSX, eventually)
    measured.append(Measured(f"{number} lines, xlsx", seconds, peak_of(worker)))
    sheet: Any = openpyxl.load_workbook(io.BytesIO(content(export)), read_only=True).active
    assert sum(1 for _ in sheet.iter_rows(values_only=True)) == number + 1
    assert max(each.peak for each in measured) < MOST_KIB
    return measured


@pytest.mark.django_db(transaction=True)
def test_a_thousand_lines_leave_in_every_form_in_little_memory(
    celery_worker_process: Callable[..., Any], eventually: Callable[..., None]
) -> None:
    walk(1_000, celery_worker_process, eventually)


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_a_hundred_thousand_lines_leave_in_every_form_under_300_mib(
    celery_worker_process: Callable[..., Any], eventually: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        walk(100_000, celery_worker_process, eventually)

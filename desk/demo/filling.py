"""Filling empty tables faster: what the database does row by row is put aside and done once for all rows.

References between tables, the indexes of the tables that grow most, and the totals of loans are taken off in the same
transaction and put back word for word before anything else reads the rows. References are checked in full when they
come back, so a row that names nothing still stops everything. Only the tables' owner may do this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from audit.models import AuditRow
from repayment.models import LedgerEntry
from repayment.totals import count_totals

TOTALS: Final = "repayment_totals"
TOTALS_ON: Final = ("repayment_ledgerentry", "repayment_repaymentplan", "repayment_deferral")
GROWING: Final = [model._meta.db_table for model in (AuditRow, LedgerEntry)]

_REFERENCES = """
    select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
    where contype = 'f' and conparentid = 0 and conrelid::regclass::text = any (%s) order by 1, 2
"""
_INDEXES = """
    select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i
    where i.indrelid::regclass::text = any (%s) and not i.indisunique order by 1
"""


@contextmanager
def done_once_for_all(tables: Iterable[str]) -> Iterator[None]:
    """Let tables be filled without their references, and the growing ones without their indexes, until the end."""
    filled = sorted({*tables, *GROWING})
    with connection.cursor() as cursor:
        references = _asked(cursor, _REFERENCES, filled)
        indexes = _asked(cursor, _INDEXES, GROWING)
        for table, name, _ in references:
            cursor.execute(f'alter table {table} drop constraint "{name}"')
        for name, _ in indexes:
            cursor.execute(f"drop index {name}")
        for table in TOTALS_ON:
            cursor.execute(f"alter table {table} disable trigger {TOTALS}")
        yield
        cursor.execute("set local maintenance_work_mem = '512MB'")
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in references:
            cursor.execute(f'alter table {table} add constraint "{name}" {definition}')
        for table in TOTALS_ON:
            cursor.execute(f"alter table {table} enable trigger {TOTALS}")
        assert (references, indexes) == (_asked(cursor, _REFERENCES, filled), _asked(cursor, _INDEXES, GROWING))
    count_totals()


def _asked(cursor: CursorWrapper, statement: str, tables: list[str]) -> list[tuple[str, ...]]:
    cursor.execute(statement, [tables])
    return cursor.fetchall()

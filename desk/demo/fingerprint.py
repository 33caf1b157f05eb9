"""One hash over everything in the database that is not about clocks or secrets.

Two demonstrations of one seed and day have the same: every table of the house, every row in the order of its key, every
column but moments and passwords. (Days are part of the story and count.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.db import connection, models

from audit.triggers import OURS, our_models

LEFT_OUT = (models.DateTimeField,)
SECRET = frozenset({"password", "token_hash", "sealed_number", "sealed_yucho", "sealed_content"})
DRAWN_BY_LOT = frozenset({("people_documentfile", "name")})
"""Columns of a table that nobody can foretell: where a scan lies."""

_FETCHED_AT_ONCE = 5_000


def fingerprint() -> str:
    """Return the hash of all rows, 64 hexadecimal digits. Memory does not grow with the tables."""
    digest = hashlib.sha256()
    for model in sorted(_tables(), key=lambda model: model._meta.db_table):
        digest.update(model._meta.db_table.encode())
        for line in _lines(model):
            digest.update(line.encode())
    return digest.hexdigest()


def _tables() -> list[type[models.Model]]:
    """The tables that tell the story; the logs tell only how it was written down."""
    return [model for model in our_models() if model._meta.app_label in OURS and getattr(model, "audited", True)]


def _lines(model: type[models.Model]) -> Iterator[str]:
    """A digest of each row of a table."""
    quote = connection.ops.quote_name
    columns = ", ".join(
        quote(field.attname)
        for field in model._meta.concrete_fields
        if not isinstance(field, LEFT_OUT)
        and field.attname not in SECRET
        and (model._meta.db_table, field.attname) not in DRAWN_BY_LOT
    )
    key = quote(model._meta.pk.attname)
    sql = f"select md5(row({columns})::text) from {quote(model._meta.db_table)} order by {key}"
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(_FETCHED_AT_ONCE):
            yield from (line for (line,) in rows)

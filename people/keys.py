"""Keys of rows to come, where something in the row depends on its own key."""

from __future__ import annotations

from django.db import connection
from django.db.models import Model


def next_key(model: type[Model]) -> int:
    """The key that the next row of a table takes; the caller uses it or it stays unused."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        (key,) = cursor.fetchone()
    return int(key)

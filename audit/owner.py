"""Becoming the owner of the tables for a while: who migrates, and who fills a large demonstration."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

KEPT: Final = ("NAME", "TEST")


@contextmanager
def as_owner(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Use a connection as the owner of the tables for a while; the database stays the same."""
    served_as = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update({k: v for k, v in settings.DATABASE_OWNER.items() if k not in KEPT})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(served_as)

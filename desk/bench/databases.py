"""A database of its own for a measurement, made and thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql


@contextmanager
def own_database(name: str) -> Iterator[None]:
    """Let the connection work on a new, migrated database called ``name``, and drop it afterwards."""
    served = dict(connection.settings_dict)
    connection.close()
    with _server() as server:
        server.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))
        server.execute(
            sql.SQL(
                "create database {} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'"
            ).format(sql.Identifier(name))
        )
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        connection.settings_dict.update(served)
        with _server() as server:
            server.execute(sql.SQL("drop database {}").format(sql.Identifier(name)))


def analyze() -> None:
    """Let the planner know what has just been written."""
    owner = dict(settings.DATABASE_OWNER) | {"NAME": connection.settings_dict["NAME"]}
    with _server(owner["NAME"]) as server:
        server.execute("vacuum analyze")


def _server(database: str = "postgres") -> Any:
    owner = settings.DATABASE_OWNER
    return psycopg.connect(
        host=owner["HOST"],
        port=owner["PORT"] or None,
        user=owner["USER"],
        password=owner.get("PASSWORD") or None,
        dbname=database,
        autocommit=True,
    )

"""What the role that serves may do in the database, and becoming the role that migrates.

The owner owns every table. The app role reads and writes rows; it owns nothing, so it can neither drop nor
truncate a table nor disable a trigger, and in append-only tables it can only add rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

KEPT = ("NAME", "TEST")
# Only the triggers write these, with the owner's rights: the app cannot put a row of its own into the audit log.
WRITTEN_BY_TRIGGERS = ("audit_auditrow", "repayment_loantotals")


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


def append_only_tables() -> list[str]:
    """The tables of models that say ``append_only = True``, sorted."""
    models = apps.get_models(include_auto_created=True)
    return sorted(model._meta.db_table for model in models if getattr(model, "append_only", False))


def grant_app_role(connection: BaseDatabaseWrapper, role: str) -> None:
    """Give a role exactly what serving needs, in one transaction. To be called as the owner.

    Being idempotent, it is run after every ``migrate``; tables that a migration just made are covered then.
    """
    quote = connection.ops.quote_name
    name = quote(role)
    existing = set(connection.introspection.table_names())
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
        for table in append_only_tables():
            if table in existing:
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {quote(table)} FROM {name}")
        for table in WRITTEN_BY_TRIGGERS:
            if table in existing:
                cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {quote(table)} FROM {name}")
        if "django_migrations" in existing:
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {name}")

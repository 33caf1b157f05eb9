"""What the role that serves may do in the database.

The owner owns every table. The app role reads and writes rows; it owns nothing, so it can neither drop nor
truncate a table nor disable a trigger, and in append-only tables it can only add rows.
"""

from django.apps import apps
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# Only the triggers write these, with the owner's rights: the app cannot put a row of its own into the audit log.
WRITTEN_BY_TRIGGERS = ("audit_auditrow", "repayment_loantotals")


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

"""The database's own part of the audit: triggers on every table of ours, refusal on append-only ones.

Installed after every ``migrate`` (idempotent), so a new model is audited without anybody thinking of it. A model says
``append_only = True`` (rows are never changed or removed), ``audited = False`` (no audit rows: logs and work lists) or
``audit_values = ("state", …)`` (columns whose values may be written down; all others by name only).

New rows are written down by statement, by a function of each table's own that names the columns it keeps: a file of
100,000 lines leaves its audit rows in one go, at a tenth of what a trigger for each row costs, and no row is turned into
JSON as a whole. Changes and removals are written down row by row, with before and after.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

FUNCTIONS = """
create or replace function tsunagi_refuse() returns trigger language plpgsql as $$
begin
    if tg_op = 'TRUNCATE' and current_setting('tsunagi.may_truncate', true) = 'on' then
        return null;
    end if;
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'integrity_constraint_violation';
end $$;
"""

_INSERTED = """
create or replace function {function}() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare
    ctx jsonb := coalesce(nullif(current_setting('tsunagi.context', true), ''), '{{}}')::jsonb;
    moment timestamptz := coalesce((ctx ->> 'at')::timestamptz, now());
    who text := coalesce(ctx ->> 'actor', 'database:' || session_user);
    who_id bigint := ctx ->> 'actor_id';
    request text := coalesce(ctx ->> 'request_id', '');
begin
    insert into audit_auditrow (at, "table", "row", operation, columns, "values", actor, actor_id, request_id)
    select moment, tg_table_name, coalesce(made."{key}"::text, ''), 'I', '{{}}', {values}, who, who_id, request
      from new_rows as made;
    return null;
end $$
"""

_CHANGED = """
create or replace function {function}() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare
    ctx jsonb := coalesce(nullif(current_setting('tsunagi.context', true), ''), '{{}}')::jsonb;
    changed text[] := '{{}}';
    kept jsonb;
begin
    if tg_op = 'DELETE' then
        kept := {removed};
    else
        changed := array_remove(array[{changed}]::text[], null);
        if changed = '{{}}' then
            return null;
        end if;
        kept := {kept};
    end if;
    insert into audit_auditrow (at, "table", "row", operation, columns, "values", actor, actor_id, request_id)
    values (
        coalesce((ctx ->> 'at')::timestamptz, now()), tg_table_name,
        coalesce(case when tg_op = 'DELETE' then old."{key}" else new."{key}" end::text, ''), left(tg_op, 1),
        changed, kept,
        coalesce(ctx ->> 'actor', 'database:' || session_user), (ctx ->> 'actor_id')::bigint,
        coalesce(ctx ->> 'request_id', '')
    );
    return null;
end $$
"""

OURS = {
    "accounts", "rulebook", "jobs", "people", "notices", "loans", "repayment", "exemptions", "referrals", "followup",
    "audit",
}  # fmt: skip

# Tables of libraries whose changes belong to the record (second factors set up and removed, lock-outs and their
# lifting), with the columns whose values may be kept.
WATCHED: dict[str, tuple[str, ...]] = {
    "mfa.authenticator": ("type", "user_id"),
    "axes.accessattempt": ("failures_since_start",),
}


def append_only_models() -> list[type[models.Model]]:
    """Every model whose rows the database refuses to change, for the triggers and for the rights of the app role."""
    return [model for model in our_models() if getattr(model, "append_only", False)]


def our_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if (model._meta.app_label in OURS or model._meta.label_lower in WATCHED)
        and model._meta.managed
        and not model._meta.proxy
    ]


def kept_values(model: type[models.Model]) -> tuple[str, ...]:
    """The columns of a table whose values an audit row may hold."""
    watched = WATCHED.get(model._meta.label_lower, ())
    return tuple(getattr(model, "audit_values", watched))


def statements(model: type[models.Model]) -> list[str]:
    """The SQL that gives one table its triggers."""
    table, key = model._meta.db_table, model._meta.pk.column
    sql = [
        f'drop trigger if exists tsunagi_audit_insert on "{table}"',
        f'drop trigger if exists tsunagi_audit on "{table}"',
        f'drop trigger if exists tsunagi_refuse_row on "{table}"',
        f'drop trigger if exists tsunagi_refuse_truncate on "{table}"',
    ]
    if getattr(model, "audited", True):
        function = f"tsunagi_inserted_{table}"
        sql.append(_INSERTED.format(function=function, key=key, values=_new_values(model)))
        sql.append(
            f'create trigger tsunagi_audit_insert after insert on "{table}" referencing new table as new_rows '
            f"for each statement execute function {function}()"
        )
        function = f"tsunagi_changed_{table}"
        sql.append(_CHANGED.format(function=function, key=key, **_changes(model)))
        sql.append(
            f'create trigger tsunagi_audit after update or delete on "{table}" '
            f"for each row execute function {function}()"
        )
    if getattr(model, "append_only", False):
        sql.append(
            f'create trigger tsunagi_refuse_row before update or delete on "{table}" '
            "for each row execute function tsunagi_refuse()"
        )
        sql.append(
            f'create trigger tsunagi_refuse_truncate before truncate on "{table}" '
            "for each statement execute function tsunagi_refuse()"
        )
    return sql


def _new_values(model: type[models.Model]) -> str:
    """The SQL for what an audit row keeps of a new row: pairs of nothing and the value, by column."""
    kept = ", ".join(f"'{column}', jsonb_build_array(null, made.\"{column}\")" for column in kept_values(model))
    return f"jsonb_build_object({kept})" if kept else "null"


def _changes(model: type[models.Model]) -> dict[str, str]:
    """The SQL for what an audit row keeps of a change or a removal. Columns are compared one by one, in the order of
    their names: no row is turned into JSON as a whole, and what is large (a sealed file) only where it changed.
    """
    columns = sorted(field.column for field in model._meta.concrete_fields if field.column)
    pairs = ", ".join(f'(\'{each}\', jsonb_build_array(old."{each}", new."{each}"))' for each in kept_values(model))
    last = ", ".join(f"'{each}', jsonb_build_array(old.\"{each}\", null)" for each in kept_values(model))
    return {
        "changed": ", ".join(
            f'case when old."{each}" is distinct from new."{each}" then \'{each}\' end' for each in columns
        ),
        "kept": f"(select jsonb_object_agg(k, v) from (values {pairs}) as of (k, v) where k = any (changed))"
        if pairs
        else "null",
        "removed": f"jsonb_build_object({last})" if last else "null",
    }


def install(connection: Any) -> None:
    """Create or renew all triggers on one database; safe to run again."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        for model in our_models():
            if model._meta.db_table in existing:
                for statement in statements(model):
                    cursor.execute(statement)
        cursor.execute(
            "drop function if exists tsunagi_audit()"
        )  # what wrote changes down before each table had its own

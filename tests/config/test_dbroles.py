"""The rights of the role that serves, tried out as that role on a table that only takes rows."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from audit.owner import as_owner
from config.dbroles import append_only_tables, grant_app_role
from config.embedded import APP_ROLE, OWNER_ROLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def serving() -> Iterator[None]:
    """The rest of the test acts as the app role."""
    grant_app_role(connection, APP_ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def refused(statement: str) -> bool:
    try:
        run(statement)
    except ProgrammingError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


def test_the_ledger_and_the_audit_log_are_append_only() -> None:
    assert {"repayment_ledgerentry", "audit_auditrow", "audit_accesslog"} <= set(append_only_tables())


def test_the_app_role_reads_and_writes_ordinary_rows(serving: None) -> None:
    Session.objects.create(session_key="k", session_data="", expire_date="2026-11-20T00:00:00Z")
    assert Session.objects.update(session_data="x") == 1
    assert Session.objects.all().delete()[0] == 1


@pytest.mark.parametrize("table", append_only_tables())
def test_the_app_role_changes_nothing_in_an_append_only_table(serving: None, table: str) -> None:
    column = connection.introspection.get_primary_key_column(connection.cursor(), table)
    assert refused(f"UPDATE {table} SET {column} = {column}")
    assert refused(f"DELETE FROM {table}")
    assert refused(f"TRUNCATE {table} CASCADE")
    run(f"SELECT 1 FROM {table} LIMIT 1")


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE django_session",
        "ALTER TABLE repayment_ledgerentry DISABLE TRIGGER ALL",
        "DROP TABLE django_session",
        "CREATE TABLE public.mine (id int)",
        "ALTER TABLE django_session ADD COLUMN more int",
        "SET session_replication_role = replica",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
        f"SET ROLE {OWNER_ROLE}_other",
    ],
)
def test_the_app_role_cannot_change_how_the_house_is_built(serving: None, statement: str) -> None:
    with pytest.raises(Exception, match="permission denied|must be owner|does not exist"):
        run(statement)


def test_the_app_role_may_stage_an_import_in_a_temporary_table(serving: None) -> None:
    run("CREATE TEMPORARY TABLE staged (line int) ON COMMIT DROP")


def test_granting_twice_is_the_same_as_once(serving: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        question = "SELECT relname, relacl::text FROM pg_class WHERE relkind = 'r' ORDER BY relname"
        cursor.execute(question)
        before = cursor.fetchall()
        grant_app_role(connection, APP_ROLE)
        cursor.execute(question)
        assert cursor.fetchall() == before


@pytest.mark.django_db(transaction=True)
def test_migrate_works_as_the_owner_and_then_gives_the_serving_role_its_rights() -> None:
    served = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict["USER"] = APP_ROLE
    try:
        with as_owner(connection):
            run(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {APP_ROLE}")
        assert refused("SELECT 1 FROM django_session")
        call_command("migrate", verbosity=0)
        assert connection.settings_dict["USER"] == APP_ROLE
        run("SELECT 1 FROM django_session")
        assert refused("DELETE FROM repayment_ledgerentry")
    finally:
        connection.close()
        connection.settings_dict.update(served)


def test_the_app_role_has_statistics_refreshed_by_their_owner_and_of_our_tables_only(serving: None) -> None:
    """Its own ``analyze`` would only be a warning: the planner would go on guessing."""
    with connection.cursor() as cursor:
        cursor.execute("select reltuples from pg_class where relname = 'django_session'")
        before = cursor.fetchone()[0]
        Session.objects.bulk_create(
            Session(session_key=f"k{n}", session_data="", expire_date="2026-11-20T00:00:00Z") for n in range(50)
        )
        cursor.execute("analyze django_session")
        cursor.execute("select reltuples from pg_class where relname = 'django_session'")
        assert cursor.fetchone()[0] == before
        cursor.execute(
            "select refresh_statistics(array['django_session', 'pg_authid', 'no such table; drop table x'])"
        )
        cursor.execute("select reltuples from pg_class where relname = 'django_session'")
        assert cursor.fetchone()[0] == 50

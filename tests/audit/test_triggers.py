"""What the database itself writes down and refuses, whichever way a row is changed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, models, transaction
from django.test import Client
from django.urls import reverse

from accounts.enums import OfficeKind, Role
from accounts.models import Office, RoleAssignment
from audit.actors import Actor
from audit.context import current_request_id
from audit.enums import AccessAction
from audit.models import AccessLog, AuditRow
from audit.services import acting, record_access, service
from audit.triggers import append_only_models, install, kept_values, our_models
from config.dbroles import grant_app_role
from config.embedded import APP_ROLE
from people.models import Person
from tests.people.builders import a_member_of_staff, a_person, an_office

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
CLERK = Actor("clerk1", 7)
SECRET_NAME = "秘密 花子"


def rows(model: type[models.Model]) -> Any:
    return AuditRow.objects.filter(table=model._meta.db_table).order_by("pk")


def sql(statement: str, *arguments: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, arguments)


# --- rows ---


def test_a_thousand_rows_made_at_one_stroke_leave_a_thousand_audit_rows() -> None:
    with acting(CLERK, at=AT):
        Person.objects.bulk_create(
            Person(number=f"P{n:07d}", name=f"見本 {n}", kana="ミホン", birth_date=date(1970, 1, 1))
            for n in range(1000)
        )
    made = rows(Person)
    assert made.count() == 1000
    assert set(made.values_list("operation", "actor", "actor_id", "at")) == {("I", "clerk1", 7, AT)}
    assert set(made.values_list("row", flat=True)) == {str(pk) for pk in Person.objects.values_list("pk", flat=True)}


def test_of_a_personal_column_the_name_is_kept_and_the_value_is_not() -> None:
    person = a_person(SECRET_NAME)
    with acting(CLERK):
        Person.objects.filter(pk=person.pk).update(name="新しい 秘密")
    changed = rows(Person).get(operation="U")
    assert (changed.columns, changed.values, changed.row) == (["name"], None, str(person.pk))
    everything = str(list(AuditRow.objects.values()))
    assert "秘密" not in everything and "花子" not in everything


def test_of_an_allowed_column_the_log_holds_before_and_after() -> None:
    user = a_member_of_staff(Role.MUNICIPAL_CLERK, office=an_office())
    with acting(CLERK):
        RoleAssignment.objects.filter(user=user).update(until=date(2026, 3, 31), granted_by="other")
    changed = rows(RoleAssignment).get(operation="U")
    assert changed.columns == ["granted_by", "until"]
    assert changed.values == {"until": [None, "2026-03-31"]}


def test_nothing_is_written_when_nothing_changed() -> None:
    office = an_office()
    Office.objects.filter(pk=office.pk).update(name=office.name)
    assert not rows(Office).filter(operation="U").exists()


def test_a_row_that_is_removed_leaves_its_last_allowed_values() -> None:
    user = a_member_of_staff(Role.MUNICIPAL_CLERK, office=an_office())
    with acting(CLERK):
        RoleAssignment.objects.filter(user=user).delete()
    removed = rows(RoleAssignment).get(operation="D")
    assert removed.values["role"] == ["municipal_clerk", None]
    assert removed.actor == "clerk1"


def test_every_way_of_writing_is_seen() -> None:
    office = an_office()
    office.name = "保存"
    office.save()
    Office.objects.bulk_update([office], ["name"])
    sql("update accounts_office set name = 'SQL' where id = %s", office.pk)
    sql("update accounts_office set name = 'a' where id = %s; update accounts_office set name = 'b' where id = %s",
        office.pk, office.pk)  # fmt: skip
    assert rows(Office).filter(row=str(office.pk), operation="U").count() == 4


def test_rows_that_come_by_copy_or_on_conflict_are_seen_each_in_its_way() -> None:
    office = an_office(code="A")
    with acting(CLERK), connection.cursor() as cursor:
        with cursor.copy("copy accounts_office (code, name, kind, municipality) from stdin") as copy:
            for code in ("B", "C"):
                copy.write_row((code, "写し", "agency", ""))
        cursor.execute(
            "insert into accounts_office (code, name, kind, municipality)"
            " values ('A', '新', 'agency', ''), ('D', '新', 'agency', '')"
            " on conflict (code) do update set name = excluded.name"
        )
        cursor.execute(
            "insert into accounts_office (code, name, kind, municipality) select 'E', '', '', '' where false"
        )
    seen = list(rows(Office).filter(actor="clerk1").values_list("operation", "row"))
    pk = dict(Office.objects.values_list("code", "pk"))
    assert sorted(seen) == sorted(
        [("I", str(pk["B"])), ("I", str(pk["C"])), ("I", str(pk["D"])), ("U", str(office.pk))]
    )


# --- who ---


def test_sql_that_does_not_say_who_acts_is_the_databases_own() -> None:
    an_office()
    assert rows(Office).get().actor.startswith("database:")
    assert rows(Office).get().actor_id is None


def test_who_acts_within_who_acts() -> None:
    night = Actor.machine("night")
    with acting(night):
        an_office(name="外")
        with acting(CLERK):
            an_office(name="中")
        an_office(name="また外")
    an_office(name="だれでもない")
    actors = list(rows(Office).values_list("actor", flat=True))
    assert actors[:3] == ["system:night", "clerk1", "system:night"]
    assert actors[3].startswith("database:")


def test_a_failed_inner_service_leaves_the_outer_one_acting() -> None:
    @service
    def fails(*, by: Actor, at: datetime) -> None:
        an_office(name="消える")
        raise ValueError

    @service
    def outer(*, by: Actor, at: datetime) -> None:
        with pytest.raises(ValueError):
            fails(by=CLERK, at=at)
        an_office(name="残る")

    outer(by=Actor.machine("night"), at=AT)
    assert list(rows(Office).values_list("actor", flat=True)) == ["system:night"]


def test_who_acts_is_forgotten_with_the_transaction() -> None:
    with transaction.atomic():
        with acting(CLERK):
            an_office()
        with pytest.raises(ZeroDivisionError), transaction.atomic(), acting(CLERK):
            raise ZeroDivisionError
        an_office()
    assert rows(Office).last().actor.startswith("database:")


@pytest.mark.django_db(transaction=True)
def test_acting_needs_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="open transaction"), acting(CLERK):
        pass


def test_a_service_says_who_and_when() -> None:
    @service
    def change(*, by: Actor, at: datetime) -> None: ...

    for arguments in ({}, {"by": CLERK}, {"by": "clerk1", "at": AT}, {"by": CLERK, "at": date(2026, 1, 1)}):
        with pytest.raises(TypeError, match="needs by=Actor and at=datetime"):
            change(**arguments)


def test_the_request_id_arrives_with_changes_and_with_accesses() -> None:
    token = current_request_id.set("req-1")
    try:
        with acting(CLERK):
            an_office()
        record_access(by=CLERK, action=AccessAction.LIST, subject="person", ids=[3, 1, 3], at=AT)
    finally:
        current_request_id.reset(token)
    assert rows(Office).get().request_id == "req-1"
    access = AccessLog.objects.get()
    assert (access.request_id, access.ids, access.actor, access.actor_id, access.at) == (
        "req-1", [1, 3], "clerk1", 7, AT,
    )  # fmt: skip


def test_a_change_on_a_page_carries_the_id_of_its_request(today: date) -> None:
    administrator = a_member_of_staff(Role.SYSTEM_ADMINISTRATOR)
    client = Client()
    client.force_login(administrator)
    client.post(reverse("accounts:office_new"), {"code": "S9", "name": "見本", "kind": OfficeKind.AGENCY})
    made = rows(Office).get(row=str(Office.objects.get(code="S9").pk))
    assert made.actor == administrator.username
    assert len(made.request_id) == 36


# --- append-only ---


APPEND_ONLY = append_only_models()


def test_the_two_logs_and_the_ledger_are_append_only() -> None:
    tables = {model._meta.db_table for model in APPEND_ONLY}
    assert {"audit_auditrow", "audit_accesslog", "repayment_ledgerentry"} <= tables


@pytest.fixture
def log_rows() -> None:
    an_office()
    record_access(by=CLERK, action=AccessAction.VIEW, subject="person", ids=[1], at=AT)


@pytest.mark.parametrize("model", [AuditRow, AccessLog])
@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.objects.update(actor="somebody else"),
        lambda model: model.objects.all().delete(),
        lambda model: model.objects.first().delete(),
        lambda model: sql(f"update {model._meta.db_table} set actor = 'x'"),
        lambda model: sql(f"delete from {model._meta.db_table}"),
    ],
)
def test_the_logs_refuse_change_and_removal(log_rows: None, model: Any, change: Any) -> None:
    with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
        change(model)
    assert model.objects.filter(actor="x").count() == 0
    assert model.objects.exists()


@pytest.mark.parametrize("model", APPEND_ONLY)
def test_append_only_tables_refuse_truncate_without_the_option_of_the_tests(model: type[models.Model]) -> None:
    table = model._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local tsunagi.may_truncate = 'off'")
        with pytest.raises(IntegrityError, match="append-only: TRUNCATE refused"), transaction.atomic():
            cursor.execute(f'truncate "{table}" cascade')


@pytest.mark.parametrize("model", APPEND_ONLY)
def test_every_append_only_table_has_the_triggers_that_refuse(model: type[models.Model]) -> None:
    assert {"tsunagi_refuse_row", "tsunagi_refuse_truncate"} <= triggers_of(model)


# --- coverage ---


def triggers_of(model: type[models.Model]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("select tgname from pg_trigger where tgrelid = %s::regclass", [model._meta.db_table])
        return {name for (name,) in cursor.fetchall()}


def test_every_table_of_ours_leaves_audit_rows_unless_its_model_says_otherwise() -> None:
    for model in our_models():
        audited = {"tsunagi_audit", "tsunagi_audit_insert"} & triggers_of(model)
        assert len(audited) == (2 if getattr(model, "audited", True) else 0), model


def test_second_factors_and_lock_outs_are_watched_too() -> None:
    assert {"mfa.authenticator", "axes.accessattempt"} <= {model._meta.label_lower for model in our_models()}
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    made = AuditRow.objects.get(table="mfa_authenticator")
    assert (made.operation, made.values) == ("I", {"type": [None, "totp"], "user_id": [None, supervisor.pk]})
    assert Authenticator.objects.filter(user=supervisor).count() == 1


def test_values_are_kept_only_of_columns_that_exist_and_never_of_names_or_addresses() -> None:
    personal = {"name", "kana", "birth_date", "raw_address", "number_digits", "digits", "facts", "password", "data"}
    for model in our_models():
        allowed = set(kept_values(model))
        columns = {field.column for field in model._meta.concrete_fields}
        assert allowed <= columns, model
        assert not allowed & personal, model


def test_installing_again_changes_nothing() -> None:
    question = "select tgrelid::regclass::text, tgname, tgtype from pg_trigger where not tgisinternal order by 1, 2"
    with connection.cursor() as cursor:
        cursor.execute(question)
        before = cursor.fetchall()
        install(connection)
        cursor.execute(question)
        assert cursor.fetchall() == before
    assert len(before) > 30


# --- the role that serves ---


@pytest.fixture
def serving() -> Any:
    """The rest of the test acts as the app role."""
    grant_app_role(connection, APP_ROLE)
    office = an_office()
    with connection.cursor() as cursor:
        cursor.execute(f"set local role {APP_ROLE}")
    yield office
    with connection.cursor() as cursor:
        cursor.execute("reset role")


def test_what_the_serving_role_changes_is_written_down(serving: Office) -> None:
    with acting(CLERK):
        Office.objects.filter(pk=serving.pk).update(name="変えた")
    assert rows(Office).get(operation="U").actor == "clerk1"


@pytest.mark.parametrize(
    "statement",
    [
        "alter table accounts_office disable trigger tsunagi_audit",
        "drop trigger tsunagi_audit on accounts_office",
        "drop function tsunagi_changed_accounts_office() cascade",
        "create or replace function tsunagi_changed_accounts_office() returns trigger language plpgsql"
        " as $$ begin return null; end $$",
        "truncate audit_auditrow",
        "truncate accounts_office cascade",
        "update repayment_ledgerentry set amount = 0",
        "delete from audit_auditrow",
        "set session_replication_role = replica",
    ],
)
def test_the_serving_role_cannot_switch_the_log_off(serving: Office, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied|must be owner"):
        sql(statement)


def test_a_temporary_table_of_the_same_name_swallows_no_audit_row(serving: Office) -> None:
    sql("create temporary table audit_auditrow (like public.audit_auditrow) on commit drop")
    Office.objects.filter(pk=serving.pk).update(name="変えた")
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from public.audit_auditrow where operation = 'U'")
        assert cursor.fetchone() == (1,)


def test_the_serving_role_cannot_write_audit_rows_of_its_own(serving: Office) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        AuditRow.objects.create(
            at=AT + timedelta(days=1), table="accounts_office", row="1", operation="U", actor="somebody else"
        )

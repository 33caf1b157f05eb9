"""Dated settings: two persons, a source, a day that is not past; what stands on a day, and what a bad value gets."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.roles import ROLES
from audit.actors import Actor
from audit.models import AuditRow
from rulebook.models import SettingRow
from rulebook.selectors import setting_groups, settings_on
from rulebook.services import SettingRefused, approve_setting, propose_setting, withdraw_setting
from rulebook.setting_keys import BY_KEY, KEYS, SettingError
from rulebook.settings import Settings
from tests.people.builders import a_member_of_staff, an_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def now() -> datetime:
    return timezone.now()


def days(n: int) -> date:
    return timezone.localdate() + timedelta(days=n)


@pytest.fixture
def clerk() -> User:
    return a_member_of_staff(Role.PREFECTURAL_CLERK)


@pytest.fixture
def supervisor() -> User:
    return a_member_of_staff(Role.SUPERVISOR)


def propose(
    by: User, value: Any = 27, *, key: str = "debit_day", valid_from: date | None = None, **more: Any
) -> SettingRow:
    given = {"source": "見本県社協 償還要綱 第5条", "reason": "金融機関の変更"} | more
    return propose_setting(
        key=key, value=value, valid_from=valid_from or days(0), by=Actor.person(by), at=now(), **given
    )


def approve(row: SettingRow, by: User, *, at: datetime | None = None) -> SettingRow:
    return approve_setting(row_id=row.pk, by=Actor.person(by), at=at or now())


def withdraw(row: SettingRow, by: User) -> SettingRow:
    return withdraw_setting(row_id=row.pk, by=Actor.person(by), at=now())


# --- what stands ---


def test_without_rows_the_defaults_stand() -> None:
    assert settings_on(days(0)) == Settings.defaults()


def test_a_proposal_changes_nothing_until_a_second_person_approved_it(clerk: User, supervisor: User) -> None:
    row = propose(clerk)
    assert settings_on(days(0)).debit_day == 26
    approve(row, supervisor)
    assert settings_on(days(0)).debit_day == 27


def test_each_day_has_the_latest_change_that_has_begun(clerk: User, supervisor: User) -> None:
    for value, day in ((27, 0), (22, 10), (20, 20)):
        approve(propose(clerk, value, valid_from=days(day)), supervisor)
    assert [settings_on(days(n)).debit_day for n in (-1, 0, 9, 10, 19, 20, 400)] == [26, 27, 27, 22, 22, 20, 20]


def test_a_withdrawn_change_never_stands(clerk: User, supervisor: User) -> None:
    row = approve(propose(clerk, valid_from=days(3)), supervisor)
    withdraw(row, supervisor)
    assert settings_on(days(3)).debit_day == 26
    approve(propose(clerk, 22, valid_from=days(3)), supervisor)
    assert settings_on(days(3)).debit_day == 22


def test_the_settings_of_a_day_are_one_question_to_the_database(clerk: User, supervisor: User) -> None:
    for value, day in ((27, 0), (22, 1), (20, 2)):
        approve(propose(clerk, value, valid_from=days(day)), supervisor)
    with CaptureQueriesContext(connection) as queries:
        settings_on(days(5))
    assert len(queries) == 1


@pytest.mark.parametrize(("key", "value"), [("debit_day", 31), ("debit_day", "26"), ("gone_key", 1)])
def test_a_stored_value_that_does_not_fit_is_an_error_and_not_the_default(
    clerk: User, supervisor: User, key: str, value: Any
) -> None:
    SettingRow.objects.create(
        key=key, value=value, valid_from=days(-1), source="x", proposed_by=clerk, proposed_at=now(),
        approved_by=supervisor, approved_at=now(),
    )  # fmt: skip
    with pytest.raises(SettingError):
        settings_on(days(0))
    assert settings_on(days(-2)) == Settings.defaults()
    if key in BY_KEY:
        shown = {state.setting.key: state.text_ja for group in setting_groups(days(0)) for state in group.states}
        assert "使えない値です" in shown[key]
        approve(propose(clerk, 25), supervisor)
        assert settings_on(days(0)).debit_day == 25


@pytest.mark.parametrize("setting", KEYS, ids=lambda setting: setting.key)
def test_every_setting_is_stored_and_comes_back_as_it_was(setting: Any) -> None:
    stored = setting.write(setting.read(setting.default))
    clerk = a_member_of_staff(Role.PREFECTURAL_CLERK)
    row = SettingRow.objects.create(
        key=setting.key, value=stored, valid_from=days(-1), source="x", proposed_by=clerk, proposed_at=now(),
        approved_by=a_member_of_staff(Role.SUPERVISOR), approved_at=now(),
    )  # fmt: skip
    row.refresh_from_db()
    assert getattr(settings_on(days(0)), setting.key) == setting.read(setting.default)


# --- what is refused ---


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"key": "no_such"}, "「no_such」という設定はありません。"),
        ({"value": 29}, "1から28までの整数を入力してください。"),
        ({"value": 26}, "その日の値と同じです"),
        ({"valid_from": -1}, "適用開始日は今日以降"),
        ({"source": "  "}, "根拠（通知・規程などの文書名と箇所）を入力してください。"),
    ],
)
def test_a_proposal_that_cannot_stand_is_refused_in_words(clerk: User, given: dict[str, Any], words: str) -> None:
    if "valid_from" in given:
        given = given | {"valid_from": days(given["valid_from"])}
    with pytest.raises(SettingRefused, match=words):
        propose(clerk, **given)
    assert not SettingRow.objects.exists()


def test_one_change_of_a_key_for_a_day(clerk: User) -> None:
    first = propose(clerk)
    with pytest.raises(SettingRefused, match="同じ日から始まる変更がすでにあります"):
        propose(clerk, 22)
    withdraw(first, clerk)
    assert propose(clerk, 22).value == 22


def test_who_proposed_cannot_approve_neither_in_the_service_nor_in_the_database(supervisor: User) -> None:
    row = propose(supervisor)
    with pytest.raises(SettingRefused, match="起案した人は承認できません"):
        approve(row, supervisor)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        SettingRow.objects.filter(pk=row.pk).update(approved_by=supervisor, approved_at=now())
    assert settings_on(days(0)).debit_day == 26


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.PREFECTURAL_CLERK, Role.SUPERVISOR)])
def test_nobody_else_proposes_approves_or_withdraws(clerk: User, role: Role) -> None:
    outsider = a_member_of_staff(role, office=an_office(min(ROLES[role].office_kinds)))
    row = propose(clerk)
    with pytest.raises(SettingRefused, match="起案できるのは"):
        propose(outsider, 22, valid_from=days(1))
    with pytest.raises(SettingRefused, match="承認できるのは決裁者です"):
        approve(row, outsider)
    with pytest.raises(SettingRefused, match="取り下げられるのは"):
        withdraw(row, outsider)


def test_a_clerk_does_not_approve_and_withdraws_only_their_own(clerk: User, supervisor: User) -> None:
    row = propose(supervisor)
    with pytest.raises(SettingRefused, match="承認できるのは決裁者です"):
        approve(row, clerk)
    with pytest.raises(SettingRefused, match="起案した人と決裁者"):
        withdraw(row, clerk)


def test_a_machine_neither_proposes_nor_approves(clerk: User) -> None:
    row = propose(clerk)
    night = Actor.machine("night")
    with pytest.raises(SettingRefused):
        propose_setting(key="debit_day", value=22, valid_from=days(1), source="x", by=night, at=now())
    with pytest.raises(SettingRefused):
        approve_setting(row_id=row.pk, by=night, at=now())


def test_a_proposal_whose_day_has_passed_is_proposed_again(clerk: User, supervisor: User) -> None:
    row = propose(clerk)
    with pytest.raises(SettingRefused, match="適用開始日を過ぎています"):
        approve(row, supervisor, at=now() + timedelta(days=1))


def test_what_has_begun_is_not_withdrawn(clerk: User, supervisor: User) -> None:
    row = approve(propose(clerk), supervisor)
    with pytest.raises(SettingRefused, match="すでに適用されています"):
        withdraw(row, supervisor)
    with pytest.raises(SettingRefused, match="すでに承認されています"):
        approve(row, a_member_of_staff(Role.SUPERVISOR))


def test_what_was_withdrawn_stays_withdrawn(clerk: User, supervisor: User) -> None:
    row = withdraw(propose(clerk), clerk)
    for move in (approve, withdraw):
        with pytest.raises(SettingRefused, match="すでに取り下げられています"):
            move(row, supervisor)


def test_the_audit_log_holds_value_and_persons(clerk: User, supervisor: User) -> None:
    row = approve(propose(clerk), supervisor)
    made, approved = AuditRow.objects.filter(table="rulebook_settingrow", row=str(row.pk)).order_by("pk")
    assert made.values is not None and approved.values is not None
    assert (made.actor, made.values["key"], made.values["value"]) == (
        clerk.username, [None, "debit_day"], [None, 27],
    )  # fmt: skip
    assert approved.actor == supervisor.username
    assert approved.values["approved_by_id"] == [None, supervisor.pk]

"""Offices, staff, roles and deputies: what is done, what is refused and with which words, what the database refuses."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import services
from accounts.enums import OfficeKind, Role, SealMode, Side
from accounts.models import Deputy, Enrolment, RoleAssignment, User
from accounts.roles import ROLES
from accounts.selectors import deputised_supervisor, enrolment_by_token, needs_second_factor
from accounts.services import AccountRefused
from audit.actors import Actor
from audit.models import AuditRow
from tests.people.builders import a_member_of_staff, an_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

MACHINE = Actor.machine("test")
PASSWORD = "correct-horse-battery"


def now() -> datetime:
    return timezone.now()


def today() -> date:
    return timezone.localdate()


def days(n: int) -> date:
    return today() + timedelta(days=n)


@pytest.fixture
def administrator() -> User:
    return a_member_of_staff(Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def by(administrator: User) -> Actor:
    return Actor.person(administrator)


def grant(user: User, role: Role, *, by: Actor = MACHINE, since: date | None = None, until: date | None = None) -> Any:
    return services.grant_role(user_id=user.pk, role=role, since=since or today(), until=until, by=by, at=now())


# --- offices ---


def test_there_is_one_prefectural_office(by: Actor) -> None:
    with pytest.raises(AccountRefused, match="都道府県社協はすでに登録されています。"):
        services.create_office(code="X1", name="もう一つの県社協", kind=OfficeKind.PREFECTURAL, by=by, at=now())


def test_an_office_with_active_staff_does_not_close(by: Actor) -> None:
    clerk = a_member_of_staff(office=an_office())
    change: dict[str, Any] = {
        "office_id": clerk.office_id,
        "name": "見本市社協",
        "municipality": "見本市",
        "closed_on": today(),
    }
    with pytest.raises(AccountRefused, match="有効な職員が所属しています"):
        services.change_office(**change, by=by, at=now())
    services.deactivate_user(user_id=clerk.pk, by=by, at=now())
    assert services.change_office(**change, by=by, at=now()).closed_on == today()
    with pytest.raises(AccountRefused, match="閉鎖されています"):
        services.enrol_user(username="new1", name="見本 新", office_id=clerk.office_id, by=by, at=now())


def a_letterhead(**changed: Any) -> dict[str, Any]:
    return {
        "valid_from": today(),
        "letter_name": "社会福祉法人 見本県社会福祉協議会",
        "chairperson": "見本 会長",
        "seal_mode": SealMode.OMITTED,
        "number_prefix": "見社協",
        "postal_code": "060-0001",
        "address": "見本県見本市1-2",
        "phone": "000-000-0000",
        "hours": "平日 9:00～17:00",
        "envelope_profile": "naga3",
        "desks": [{"name": "窓口", "contact": "000-111-2222", "hours": ""}],
    } | changed


def test_a_letterhead_of_a_later_day_leaves_the_present_one_and_one_of_the_same_day_replaces_it(by: Actor) -> None:
    office = an_office()
    for changed in (
        {},
        {"valid_from": days(30), "chairperson": "次期 会長"},
        {"valid_from": days(30), "hours": "午前"},
    ):
        services.set_letterhead(office_id=office.pk, **a_letterhead(**changed), by=by, at=now())
    rows = office.letterheads.order_by("valid_from")
    assert [(row.valid_from, row.chairperson, row.hours) for row in rows] == [
        (today(), "見本 会長", "平日 9:00～17:00"),
        (days(30), "見本 会長", "午前"),
    ]
    with pytest.raises(AccountRefused, match="今日以降"):
        services.set_letterhead(office_id=office.pk, **a_letterhead(valid_from=days(-1)), by=by, at=now())


# --- staff and links ---


def test_a_new_member_of_staff_has_no_password_until_the_link_is_used(by: Actor) -> None:
    user, token = services.enrol_user(username=" Ｋ0001 ", name="見本 太郎", office_id=an_office().pk, by=by, at=now())
    assert (user.username, user.has_usable_password(), user.roles) == ("k0001", False, frozenset())
    assert token not in Enrolment.objects.get().token_hash

    services.accept_enrolment(token=token, password=PASSWORD, by=Actor.person(user), at=now())

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert enrolment_by_token(token, now()) is None
    with pytest.raises(AccountRefused, match="この案内は使えません"):
        services.accept_enrolment(token=token, password=PASSWORD + "2", by=Actor.person(user), at=now())


@pytest.mark.parametrize("number", ["", "a", "佐藤", "a b", "-ab", "x" * 41])
def test_a_staff_number_is_plain(by: Actor, number: str) -> None:
    with pytest.raises(AccountRefused, match="半角の英数字"):
        services.enrol_user(username=number, name="見本", office_id=an_office().pk, by=by, at=now())


def test_a_staff_number_is_given_once(by: Actor) -> None:
    office = an_office()
    services.enrol_user(username="k0001", name="見本 一", office_id=office.pk, by=by, at=now())
    with pytest.raises(AccountRefused, match="職員番号「k0001」はすでに登録されています。"):
        services.enrol_user(username="K0001", name="見本 二", office_id=office.pk, by=by, at=now())


def test_a_link_ends_after_three_days_and_when_the_account_is_stopped(by: Actor) -> None:
    user, token = services.enrol_user(username="k0001", name="見本", office_id=an_office().pk, by=by, at=now())
    assert enrolment_by_token(token, now() + timedelta(hours=71, minutes=59)) is not None
    assert enrolment_by_token(token, now() + timedelta(hours=72)) is None
    services.deactivate_user(user_id=user.pk, by=by, at=now())
    assert enrolment_by_token(token, now()) is None


def test_a_new_link_ends_the_one_before(by: Actor) -> None:
    user, first = services.enrol_user(username="k0001", name="見本", office_id=an_office().pk, by=by, at=now())
    second = services.issue_enrolment(user_id=user.pk, by=by, at=now())
    assert enrolment_by_token(first, now()) is None
    assert enrolment_by_token(second, now()) is not None


def test_a_link_belongs_to_one_person(by: Actor) -> None:
    _, token = services.enrol_user(username="k0001", name="見本", office_id=an_office().pk, by=by, at=now())
    somebody = Actor.person(a_member_of_staff(office=an_office()))
    with pytest.raises(AccountRefused, match="使えません"):
        services.accept_enrolment(token=token, password=PASSWORD, by=somebody, at=now())


def test_a_weak_password_is_refused_and_the_link_stays_good(by: Actor) -> None:
    user, token = services.enrol_user(username="k0001", name="見本", office_id=an_office().pk, by=by, at=now())
    with pytest.raises(ValidationError):
        services.accept_enrolment(token=token, password="password1234", by=Actor.person(user), at=now())
    assert enrolment_by_token(token, now()) is not None


@pytest.mark.parametrize("resets", [True, False])
def test_a_link_removes_the_second_factor_only_when_it_says_so_and_only_when_used(by: Actor, resets: bool) -> None:
    user = a_member_of_staff(office=an_office())
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    token = services.issue_enrolment(user_id=user.pk, resets_second_factor=resets, by=by, at=now())
    assert Authenticator.objects.filter(user=user).count() == 2
    services.accept_enrolment(token=token, password=PASSWORD, by=Actor.person(user), at=now())
    assert Authenticator.objects.filter(user=user).count() == (0 if resets else 2)


def test_nobody_issues_a_link_to_themselves(administrator: User, by: Actor) -> None:
    with pytest.raises(AccountRefused, match="自分自身の案内は発行できません"):
        services.issue_enrolment(user_id=administrator.pk, by=by, at=now())


def test_who_moves_to_an_office_of_another_kind_leaves_the_roles_behind_first(by: Actor) -> None:
    clerk = a_member_of_staff(Role.MUNICIPAL_CLERK, office=an_office())
    move: dict[str, Any] = {"user_id": clerk.pk, "name": clerk.name, "office_id": an_office(OfficeKind.PREFECTURAL).pk}
    with pytest.raises(AccountRefused, match="「市区町村社協 職員」は都道府県社協では持てない役割です。"):
        services.change_staff(**move, by=by, at=now())
    services.end_role(assignment_id=clerk.role_assignments.get().pk, until=days(-1), by=by, at=now())
    assert services.change_staff(**move, by=by, at=now()).office.kind == OfficeKind.PREFECTURAL


# --- who may ---


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM_ADMINISTRATOR])
def test_only_a_system_administrator_manages_accounts(role: Role) -> None:
    kind = min(ROLES[role].office_kinds)
    outsider = Actor.person(a_member_of_staff(role, office=an_office(kind)))
    target = a_member_of_staff(office=an_office())
    for change in (
        lambda: grant(target, Role.MUNICIPAL_CLERK, by=outsider),
        lambda: services.deactivate_user(user_id=target.pk, by=outsider, at=now()),
        lambda: services.issue_enrolment(user_id=target.pk, by=outsider, at=now()),
        lambda: services.create_office(code="Z", name="Z", kind=OfficeKind.AGENCY, by=outsider, at=now()),
        lambda: services.unlock(user_id=target.pk, by=outsider, at=now()),
    ):
        with pytest.raises(AccountRefused, match="システム管理者だけができます"):
            change()


def test_an_administrator_changes_nothing_about_themselves(administrator: User, by: Actor) -> None:
    with pytest.raises(AccountRefused, match="自分自身に役割を付与"):
        grant(administrator, Role.AUDITOR, by=by)
    with pytest.raises(AccountRefused, match="自分自身の役割は終了できません"):
        services.end_role(assignment_id=administrator.role_assignments.get().pk, until=today(), by=by, at=now())
    with pytest.raises(AccountRefused, match="自分自身の利用は停止できません"):
        services.deactivate_user(user_id=administrator.pk, by=by, at=now())


def test_the_last_administrator_stays(administrator: User) -> None:
    role = administrator.role_assignments.get()
    with pytest.raises(AccountRefused, match="システム管理者がいなくなります"):
        services.end_role(assignment_id=role.pk, until=days(10), by=MACHINE, at=now())
    with pytest.raises(AccountRefused, match="システム管理者がいなくなります"):
        services.deactivate_user(user_id=administrator.pk, by=MACHINE, at=now())
    a_member_of_staff(Role.SYSTEM_ADMINISTRATOR)
    ended = services.end_role(assignment_id=role.pk, until=days(10), by=MACHINE, at=now())
    assert ended is not None and ended.until == days(10)


# --- roles ---


def test_a_role_is_held_on_its_days_and_on_no_other(by: Actor) -> None:
    user = a_member_of_staff(None, office=an_office())
    grant(user, Role.MUNICIPAL_CLERK, by=by, since=days(1), until=days(3))
    assert [user.roles_on(days(n)) for n in range(5)] == [
        frozenset(), *[frozenset({Role.MUNICIPAL_CLERK})] * 3, frozenset()
    ]  # fmt: skip


SIDES = [(a, b) for a in Role for b in Role if ROLES[a].side != ROLES[b].side]


@pytest.mark.parametrize(("held", "wanted"), SIDES)
def test_roles_of_two_sides_are_refused_by_the_service_and_by_the_database(held: Role, wanted: Role) -> None:
    user = a_member_of_staff(held, office=an_office(min(ROLES[held].office_kinds)))
    user.office = an_office(min(ROLES[wanted].office_kinds))
    user.save()
    with pytest.raises(AccountRefused, match=f"「{wanted.label}」と「{held.label}」.*同じ人が同じ期間に"):
        grant(user, wanted)
    row = {"user": user, "role": wanted, "since": today(), "granted_by": "test"}
    with pytest.raises(IntegrityError, match="roles_of_two_sides_never_together"), transaction.atomic():
        RoleAssignment.objects.create(**row)
    with pytest.raises(IntegrityError, match="roles_of_two_sides_never_together"), transaction.atomic():
        RoleAssignment.objects.bulk_create([RoleAssignment(**row, side=ROLES[wanted].side)])


def test_roles_of_one_side_go_together_and_sides_may_follow_each_other(by: Actor) -> None:
    user = a_member_of_staff(Role.PREFECTURAL_CLERK)
    grant(user, Role.SUPERVISOR, by=by)
    assert user.roles_on(today()) == {Role.PREFECTURAL_CLERK, Role.SUPERVISOR}
    for assignment in user.role_assignments.all():
        services.end_role(assignment_id=assignment.pk, until=today(), by=by, at=now())
    grant(user, Role.AUDITOR, by=by, since=days(1))
    assert user.roles_on(days(1)) == {Role.AUDITOR}
    assert user.role_assignments.get(role=Role.AUDITOR).side == Side.AUDIT


@pytest.mark.parametrize(
    ("role", "kind", "sentence"),
    [
        (Role.SUPERVISOR, OfficeKind.MUNICIPAL, "「決裁者」は都道府県社協の職員だけが持てる役割です。"),
        (Role.MUNICIPAL_CLERK, OfficeKind.AGENCY, "「市区町村社協 職員」は市区町村社協の職員だけが持てる役割です。"),
        (Role.AGENCY_WORKER, OfficeKind.MUNICIPAL, "自立相談支援機関の職員だけが"),
    ],
)
def test_a_role_is_held_where_its_work_is_done(by: Actor, role: Role, kind: OfficeKind, sentence: str) -> None:
    user = a_member_of_staff(None, office=an_office(kind))
    with pytest.raises(AccountRefused, match=sentence):
        grant(user, role, by=by)


def test_a_role_is_not_granted_twice_nor_for_the_past_nor_backwards(by: Actor) -> None:
    user = a_member_of_staff(Role.MUNICIPAL_CLERK, office=an_office())
    with pytest.raises(AccountRefused, match="「市区町村社協 職員」は令和2年1月1日から付与されています。"):
        grant(user, Role.MUNICIPAL_CLERK, by=by)
    other = a_member_of_staff(None, office=an_office())
    with pytest.raises(AccountRefused, match="今日以降"):
        grant(other, Role.MUNICIPAL_CLERK, by=by, since=days(-1))
    with pytest.raises(AccountRefused, match="開始日以降"):
        grant(other, Role.MUNICIPAL_CLERK, by=by, since=days(5), until=days(4))


def test_a_role_ends_after_its_last_day_and_one_not_begun_is_taken_back(by: Actor) -> None:
    user = a_member_of_staff(Role.MUNICIPAL_CLERK, office=an_office())
    standing = user.role_assignments.get()
    with pytest.raises(AccountRefused, match="昨日"):
        services.end_role(assignment_id=standing.pk, until=days(-2), by=by, at=now())
    services.end_role(assignment_id=standing.pk, until=days(-1), by=by, at=now())
    assert user.roles_on(today()) == frozenset()
    with pytest.raises(AccountRefused, match="すでに終了しています"):
        services.end_role(assignment_id=standing.pk, until=today(), by=by, at=now())
    coming = grant(user, Role.MUNICIPAL_CLERK, by=by, since=days(3))
    assert services.end_role(assignment_id=coming.pk, until=today(), by=by, at=now()) is None
    assert not user.role_assignments.filter(pk=coming.pk).exists()


def test_somebody_whose_account_is_stopped_may_do_nothing(by: Actor) -> None:
    user = a_member_of_staff(Role.MUNICIPAL_CLERK, office=an_office())
    services.deactivate_user(user_id=user.pk, by=by, at=now())
    assert User.objects.get(pk=user.pk).permissions == frozenset()
    services.reactivate_user(user_id=user.pk, by=by, at=now())
    assert User.objects.get(pk=user.pk).roles == {Role.MUNICIPAL_CLERK}


def test_granting_a_role_leaves_its_values_in_the_audit_log(by: Actor) -> None:
    user = a_member_of_staff(None, office=an_office())
    grant(user, Role.MUNICIPAL_CLERK, by=by)
    row = AuditRow.objects.get(table="accounts_roleassignment", row=str(user.role_assignments.get().pk))
    assert (row.actor, row.actor_id, row.at) == (by.label, by.user_id, now())
    assert row.values is not None and row.values["role"] == [None, "municipal_clerk"]
    assert user.name not in str(row.values)


# --- deputies ---


def with_second_factor(user: User) -> User:
    TOTP.activate(user, generate_totp_secret())
    return user


@pytest.fixture
def supervisor() -> User:
    return a_member_of_staff(Role.SUPERVISOR)


@pytest.fixture
def deputy() -> User:
    return with_second_factor(a_member_of_staff(Role.PREFECTURAL_CLERK))


def name(supervisor: User, deputy: User, *, by: Actor = MACHINE, since: int = 0, until: int = 6) -> Deputy:
    return services.name_deputy(
        supervisor_id=supervisor.pk,
        deputy_id=deputy.pk,
        since=days(since),
        until=days(until),
        reason="出張",
        by=by,
        at=now(),
    )


def test_a_deputy_stands_in_for_the_supervisor_on_the_named_days(by: Actor, supervisor: User, deputy: User) -> None:
    name(supervisor, deputy, by=by, since=1, until=3)
    assert [deputised_supervisor(deputy, days(n)) for n in range(5)] == [None, *[supervisor] * 3, None]
    assert deputised_supervisor(supervisor, days(2)) is None


def test_a_deputy_has_no_more_rights_than_the_person_replaced(by: Actor, supervisor: User, deputy: User) -> None:
    name(supervisor, deputy, by=by)
    services.end_role(assignment_id=supervisor.role_assignments.get().pk, until=days(-1), by=by, at=now())
    assert deputised_supervisor(deputy, today()) is None


@pytest.mark.parametrize("who", ["supervisor", "deputy"])
def test_nobody_stands_in_when_either_account_is_stopped(by: Actor, supervisor: User, deputy: User, who: str) -> None:
    name(supervisor, deputy, by=by)
    services.deactivate_user(user_id={"supervisor": supervisor, "deputy": deputy}[who].pk, by=by, at=now())
    deputy.refresh_from_db()
    assert deputised_supervisor(deputy, today()) is None


def test_who_can_be_a_deputy(by: Actor, supervisor: User, deputy: User) -> None:
    municipal = with_second_factor(a_member_of_staff(Role.MUNICIPAL_CLERK, office=an_office()))
    auditor = with_second_factor(a_member_of_staff(Role.AUDITOR))
    for wrong in (municipal, auditor):
        with pytest.raises(AccountRefused, match="代決できません"):
            name(supervisor, wrong, by=by)
    with pytest.raises(AccountRefused, match="二段階認証を設定していません"):
        name(supervisor, a_member_of_staff(Role.PREFECTURAL_CLERK), by=by)
    with pytest.raises(AccountRefused, match="「決裁者」の役割を持っていません"):
        name(deputy, with_second_factor(a_member_of_staff(Role.PREFECTURAL_CLERK)), by=by)
    with pytest.raises(AccountRefused, match="別の人"):
        name(supervisor, supervisor, by=by)
    with pytest.raises(AccountRefused, match="今日以降"):
        name(supervisor, deputy, by=by, since=-1)
    with pytest.raises(AccountRefused, match="開始日以降"):
        name(supervisor, deputy, by=by, since=3, until=2)


def test_a_deputy_holds_the_role_through_the_whole_period(by: Actor, supervisor: User, deputy: User) -> None:
    services.end_role(assignment_id=deputy.role_assignments.get().pk, until=days(2), by=by, at=now())
    with pytest.raises(AccountRefused, match="この期間を通して"):
        name(supervisor, deputy, by=by, until=3)
    grant(deputy, Role.SUPERVISOR, by=by, since=days(3))
    assert name(supervisor, deputy, by=by, until=10).until == days(10)


def test_one_deputy_at_a_time_and_for_one_supervisor(by: Actor, supervisor: User, deputy: User) -> None:
    name(supervisor, deputy, by=by)
    second = with_second_factor(a_member_of_staff(Role.PREFECTURAL_CLERK))
    with pytest.raises(AccountRefused, match="この決裁者には、同じ期間にすでに代決者が指定されています。"):
        name(supervisor, second, by=by, since=6, until=9)
    with pytest.raises(AccountRefused, match="ほかの決裁者の代決者に指定されています。"):
        name(a_member_of_staff(Role.SUPERVISOR), deputy, by=by, since=6, until=9)
    row = {"supervisor": supervisor, "deputy": second, "since": today(), "until": today(), "reason": "x"}
    with pytest.raises(IntegrityError, match="one_deputy_for_a_supervisor_at_a_time"), transaction.atomic():
        Deputy.objects.create(**row)
    assert name(supervisor, second, by=by, since=7, until=9)


def test_a_deputy_may_not_be_without_a_second_factor_until_the_period_is_over(
    by: Actor, supervisor: User, deputy: User
) -> None:
    assert not needs_second_factor(deputy, today())
    named = name(supervisor, deputy, by=by, until=2)
    assert needs_second_factor(deputy, days(2))
    assert not needs_second_factor(deputy, days(3))
    services.end_deputy(deputy_row_id=named.pk, until=today(), by=by, at=now())
    assert deputised_supervisor(deputy, days(1)) is None


def test_a_deputy_period_that_has_not_begun_is_taken_back(by: Actor, supervisor: User, deputy: User) -> None:
    named = name(supervisor, deputy, by=by, since=5, until=8)
    assert services.end_deputy(deputy_row_id=named.pk, until=today(), by=by, at=now()) is None
    assert not Deputy.objects.exists()


def test_a_deputy_does_not_lose_the_second_factor_behind_a_link(by: Actor, supervisor: User, deputy: User) -> None:
    named = name(supervisor, deputy, by=by, since=2, until=4)
    with pytest.raises(AccountRefused, match="代決者に指定されている間は解除できません"):
        services.issue_enrolment(user_id=deputy.pk, resets_second_factor=True, by=by, at=now())
    services.issue_enrolment(user_id=deputy.pk, by=by, at=now())
    services.end_deputy(deputy_row_id=named.pk, until=today(), by=by, at=now())
    services.issue_enrolment(user_id=deputy.pk, resets_second_factor=True, by=by, at=now())
    with pytest.raises(AccountRefused, match="二段階認証を設定していません"):
        name(supervisor, deputy, by=by)


def test_a_demonstration_names_deputies_without_a_second_factor(by: Actor, supervisor: User, settings: Any) -> None:
    settings.SECOND_FACTOR_ENFORCED = False
    assert name(supervisor, a_member_of_staff(Role.PREFECTURAL_CLERK), by=by)

"""From the one-time link to the work: password, second factor with a real code, a recovery code, a lost device."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.enums import OfficeKind, Role
from accounts.models import User
from audit.actors import Actor
from audit.models import AuditRow
from config.logs import without_values
from tests.people.builders import a_member_of_staff, an_office

pytestmark = pytest.mark.django_db

MACHINE = Actor.machine("test")
PASSWORD = "correct-horse-battery"
ACTIVATE = "/accounts/2fa/totp/activate/"
AUTHENTICATE = "/accounts/2fa/authenticate/"


def code_of(secret: str) -> str:
    """What the app on the telephone shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def with_app(user: User) -> str:
    """Give somebody an authenticator app of their own and return its secret."""
    Authenticator.objects.filter(user=user).delete()
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def text(response: Any) -> str:
    return str(response.content.decode())


def sign_in(client: Client, user: User, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": user.username, "password": password})


def enrolled(role: Role) -> tuple[User, str]:
    """A new member of staff with a role, and the path of their link."""
    office = an_office(OfficeKind.PREFECTURAL)
    at = timezone.now()
    user, token = services.enrol_user(
        username=f"{role}-1".replace("_", "-"), name="見本 太郎", office_id=office.pk, by=MACHINE, at=at
    )
    services.grant_role(user_id=user.pk, role=role, since=timezone.localdate(), by=MACHINE, at=at)
    return user, reverse("accounts:enrol", args=[token])


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.SYSTEM_ADMINISTRATOR])
def test_from_the_link_to_the_first_page_with_a_second_factor(client: Client, role: Role) -> None:
    user, link = enrolled(role)
    assert "見本 太郎さん" in text(client.get(link))
    done = client.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert done["Location"] == reverse("account_login")
    assert "パスワードを設定しました" in text(client.get(done["Location"]))
    assert client.get(link).status_code == 410

    sign_in(client, user)
    assert client.get(reverse("accounts:me"))["Location"] == ACTIVATE
    page = text(client.get(ACTIVATE))
    secret = re.search(r'id="authenticator-secret" value="([A-Z2-7]+)"', page)
    assert secret is not None
    wrong = client.post(ACTIVATE, {"code": "000000"})
    assert wrong.status_code == 200 and not Authenticator.objects.filter(user=user).exists()
    assert client.post(ACTIVATE, {"code": code_of(secret[1])}).status_code == 302

    page = text(client.get(reverse("accounts:me")))
    assert "設定済み" in page and "予備コードは残り10個です" in page


def test_signing_in_takes_the_code_of_the_app_and_works_once(client: Client, today: date) -> None:
    supervisor = with_password(a_member_of_staff(Role.SUPERVISOR))
    secret = with_app(supervisor)
    assert sign_in(client, supervisor)["Location"].startswith(AUTHENTICATE)
    assert client.get(reverse("accounts:me")).status_code == 302, "the password alone opens nothing"
    assert "正しくありません" in text(client.post(AUTHENTICATE, {"code": "000000"}))
    code = code_of(secret)
    assert client.post(AUTHENTICATE, {"code": code})["Location"] == "/"
    assert client.get(reverse("accounts:me")).status_code == 200
    last_login = AuditRow.objects.filter(table="accounts_user", columns=["last_login"]).get()
    assert last_login.actor == supervisor.username

    second = Client()
    sign_in(second, supervisor)
    assert second.post(AUTHENTICATE, {"code": code}).status_code == 200, "a code that was used is used up"
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        sign_in(second, supervisor)
        assert second.post(AUTHENTICATE, {"code": code_of(secret)}).status_code == 302


def test_a_recovery_code_opens_once(client: Client) -> None:
    supervisor = with_password(a_member_of_staff(Role.SUPERVISOR))
    with_app(supervisor)
    code = RecoveryCodes.activate(supervisor).get_unused_codes()[3]
    sign_in(client, supervisor)
    assert client.post(AUTHENTICATE, {"code": code})["Location"] == "/"
    assert "予備コードは残り9個です" in text(client.get(reverse("accounts:me")))
    second = Client()
    sign_in(second, supervisor)
    assert second.post(AUTHENTICATE, {"code": code}).status_code == 200
    assert second.get(reverse("accounts:me")).status_code == 302


def test_a_new_password_does_not_go_round_the_second_factor(client: Client) -> None:
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    with_app(supervisor)
    token = services.issue_enrolment(user_id=supervisor.pk, by=MACHINE, at=timezone.now())
    client.post(reverse("accounts:enrol", args=[token]), {"password": PASSWORD, "again": PASSWORD})
    assert sign_in(client, supervisor)["Location"].startswith(AUTHENTICATE)


def test_who_lost_the_device_sets_up_a_new_one_behind_a_link(client: Client) -> None:
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    with_app(supervisor)
    token = services.issue_enrolment(user_id=supervisor.pk, resets_second_factor=True, by=MACHINE, at=timezone.now())
    client.post(reverse("accounts:enrol", args=[token]), {"password": PASSWORD, "again": PASSWORD})
    sign_in(client, supervisor)
    assert client.get(reverse("accounts:me"))["Location"] == ACTIVATE
    removed = AuditRow.objects.filter(table="mfa_authenticator", operation="D").latest("pk")
    assert removed.actor == supervisor.username
    assert removed.values == {"type": ["totp", None], "user_id": [supervisor.pk, None]}


def test_who_must_have_a_second_factor_cannot_remove_it(client: Client) -> None:
    supervisor = with_password(a_member_of_staff(Role.SUPERVISOR))
    secret = with_app(supervisor)
    sign_in(client, supervisor)
    client.post(AUTHENTICATE, {"code": code_of(secret)})
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert answer.status_code == 200
    assert Authenticator.objects.filter(user=supervisor).count() == 1


def test_a_clerk_may_set_up_a_second_factor_and_remove_it_again(client: Client) -> None:
    clerk = with_password(a_member_of_staff(Role.PREFECTURAL_CLERK))
    secret = with_app(clerk)
    sign_in(client, clerk)
    client.post(AUTHENTICATE, {"code": code_of(secret)})
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not Authenticator.objects.filter(user=clerk).exists()


# --- the link ---


@pytest.mark.parametrize("token", ["nothing", "x" * 200, "%00", "日本"])
def test_a_wrong_link_says_what_to_do_and_nothing_else(client: Client, token: str) -> None:
    answer = client.get(f"/staff/enrol/{token}/")
    assert answer.status_code == 410
    assert "案内の再発行を頼んでください" in text(answer)


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "12 文字以上"),
        ("123456789012", "123456789012", "数字しか"),
        ("correct-horse-battery", "correct-horse-batterx", "一致しません"),
        ("", "", "必須"),
        ("supervisor-1", "supervisor-1", "職員番号"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused_in_words(
    client: Client, password: str, again: str, words: str
) -> None:
    user, link = enrolled(Role.SUPERVISOR)
    answer = client.post(link, {"password": password, "again": again})
    assert answer.status_code == 422
    assert words in text(answer)
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert password == "" or password not in text(answer).replace(user.username, "")


def test_using_a_link_signs_out_whoever_was_at_the_desk() -> None:
    administrator = a_member_of_staff(Role.PREFECTURAL_CLERK)
    client = Client()
    client.force_login(administrator)
    _, link = enrolled(Role.SUPERVISOR)
    client.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert client.get(reverse("accounts:me")).status_code == 302


def test_a_new_password_ends_every_other_session() -> None:
    clerk = a_member_of_staff(Role.PREFECTURAL_CLERK)
    elsewhere = Client()
    elsewhere.force_login(clerk)
    assert elsewhere.get(reverse("accounts:me")).status_code == 200
    token = services.issue_enrolment(user_id=clerk.pk, by=MACHINE, at=timezone.now())
    Client().post(reverse("accounts:enrol", args=[token]), {"password": PASSWORD, "again": PASSWORD})
    assert elsewhere.get(reverse("accounts:me")).status_code == 302


def test_a_stopped_account_does_not_sign_in(client: Client) -> None:
    clerk = with_password(a_member_of_staff(Role.PREFECTURAL_CLERK))
    services.deactivate_user(user_id=clerk.pk, by=MACHINE, at=timezone.now())
    sign_in(client, clerk)
    assert client.get(reverse("accounts:me")).status_code == 302


def test_the_links_token_is_not_written_to_the_log() -> None:
    _, link = enrolled(Role.SUPERVISOR)
    token = link.split("/")[-2]
    for line in ({"event": f"Gone: {link}"}, {"event": "request_started", "request": f"GET {link}"}):
        assert token not in str(without_values(None, "info", line))


def test_the_door_speaks_of_the_staff_number_as_every_other_page_does(client: Client) -> None:
    user = a_member_of_staff()
    assert "職員番号" in text(client.get(reverse("account_login")))
    answer = text(client.post(reverse("account_login"), {"login": user.username, "password": "wrong"}))
    assert "職員番号またはパスワードが正しくありません。" in answer
    assert "ユーザー名" not in answer

"""What every request passes through, tried on three small views of this module."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import decrypt
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

from accounts.enums import OfficeKind, Role, Side
from accounts.models import Office, RoleAssignment, User
from accounts.sessions import polled
from audit.context import current_request_id

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people/?q=1"}
START = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(current_request_id.get())


@polled
def progress(request: HttpRequest) -> HttpResponse:
    return HttpResponse("42 %")


@login_not_required
def door(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


urlpatterns = [
    path("page/", page),
    path("progress/", progress),
    path("door/", door),
    path("", include("config.urls")),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def member(role: Role, side: Side) -> User:
    office = Office.objects.create(code=role[:10], name="見本市社協", kind=OfficeKind.MUNICIPAL)
    user = User.objects.create(username=role, name="見本太郎", office=office)
    user.set_password("a-password-of-the-tests")
    user.save()
    RoleAssignment.objects.create(user=user, role=role, side=side, since=date(2020, 4, 1), granted_by="tests")
    return user


@pytest.fixture
def clerk() -> User:
    return member(Role.MUNICIPAL_CLERK, Side.COUNCIL)


@pytest.fixture
def supervisor() -> User:
    return member(Role.SUPERVISOR, Side.COUNCIL)


@pytest.fixture
def administrator() -> User:
    return member(Role.SYSTEM_ADMINISTRATOR, Side.SYSTEM)


# --- login ---


def test_a_stranger_is_sent_to_the_login_and_comes_back_afterwards(client: Client) -> None:
    response = client.get("/page/?q=1")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/page/%3Fq%3D1")


def test_a_part_of_a_page_sends_the_whole_page_to_the_login(client: Client) -> None:
    response = client.get("/page/", headers=HTMX)
    assert response["HX-Redirect"] == "/accounts/login/?next=%2Fpeople%2F%3Fq%3D1"
    assert response.content == b""


def test_a_part_of_a_page_never_sends_anybody_to_another_site(client: Client) -> None:
    response = client.get("/page/", headers=HTMX | {"HX-Current-URL": "https://elsewhere.example/people/"})
    assert response["HX-Redirect"] == "/accounts/login/?next=%2F"


@pytest.mark.parametrize("path", ["/door/", "/healthz", "/accounts/login/"])
def test_only_what_says_so_is_open(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/accounts/signup/", "/accounts/password/reset/", "/accounts/email/", "/accounts/login/code/"]
)
def test_what_needs_mail_or_lets_strangers_in_does_not_exist(client: Client, clerk: User, path: str) -> None:
    client.force_login(clerk)
    assert client.get(path).status_code == 404


def test_signing_in_takes_the_user_name_and_the_password(client: Client, clerk: User) -> None:
    form = {"login": clerk.username, "password": "a-password-of-the-tests"}
    assert client.post("/accounts/login/?next=/page/", form)["Location"] == "/page/"
    assert client.get("/page/").status_code == 200


def test_five_wrong_passwords_lock_out_this_user_from_this_address_and_nobody_else(
    client: Client, clerk: User, supervisor: User
) -> None:
    right = {"login": clerk.username, "password": "a-password-of-the-tests"}
    answers = [client.post("/accounts/login/", right | {"password": "wrong"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert client.post("/accounts/login/", right).status_code == 429
    assert client.post("/accounts/login/", right, REMOTE_ADDR="192.0.2.7").status_code == 302
    other = {"login": supervisor.username, "password": "a-password-of-the-tests"}
    assert Client().post("/accounts/login/", other).status_code == 302


# --- caches and frames ---


@pytest.mark.parametrize("path", ["/page/", "/door/", "/accounts/login/", "/healthz", "/nowhere/"])
def test_no_answer_is_kept_by_a_cache_or_shown_in_a_frame(client: Client, clerk: User, path: str) -> None:
    for headers in ({}, HTMX):
        response = client.get(path, headers=headers)
        assert response["Cache-Control"] == "no-store"
        assert response["X-Frame-Options"] == "DENY"


def test_the_content_security_policy_allows_no_inline_script_and_no_inline_style(client: Client) -> None:
    policy = client.get("/door/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy + ";"
    assert "style-src 'self';" in policy + ";"
    assert "frame-ancestors 'none'" in policy


# --- sessions end ---


def test_a_session_ends_half_an_hour_after_the_last_click(client: Client, clerk: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client.force_login(clerk)
        for _ in range(3):
            clock.shift(timedelta(minutes=25))
            assert client.get("/page/").status_code == 200
        clock.shift(timedelta(minutes=31))
        assert client.get("/page/").status_code == 302


def test_a_page_that_polls_does_not_keep_a_session_alive(client: Client, clerk: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client.force_login(clerk)
        client.get("/page/")
        for _ in range(29):
            clock.shift(timedelta(minutes=1))
            assert client.get("/progress/").status_code == 200
        clock.shift(timedelta(minutes=2))
        assert client.get("/progress/").status_code == 302


def test_the_cookie_ends_with_the_browser(client: Client, clerk: User) -> None:
    response = client.post("/accounts/login/", {"login": clerk.username, "password": "a-password-of-the-tests"})
    cookie = response.cookies["sessionid"]
    assert (cookie["max-age"], cookie["expires"], cookie["httponly"]) == ("", "", True)


def test_a_session_is_written_at_most_once_a_minute(client: Client, clerk: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client.force_login(clerk)
        client.get("/page/")
        first = Session.objects.get().expire_date
        clock.shift(timedelta(seconds=30))
        client.get("/page/")
        assert Session.objects.get().expire_date == first
        clock.shift(timedelta(seconds=31))
        client.get("/page/")
        assert Session.objects.get().expire_date == first + timedelta(seconds=61)


# --- the second factor ---


@pytest.mark.parametrize("who", ["supervisor", "administrator"])
def test_who_must_have_a_second_factor_gets_no_further_without_one(
    client: Client, who: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get("/page/")["Location"] == "/accounts/2fa/totp/activate/"
    assert client.get("/page/", headers=HTMX)["HX-Redirect"] == "/accounts/2fa/totp/activate/"
    assert client.get("/door/").status_code == 200


def test_the_pages_that_set_up_a_second_factor_stay_open(client: Client, supervisor: User) -> None:
    password = {"password": "a-password-of-the-tests"}
    client.post("/accounts/login/", password | {"login": supervisor.username})
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302


def test_setting_up_a_second_factor_asks_for_the_password_again_when_signing_in_was_long_ago(
    client: Client, supervisor: User
) -> None:
    password = {"password": "a-password-of-the-tests"}
    with time_machine.travel(START, tick=False) as clock:
        client.post("/accounts/login/", password | {"login": supervisor.username})
        clock.shift(timedelta(minutes=11))
        again = client.get("/accounts/2fa/totp/activate/")["Location"]
        assert again.startswith("/accounts/reauthenticate/")
        assert client.post(again, password)["Location"] == "/accounts/2fa/totp/activate/"
        assert client.get("/accounts/2fa/totp/activate/").status_code == 200


def test_with_a_second_factor_the_pages_open(client: Client, supervisor: User) -> None:
    TOTP.activate(supervisor, generate_totp_secret())
    client.force_login(supervisor)
    assert client.get("/page/").status_code == 200


def test_a_clerk_may_work_without_a_second_factor(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    assert client.get("/page/").status_code == 200


def test_a_demonstration_may_do_without(client: Client, supervisor: User, settings: Settings) -> None:
    settings.SECOND_FACTOR_ENFORCED = False
    client.force_login(supervisor)
    assert client.get("/page/").status_code == 200


def test_the_secret_of_a_second_factor_is_unreadable_in_the_database(supervisor: User, settings: Settings) -> None:
    secret = generate_totp_secret()
    stored = TOTP.activate(supervisor, secret).instance
    stored.refresh_from_db()
    assert secret not in str(stored.data)
    settings.FIELD_KEYS = (b"n" * 32, *settings.FIELD_KEYS)
    assert decrypt(stored.data["secret"]) == secret


# --- the request's id ---


def test_the_audit_log_learns_the_id_of_the_request_and_forgets_it_afterwards(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    first, second = client.get("/page/").content, client.get("/page/").content
    assert len(first) == 36 and first != second
    assert current_request_id.get() == ""

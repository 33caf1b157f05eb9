"""The command that opens an empty installation, and the way back in when nobody can sign in any more."""

from io import StringIO
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.enums import OfficeKind, Role
from accounts.models import Office, User
from audit.models import AuditRow
from tests.people.builders import an_office

pytestmark = pytest.mark.django_db

FIRST = ("k0001", "見本 管理", "--office-name", "見本県社会福祉協議会")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("first_admin", *arguments, stdout=out)
    return out.getvalue()


def test_it_registers_council_and_administrator_and_prints_a_link_that_opens(client: Client) -> None:
    printed = run(*FIRST, "--address", "https://tsunagi.example.jp")
    link = printed.splitlines()[-1]
    assert link.startswith("https://tsunagi.example.jp/staff/enrol/")
    assert client.get(urlsplit(link).path).status_code == 200
    user = User.objects.get()
    assert (user.roles, user.office.kind, user.has_usable_password()) == (
        {Role.SYSTEM_ADMINISTRATOR},
        OfficeKind.PREFECTURAL,
        False,
    )
    assert set(AuditRow.objects.values_list("actor", flat=True)) == {"system:first_admin"}


def test_it_takes_the_council_that_is_registered(client: Client) -> None:
    office = an_office(OfficeKind.PREFECTURAL)
    run("k0001", "見本 管理")
    assert User.objects.get().office == office


def test_it_asks_for_the_council_when_there_is_none() -> None:
    with pytest.raises(CommandError, match="--office-name"):
        run("k0001", "見本 管理")
    assert not User.objects.exists()


def test_it_refuses_once_there_is_an_administrator() -> None:
    run(*FIRST)
    with pytest.raises(CommandError, match="--another"):
        run("k0002", "見本 次")
    assert User.objects.count() == 1


def test_another_lets_an_administrator_back_in_who_lost_everything(client: Client) -> None:
    run(*FIRST)
    user = User.objects.get()
    TOTP.activate(user, generate_totp_secret())
    printed = run("k0001", "見本 管理", "--another")
    path = urlsplit(printed.splitlines()[-1]).path
    client.post(path, {"password": "correct-horse-battery", "again": "correct-horse-battery"})
    user.refresh_from_db()
    assert user.check_password("correct-horse-battery")
    assert not Authenticator.objects.filter(user=user).exists()
    run("k0002", "見本 次", "--another")
    assert User.objects.filter(role_assignments__role=Role.SYSTEM_ADMINISTRATOR).count() == 2


def test_a_refusal_leaves_nothing_behind() -> None:
    with pytest.raises(CommandError, match="半角の英数字"):
        run("管理者", "見本 管理", "--office-name", "見本県社会福祉協議会")
    assert not Office.objects.exists()

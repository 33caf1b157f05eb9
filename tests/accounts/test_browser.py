"""The pages of accounts, rules and logs in a real browser: by keyboard, at 360 pixels, without an accessibility finding."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.enums import OfficeKind, Role
from accounts.models import User
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from rulebook.models import SettingRow
from rulebook.services import propose_setting
from tests.people.builders import a_member_of_staff, an_office

pytestmark = pytest.mark.django_db(transaction=True)

MACHINE = Actor.machine("test")
PASSWORD = "correct-horse-battery"


def enter(page: Any, live_server: Any, user: User) -> None:
    """Put somebody who is signed in, and has just proved the password, in front of the browser."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": timezone.now().timestamp()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])


def overflow(page: Any) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def test_an_administrator_lets_a_colleague_in_by_keyboard_alone(
    page: Any, live_server: Any, axe_findings: Callable[[Any], list[str]]
) -> None:
    administrator = a_member_of_staff(Role.SYSTEM_ADMINISTRATOR)
    an_office(OfficeKind.MUNICIPAL)
    enter(page, live_server, administrator)
    page.goto(live_server.url + reverse("accounts:staff_new"))
    page.get_by_label("職員番号").focus()
    page.keyboard.type("k0100")
    page.keyboard.press("Tab")
    page.keyboard.type("見本 太郎")
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    link = page.get_by_label("利用開始のアドレス").input_value()
    assert axe_findings(page) == []

    page.get_by_role("link", name="役割を付与する").press("Enter")
    page.get_by_role("radio", name="市区町村社協 職員").press("Space")
    page.get_by_role("button", name="役割を付与する").press("Enter")
    assert page.get_by_text("「市区町村社協 職員」を付与しました。").is_visible()

    page.context.clear_cookies()
    page.goto(link)
    page.get_by_label("パスワード", exact=False).first.fill(PASSWORD)
    page.get_by_label("パスワード（確認のためもう一度）").fill(PASSWORD)
    assert axe_findings(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('account_login')}")
    assert User.objects.get(username="k0100").check_password(PASSWORD)


def test_two_people_change_a_setting_in_the_browser(page: Any, live_server: Any) -> None:
    clerk, supervisor = a_member_of_staff(Role.PREFECTURAL_CLERK), a_member_of_staff(Role.SUPERVISOR)
    enter(page, live_server, clerk)
    page.goto(live_server.url + reverse("rulebook:setting", args=["debit_day"]))
    page.get_by_label("新しい値").fill("27")
    page.get_by_label("根拠").fill("見本県社協 償還要綱 第5条")
    page.get_by_role("button", name="変更を起案する").click()
    assert page.get_by_role("button", name="変更を承認する").count() == 0
    enter(page, live_server, supervisor)
    page.reload()
    page.get_by_role("button", name="変更を承認する").first.press("Enter")
    assert page.get_by_role("dialog").get_by_text("これまでの決定は変わりません").is_visible()
    page.get_by_role("dialog").get_by_role("button", name="変更を承認する").press("Enter")
    page.get_by_text("変更を承認しました").wait_for()
    assert SettingRow.objects.get().approved_by == supervisor


@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_is_readable_without_a_finding_and_without_sideways_scrolling(
    page: Any, live_server: Any, axe_findings: Callable[[Any], list[str]], width: int
) -> None:
    administrator, auditor = a_member_of_staff(Role.SYSTEM_ADMINISTRATOR), a_member_of_staff(Role.AUDITOR)
    supervisor, clerk = a_member_of_staff(Role.SUPERVISOR), a_member_of_staff(Role.PREFECTURAL_CLERK)
    Authenticator.objects.filter(user=clerk).delete()
    TOTP.activate(clerk, generate_totp_secret())
    at, today = timezone.now(), timezone.localdate()
    services.name_deputy(
        supervisor_id=supervisor.pk, deputy_id=clerk.pk, since=today, until=today, reason="出張", by=MACHINE, at=at
    )
    propose_setting(
        key="debit_day", value=27, valid_from=today, source="見本県社協 償還要綱", by=Actor.person(clerk), at=at
    )
    record_access(by=Actor.person(clerk), action=AccessAction.SEARCH, subject="person", ids=range(1, 99), at=at)
    token = services.issue_enrolment(user_id=clerk.pk, by=MACHINE, at=at)
    page.set_viewport_size({"width": width, "height": 800})
    tour = {
        administrator: [
            reverse("accounts:staff"),
            reverse("accounts:staff_new"),
            reverse("accounts:member", args=[clerk.pk]),
            reverse("accounts:member_change", args=[clerk.pk]),
            reverse("accounts:deputies"),
            reverse("accounts:offices"),
            reverse("accounts:office_new"),
            reverse("accounts:office", args=[clerk.office_id]),
            reverse("accounts:letterhead_new", args=[clerk.office_id]),
        ],
        clerk: [reverse("accounts:me"), reverse("accounts:roles"), reverse("rulebook:settings")],
        supervisor: [
            reverse("rulebook:rules"),
            reverse("rulebook:setting", args=["debit_day"]),
            reverse("rulebook:setting", args=["consent_texts"]),
        ],
        auditor: [reverse("audit:log"), reverse("audit:accesses"), reverse("audit:log") + "?day=x"],
    }
    findings = []
    for user, addresses in tour.items():
        enter(page, live_server, user)
        for address in addresses:
            page.goto(live_server.url + address)
            findings += [f"{address}: {finding}" for finding in axe_findings(page)]
            if overflow(page) > 0:
                findings.append(f"{address}: {overflow(page)} px too wide")
    page.context.clear_cookies()
    for address in (reverse("accounts:enrol", args=[token]), reverse("accounts:enrol", args=["x"])):
        page.goto(live_server.url + address)
        findings += [f"{address}: {finding}" for finding in axe_findings(page)]
    assert findings == []

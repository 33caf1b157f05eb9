"""The administrator's pages and one's own: who gets in, what is shown, what a mistake gets, how many queries."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OfficeKind, Role
from accounts.models import Deputy, Office, User
from accounts.roles import ROLES
from tests.people.builders import a_member_of_staff, an_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PASSWORD = "correct-horse-battery"
ADMINISTRATOR_PAGES = ["staff", "staff_new", "deputies", "offices", "office_new"]


def signed_in(user: User, *, password: str = PASSWORD) -> Client:
    """A browser in which somebody has just signed in with the password (and the second factor, if they need one)."""
    user.set_password(password)
    user.save()
    if user.must_have_second_factor and not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, generate_totp_secret())
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": timezone.now().timestamp()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


@pytest.fixture
def administrator() -> User:
    return a_member_of_staff(Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def client(administrator: User) -> Client:
    return signed_in(administrator)


def text(response: Any) -> str:
    return str(response.content.decode())


# --- who gets in ---


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM_ADMINISTRATOR])
def test_the_administrators_pages_are_closed_to_everybody_else(role: Role) -> None:
    outsider = signed_in(a_member_of_staff(role, office=an_office(min(ROLES[role].office_kinds))))
    somebody = a_member_of_staff(office=an_office())
    for name in ADMINISTRATOR_PAGES:
        assert outsider.get(reverse(f"accounts:{name}")).status_code == 403
    for name in ("member", "member_change", "link_show"):
        assert outsider.get(reverse(f"accounts:{name}", args=[somebody.pk])).status_code == 403
    for name in ("link_issue", "member_active", "member_unlock", "role_grant"):
        assert outsider.post(reverse(f"accounts:{name}", args=[somebody.pk])).status_code == 403
    assert outsider.post(reverse("accounts:role_end", args=[somebody.role_assignments.get().pk])).status_code == 403
    somebody.refresh_from_db()
    assert somebody.is_active


@pytest.mark.parametrize("role", list(Role))
def test_everybody_sees_their_own_account_and_what_each_role_means(role: Role) -> None:
    me = signed_in(a_member_of_staff(role, office=an_office(min(ROLES[role].office_kinds))))
    assert ROLES[role].sentence in text(me.get(reverse("accounts:me")))
    page = text(me.get(reverse("accounts:roles")))
    for definition in ROLES.values():
        assert definition.sentence in page


def test_somebody_without_a_role_is_told_whom_to_ask() -> None:
    page = text(signed_in(a_member_of_staff(None)).get(reverse("accounts:me")))
    assert "役割がありません" in page and "システム管理者に連絡" in page


@pytest.mark.parametrize("name", ["link_issue", "member_active", "member_unlock", "role_grant", "role_end"])
def test_nothing_is_changed_by_following_a_link(client: Client, name: str) -> None:
    assert client.get(reverse(f"accounts:{name}", args=[1])).status_code == 405


def test_what_does_not_exist_is_not_found(client: Client) -> None:
    assert client.get(reverse("accounts:member", args=[999_999])).status_code == 404
    assert client.get(reverse("accounts:office", args=[999_999])).status_code == 404
    member = a_member_of_staff(office=an_office())
    assert client.post(reverse("accounts:member_active", args=[member.pk]), {"move": "explode"}).status_code == 404


# --- the list ---


def test_the_list_is_filtered_by_name_office_role_and_state(client: Client) -> None:
    clerk = a_member_of_staff(Role.MUNICIPAL_CLERK, office=an_office(name="東社協"))
    agent = a_member_of_staff(Role.AGENCY_WORKER)
    User.objects.filter(pk=agent.pk).update(is_active=False)
    url = reverse("accounts:staff")
    for query, seen, unseen in (
        ({"q": clerk.name}, clerk, agent),
        ({"office": clerk.office_id}, clerk, agent),
        ({"role": "agency_worker"}, agent, clerk),
        ({"state": "inactive"}, agent, clerk),
    ):
        page = text(client.get(url, query))
        assert seen.name in page and unseen.name not in page
    assert "条件に合う職員はいません" in text(client.get(url, {"q": "だれでもない"}))


def test_the_list_goes_on_after_fifty(client: Client, administrator: User) -> None:
    office = an_office()
    User.objects.bulk_create(User(username=f"a{n:03d}", name=f"見本 {n}", office=office) for n in range(60))
    first = text(client.get(reverse("accounts:staff")))
    assert "全61人" in first or "職員 61人" in first
    assert "a049" in first and "a050" not in first
    after = re.search(r'href="\?([^"]*after=a049)"', first)
    assert after is not None
    second = text(client.get(f"{reverse('accounts:staff')}?{after[1]}"))
    assert "a050" in second and administrator.username in second


def test_pages_ask_as_many_questions_for_twenty_rows_as_for_one(client: Client) -> None:
    office = an_office()
    asked: list[dict[str, int]] = []
    for day in range(20):
        member = a_member_of_staff(Role.MUNICIPAL_CLERK, office=office)
        on = timezone.localdate() + timedelta(days=day)
        Deputy.objects.create(
            supervisor=a_member_of_staff(Role.SUPERVISOR), deputy=member, since=on, until=on, reason="出張"
        )
        an_office()
        if day in (0, 19):
            asked.append({name: _queries(client, name) for name in ("staff", "deputies", "offices")})
    assert asked[0] == asked[1]
    assert max(asked[0].values()) <= 12


def _queries(client: Client, name: str) -> int:
    client.get(reverse(f"accounts:{name}"))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse(f"accounts:{name}")).status_code == 200
    return len(queries)


# --- registering, link, roles ---


def test_registering_shows_the_link_once(client: Client) -> None:
    office = an_office()
    answer = client.post(
        reverse("accounts:staff_new"), {"username": "k0001", "name": "見本 太郎", "office": office.pk}, follow=True
    )
    link = re.search(r">(http://testserver/staff/enrol/[\w-]+/)<", text(answer))
    assert link is not None
    again = client.get(answer.redirect_chain[0][0], follow=True)
    assert "enrol" not in text(again)
    assert "一度だけ表示されます" in text(again)
    assert Client().get(link[1]).status_code == 200


def test_a_wrong_form_says_what_is_wrong_and_saves_nothing(client: Client) -> None:
    answer = client.post(reverse("accounts:staff_new"), {"username": "佐藤", "name": "", "office": ""})
    assert answer.status_code == 422
    page = text(answer)
    assert "半角の英数字" in page and "まだ保存されていません" in page
    assert User.objects.count() == 1


def test_granting_and_ending_a_role_on_the_page(client: Client) -> None:
    member = a_member_of_staff(None, office=an_office())
    page = reverse("accounts:member", args=[member.pk])
    grant = reverse("accounts:role_grant", args=[member.pk])
    assert "役割がありません" in text(client.get(page))
    refused = client.post(grant, {"role": "supervisor", "since": "令和8年11月20日"})
    assert refused.status_code == 422
    done = client.post(grant, {"role": "municipal_clerk", "since": "R8.11.20", "until": ""}, follow=True)
    assert "「市区町村社協 職員」を付与しました。" in text(done)
    twice = client.post(grant, {"role": "municipal_clerk", "since": "R8.11.20"})
    assert "すでに" in text(twice) or "付与されています" in text(twice)
    end = reverse("accounts:role_end", args=[member.role_assignments.get().pk])
    assert "日付として読み取れません" in text(client.post(end, {"until": "きのう"}, follow=True))
    assert "終了日を登録しました" in text(client.post(end, {"until": "令和8年11月20日"}, follow=True))


def test_the_page_of_oneself_offers_nothing_that_would_be_refused(client: Client, administrator: User) -> None:
    page = text(client.get(reverse("accounts:member", args=[administrator.pk])))
    assert "ほかのシステム管理者が行います" in page
    for words in ("役割を付与する", "利用を停止する", "案内を発行する"):
        assert words not in page


def test_stopping_an_account_ends_its_session(client: Client) -> None:
    clerk = a_member_of_staff(office=an_office())
    theirs = signed_in(clerk)
    assert theirs.get(reverse("accounts:me")).status_code == 200
    answer = client.post(reverse("accounts:member_active", args=[clerk.pk]), {"move": "stop"}, follow=True)
    assert "利用を停止しました" in text(answer)
    assert theirs.get(reverse("accounts:me")).status_code == 302
    client.post(reverse("accounts:member_active", args=[clerk.pk]), {"move": "start"})
    clerk.refresh_from_db()
    assert clerk.is_active


def test_a_refused_change_is_said_on_the_page(client: Client, administrator: User) -> None:
    answer = client.post(reverse("accounts:member_active", args=[administrator.pk]), {"move": "stop"}, follow=True)
    assert "自分自身の利用は停止できません。" in text(answer)


def test_a_lock_out_is_seen_and_lifted(client: Client) -> None:
    clerk = a_member_of_staff(office=an_office())
    clerk.set_password(PASSWORD)
    clerk.save()
    locked = Client(REMOTE_ADDR="192.0.2.9")
    for spelling in (
        clerk.username,
        clerk.username.upper(),
        clerk.username.title(),
        f" {clerk.username}",
        "S" + clerk.username[1:],
    ):
        answer = locked.post(reverse("account_login"), {"login": spelling, "password": "wrong"})
    assert answer.status_code == 429
    assert "ログインを止めています" in text(answer)
    page = reverse("accounts:member", args=[clerk.pk])
    assert "192.0.2.9から5回失敗" in text(client.get(page))
    assert "制限を解除しました" in text(client.post(reverse("accounts:member_unlock", args=[clerk.pk]), follow=True))
    assert not AccessAttempt.objects.exists()
    assert "192.0.2.9" not in text(client.get(page))
    right = {"login": clerk.username, "password": PASSWORD}
    assert locked.post(reverse("account_login"), right).status_code == 302


def test_what_gives_power_asks_for_the_password_again_after_ten_minutes_and_then_goes_on(
    client: Client, time_machine_travel: Any
) -> None:
    clerk = a_member_of_staff(office=an_office())
    url = reverse("accounts:link_issue", args=[clerk.pk])
    time_machine_travel(minutes=11)
    asked = client.post(url, {"resets_second_factor": "on"})
    assert asked.status_code == 302
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert not clerk.enrolments.exists()
    answered = client.post(asked["Location"], {"password": PASSWORD}, follow=True)
    assert "今だけ表示されます" in text(answered)
    assert clerk.enrolments.get().resets_second_factor


@pytest.fixture
def time_machine_travel(today: Any) -> Any:
    import time_machine

    travellers: list[Any] = []

    def shift(**delta: int) -> None:
        traveller = time_machine.travel(timezone.now() + timedelta(**delta), tick=False)
        traveller.start()
        travellers.append(traveller)

    yield shift
    for traveller in reversed(travellers):
        traveller.stop()


# --- offices, letterheads, deputies ---


def test_an_office_and_its_letterhead(client: Client) -> None:
    made = client.post(
        reverse("accounts:office_new"),
        {"code": "S01", "name": "見本市社会福祉協議会", "kind": "municipal", "municipality": "見本市"},
        follow=True,
    )
    office = Office.objects.get(code="S01")
    assert "発信者情報がまだありません" in text(made)
    url = reverse("accounts:letterhead_new", args=[office.pk])
    given = {
        "valid_from": "令和8年12月1日",
        "letter_name": "社会福祉法人 見本市社会福祉協議会",
        "chairperson": "見本 会長",
        "seal_mode": "omitted",
        "number_prefix": "見社協",
        "postal_code": "0600001",
        "address": "見本県見本市1-2",
        "phone": "000-000-0000",
        "hours": "平日 9:00～17:00",
        "envelope_profile": re.findall(r'<option value="([^"]+)"', text(client.get(url)))[0],
        "desks": "見本相談窓口、000-111-2222、平日 9:00～17:00\n見本くらしの窓口",
    }
    wrong = text(client.post(url, given))
    assert "060-0002 のように" in wrong and "2行目" in wrong
    given |= {"postal_code": "060-0001", "desks": "見本相談窓口、000-111-2222、平日 9:00～17:00"}
    page = text(client.post(url, given, follow=True))
    assert "令和8年12月1日" in page and "公印省略" in page and "開始前" in page
    assert "見本相談窓口、000-111-2222、平日 9:00～17:00" in text(client.get(url))
    assert office.letterheads.get().desks == [
        {"name": "見本相談窓口", "contact": "000-111-2222", "hours": "平日 9:00～17:00"}
    ]
    closing = {"name": office.name, "municipality": "見本市", "closed_on": "令和9年3月31日"}
    assert "変更しました" in text(client.post(reverse("accounts:office", args=[office.pk]), closing, follow=True))


def test_naming_a_deputy_on_the_page(client: Client) -> None:
    supervisor, clerk = a_member_of_staff(Role.SUPERVISOR), a_member_of_staff(Role.PREFECTURAL_CLERK)
    url = reverse("accounts:deputies")
    assert "代決者は指定されていません" in text(client.get(url))
    given = {
        "supervisor": supervisor.pk,
        "deputy": clerk.pk,
        "since": "R8.11.20",
        "until": "R8.11.27",
        "reason": "出張",
    }
    assert "二段階認証を設定していません" in text(client.post(url, given))
    TOTP.activate(clerk, generate_totp_secret())
    assert f"{clerk.name}さんを代決者に指定しました。" in text(client.post(url, given, follow=True))
    assert f"今日は{supervisor.name}さんに代わって決裁できます。" in text(signed_in(clerk).get(reverse("accounts:me")))
    end = reverse("accounts:deputy_end", args=[Deputy.objects.get().pk])
    assert "終了日を登録しました" in text(client.post(end, {"until": "R8.11.20"}, follow=True))


def test_the_account_page_shows_every_link_that_was_issued(client: Client, administrator: User) -> None:
    clerk = a_member_of_staff(office=an_office())
    client.post(reverse("accounts:link_issue", args=[clerk.pk]), {"resets_second_factor": "on"})
    page = text(signed_in(clerk).get(reverse("accounts:me")))
    assert administrator.username in page and "パスワードと二段階認証" in page and "未使用" in page


def test_moving_to_another_office_on_the_page(client: Client) -> None:
    clerk = a_member_of_staff(Role.MUNICIPAL_CLERK, office=an_office())
    url = reverse("accounts:member_change", args=[clerk.pk])
    prefectural = an_office(OfficeKind.PREFECTURAL)
    assert "持てない役割です" in text(client.post(url, {"name": clerk.name, "office": prefectural.pk}))
    other = an_office()
    assert "変更しました" in text(client.post(url, {"name": "見本 新姓", "office": other.pk}, follow=True))
    clerk.refresh_from_db()
    assert (clerk.name, clerk.office) == ("見本 新姓", other)

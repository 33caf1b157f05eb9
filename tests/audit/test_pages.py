"""The two logs as an auditor reads them: a day or one row's life, older page by page, no personal data."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OfficeKind, Role
from accounts.models import Office, RoleAssignment
from accounts.roles import ROLES
from audit import selectors
from audit.actors import Actor
from audit.enums import AccessAction
from audit.models import AuditRow
from audit.services import acting, record_access
from people.models import Person
from tests.people.builders import a_member_of_staff, a_person, an_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

LOG, ACCESSES = "audit:log", "audit:accesses"
CLERK = Actor("k-clerk", 7)


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(a_member_of_staff(Role.AUDITOR))
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def table_of(page: str) -> str:
    found = re.search(r"<tbody>.*</tbody>", page, re.DOTALL)
    return found[0] if found else ""


def ask(client: Client, name: str = LOG, **query: Any) -> str:
    return text(client.get(reverse(name), query))


def changed_at(at: datetime, name: str, by: Actor = CLERK) -> Office:
    with acting(by, at=at):
        return an_office(OfficeKind.AGENCY, name=name)


def access_at(at: datetime, *ids: int, subject: str = "person", action: AccessAction = AccessAction.VIEW) -> None:
    record_access(by=CLERK, action=action, subject=subject, ids=ids, at=at, reason="")


# --- who gets in ---


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", [LOG, ACCESSES])
def test_only_auditors_read_the_logs(role: Role, name: str) -> None:
    client = Client()
    client.force_login(a_member_of_staff(role, office=an_office(min(ROLES[role].office_kinds))))
    assert client.get(reverse(name)).status_code == (200 if role == Role.AUDITOR else 403)
    assert client.post(reverse(name)).status_code in (403, 405)


# --- changes ---


def test_today_is_shown_first_and_a_day_begins_at_midnight_in_japan(client: Client) -> None:
    midnight = timezone.make_aware(datetime(2026, 11, 20))
    first, last = changed_at(midnight, "初"), changed_at(midnight - timedelta(microseconds=1), "終")
    today, yesterday = table_of(ask(client)), table_of(ask(client, day="令和8年11月19日"))
    assert f"row={first.pk}&" in today and f"row={last.pk}&" not in today
    assert f"row={last.pk}&" in yesterday and f"row={first.pk}&" not in yesterday
    assert "令和8年11月20日" in today and "00:00:00" in today
    assert 'value="令和8年11月20日"' in ask(client), "the day asked for is shown in era years"


def test_a_change_is_shown_in_words_without_personal_values(client: Client) -> None:
    with acting(CLERK, at=timezone.now()):
        person = a_person("秘密 花子")
        user = a_member_of_staff(Role.MUNICIPAL_CLERK, office=an_office())
        RoleAssignment.objects.filter(user=user).update(until=date(2026, 3, 31))
        Person.objects.filter(pk=person.pk).update(name="別の 秘密")
    page = ask(client)
    table = table_of(page)
    assert "役割の付与" in table and "終了日（until）" in table and "令和8年3月31日" in table
    assert "市区町村社協 職員" in table, "a choice is shown by its label"
    assert "値を残さない項目" in table and "（name）" in table
    assert "秘密" not in page and "花子" not in page


def test_the_log_is_filtered_by_actor_table_and_row(client: Client) -> None:
    at = timezone.now()
    ours, theirs = changed_at(at, "一"), changed_at(at, "二", Actor("k-other", 8))
    for query in ({"actor": "k-clerk"}, {"table": "accounts_office", "row": str(ours.pk)}):
        table = table_of(ask(client, **query))
        assert f"row={ours.pk}&" in table and f"row={theirs.pk}&" not in table
    assert "条件に合う変更はありません" in ask(client, actor="nobody")


def test_one_row_is_followed_through_its_whole_life(client: Client) -> None:
    office = changed_at(timezone.now() - timedelta(days=400), "むかし")
    with acting(CLERK, at=timezone.now()):
        Office.objects.filter(pk=office.pk).update(name="いま")
    table = table_of(ask(client, day="", table="accounts_office", row=str(office.pk)))
    assert table.count("<tr>") == 2
    assert "令和7年10月16日" in table and "令和8年11月20日" in table


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"day": ""}, "日を入力するか、「表」と「番号」の両方を入力してください。"),
        ({"day": "きのう"}, "日付として読み取れません"),
        ({"day": "", "table": "accounts_office"}, "「番号」"),
        ({"table": "auth_user; drop table"}, "選択"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_in_words(client: Client, query: Any, words: str) -> None:
    answer = client.get(reverse(LOG), query)
    assert answer.status_code == 422
    assert words in text(answer)


def test_older_rows_follow_page_by_page_without_gap_or_repetition(client: Client) -> None:
    at = timezone.now()
    made = [changed_at(at - timedelta(seconds=n // 3), f"事業所{n}").pk for n in range(120)]
    seen: list[int] = []
    url = f"{reverse(LOG)}?table=accounts_office"
    while url:
        page = text(client.get(url))
        seen += [int(pk) for pk in re.findall(r"row=(\d+)&", table_of(page))]
        following = re.search(r'href="(\?[^"]*)"[^>]*rel="next"[^>]*>\s*次へ', page)
        url = reverse(LOG) + following[1].replace("&amp;", "&") if following else ""
    ours = [pk for pk in seen if pk in set(made)]
    assert sorted(ours) == sorted(made)
    assert len(ours) == len(set(ours)) == 120


@pytest.mark.parametrize("after", ["x", "20261120T000000000000", "20261120T000000000000-x", "-", "9" * 40])
def test_a_cursor_that_was_tampered_with_begins_again(client: Client, after: str) -> None:
    changed_at(timezone.now(), "一")
    assert client.get(reverse(LOG), {"after": after}).status_code == 200


def test_the_days_beside_are_one_click_away_and_tomorrow_is_not(client: Client) -> None:
    page = ask(client)
    assert "day=2026-11-19" in page and "day=2026-11-21" not in page
    assert "day=2026-11-20" in ask(client, day="2026-11-19")


def test_a_row_of_a_table_that_is_gone_is_still_shown(client: Client) -> None:
    AuditRow.objects.create(
        at=timezone.now(),
        table="old_table",
        row="9",
        operation="U",
        columns=["x"],
        values={"y": [1, 20000]},
        actor="a",
    )
    table = table_of(ask(client))
    assert "old_table" in table and "20,000" in table


# --- accesses ---


def test_accesses_show_who_saw_which_rows(client: Client) -> None:
    now = timezone.now()
    access_at(now, 11, 12)
    access_at(now, *range(100, 140), action=AccessAction.SEARCH)
    record_access(
        by=CLERK, action=AccessAction.REVEAL, subject="person", ids=[11], reason="確認者 k-2：訪問のため", at=now
    )
    table = table_of(ask(client, ACCESSES))
    assert "11、12" in table and "40件の番号を見る" in table
    assert "秘匿住所の表示" in table and "確認者 k-2：訪問のため" in table


def test_everybody_who_ever_saw_one_row_is_found(client: Client) -> None:
    access_at(timezone.now() - timedelta(days=500), 11, 12)
    access_at(timezone.now(), 12)
    access_at(timezone.now(), 11, subject="loan")
    table = table_of(ask(client, ACCESSES, day="", subject="person", row="11"))
    assert table.count("<tr>") == 1 and "令和7年7月8日" in table
    assert "番号は数字で" in ask(client, ACCESSES, row="花子")
    assert "両方を入力" in ask(client, ACCESSES, day="", row="11")


def test_accesses_are_filtered_by_kind_and_actor(client: Client) -> None:
    access_at(timezone.now(), 1)
    access_at(timezone.now(), 2, action=AccessAction.EXPORT)
    assert table_of(ask(client, ACCESSES, action="export")).count("<tr>") == 1
    assert table_of(ask(client, ACCESSES, actor="k-clerk")).count("<tr>") == 2
    assert "条件に合う閲覧はありません" in ask(client, ACCESSES, actor="k-other")


# --- questions to the database ---


@pytest.mark.parametrize("name", [LOG, ACCESSES])
def test_a_full_page_asks_as_many_questions_as_one_row(client: Client, name: str) -> None:
    asked = []
    for many in (1, 60):
        for n in range(many):
            changed_at(timezone.now(), f"{many}-{n}")
            access_at(timezone.now(), n)
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(name))
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 6


def test_the_whole_log_is_never_read() -> None:
    with pytest.raises(ValueError, match="a day"):
        selectors.changes(day=None, table="accounts_office")
    with pytest.raises(ValueError, match="a day"):
        selectors.accesses(day=None, subject="person")

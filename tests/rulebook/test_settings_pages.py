"""The pages 「適用中の規則」 and 「設定」: everybody of the house reads them, two persons change a value."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.roles import ROLES
from rulebook.forms import ProposalForm
from rulebook.models import SettingRow
from rulebook.rules import declared_rules
from rulebook.selectors import settings_on
from rulebook.setting_keys import BY_KEY, KEYS
from tests.people.builders import a_member_of_staff, an_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

RULES, SETTINGS = "rulebook:rules", "rulebook:settings"
SOURCE = {"source": "見本県社協 償還要綱 第5条", "valid_from": "令和8年12月1日"}


def signed_in(role: Role) -> tuple[Client, User]:
    user = a_member_of_staff(role, office=an_office(min(ROLES[role].office_kinds)))
    client = Client()
    client.force_login(user)
    return client, user


def text(response: Any) -> str:
    return str(response.content.decode())


# --- rules ---


@pytest.mark.parametrize("role", list(Role))
def test_everybody_of_the_house_reads_rules_and_settings(role: Role) -> None:
    client, _ = signed_in(role)
    for name in (RULES, SETTINGS):
        assert client.get(reverse(name)).status_code == 200
    assert client.get(reverse("rulebook:setting", args=["debit_day"])).status_code == 200


def test_somebody_without_a_role_reads_nothing() -> None:
    client = Client()
    client.force_login(a_member_of_staff(None))
    assert client.get(reverse(RULES)).status_code == 403


def test_the_page_shows_every_rule_in_force_with_sentence_source_day_and_version() -> None:
    client, _ = signed_in(Role.MUNICIPAL_CLERK)
    page = text(client.get(reverse(RULES)))
    today = timezone.localdate()
    shown = 0
    for group in declared_rules():
        assert group.name_ja in page
        for rule in group.rules:
            if rule.in_force(today):
                shown += 1
                assert f'id="{rule.code}"' in page
                assert rule.version in page
                assert rule.source.title in page
            else:
                assert rule.version not in page
    assert shown > 20


def test_a_rule_is_found_by_its_id_by_words_and_by_its_source() -> None:
    client, _ = signed_in(Role.MUNICIPAL_CLERK)
    page = text(client.get(reverse(RULES), {"q": "ex-11"}))
    assert 'id="EX-11"' in page and 'id="EX-40"' not in page
    assert 'id="EX-11"' in text(client.get(reverse(RULES), {"q": "EX-11 非課税"}))
    assert "あてはまる規則はありません" in text(client.get(reverse(RULES), {"q": "どこにもないことば"}))
    assert "&lt;b&gt;" in text(client.get(reverse(RULES), {"q": "<b>"}))


def test_the_four_grounds_of_exemption_are_listed_with_their_documents() -> None:
    client, _ = signed_in(Role.AUDITOR)
    page = text(client.get(reverse(RULES), {"q": "EX-"}))
    for code in ("EX-10", "EX-30", "EX-33", "EX-40"):
        assert f'id="{code}"' in page
    assert "返済免除について" in page


# --- settings ---


def test_the_page_lists_every_key_with_value_source_and_open_question() -> None:
    client, _ = signed_in(Role.AUDITOR)
    page = text(client.get(reverse(SETTINGS)))
    for setting in KEYS:
        assert setting.label_ja in page
        assert reverse("rulebook:setting", args=[setting.key]) in page
    assert "確認したい点あり" in page and "26日" in page and "既定値" in page
    assert client.get(reverse("rulebook:setting", args=["no_such"])).status_code == 404


def test_two_persons_change_a_value_and_everybody_sees_it_coming() -> None:
    (clerk, _), (supervisor, approver) = signed_in(Role.PREFECTURAL_CLERK), signed_in(Role.SUPERVISOR)
    url = reverse("rulebook:setting", args=["debit_day"])
    done = text(clerk.post(url, SOURCE | {"value": "２７"}, follow=True))
    assert "変更を起案しました" in done and "起案した人は承認できません" in done and "変更を承認する" not in done
    assert "1件の変更が承認を待っています" in text(supervisor.get(reverse(SETTINGS)))
    row = SettingRow.objects.get()
    refused = clerk.post(reverse("rulebook:approve", args=[row.pk]))
    assert refused.status_code == 403
    assert "変更を承認する" in text(supervisor.get(url))
    assert "承認しました" in text(supervisor.post(reverse("rulebook:approve", args=[row.pk]), follow=True))
    row.refresh_from_db()
    assert row.approved_by == approver
    assert settings_on(timezone.localdate() + timedelta(days=11)).debit_day == 27
    page = text(clerk.get(reverse(SETTINGS)))
    assert "令和8年12月1日から" in re.sub(r"<[^>]+>|\s", "", page) and "承認済み" in page


def test_a_supervisor_cannot_approve_their_own_proposal_by_a_direct_post() -> None:
    client, _ = signed_in(Role.SUPERVISOR)
    client.post(reverse("rulebook:setting", args=["debit_day"]), SOURCE | {"value": "27"})
    row = SettingRow.objects.get()
    answer = text(client.post(reverse("rulebook:approve", args=[row.pk]), follow=True))
    assert "起案した人は承認できません。" in answer
    row.refresh_from_db()
    assert row.approved_at is None
    assert "取り下げました" in text(client.post(reverse("rulebook:withdraw", args=[row.pk]), follow=True))


@pytest.mark.parametrize("role", [Role.MUNICIPAL_CLERK, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR, Role.AGENCY_WORKER])
def test_who_may_not_propose_sees_no_form_and_gets_a_refusal(role: Role) -> None:
    client, _ = signed_in(role)
    url = reverse("rulebook:setting", args=["debit_day"])
    assert "変更を起案する" not in text(client.get(url))
    client.post(url, SOURCE | {"value": "27"})
    assert not SettingRow.objects.exists()


WRONG = [
    ("debit_day", {"value": "31"}, "1から28までの整数を入力してください。"),
    ("debit_day", {"value": "二十六"}, "1から28までの整数を入力してください。"),
    ("debit_day", {"value": ""}, "1から28までの整数を入力してください。"),
    ("instalment_unit", {"value": "5"}, "1、10、100のいずれかを入力してください。"),
    ("arrears_notice_months", {"value": "12、3"}, "小さい順の、重ならない整数を入力してください。"),
    ("exemption_window", {"value_opens": "6月1日", "value_closes": "13月1日"}, "月と日（例 06-01）を入力してください。"),
    ("consent_texts", {"value_0": "一", "value_1": "", "value_2": "三", "value_3": "四", "value_4": "五",
                       "value_5": "六"}, "文を入力してください。"),
    ("holiday_roll", {"value": "YESTERDAY"}, "正しく選択してください"),
    ("debit_day", {"value": "27", "source": ""}, "根拠を入力してください。"),
    ("debit_day", {"value": "27", "valid_from": "令和8年11月19日"}, "適用開始日は今日以降"),
    ("debit_day", {"value": "27", "valid_from": "31日"}, "日付として読み取れません"),
    ("debit_day", {"value": "26"}, "その日の値と同じです"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "given", "words"), WRONG)
def test_a_value_that_does_not_fit_is_refused_in_words_and_kept_in_the_form(
    key: str, given: dict[str, str], words: str
) -> None:
    client, _ = signed_in(Role.PREFECTURAL_CLERK)
    answer = client.post(reverse("rulebook:setting", args=[key]), SOURCE | given)
    assert answer.status_code == 422
    page = text(answer)
    assert words in page and "まだ保存されていません" in page
    assert not SettingRow.objects.exists()


RIGHT = [
    ("exemption_window", {"value_opens": "７月１日", "value_closes": "8/31"}, {"opens": "07-01", "closes": "08-31"}),
    ("arrears_notice_months", {"value": "3、6, 12"}, [3, 6, 12]),
    ("deferral_renewals_max", {"value": "2"}, 2),
    ("accept_intellectual_severe", {"value": "false"}, False),
    ("late_application_policy", {"value": "ALL_UNPAID"}, "ALL_UNPAID"),
    ("small_repayment_min", {"value": "2,000"}, 2000),
]


@pytest.mark.parametrize(("key", "given", "stored"), RIGHT)
def test_a_value_is_read_as_people_write_it(key: str, given: dict[str, str], stored: Any) -> None:
    client, _ = signed_in(Role.PREFECTURAL_CLERK)
    assert client.post(reverse("rulebook:setting", args=[key]), SOURCE | given).status_code == 302
    assert SettingRow.objects.get().value == stored


@pytest.mark.parametrize("setting", KEYS, ids=lambda setting: setting.key)
def test_every_setting_has_a_form_that_reads_back_what_it_shows(setting: Any) -> None:
    stored = setting.write(setting.read(setting.default))
    blank = ProposalForm(setting=setting, current=stored)
    shown = {name: "" if field.initial is None else field.initial for name, field in blank.fields.items()}
    form = ProposalForm(shown | SOURCE, setting=setting, current=stored)
    assert form.is_valid(), form.errors
    assert form.value() == stored


def test_a_limit_can_be_lifted_by_leaving_it_empty() -> None:
    client, _ = signed_in(Role.PREFECTURAL_CLERK)
    supervisor, _ = signed_in(Role.SUPERVISOR)
    url = reverse("rulebook:setting", args=["deferral_renewals_max"])
    client.post(url, SOURCE | {"value": "2", "valid_from": "R8.11.20"})
    supervisor.post(reverse("rulebook:approve", args=[SettingRow.objects.get().pk]))
    assert settings_on(timezone.localdate()).deferral_renewals_max == 2
    assert client.post(url, SOURCE | {"value": ""}).status_code == 302
    assert SettingRow.objects.latest("pk").value is None


def test_the_pages_ask_as_many_questions_for_many_changes_as_for_one() -> None:
    client, user = signed_in(Role.PREFECTURAL_CLERK)
    second = a_member_of_staff(Role.SUPERVISOR)
    today = timezone.localdate()
    asked = []
    for many in (1, 20):
        for n in range(many):
            SettingRow.objects.create(
                key="debit_day", value=20 + n % 5, valid_from=today + timedelta(days=100 * many + n), source="x",
                proposed_by=user, proposed_at=timezone.now(), approved_by=second, approved_at=timezone.now(),
            )  # fmt: skip
        counts = []
        for url in (reverse(SETTINGS), reverse("rulebook:setting", args=["debit_day"])):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
        asked.append(counts)
    assert asked[0] == asked[1]
    assert max(asked[0]) <= 9


def test_every_open_question_is_asked_where_the_value_stands() -> None:
    client, _ = signed_in(Role.AUDITOR)
    for setting in KEYS:
        page = text(client.get(reverse("rulebook:setting", args=[setting.key])))
        assert str(BY_KEY[setting.key].source) in page
        if setting.open_question_ja:
            assert setting.open_question_ja in page


def test_a_setting_leads_to_the_rules_that_read_it_where_the_page_has_them() -> None:
    client, _ = signed_in(Role.AUDITOR)
    rules = text(client.get(reverse(RULES)))
    for setting in KEYS:
        page = text(client.get(reverse("rulebook:setting", args=[setting.key])))
        for code in setting.rules:
            assert code in page
            assert (f'href="{reverse(RULES)}#{code}"' in page) == (f'id="{code}"' in rules)


def test_a_rate_is_shown_as_a_percentage() -> None:
    client, _ = signed_in(Role.AUDITOR)
    assert "年3.00%" in text(client.get(reverse(SETTINGS)))


# --- lending ---


@pytest.mark.parametrize("words", ["問2-3", "問２－３", "問2ー3 減少"])
def test_a_rule_is_found_by_the_question_it_rests_on_however_it_is_typed(words: str) -> None:
    client, _ = signed_in(Role.MUNICIPAL_CLERK)
    page = text(client.get(reverse(RULES), {"q": words}))
    assert 'id="QA-02-03"' in page
    assert 'id="QA-02-04"' not in page


def test_a_deleted_question_is_found_as_deleted() -> None:
    client, _ = signed_in(Role.MUNICIPAL_CLERK)
    page = text(client.get(reverse(RULES), {"q": "問6"}))
    assert "問6（2つ目）は削除。" in page
    assert 'id="LN-13"' in page


@pytest.mark.parametrize(
    ("line", "cited"),
    [("収入が２割以上減少したこと", "問2-3"), ("給与明細書3か月分", "問2-4"), ("印鑑登録証明書", "問23")],
)
@pytest.mark.parametrize("key", ["local_papers_small", "local_papers_general"])
def test_what_the_answers_rule_out_is_refused_at_the_form_with_the_question(key: str, line: str, cited: str) -> None:
    client, _ = signed_in(Role.PREFECTURAL_CLERK)
    url = reverse("rulebook:setting", args=[key])
    refused = client.post(url, SOURCE | {"value": f"在留カードの写し\n{line}"})

    assert refused.status_code == 422
    assert cited in text(refused)
    assert not SettingRow.objects.filter(key=key).exists()


def test_a_further_paper_is_proposed_line_by_line() -> None:
    client, _ = signed_in(Role.PREFECTURAL_CLERK)
    url = reverse("rulebook:setting", args=["local_papers_regular"])
    assert client.post(url, SOURCE | {"value": "車検証の写し\n\n 通勤経路のわかるもの "}).status_code == 302
    assert SettingRow.objects.get(key="local_papers_regular").value == ["車検証の写し", "通勤経路のわかるもの"]


def test_income_ceilings_are_proposed_by_household() -> None:
    client, _ = signed_in(Role.PREFECTURAL_CLERK)
    url = reverse("rulebook:setting", args=["regular_income_ceiling"])
    assert client.post(url, SOURCE | {"value": "170000、220000、250000"}).status_code == 302
    assert SettingRow.objects.get(key="regular_income_ceiling").value == [170_000, 220_000, 250_000]
    assert client.post(url, SOURCE | {"value": "300000、200000"}).status_code == 422

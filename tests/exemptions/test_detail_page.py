"""One application as everybody may see it: where it stands, its papers, its decision, and what happened to it."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import OfficeLetterhead, User
from audit.models import AccessLog
from exemptions.enums import ApplicationState
from exemptions.workflow import Move
from tests.exemptions.browsers import posted, signed_in, words
from tests.exemptions.builders import DECIDED, PREPARED, Story, a_form, a_story, in_state
from tests.people.builders import a_member_of_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with time_machine.travel(DECIDED, tick=False):
        yield


def shown(user: User, story: Story) -> str:
    return words(signed_in(user).get(reverse("exemptions:detail", args=[story.application.pk])))


def test_a_decided_application_tells_everything_about_its_decision() -> None:
    story = in_state(ApplicationState.APPROVED)
    page = shown(story.staff.clerk, story)
    for expected in (
        "承認",
        "540,000円",
        "20,000円",
        story.staff.supervisor.name,
        "13回目から120回目まで",
        "今夜作成されます",
        "要件①' 住民税非課税（判定年度より後の年度）",
        "令和5年9月20日 10:15",
    ):
        assert expected in page, expected


def test_the_reason_of_a_refusal_is_for_the_prefectural_council_only() -> None:
    story = in_state(ApplicationState.UNDER_REVIEW)
    story.refuse(reason="世帯主の所得割が課税")
    assert "世帯主の所得割が課税" in shown(story.staff.preparer, story)
    assert "世帯主の所得割が課税" in shown(a_member_of_staff(Role.AUDITOR), story)
    assert "世帯主の所得割が課税" not in shown(story.staff.clerk, story)


def test_deficiencies_can_be_sent_back_from_here_and_printed() -> None:
    story = a_story(form=a_form(signed=False, consents=frozenset({1, 2, 3, 4, 5})))
    OfficeLetterhead.objects.create(
        office=story.staff.office,
        valid_from=date(2020, 1, 1),
        letter_name="見本市社会福祉協議会",
        chairperson="会長 架空",
        number_prefix="見社",
        postal_code="0600001",
        address="北海県見本市",
        phone="011-200-0000",
        hours="平日9時から17時",
        envelope_profile="",
    )
    assert "不備が2件あります" in shown(story.staff.clerk, story)
    browser = signed_in(story.staff.clerk)
    address = reverse("exemptions:move", args=[story.application.pk, "report_deficiencies"])
    page = words(
        browser.post(address, {"version": story.application.version, "reason": "続柄が読めません。"}, follow=True)
    )
    assert "返送した不備（3件）" in page
    sheet = words(browser.get(reverse("exemptions:deficiency_list", args=[story.application.pk])))
    for expected in (
        "【申請書】同意欄⑥に印がありません。",
        "【申請書】借受人ご本人の署名がありません。",
        "【その他】続柄が読めません。",
        "011-200-0000（平日9時から17時）",
        story.loan.code,
    ):
        assert expected in sheet, expected
    assert AccessLog.objects.filter(action="print", ids=[story.application.pk]).exists()


def test_an_answer_is_typed_over_the_same_form() -> None:
    story = a_story(form=a_form(signed=False))
    story.move(Move.REPORT_DEFICIENCIES, story.staff.clerk, PREPARED)
    browser = signed_in(story.staff.clerk)
    assert "不備への回答を入力する" in shown(story.staff.clerk, story)
    edit = reverse("exemptions:edit", args=[story.application.pk])
    assert "変えた書類は、今日受け取った新しい書類として記録されます。" in words(browser.get(edit))
    page = words(browser.post(edit, posted(version=story.application.version), follow=True))
    assert "不備はありません。" in page
    assert story.reloaded().answered_on == DECIDED.date()


def test_a_form_typed_over_an_older_version_is_not_saved() -> None:
    story = a_story()
    browser = signed_in(story.staff.clerk)
    edit = reverse("exemptions:edit", args=[story.application.pk])
    version = story.application.version
    story.move(Move.CORRECT, story.staff.preparer, PREPARED, transcript=a_form(phone="011-200-9595"))
    page = words(browser.post(edit, posted(version=version, phone="090-0000-0000"), follow=True))
    assert "新しい内容を確かめてから、もう一度操作してください。" in page
    assert story.reloaded().phone == "011-200-9595"


@pytest.mark.parametrize("state", [ApplicationState.UNDER_REVIEW, ApplicationState.APPROVED])
def test_a_form_under_review_or_decided_cannot_be_typed_over(state: ApplicationState) -> None:
    story = in_state(state)
    browser = signed_in(story.staff.clerk)
    edit = reverse("exemptions:edit", args=[story.application.pk])
    for response in (browser.get(edit, follow=True), browser.post(edit, posted(), follow=True)):
        assert "審査中または決定済みの申請は、入力し直せません。" in words(response)


def test_a_withdrawal_needs_a_reason_and_ends_the_application() -> None:
    story = a_story()
    browser = signed_in(story.staff.clerk)
    address = reverse("exemptions:move", args=[story.application.pk, "withdraw"])
    version = story.application.version
    assert "取下げの理由を入力してください。" in words(browser.post(address, {"version": version}, follow=True))
    page = words(browser.post(address, {"version": version, "reason": "本人の申出"}, follow=True))
    assert "取下げを記録しました。" in page
    assert story.reloaded().state == ApplicationState.WITHDRAWN


def test_readers_see_no_buttons() -> None:
    story = a_story()
    page = signed_in(a_member_of_staff(Role.AUDITOR)).get(reverse("exemptions:detail", args=[story.application.pk]))
    body = page.content.decode()
    assert 'data-open-dialog="withdraw"' not in body
    assert reverse("exemptions:edit", args=[story.application.pk]) not in body
    assert reverse("exemptions:review", args=[story.application.pk]) not in body


def test_the_page_costs_the_same_however_much_happened() -> None:
    story = a_story()
    browser = signed_in(story.staff.clerk)
    address = reverse("exemptions:detail", args=[story.application.pk])
    browser.get(address)
    with CaptureQueriesContext(connection) as before:
        browser.get(address)
    for n in range(5):
        story.move(Move.CORRECT, story.staff.clerk, PREPARED + timedelta(hours=n), transcript=a_form(note=str(n)))
    with CaptureQueriesContext(connection) as after:
        browser.get(address)
    assert len(after) == len(before)


def test_a_decision_is_followed_back_to_the_assessment_it_was_made_on() -> None:
    story = in_state(ApplicationState.APPROVED)
    decision = story.reloaded().decision
    auditor = signed_in(a_member_of_staff(Role.AUDITOR))
    listed = auditor.get(reverse("exemptions:detail", args=[story.application.pk]))
    address = reverse("exemptions:assessment", args=[story.application.pk, decision.assessment_id])
    assert address in listed.content.decode()
    page = words(auditor.get(address))
    for expected in (
        "決定の根拠",
        "540,000円 （13回目から120回目まで）",
        "EX-21",
        "借受人の令和5年度の住民税 課税（非課税）証明書（借受人、令和5年9月1日発行",
        "要件①の期限後の申請の扱い 基準日より前に期日の来た分は償還が必要",
    ):
        assert expected in page, expected


def test_an_assessment_belongs_to_its_application_only() -> None:
    story, other = a_story(), a_story()
    clerk = signed_in(story.staff.clerk)
    assert other.application.assessment is not None
    mixed = reverse("exemptions:assessment", args=[story.application.pk, other.application.assessment.pk])
    foreign = reverse("exemptions:assessment", args=[other.application.pk, other.application.assessment.pk])
    assert clerk.get(mixed).status_code == 404
    assert clerk.get(foreign).status_code == 404

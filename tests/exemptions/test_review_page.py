"""The review: evidence left, findings right with rule, value, source and what would change it, amounts, four eyes."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Deputy, RoleAssignment
from audit.actors import Actor
from audit.models import AccessLog
from exemptions.enums import ApplicationState, PaperSlot
from exemptions.models import Application, Decision
from exemptions.services import claim
from exemptions.services.assessing import look_at
from exemptions.workflow import DECIDING, Move
from people.models import Document
from people.services import record_death
from repayment.models import LedgerEntry
from tests.exemptions.browsers import signed_in, words
from tests.exemptions.builders import DECIDED, MACHINE, Story, a_form, a_story, taxed
from tests.people.builders import LONG_AGO, a_household, a_member_of_staff, a_person, is_protected
from tests.people.scans import a_pdf, a_picture, a_scan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with time_machine.travel(DECIDED, tick=False):
        yield


@pytest.fixture
def story() -> Story:
    told = a_story()
    told.prepare()
    return told


@pytest.fixture
def supervisor(story: Story) -> Client:
    return signed_in(story.staff.supervisor)


def review(browser: Client, story: Story) -> Any:
    return browser.get(reverse("exemptions:review", args=[story.application.pk]))


def press(browser: Client, story: Story, move: Move, **data: Any) -> Any:
    """Press a button on the page as it stands now."""
    application = story.reloaded()
    values = {
        "version": application.version,
        "seen": look_at(application, as_of=DECIDED.date()).fingerprint,
        "queue": "",
    }
    address = reverse("exemptions:move", args=[application.pk, move.value])
    return browser.post(address, values | data, follow=True)


# --- what is shown ---


def test_the_page_shows_the_evidence_the_findings_and_what_approving_does(supervisor: Client, story: Story) -> None:
    page = words(review(supervisor, story))
    for expected in (
        "借受人の課税証明書 令和5年度 均等割 0円・所得割 0円 令和5年9月1日 令和5年9月15日",
        "要件①' 住民税非課税（判定年度より後の年度） 適用",
        "EX-21",
        "EX-11",
        "問答集（vol.17）",
        "課税（非課税）証明書（借受人、令和5年9月1日発行、令和5年9月15日受領",
        "変わる条件：",
        "令和6年1月分以降の 540,000円 を免除します。",
        "令和5年9月分から12月分までの 20,000円 は残ります。",
        "引落しと督促の停止は今日で終わります。",
        "20,000円 は残ります。決定通知は今夜作成されます。",
        "令和5年9月分から令和5年12月分まで 5,000円 × 4回 = 20,000円",
        "残額 560,000円 20,000円",
    ):
        assert expected in page, expected


def test_every_finding_links_to_its_rule_and_every_rule_is_on_that_page(supervisor: Client, story: Story) -> None:
    body = review(supervisor, story).content.decode()
    rules = supervisor.get(reverse("rulebook:rules")).content.decode()
    codes = {check.rule.code for check in look_at(story.reloaded(), as_of=DECIDED.date()).findings.checks}
    for code in codes:
        assert f'href="{reverse("rulebook:rules")}#{code}"' in body
        assert f'id="{code}"' in rules


def test_the_keys_of_the_cockpit_are_on_their_buttons(supervisor: Client, story: Story) -> None:
    other = a_story(staff=story.staff)
    other.prepare()
    claim(application_id=story.application.pk, by=Actor.person(story.staff.supervisor), at=DECIDED)
    body = review(supervisor, story).content.decode()
    for key in "arslj":
        assert f'data-key="{key}"' in body
    assert 'data-key="k"' in review(supervisor, other).content.decode()


def test_flags_and_remarks_come_before_everything_else(story: Story) -> None:
    borrower = story.loan.borrower
    is_protected(borrower)
    a_household(a_person("横山 源", "ヨコヤマ ゲン"), borrower)
    record_death(person=borrower, died_on=date(2023, 9, 18), by=MACHINE, at=DECIDED)
    page = words(review(signed_in(story.staff.supervisor), story))
    for expected in (
        "支援措置（住所秘匿）",
        "死亡の記録",
        "ほかの要件の可能性",
        "登録されている世帯主は横山 源で、申請書と違います。住民票で確かめてください。",
    ):
        assert expected in page, expected


def test_looking_at_a_case_is_written_down(supervisor: Client, story: Story) -> None:
    review(supervisor, story)
    assert AccessLog.objects.filter(
        subject="exemption_application",
        action="view",
        ids=[story.application.pk],
        actor=story.staff.supervisor.username,
    ).exists()


def test_the_page_costs_the_same_with_one_and_with_twenty_waiting_cases(supervisor: Client, story: Story) -> None:
    review(supervisor, story)
    with CaptureQueriesContext(connection) as few:
        review(supervisor, story)
    for _ in range(6):
        a_story(staff=story.staff).prepare()
    with CaptureQueriesContext(connection) as many:
        review(supervisor, story)
    assert len(many) == len(few)


def test_the_scan_of_a_paper_lies_beside_what_was_transcribed_from_it(supervisor: Client, story: Story) -> None:
    paper = story.application.papers.get(slot=PaperSlot.BORROWER_TAX).paper
    assert "スキャンはまだありません" in review(supervisor, story).content.decode()
    for content in (a_pdf(2), a_picture()):
        a_scan(story.loan.borrower, story.staff.clerk, content, paper=paper, at=DECIDED)
    pdf, picture = Document.objects.order_by("pk")

    page = review(supervisor, story).content.decode()
    part = page[page.index('id="scans-title"') :]
    for row in (pdf, picture):
        assert reverse("people:document_file", args=[row.pk]) in part
    assert "均等割 0円・所得割 0円" in part
    assert part.count('loading="lazy"') == 2
    assert not AccessLog.objects.filter(subject="document").exists()

    is_protected(story.loan.borrower)
    page = review(supervisor, story).content.decode()
    assert "支援措置のため表示しません" in page
    assert reverse("people:document_file", args=[pdf.pk]) not in page


def test_more_scans_cost_no_more_queries(supervisor: Client, story: Story) -> None:
    paper = story.application.papers.get(slot=PaperSlot.FORM).paper
    a_scan(story.loan.borrower, story.staff.clerk, a_pdf(), paper=paper, at=DECIDED)
    review(supervisor, story)
    with CaptureQueriesContext(connection) as few:
        review(supervisor, story)
    for n in range(6):
        a_scan(story.loan.borrower, story.staff.clerk, a_pdf(words=f"sheet {n}"), paper=paper, at=DECIDED)
    with CaptureQueriesContext(connection) as many:
        review(supervisor, story)
    assert len(many) == len(few)


# --- deciding ---


def test_an_approval_takes_two_presses_and_leads_to_the_next_case(supervisor: Client, story: Story) -> None:
    following = a_story(staff=story.staff)
    following.prepare()
    response = press(supervisor, story, Move.APPROVE)
    assert Decision.objects.get().amount == 540_000
    said = f"申請 {story.application} を承認しました（免除額 540,000円）。決定通知は今夜作成されます。"
    assert said in words(response)
    assert response.redirect_chain[-1][0].startswith(reverse("exemptions:review", args=[following.application.pk]))
    assert following.reloaded().claimed_by_id == story.staff.supervisor.pk


def test_after_the_last_case_the_queue_says_so(supervisor: Client, story: Story) -> None:
    response = press(supervisor, story, Move.APPROVE)
    assert "この条件で審査できる申請は、これで終わりです。" in words(response)
    assert response.redirect_chain[-1][0].startswith(reverse("exemptions:queue"))


def test_a_refusal_needs_its_reason_and_keeps_it_inside(supervisor: Client, story: Story) -> None:
    assert "不承認の理由を入力してください。" in words(press(supervisor, story, Move.REFUSE, reason=""))
    assert not Decision.objects.exists()
    press(supervisor, story, Move.REFUSE, reason="世帯主の所得割が課税")
    assert Decision.objects.get().internal_reason == "世帯主の所得割が課税"


def test_sending_back_lists_what_is_wrong_and_what_the_reviewer_adds(supervisor: Client) -> None:
    told = a_story(form=a_form(signed=False))
    told.prepare(reason="確認のため")
    browser = signed_in(told.staff.supervisor)
    assert "借受人ご本人の署名がありません。" in words(review(browser, told))
    press(browser, told, Move.SEND_BACK, reason="住民票の2枚目がありません。\n\n続柄が読めません。")
    assert told.reloaded().state == ApplicationState.INCOMPLETE
    last = told.application.changes.order_by("pk").last()
    assert last is not None
    assert [item["text"] for item in last.deficiencies] == [
        "借受人ご本人の署名がありません。",
        "住民票の2枚目がありません。",
        "続柄が読めません。",
    ]


def test_a_case_that_cannot_be_approved_has_no_such_button_and_says_why(supervisor: Client) -> None:
    told = a_story(form=a_form(borrower_tax=taxed()))
    told.prepare(reason="不承認の案")
    body = review(signed_in(told.staff.supervisor), told).content.decode()
    assert 'data-open-dialog="approve"' not in body
    assert "令和3年度の住民税・借受人の令和4年度の住民税の確認ができていないため、承認できません。" in body
    assert 'data-open-dialog="refuse"' in body


def test_the_preparer_sees_the_same_page_and_proposes(story: Story) -> None:
    received = a_story(staff=story.staff)
    browser = signed_in(story.staff.preparer)
    body = review(browser, received).content.decode()
    assert 'data-open-dialog="prepare"' in body
    assert 'data-open-dialog="approve"' not in body
    press(browser, received, Move.PREPARE)
    assert received.reloaded().state == ApplicationState.UNDER_REVIEW


# --- four eyes, also by direct POST ---


def makes_both(role: Role, story: Story) -> Client:
    """The enterer's browser, now a supervisor as well."""
    RoleAssignment.objects.create(user=story.staff.preparer, role=role, since=LONG_AGO, granted_by="test")
    return signed_in(type(story.staff.preparer).objects.get(pk=story.staff.preparer.pk))


def test_on_ones_own_work_the_buttons_are_absent_and_the_reason_is_said(story: Story) -> None:
    browser = makes_both(Role.SUPERVISOR, story)
    response = review(browser, story)
    body = response.content.decode()
    assert 'data-open-dialog="approve"' not in body
    assert 'data-open-dialog="refuse"' not in body
    sentence = "ご自分が登録または起案した申請は決裁できません。ほかの決裁者に依頼してください。"
    assert sentence in words(response)


@pytest.mark.parametrize("move", sorted(DECIDING))
def test_a_direct_post_on_ones_own_work_is_forbidden_in_words(story: Story, move: Move) -> None:
    response = press(makes_both(Role.SUPERVISOR, story), story, move, reason="理由")
    assert response.status_code == 403
    assert "ご自分が登録または起案した申請は決裁できません。" in words(response)
    assert story.reloaded().state == ApplicationState.UNDER_REVIEW
    assert not Decision.objects.exists()
    assert not LedgerEntry.objects.filter(kind="exempted").exists()


@pytest.mark.parametrize("move", sorted(DECIDING))
@pytest.mark.parametrize("role", [Role.MUNICIPAL_CLERK, Role.PREFECTURAL_CLERK])
def test_a_direct_post_by_somebody_who_does_not_decide_is_forbidden(story: Story, move: Move, role: Role) -> None:
    user = story.staff.clerk if role == Role.MUNICIPAL_CLERK else a_member_of_staff(role)
    response = press(signed_in(user), story, move, reason="理由")
    assert response.status_code == 403
    assert "免除申請の決裁をする権限がありません。" in words(response)
    assert not Decision.objects.exists()


def test_a_deputys_page_says_for_whom(story: Story) -> None:
    deputy = a_member_of_staff(Role.PREFECTURAL_CLERK)
    Deputy.objects.create(
        supervisor=story.staff.supervisor, deputy=deputy, since=DECIDED.date(), until=DECIDED.date(), reason="休暇"
    )
    browser = signed_in(deputy)
    assert f"{story.staff.supervisor.name}さんの代決として記録されます。" in words(review(browser, story))
    press(browser, story, Move.APPROVE)
    assert Decision.objects.get().decided_for == story.staff.supervisor


@pytest.mark.parametrize("role", [Role.MUNICIPAL_CLERK, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR])
def test_the_review_is_closed_to_who_does_not_review(story: Story, role: Role) -> None:
    user = story.staff.clerk if role == Role.MUNICIPAL_CLERK else a_member_of_staff(role)
    assert review(signed_in(user), story).status_code == 403


# --- somebody was quicker ---


def test_the_second_of_two_supervisors_is_told_by_whom_and_how_it_stands(supervisor: Client, story: Story) -> None:
    other = signed_in(story.staff.other_supervisor)
    version = story.reloaded().version
    seen = look_at(story.reloaded(), as_of=DECIDED.date()).fingerprint
    press(supervisor, story, Move.APPROVE)
    response = press(other, story, Move.REFUSE, reason="理由", version=version, seen=seen)
    sentence = (
        f"この申請は、{story.staff.supervisor.name}さんが令和5年9月20日10時15分に「承認」を行い、現在は「承認」です。"
    )
    assert sentence in words(response)
    assert Decision.objects.get().outcome == "APPROVED"


def test_findings_that_changed_are_shown_anew_instead_of_decided_on(supervisor: Client, story: Story) -> None:
    from repayment.services import post_payment

    seen = look_at(story.reloaded(), as_of=DECIDED.date()).fingerprint
    post_payment(
        loan=story.loan, amount=100_000, effective_on=DECIDED.date(), source_key="paid:more", by=MACHINE, at=DECIDED
    )
    response = press(supervisor, story, Move.APPROVE, seen=seen)
    page = words(response)
    assert "表示していた判定の内容が変わりました。" in page
    assert "令和6年1月分以降の 540,000円" not in page
    assert not Decision.objects.exists()


def test_a_case_in_another_hand_says_so_instead_of_showing_buttons(supervisor: Client, story: Story) -> None:
    claim(application_id=story.application.pk, by=Actor.person(story.staff.other_supervisor), at=DECIDED)
    page = review(supervisor, story)
    assert f"この申請は{story.staff.other_supervisor.name}さんが審査中です（10時45分まで）。" in words(page)
    assert 'data-open-dialog="approve"' not in page.content.decode()


def test_holding_a_case_lays_it_back_and_goes_on(supervisor: Client, story: Story) -> None:
    following = a_story(staff=story.staff)
    following.prepare()
    claim(application_id=story.application.pk, by=Actor.person(story.staff.supervisor), at=DECIDED)
    response = supervisor.post(reverse("exemptions:release", args=[story.application.pk]), {"queue": ""}, follow=True)
    assert story.reloaded().claimed_by_id is None
    assert response.redirect_chain[-1][0].startswith(reverse("exemptions:review", args=[following.application.pk]))


def test_an_unknown_step_is_not_found(supervisor: Client, story: Story) -> None:
    for step in ("receive", "answer_deficiencies", "nonsense"):
        address = reverse("exemptions:move", args=[story.application.pk, step])
        assert supervisor.post(address).status_code == 404
    assert Application.objects.get().state == ApplicationState.UNDER_REVIEW


def test_an_older_day_is_not_shown_as_today(story: Story) -> None:
    with time_machine.travel(DECIDED + timedelta(days=40), tick=False):
        page = words(review(signed_in(story.staff.supervisor), story))
    assert "判定（ 令和5年10月30日 現在）" in page
    assert "5,000円 × 4回" in page

"""Today says what waits for each role, and every number leads to exactly the rows it counts."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from audit.actors import Actor
from desk.today import today_of
from exemptions.enums import ApplicationState
from exemptions.models import StateChange
from exemptions.workflow import Move
from jobs.engine import open_run
from jobs.enums import ImportState, RunState
from jobs.kinds import night_steps
from jobs.models import ImportBatch, Run
from notices.enums import HoldCause, LetterState, PrintRunState
from notices.models import PrintRun
from people.reveals import request_reveal
from rulebook.models import SettingRow
from tests.desk.builders import a_decision, a_letter, an_application
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person, an_office, is_protected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

COUNCIL = [Role.MUNICIPAL_CLERK, Role.PREFECTURAL_CLERK, Role.SUPERVISOR]


def waiting(user):
    return {item.label: item for item in today_of(user, at=timezone.now()).waiting}


def page_of(client, user):
    client.force_login(user)
    html = client.get(reverse("desk:today")).content.decode()
    return html, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def applications(office, *states, received_on=date(2026, 11, 2), **fields):
    return [
        an_application(a_loan(a_person(office=office)), state=state, received_on=received_on, **fields)
        for state in states
    ]


def test_a_municipal_clerk_sees_the_papers_of_the_own_office(client):
    clerk = a_member_of_staff(Role.MUNICIPAL_CLERK)
    state = ApplicationState
    applications(clerk.office, state.INCOMPLETE, state.INCOMPLETE, state.DRAFT, received_on=date(2026, 11, 8))
    applications(clerk.office, state.RECEIVED, answered_on=date(2026, 11, 19))
    applications(an_office(), state.INCOMPLETE)

    found = waiting(clerk)
    numbers = {label: item.number for label, item in found.items()}

    assert numbers == {
        "不備への回答が届いた申請": 1,
        "不備を返送中の申請": 2,
        "入力の途中の申請": 1,
        "免除の申請がない、対象と思われる貸付": 0,
        "急ぎの借入申込み": 0,
        "確認や同意を待っている借入申込み": 0,
        "不備を返送中の借入申込み": 0,
        "返却が必要な借用書": 0,
        "日付の記入を待っている借用書": 0,
        "見直しの時期の少額返済": 0,
        "書類を待っている猶予申請": 0,
        "猶予中で相談につないでいない人": 0,
        "守られなかった入金の約束": 0,
        "支援の連絡がなく、3か月以内に償還が始まる貸付": 0,
        "支援の連絡がないまま償還が始まった貸付": 0,
        "生活保護の受給が分かった貸付": 0,
        "貸付の後に残る課題": 0,
        "届いていない書類": 0,
        "受け取りを待っている送付便": 0,
        "保留になっている通知": 0,
    }
    _, page = page_of(client, clerk)
    assert "2 件 不備を返送中の申請 いちばん古いもの 12日前" in page


def test_a_prefectural_clerk_sees_what_to_prepare_to_import_and_to_print(client):
    clerk = a_member_of_staff(Role.PREFECTURAL_CLERK)
    applications(an_office(), ApplicationState.RECEIVED, received_on=date(2026, 10, 1))
    batch = ImportBatch.objects.create(
        kind="borrowers",
        state=ImportState.CHECKED,
        file_name="x.csv",
        stored_name="x",
        sha256="0",
        uploaded_by=clerk,
        uploaded_at=timezone.now() - timedelta(days=3),
    )
    run = PrintRun.objects.create(
        office=clerk.office, business_date=date(2026, 11, 19), state=PrintRunState.READY, letters_count=1
    )

    found = waiting(clerk)

    assert found["点検・起案を待っている申請"].number == 1
    late = found["受付から30日を過ぎた申請"]
    assert (late.number, late.oldest_in_words, late.urgent) == (1, "50日前", True)
    assert found["点検が済み、反映を待っている取込"].url == reverse("jobs:import_detail", args=[batch.pk])
    assert found["印刷を待っている印刷便"].url == reverse("notices:run", args=[run.pk])
    assert found["発送の確認を待っている印刷便"].number == 0
    assert "決裁を待っている申請" not in found
    assert "期限超過" in page_of(client, clerk)[1]


def test_a_supervisor_sees_decisions_reveals_and_settings_of_others(client):
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    clerk = a_member_of_staff(Role.MUNICIPAL_CLERK)
    applications(clerk.office, ApplicationState.UNDER_REVIEW)
    person = a_person(office=clerk.office)
    is_protected(person)
    request_reveal(person=person, reason="訪問のため", by=Actor.person(clerk), at=timezone.now())
    for proposer, key in ((supervisor, "debit_day"), (a_member_of_staff(Role.PREFECTURAL_CLERK), "elderly_age")):
        SettingRow.objects.create(
            key=key,
            value=22,
            valid_from=date(2027, 4, 1),
            source="要綱",
            proposed_by=proposer,
            proposed_at=timezone.now(),
        )

    found = waiting(supervisor)

    assert found["決裁を待っている申請"].number == 1
    assert found["住所の表示の確認依頼"].number == 1
    assert found["承認を待っている設定の変更"].number == 1
    assert "入力の途中の申請" not in found


def test_a_supervisor_sees_what_came_in_and_went_out_and_who_has_how_much(client):
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    clerk = a_member_of_staff(Role.PREFECTURAL_CLERK)
    office = an_office()
    (first, second, _) = applications(
        office, *[ApplicationState.UNDER_REVIEW] * 3, received_on=date(2026, 11, 16), prepared_by=clerk
    )
    applications(office, ApplicationState.DRAFT, received_on=date(2026, 11, 16))
    refused = applications(office, ApplicationState.REFUSED, received_on=date(2026, 9, 28))[0]
    decision = a_decision(refused, amount=0, entry=None, on=date(2026, 11, 20))
    first.claimed_by, first.claimed_until = clerk, timezone.now() + timedelta(minutes=5)
    first.save()
    for application in (first, second):
        StateChange.objects.create(
            application=application,
            move=Move.PREPARE,
            to_state=application.state,
            by=clerk.username,
            by_user=clerk,
            at=timezone.now(),
        )

    found = today_of(supervisor, at=timezone.now())

    assert [
        (week.first_day, week.received, week.decided) for week in found.weeks if week.received or week.decided
    ] == [
        (date(2026, 9, 28), 1, 0),
        (date(2026, 11, 16), 3, 1),
    ]
    assert [(load.name, load.claimed, load.prepared, load.decided) for load in found.loads] == [
        (clerk.name, 1, 2, 0),
        (decision.decided_by.name, 0, 0, 1),
    ]
    assert "令和8年11月16日から 3件 1件" in page_of(client, supervisor)[1]


def test_an_auditor_has_no_work_waiting_and_is_told_so(client):
    auditor = a_member_of_staff(Role.AUDITOR)
    applications(an_office(), ApplicationState.UNDER_REVIEW)

    assert waiting(auditor) == {}
    html, page = page_of(client, auditor)
    assert "すべてを読めますが、変更はできません" in page
    assert reverse("audit:log") in html and reverse("exemptions:enter") not in html


def test_an_agency_worker_is_told_what_will_come_and_has_no_search(client):
    html, page = page_of(client, a_member_of_staff(Role.AGENCY_WORKER))
    assert "社協から引き継がれた相談が届くと、ここに並びます" in page
    assert reverse("desk:search") not in html and "夜間処理" not in page


def test_a_system_administrator_sees_accounts_and_the_night_but_no_case(client):
    administrator = a_member_of_staff(Role.SYSTEM_ADMINISTRATOR)
    for _ in range(2):
        a_member_of_staff(None)
    applications(an_office(), ApplicationState.UNDER_REVIEW)

    found = waiting(administrator)
    assert {label: item.number for label, item in found.items()} == {"役割のない職員": 2}
    client.force_login(administrator)
    rows = client.get(found["役割のない職員"].url).content.decode().partition("<tbody>")[2]
    assert rows.count("<tr") == 2
    html, page = page_of(client, administrator)
    assert "借受人の情報は表示されません" in page and "夜間処理" in page
    assert reverse("desk:search") not in html and "申請" not in page


def test_who_has_no_role_yet_is_told_whom_to_ask(client):
    assert "まだ役割がありません" in page_of(client, a_member_of_staff(None))[1]


@pytest.mark.parametrize("role", COUNCIL)
def test_a_quiet_day_says_so(client, role):
    assert "いま待っているものはありません" in page_of(client, a_member_of_staff(role))[1]


@pytest.mark.parametrize("role", COUNCIL)
def test_every_number_leads_to_a_page_with_as_many_rows(client, role):
    user = a_member_of_staff(role)
    state = ApplicationState
    states = [state.RECEIVED, state.UNDER_REVIEW, state.INCOMPLETE, state.DRAFT] * 2
    applications(user.office, *states, received_on=date(2026, 10, 1))
    applications(user.office, state.RECEIVED, answered_on=date(2026, 11, 19))
    person = a_person(office=user.office)
    for _ in range(2):
        a_letter(person, state=LetterState.HELD, hold_cause=HoldCause.GLYPH)
    client.force_login(user)

    counted = [item for item in waiting(user).values() if item.number]
    assert len(counted) >= 4
    for item in counted:
        answer = client.get(item.url)
        assert answer.status_code == 200
        rows = re.findall(r"<tbody>(.*?)</tbody>", answer.content.decode(), flags=re.S)
        assert sum(body.count("<tr") for body in rows) == item.number, item.label


def test_the_last_night_stands_in_one_line(client):
    clerk = a_member_of_staff(Role.PREFECTURAL_CLERK)
    before_any = page_of(client, clerk)[1]
    assert "夜の処理はまだ始まっていません" in before_any and "確認が必要" not in before_any

    open_run(kind=night_steps()[0].kind.code, business_date=date(2026, 11, 18))
    missed = page_of(client, clerk)[1]
    assert "夜の処理がまだ実行されていません" in missed and "確認が必要" in missed

    night = date(2026, 11, 19)
    for step in night_steps():
        open_run(kind=step.kind.code, business_date=night)
    early = timezone.make_aware(datetime(2026, 11, 20, 1, 0))
    Run.objects.update(state=RunState.DONE, started_at=early, finished_at=early)

    html, page = page_of(client, clerk)
    assert "令和8年11月19日の夜：" in page and "済み" in page
    assert f"{reverse('jobs:night')}?date=2026-11-19" in html


@pytest.mark.parametrize("role", [*COUNCIL, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR])
@pytest.mark.parametrize("number", [1, 10])
def test_more_that_waits_takes_no_more_queries(client, role, number, django_assert_max_num_queries):
    user = a_member_of_staff(role)
    applications(user.office, *[ApplicationState.RECEIVED] * number)
    person = a_person(office=user.office)
    for _ in range(number):
        a_letter(person, state=LetterState.HELD, hold_cause=HoldCause.GLYPH)
    client.force_login(user)
    client.get(reverse("desk:today"))
    with django_assert_max_num_queries(60):
        client.get(reverse("desk:today"))

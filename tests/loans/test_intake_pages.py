"""Taking an application in at the desk: who it is, kept as it is typed, taken in once, every refusal with its rule."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from audit.models import AccessLog
from loans.enums import FundKind, LendingState
from loans.intake.small_forms import BeginForm
from loans.intake.wording import members_told
from loans.lending.transcript import MemberEntry, Transcript
from loans.models import LendingApplication, LendingAssessmentRow, LendingStateChange, LendingTask
from people.models import Paper, Person
from tests.exemptions.browsers import signed_in, words
from tests.loans.builders import a_loan
from tests.loans.intake_builders import TOKYO, Desk, a_desk, a_family, posted, rows
from tests.people.builders import a_person, an_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def desk() -> Desk:
    return a_desk()


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return signed_in(desk.clerk)


def edit(application: LendingApplication) -> str:
    return reverse("loans:application_edit", args=[application.pk])


def live(application: LendingApplication) -> str:
    return reverse("loans:application_live", args=[application.pk])


# --- who it is ---


def test_the_applicant_is_searched_before_anybody_is_registered(desk: Desk, clerk: Client) -> None:
    page = words(clerk.get(reverse("loans:apply"), {"q": "ソウダン"}))
    assert "相談 花子" in page
    assert "この方の申込みを受ける" in page
    assert AccessLog.objects.filter(subject="person", ids=[desk.applicant.pk], action="search").exists()


def new_person(**changes: str) -> dict[str, str]:
    return {"name": "相談 華子", "kana": "ソウダン ハナコ", "birth_date": "昭和46年3月2日", "sex": "female"} | changes


def test_nobody_is_registered_twice_without_being_looked_at(desk: Desk, clerk: Client) -> None:
    response = clerk.post(reverse("loans:applicant_new"), new_person())
    page = words(response)
    assert "同じ人かもしれない方がすでに登録されています。" in page
    assert desk.applicant.number in page
    assert not Person.objects.filter(name="相談 華子").exists()
    clerk.post(reverse("loans:applicant_new"), new_person(not_the_same=str(desk.applicant.pk)))
    made = Person.objects.get(name="相談 華子")
    assert made.number == "B0000001"
    assert list(made.caseloads.values_list("office", flat=True)) == [desk.office.pk]


def test_somebody_may_be_registered_without_an_application(desk: Desk, clerk: Client) -> None:
    assert reverse("loans:applicant_new") in clerk.get(reverse("desk:search"), {"q": "カリノ"}).content.decode()
    answer = clerk.post(
        reverse("loans:applicant_new"), new_person(name="仮野 一郎", kana="カリノ イチロウ", register_only="1")
    )
    made = Person.objects.get(name="仮野 一郎")
    assert answer["Location"] == reverse("people:person", args=[made.pk])
    assert list(made.caseloads.values_list("office", flat=True)) == [desk.office.pk]


def test_after_the_close_no_special_loan_is_offered_and_the_history_entry_is_shown(desk: Desk, clerk: Client) -> None:
    url = reverse("loans:apply_person", args=[desk.applicant.pk])
    page = clerk.get(url).content.decode()
    assert "SP_SMALL" not in page
    assert reverse("repayment:history_enter", args=[desk.applicant.pk]) in page
    answer = clerk.post(url, {"fund": "SP_SMALL", "channel": "MUNICIPAL_COUNCIL"})
    assert "この資金の受付は終わっています。" in words(answer)
    assert not LendingApplication.objects.exists()
    assert [value for value, _ in BeginForm(on=date(2022, 9, 30)).fields["fund"].choices][-1] == "SP_SMALL"  # type: ignore[attr-defined]


def test_somebody_of_another_office_is_neither_found_nor_begun_for(clerk: Client) -> None:
    stranger = a_person("相談 花子", "ソウダン ハナコ", office=an_office())
    assert stranger.number not in words(clerk.get(reverse("loans:apply"), {"q": "ソウダン"}))
    assert clerk.get(reverse("loans:apply_person", args=[stranger.pk])).status_code == 404
    assert clerk.post(reverse("loans:apply_person", args=[stranger.pk]), {"fund": "REG_SMALL"}).status_code == 404


def test_a_second_open_application_for_the_same_fund_leads_to_the_first(desk: Desk, clerk: Client) -> None:
    first = desk.begin()
    url = reverse("loans:apply_person", args=[desk.applicant.pk])
    response = clerk.post(url, {"fund": "REG_SMALL", "channel": "MUNICIPAL_COUNCIL"}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("loans:application", args=[first.pk])
    assert f"申込み {first}" in words(response)
    assert LendingApplication.objects.count() == 1


def test_the_household_on_record_is_taken_over(desk: Desk, clerk: Client) -> None:
    spouse, child = a_family(desk)
    application = desk.begin()
    assert application.household_size == 3
    assert set(application.members.values_list("person", flat=True)) == {desk.applicant.pk, spouse.pk, child.pk}
    page = clerk.get(edit(application)).content.decode()
    assert spouse.name in page


def test_an_age_stands_beside_every_birth_date_and_none_for_whoever_was_not_born_yet() -> None:
    day = date(2026, 11, 20)
    born = (date(1969, 10, 30), day, date(2026, 11, 21))
    told = Transcript(applied_on=day, members=tuple(MemberEntry(str(n), birth_date=on) for n, on in enumerate(born)))
    assert [said.partition("生")[2] for _, said in members_told(told)] == ["（57歳）", "（0歳）", ""]


# --- kept as it is typed ---


def test_a_half_typed_draft_is_kept_with_every_change(desk: Desk, clerk: Client) -> None:
    application = desk.begin()
    answer = clerk.post(live(application), posted(application.version, cause="DISASTER", cause_on=""))
    page = words(answer)
    assert "に保存しました。" in page
    assert "理由が生じた日を確かめてください。" in page
    application.refresh_from_db()
    assert (application.cause, application.amount_asked, application.state) == ("DISASTER", 100_000, "DRAFT")
    again = clerk.get(edit(application)).content.decode()
    assert 'value="100,000"' in again
    assert 'value="120,000"' in again


def test_what_cannot_be_read_is_said_and_the_rest_is_kept(desk: Desk, clerk: Client) -> None:
    application = desk.begin()
    page = words(clerk.post(live(application), posted(application.version, amount_asked="十万円くらい")))
    assert "入力の確認" in page
    application.refresh_from_db()
    assert (application.amount_asked, application.cause) == (None, "MEDICAL_OR_CARE")


def test_a_second_window_does_not_overwrite_the_first(desk: Desk, clerk: Client) -> None:
    application = desk.begin()
    clerk.post(live(application), posted(application.version, amount_asked="80,000"))
    page = words(clerk.post(live(application), posted(application.version, amount_asked="50,000")))
    assert "保存できませんでした" in page
    application.refresh_from_db()
    assert application.amount_asked == 80_000


def test_one_row_says_who_typed_however_often_a_draft_is_saved(desk: Desk, clerk: Client) -> None:
    application = desk.begin()
    for amount in ("10,000", "20,000", "30,000"):
        application.refresh_from_db()
        clerk.post(live(application), posted(application.version, amount_asked=amount))
    changes = LendingStateChange.objects.filter(application=application)
    assert list(changes.values_list("move", "by_user")) == [("save_draft", desk.clerk.pk)]


# --- taken in ---


def test_a_complete_application_is_received_and_assessed(desk: Desk, clerk: Client) -> None:
    application = desk.begin()
    response = clerk.post(edit(application), posted(application.version), follow=True)
    application.refresh_from_db()
    assert application.state == LendingState.RECEIVED, words(response)
    kept = LendingAssessmentRow.objects.get(application=application)
    assert (kept.ceiling, kept.pk) == (100_000, application.assessment_id)
    assert f"申込み {application} を受け付けました。" in words(response)


def refused(clerk: Client, application: LendingApplication, **changes: Any) -> str:
    """Post the form, and make sure that nothing of it was taken in."""
    response = clerk.post(edit(application), posted(application.version, **changes))
    application.refresh_from_db()
    assert response.status_code == 200
    assert application.state == LendingState.DRAFT
    assert not LendingAssessmentRow.objects.exists()
    assert application.amount_asked is None
    return words(response)


@pytest.mark.parametrize("amount", ["100,500", "99,500", "101,000", "0"])
def test_an_amount_the_regular_loan_does_not_know_is_refused(desk: Desk, clerk: Client, amount: str) -> None:
    page = refused(clerk, desk.begin(), amount_asked=amount)
    assert "RS-01" in page
    assert "1,000円単位" in page or "以内" in page


def test_a_grace_or_term_that_is_too_long_is_refused(desk: Desk, clerk: Client) -> None:
    page = refused(clerk, desk.begin(), grace_months="3", instalments="13")
    assert "RS-14" in page
    assert "RS-15" in page


def test_an_application_of_tomorrow_is_refused(desk: Desk, clerk: Client) -> None:
    assert "借入申込日に先の日付は使えません。" in refused(clerk, desk.begin(), applied_on="令和8年11月21日")


def test_months_beyond_three_are_refused(desk: Desk, clerk: Client) -> None:
    application = desk.begin(FundKind.SP_GS_INITIAL)
    page = refused(clerk, application, **a_special_form(months="4"))
    assert "LA-03" in page
    assert "資金ごとに3月以内" in page


def a_special_form(**changes: Any) -> dict[str, Any]:
    """What the form of general support sends, as of summer 2021."""
    return {
        "applied_on": "令和3年7月1日",
        "amount_asked": None,
        "cause": None,
        "cause_on": None,
        "lives_in_prefecture": None,
        "monthly_amount": "200,000",
        "months": "3",
        "instalments": "120",
        "household_size": "2",
        "income_proof": "DECLARATION",
        "agency_consulted_on": "令和3年6月20日",
        "agency_support_consent": "yes",
        **rows(
            "incomes",
            [{"member": "本人", "kind": "WAGE", "before_amount": "250,000", "after_amount": "180,000"}],
        ),
    } | changes


def test_an_application_after_the_close_is_refused(desk: Desk, clerk: Client) -> None:
    page = refused(clerk, desk.begin(FundKind.SP_SMALL), **a_small_form(applied_on="令和4年10月1日"))
    assert "LA-01" in page
    assert "受付は令和4年9月30日で終了している。" in page


def test_a_special_loan_of_an_earlier_day_is_led_to_the_history_entry(desk: Desk, clerk: Client) -> None:
    page = refused(clerk, desk.begin(FundKind.SP_SMALL), **a_small_form())
    assert "新しく受け付けられません。" in page
    beginning = clerk.get(reverse("loans:apply_person", args=[desk.applicant.pk])).content.decode()
    assert reverse("repayment:history_enter", args=[desk.applicant.pk]) in beginning


def test_a_reloan_without_the_small_loan_is_refused(desk: Desk, clerk: Client) -> None:
    a_loan(
        desk.applicant,
        fund=FundKind.SP_GS_INITIAL,
        applied_on=date(2020, 8, 1),
        decided_on=date(2020, 8, 10),
        disbursed_on=date(2020, 10, 20),
        office=desk.office,
    )
    page = refused(clerk, desk.begin(FundKind.SP_GS_RELOAN), **a_special_form())
    assert "LN-32" in page
    assert "緊急小口資金" in page


def test_a_reloan_is_refused_where_the_spouse_has_had_one(desk: Desk, clerk: Client) -> None:
    spouse, _ = a_family(desk)
    lent_to(desk, desk.applicant, FundKind.SP_SMALL, date(2020, 6, 10), date(2020, 6, 20))
    lent_to(desk, desk.applicant, FundKind.SP_GS_INITIAL, date(2020, 8, 1), date(2020, 10, 20))
    lent_to(desk, spouse, FundKind.SP_GS_RELOAN, date(2021, 3, 1), date(2021, 5, 20))
    page = refused(clerk, desk.begin(FundKind.SP_GS_RELOAN), **a_special_form())
    assert "LN-33" in page
    assert "再貸付は1世帯に1回だけ。" in page


def test_general_support_from_october_2020_needs_the_consent(desk: Desk, clerk: Client) -> None:
    page = refused(clerk, desk.begin(FundKind.SP_GS_INITIAL), **a_special_form(agency_support_consent="no"))
    assert "LN-25" in page


def test_a_minor_without_any_of_the_four_ways_is_refused() -> None:
    desk = a_desk(birth_date=date(2002, 9, 1))
    clerk = signed_in(desk.clerk)
    form = a_small_form(applied_on="令和2年6月10日", married="no")
    page = refused(clerk, desk.begin(FundKind.SP_SMALL), **form)
    assert "LN-18" in page
    application = LendingApplication.objects.get()
    with time_machine.travel(datetime(2020, 6, 10, 10, 0, tzinfo=TOKYO), tick=False):
        response = signed_in(desk.clerk).post(
            edit(application), posted(application.version, **form, minor_way="INTERVIEW"), follow=True
        )
    application.refresh_from_db()
    assert application.state == LendingState.RECEIVED, words(response)
    assert LendingTask.objects.get(application=application, kind="RATIFICATION").due_on == date(2022, 4, 1)


def test_a_residence_record_older_than_three_months_is_refused(desk: Desk, clerk: Client) -> None:
    application = desk.begin()
    url = reverse("loans:paper_add", args=[application.pk])
    paper = {"kind": "residence_record", "member": "本人", "received_on": "令和8年11月20日"}
    page = words(clerk.post(url, paper | {"issued_on": "令和8年8月19日"}))
    assert "RS-17" in page
    assert "令和8年8月19日" in page
    assert not Paper.objects.exists()
    assert "住民票の発行日を確認してください。" in words(clerk.post(url, paper))
    clerk.post(url, paper | {"issued_on": "令和8年8月20日"})
    assert Paper.objects.get().issued_on == date(2026, 8, 20)


def lent_to(desk: Desk, person: Person, fund: FundKind, applied_on: date, disbursed_on: date) -> None:
    a_loan(
        person,
        fund=fund,
        applied_on=applied_on,
        decided_on=applied_on,
        disbursed_on=disbursed_on,
        office=desk.office,
        principal=200_000 if fund == FundKind.SP_SMALL else 600_000,
    )


def a_small_form(**changes: Any) -> dict[str, Any]:
    """What the form of the special small loan sends, as of summer 2020."""
    return (
        a_special_form()
        | {
            "applied_on": "令和2年6月10日",
            "monthly_amount": None,
            "months": None,
            "agency_consulted_on": None,
            "agency_support_consent": None,
            "amount_asked": "100,000",
            "instalments": "24",
            "grace_months": "12",
        }
        | changes
    )

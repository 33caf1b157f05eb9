"""What stands between an application and its decision: doubts, guidance, exceptions by a second person, the proposal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.actors import Actor
from loans.deciding.enums import DecisionOutcome
from loans.deciding.terms import Terms
from loans.enums import FundKind, GuidanceKind, LendingState
from loans.lending.transcript import IncomeEntry, MemberEntry, Transcript
from loans.lending.workflow import Move
from loans.models import LendingApplication, LendingOverride, LendingProposal
from loans.refusals import EntryRefused, LendingRefused, NotAllowed, NotReady, OwnWork, ReasonMissing, RulesRefused
from loans.services import move_lending
from loans.services.answering import answer_group
from loans.services.assessing import look_at
from loans.services.overrides import answer_override, ask_override
from loans.services.tasks import close_task, open_doubt, record_guidance
from people.enums import PaperKind
from tests.canary.watching import pdf_text
from tests.exemptions.browsers import signed_in, words
from tests.loans.intake_builders import NOW, TOKYO, Desk, a_desk, posted
from tests.people.builders import is_protected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TERMS = Terms(amount=50_000, instalments=10, grace_months=1)
EVERYTHING_SAID: dict[str, dict[str, str]] = {
    "conditions": dict.fromkeys(
        ("STEADY_INCOME", "ONE_OFF", "REPAYMENT_IN_SIGHT", "CONTINUED_SUPPORT_CONSENT"), "yes"
    ),
    "circumstances": {"lives_in_prefecture": "yes"},
    "involvement": {"COMPLEX": "no", "STABLE": "yes", "TRANSIENT": "yes", "ON_THE_WAY": "yes"},
}


def told(**changes: Any) -> Transcript:
    values: dict[str, Any] = {
        "applied_on": date(2026, 11, 20),
        "household_size": 1,
        "amount_asked": 50_000,
        "instalments": 10,
        "grace_months": 1,
        "purpose": "LIVING",
        "cause": "MEDICAL_OR_CARE",
        "cause_on": date(2026, 11, 1),
        "residence": "REGISTERED",
        "on_public_assistance": False,
        "answers": EVERYTHING_SAID,
        "members": (MemberEntry("本人"),),
        "incomes": (IncomeEntry("本人", "WAGE", after_amount=120_000),),
    }
    return Transcript(**(values | changes))


def received(desk: Desk, **changes: Any) -> LendingApplication:
    application = desk.begin()
    return move_lending(
        application_id=application.pk,
        move=Move.RECEIVE,
        version=application.version,
        transcript=told(**changes),
        by=Actor.person(desk.clerk),
        at=NOW,
    )


def propose(desk: Desk, application: LendingApplication, reason: str = "書類は後日届く", **details: Any) -> None:
    move_lending(
        application_id=application.pk,
        move=Move.PREPARE,
        version=None,
        reason=reason,
        details={"outcome": DecisionOutcome.APPROVED, "terms": TERMS} | details,
        by=Actor.person(desk.reviewer),
        at=NOW,
    )


@pytest.fixture
def desk() -> Desk:
    return a_desk()


# --- doubts (question 2-1) ---


def test_a_doubt_keeps_the_application_from_being_proposed_until_it_is_answered(desk: Desk) -> None:
    application = received(desk)
    task = open_doubt(
        application_id=application.pk, text="給与明細の月が合わない", by=Actor.person(desk.clerk), at=NOW
    )
    with pytest.raises(NotReady, match="疑義の確認が終わっていません（問2-1）。給与明細の月が合わない"):
        propose(desk, application)
    with pytest.raises(ReasonMissing):
        close_task(task_id=task.pk, answer=" ", by=Actor.person(desk.clerk), at=NOW)
    close_task(task_id=task.pk, answer="勤務先に電話で確かめた", by=Actor.person(desk.clerk), at=NOW)
    looked = look_at(application, as_of=NOW.date())
    assert looked.acceptable in ("yes", "review"), [(c.rule.code, c.because) for c in looked.against]
    propose(desk, application)
    application.refresh_from_db()
    assert (application.state, application.prepared_by) == (LendingState.UNDER_REVIEW, desk.reviewer)
    assert LendingProposal.objects.get(application=application).amount == 50_000


def test_the_same_doubt_is_open_once(desk: Desk) -> None:
    application = received(desk)
    first, second = (
        open_doubt(application_id=application.pk, text="同じこと", by=Actor.person(desk.clerk), at=NOW)
        for _ in range(2)
    )
    assert first == second


# --- exceptions (K-3) ---


def test_an_exception_counts_once_a_second_person_agrees() -> None:
    desk = a_desk(birth_date=date(1955, 1, 1))
    application = received(desk)
    assert [check.rule.code for check in look_at(application, as_of=NOW.date()).against] == ["RS-04"]
    with pytest.raises(RulesRefused, match="RS-04"):
        propose(desk, application)
    asked = ask_override(
        application_id=application.pk, rule="RS-04", reason="働いている", by=Actor.person(desk.reviewer), at=NOW
    )
    with pytest.raises(OwnWork):
        answer_override(override_id=asked.pk, agreed=True, by=Actor.person(desk.reviewer), at=NOW)
    with pytest.raises(NotAllowed):
        answer_override(override_id=asked.pk, agreed=True, by=Actor.person(desk.clerk), at=NOW)
    answer_override(override_id=asked.pk, agreed=True, by=Actor.person(desk.supervisor), at=NOW)
    assert look_at(application, as_of=NOW.date()).against == ()
    propose(desk, application)


def test_the_database_refuses_the_same_person_for_both_sides_of_an_exception(desk: Desk) -> None:
    application = received(desk)
    with pytest.raises(IntegrityError, match="override_by_a_second_person"), transaction.atomic():
        LendingOverride.objects.create(
            application=application,
            rule="RS-04",
            reason="理由",
            asked_by=desk.clerk,
            asked_at=NOW,
            agreed_by=desk.clerk,
            agreed_at=NOW,
        )


def test_a_hard_rule_has_no_exception(desk: Desk) -> None:
    application = received(desk, answers=EVERYTHING_SAID | {"exclusions": {"WAGE_GARNISHMENT": "yes"}})
    assert [check.rule.code for check in look_at(application, as_of=NOW.date()).against] == ["RS-27"]
    with pytest.raises(NotReady, match="例外を認められません"):
        ask_override(application_id=application.pk, rule="RS-27", reason="事情", by=Actor.person(desk.clerk), at=NOW)


# --- what it is for (question 11), and refusing (question 2-9) ---


def test_q11_business_money_is_never_proposed_and_the_guidance_sheet_is_offered(desk: Desk) -> None:
    application = received(desk, purpose="BUSINESS")
    with pytest.raises(LendingRefused):
        propose(desk, application)
    offered = reverse("loans:form_pdf", args=[application.pk, "business_capital"])
    browser = signed_in(desk.clerk)
    assert offered in browser.get(reverse("loans:application", args=[application.pk])).content.decode()
    assert "日本政策金融公庫" in pdf_text(browser.get(offered).content)
    other = a_desk()
    page = signed_in(other.clerk).get(reverse("loans:application", args=[received(other).pk]))
    assert "business_capital" not in page.content.decode()


def test_a_refusal_needs_the_five_points_and_a_way_on(desk: Desk) -> None:
    application = desk.begin(FundKind.SP_SMALL)
    move_lending(
        application_id=application.pk,
        move=Move.RECEIVE,
        version=application.version,
        transcript=Transcript(
            applied_on=date(2021, 7, 1),
            household_size=2,
            amount_asked=100_000,
            instalments=24,
            purpose="LIVING",
            income_proof="DECLARATION",
            on_public_assistance=False,
            incomes=(IncomeEntry("本人", "WAGE", before_amount=200_000, after_amount=210_000),),
        ),
        by=Actor.person(desk.clerk),
        at=datetime(2021, 7, 1, 10, 0, tzinfo=TOKYO),
    )
    refusal: dict[str, Any] = {"outcome": DecisionOutcome.REFUSED, "terms": None}
    with pytest.raises(NotReady, match="5つの点"):
        propose(desk, application, **refusal)
    application.refresh_from_db()
    answer_group(
        application_id=application.pk,
        group="five_points",
        answers=dict.fromkeys(("DEGREE", "STUDENT", "OTHER_MEMBERS", "SHORT_JOBS", "ABILITY"), "yes"),
        version=application.version,
        by=Actor.person(desk.clerk),
        at=NOW,
    )
    with pytest.raises(NotReady, match="案内・つなぎ"):
        propose(desk, application, **refusal)
    record_guidance(
        application_id=application.pk,
        kind=GuidanceKind.AGENCY,
        given_on=NOW.date(),
        place="青海くらし相談センター",
        by=Actor.person(desk.clerk),
        at=NOW,
    )
    propose(desk, application, reason="世帯の収入が減っていない", **refusal)
    assert LendingProposal.objects.get(application=application).outcome == DecisionOutcome.REFUSED


def a_small_special() -> Transcript:
    """The small special loan as it could be asked for on the last day."""
    return Transcript(
        applied_on=date(2022, 9, 30),
        household_size=2,
        amount_asked=100_000,
        instalments=24,
        purpose="LIVING",
        income_proof="DECLARATION",
        on_public_assistance=False,
        incomes=(IncomeEntry("本人", "WAGE", before_amount=200_000, after_amount=180_000),),
    )


@pytest.mark.parametrize(
    ("day", "taken"), [(date(2022, 9, 30), True), (date(2022, 10, 1), False), (date(2026, 11, 20), False)]
)
def test_a_special_loan_is_taken_in_only_until_its_fund_closed_whatever_day_is_written(
    desk: Desk, day: date, taken: bool
) -> None:
    application = desk.begin(FundKind.SP_SMALL)

    def receive() -> LendingApplication:
        return move_lending(
            application_id=application.pk,
            move=Move.RECEIVE,
            version=application.version,
            transcript=a_small_special(),
            by=Actor.person(desk.clerk),
            at=datetime(day.year, day.month, day.day, 10, 0, tzinfo=TOKYO),
        )

    if taken:
        assert receive().state == LendingState.RECEIVED
        return
    with pytest.raises(EntryRefused, match="令和4年9月30日で終了.*「過去の特例貸付を登録する」"):
        receive()
    application.refresh_from_db()
    assert application.state == LendingState.DRAFT


def test_nothing_is_proposed_before_everything_was_asked(desk: Desk) -> None:
    application = received(desk, cause_on=None)
    with pytest.raises(NotReady, match="理由が生じた日"):
        propose(desk, application)


# --- the list of papers and of what is missing ---


def test_the_list_of_papers_follows_the_cause_and_the_household(desk: Desk) -> None:
    application = received(desk)
    wanted = {need.kind for need in look_at(application, as_of=NOW.date()).needs}
    assert PaperKind.BILL in wanted
    assert PaperKind.FIRE_CERTIFICATE not in wanted
    changed = told(
        cause="DISASTER", members=(MemberEntry("本人"), MemberEntry("長男", has_disability=True, has_handbook=True))
    )
    wanted = {need.kind for need in look_at(application, as_of=NOW.date(), told=changed).needs}
    assert {PaperKind.FIRE_CERTIFICATE, PaperKind.DISABILITY_CERTIFICATE} <= wanted
    assert PaperKind.RECEIPT not in wanted


def test_a_paper_that_came_in_is_no_longer_counted_as_missing(desk: Desk) -> None:
    application = received(desk)
    url = reverse("loans:paper_add", args=[application.pk])
    paper = {"kind": "residence_record", "member": "本人", "received_on": "令和8年11月20日"}
    signed_in(desk.clerk).post(url, paper | {"issued_on": "令和8年11月2日"})
    before, application = application.deficiency_count, LendingApplication.objects.get()
    assert application.deficiency_count == before - 1


def test_what_is_missing_goes_back_to_the_applicant_as_a_list(desk: Desk) -> None:
    application = received(desk)
    browser = signed_in(desk.clerk)
    browser.post(
        reverse("loans:application_move", args=[application.pk, "report_deficiencies"]),
        {"version": application.version, "reason": "申込書の2枚目がない"},
    )
    application.refresh_from_db()
    assert application.state == LendingState.INCOMPLETE
    sent = [item["text"] for item in application.changes.latest("pk").deficiencies]
    assert sent[-1] == "申込書の2枚目がない"
    assert any("住民票" in text for text in sent)
    page = words(browser.get(reverse("loans:application", args=[application.pk])))
    assert "返送した不備" in page
    sheet = pdf_text(browser.get(reverse("loans:form_pdf", args=[application.pk, "paper_list"])).content)
    assert "申込書の2枚目がない" in sheet and "住民票" in sheet


def test_the_answers_lead_to_the_paper_that_proves_how_the_agency_is_involved(desk: Desk) -> None:
    application = desk.begin()
    browser, url = signed_in(desk.clerk), reverse("loans:involvement", args=[application.pk])
    asked = 0
    for answer in ("yes", "yes", "yes"):
        application.refresh_from_db()
        question = browser.get(url).context["walk"].question
        browser.post(url, {"version": application.version, "question": question.value, "answer": answer})
        asked += 1
    page = words(browser.get(url))
    assert asked <= 6
    assert "貸付あっせん書" in page
    application.refresh_from_db()
    assert PaperKind.LOAN_MEDIATION in {need.kind for need in look_at(application, as_of=NOW.date()).needs}


def test_q26_somebody_without_an_address_can_be_registered_care_of_an_office(desk: Desk) -> None:
    application = desk.begin()
    browser = signed_in(desk.clerk)
    browser.post(
        reverse("loans:application_live", args=[application.pk]),
        posted(application.version, residence="NO_ADDRESS", care_of=str(desk.office.pk)),
    )
    application.refresh_from_db()
    assert (application.residence, application.care_of) == ("NO_ADDRESS", desk.office)


def test_q25_somebody_who_fled_is_taken_in_where_they_are_and_the_missing_measure_is_said(desk: Desk) -> None:
    application = desk.begin()
    browser = signed_in(desk.clerk)
    url = reverse("loans:application_live", args=[application.pk])
    page = words(browser.post(url, posted(application.version, residence="EVACUATED")))
    assert "支援措置がまだ登録されていません。" in page
    is_protected(desk.applicant)
    application.refresh_from_db()
    page = words(browser.post(url, posted(application.version, residence="EVACUATED")))
    assert "支援措置がまだ登録されていません。" not in page

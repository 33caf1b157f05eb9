"""起案 and 決裁 of a loan: four eyes, two approvers in the band, less than asked, refusals, and money before the decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from japan.months import month_of
from loans.deciding.enums import DecisionOutcome
from loans.deciding.terms import Terms
from loans.enums import FundKind, GuidanceKind, LendingState, LoanState, TaskKind
from loans.lending.five_points import Point
from loans.lending.guide import NAGASAKI
from loans.lending.transcript import Transcript
from loans.lending.workflow import Move
from loans.models import FirstApproval, LendingApplication, LendingDecision, LendingTask, Loan, UrgentPayment
from loans.refusals import LendingRefused, MovedMeanwhile, NotAllowed, NotReady, OwnWork, ReasonMissing
from loans.services import move_lending
from loans.services.assessing import look_at
from loans.services.tasks import open_doubt, record_guidance
from loans.services.urgent import pay_before_decision
from repayment.transfers.selecting import select
from rulebook.models import SettingRow
from tests.loans.intake_builders import NOW, Desk, a_desk
from tests.people.builders import a_member_of_staff
from tests.repayment.money import has_account
from tests.scenes import signed_in, with_a_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

TODAY = NOW.date()
INNER_REASON = "償還の見込みを確かめ、当面必要な額としたため"


@pytest.fixture
def desk() -> Desk:
    return a_desk()


def told(**changes: Any) -> Transcript:
    values: dict[str, Any] = {
        "applied_on": TODAY,
        "household_size": 1,
        "amount_asked": 100_000,
        "instalments": 12,
        "grace_months": 2,
        "purpose": "LIVING",
        "cause": "MEDICAL_OR_CARE",
        "cause_on": date(2026, 11, 1),
        "on_public_assistance": False,
        "residence": "REGISTERED",
    }
    return Transcript(**values | changes)


def step(application: LendingApplication, move: Move, person: User, **more: Any) -> LendingApplication:
    return move_lending(
        application_id=application.pk, move=move, version=None, by=Actor.person(person), at=NOW, **more
    )


def received(desk: Desk, **changes: Any) -> LendingApplication:
    return step(desk.begin(), Move.RECEIVE, desk.clerk, transcript=told(**changes))


def proposed(
    desk: Desk, *, amount: int = 100_000, reason: str = "", outcome: str = "approved", **changes: Any
) -> LendingApplication:
    """Drawn up by the reviewer, where everything the rules want was established."""
    application = received(desk, **changes)
    terms = Terms(amount, 12, 2) if outcome == "approved" else None
    LendingApplication.objects.filter(pk=application.pk).update(
        state=LendingState.UNDER_REVIEW, prepared_by=desk.reviewer, prepared_at=NOW
    )
    application.refresh_from_db()
    from loans.services.deciding import propose
    from loans.services.moves import Step

    propose(
        Step(application, Move.PREPARE, desk.reviewer, Actor.person(desk.reviewer), NOW, reason=reason),
        outcome=DecisionOutcome(outcome),
        terms=terms,
    )
    return application


def a_band(yen: int, desk: Desk) -> None:
    SettingRow.objects.create(
        key="two_approvers_from",
        value=yen,
        valid_from=date(2026, 4, 1),
        source="決裁規程",
        proposed_by=desk.reviewer,
        proposed_at=NOW,
        approved_by=desk.supervisor,
        approved_at=NOW,
    )


def refusal(call: Any) -> str:
    with pytest.raises(LendingRefused) as refused, transaction.atomic():
        call()
    return str(refused.value)


# --- approval ---------------------------------------------------------------------------------------


def test_a_decision_makes_the_loan_its_code_and_its_tranche(desk: Desk) -> None:
    has_account(desk.applicant)
    application = proposed(desk)
    step(application, Move.APPROVE, desk.supervisor)
    application.refresh_from_db()
    loan = application.loan
    assert loan is not None
    assert application.state == LendingState.APPROVED
    assert (loan.code, loan.state, loan.principal, loan.instalments) == ("0500001", LoanState.APPROVED, 100_000, 12)
    assert (loan.borrower, loan.office, loan.decided_on) == (desk.applicant, desk.office, TODAY)
    assert loan.first_due_month == month_of(2027, 1)
    tranche = loan.tranches.get()
    assert (tranche.amount, tranche.pay_on) == (100_000, TODAY)
    decision = LendingDecision.objects.get()
    assert (decision.outcome, decision.amount, decision.decided_by) == ("approved", 100_000, desk.supervisor)
    assert decision.assessment is not None
    assert [item.tranche for item in select(TODAY).payable] == [tranche]


def test_codes_run_on_and_step_over_numbers_that_came_from_elsewhere(desk: Desk) -> None:
    first = proposed(desk)
    step(first, Move.APPROVE, desk.supervisor)
    Loan.objects.filter(code="0500001").update(code="0500002")
    other = a_desk()
    second = proposed(other)
    step(second, Move.APPROVE, other.supervisor)
    second.refresh_from_db()
    assert second.loan is not None and second.loan.code == "0500003"


@pytest.mark.parametrize("move", [Move.APPROVE, Move.REFUSE, Move.FIRST_APPROVE])
def test_nobody_decides_on_their_own_work(desk: Desk, move: Move) -> None:
    application = proposed(desk)
    LendingApplication.objects.filter(pk=application.pk).update(prepared_by=desk.supervisor)
    with pytest.raises(OwnWork, match="ご自分が登録または起案した申込みは決裁できません"):
        step(application, move, desk.supervisor, reason="理由")
    with pytest.raises(NotAllowed, match="決裁をする権限がありません"):
        step(application, move, desk.clerk, reason="理由")
    assert not Loan.objects.exists()


def test_the_database_too_refuses_a_decision_by_its_author(desk: Desk) -> None:
    application = proposed(desk)
    step(application, Move.APPROVE, desk.supervisor)
    decision = LendingDecision.objects.get()
    for maker in ("entered_by", "prepared_by"):
        other = proposed(a_desk())
        wrong = LendingDecision(
            application=other,
            proposal=other.proposals.get(),
            outcome="refused",
            amount=0,
            amount_asked=100_000,
            internal_reason="x",
            entered_by=desk.clerk,
            prepared_by=desk.reviewer,
            decided_by=desk.clerk if maker == "entered_by" else desk.reviewer,
            decided_on=TODAY,
            decided_at=NOW,
        )
        with pytest.raises(IntegrityError, match="lending_decided_by_a_second_person"), transaction.atomic():
            wrong.save()
    assert LendingDecision.objects.get() == decision


def test_a_direct_post_by_the_preparer_gets_a_403(desk: Desk) -> None:
    application = proposed(desk)
    answer = signed_in(desk.reviewer).post(reverse("loans:decide", args=[application.pk, "approve"]), {"version": 1})
    assert answer.status_code == 403
    assert not LendingDecision.objects.exists()


def test_of_two_decisions_the_second_is_told_how_it_stands(desk: Desk) -> None:
    application = proposed(desk)
    step(application, Move.APPROVE, desk.supervisor)
    with pytest.raises(MovedMeanwhile, match="「貸付決定」になっています"):
        step(application, Move.APPROVE, a_member_of_staff(Role.SUPERVISOR))
    assert Loan.objects.count() == 1


def test_q2_1_an_open_doubt_keeps_the_decision_waiting(desk: Desk) -> None:
    """Question 2-1."""
    application = proposed(desk)
    open_doubt(application_id=application.pk, text="勤務先に確かめる", by=Actor.person(desk.clerk), at=NOW)
    assert "確かめている点があるため、決定できません。勤務先に確かめる" in refusal(
        lambda: step(application, Move.APPROVE, desk.supervisor)
    )


def test_another_finding_than_the_one_shown_stops_the_decision(desk: Desk) -> None:
    application = proposed(desk)
    sentence = refusal(lambda: step(application, Move.APPROVE, desk.supervisor, seen="something else"))
    assert "表示していた判定の内容が変わりました" in sentence
    step(application, Move.APPROVE, desk.supervisor, seen=look_at(application, as_of=TODAY).fingerprint)


# --- less than asked, and the band ------------------------------------------------------------------


def test_q6_less_than_asked_needs_a_reason_that_stays_on_the_internal_sheet(desk: Desk) -> None:
    """Question 6."""
    with pytest.raises(ReasonMissing, match="希望額より少なくする理由を入力してください"):
        proposed(desk, amount=50_000)
    application = proposed(a_desk(), amount=50_000, reason=INNER_REASON)
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    step(application, Move.APPROVE, supervisor)
    decision = LendingDecision.objects.get()
    assert (decision.amount, decision.amount_asked, decision.internal_reason) == (50_000, 100_000, INNER_REASON)


def test_more_than_asked_is_never_proposed(desk: Desk) -> None:
    with pytest.raises(NotReady, match="希望額（80,000円）を超える"):
        proposed(desk, amount=90_000, amount_asked=80_000)


def test_what_is_proposed_keeps_to_the_guide_in_force(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stricter = replace(NAGASAKI, code="ELSEWHERE", unit=30_000)
    monkeypatch.setattr("loans.services.deciding.guide_of", lambda application: stricter)

    with pytest.raises(NotReady, match="30,000円単位です"):
        proposed(desk)


def test_without_a_band_one_person_decides_and_nobody_is_a_first(desk: Desk) -> None:
    application = proposed(desk)
    assert "1人の決裁で決定できます" in refusal(lambda: step(application, Move.FIRST_APPROVE, desk.supervisor))


def test_from_the_band_on_two_different_people_decide(desk: Desk) -> None:
    a_band(100_000, desk)
    application = proposed(desk)
    other = a_member_of_staff(Role.SUPERVISOR)
    assert "2人の決裁が必要です" in refusal(lambda: step(application, Move.APPROVE, other))
    step(application, Move.FIRST_APPROVE, desk.supervisor)
    assert "一人目の決裁は済んでいます" in refusal(lambda: step(application, Move.FIRST_APPROVE, other))
    assert "一人目の決裁をした人は、二人目になれません" in refusal(
        lambda: step(application, Move.APPROVE, desk.supervisor)
    )
    application.refresh_from_db()
    assert application.state == LendingState.UNDER_REVIEW
    step(application, Move.APPROVE, other)
    decision = LendingDecision.objects.get()
    assert (decision.first_by, decision.decided_by, decision.two_needed_from) == (desk.supervisor, other, 100_000)


def test_below_the_band_one_person_is_enough(desk: Desk) -> None:
    a_band(100_001, desk)
    step(proposed(desk), Move.APPROVE, desk.supervisor)
    assert not FirstApproval.objects.exists()


def test_a_first_approval_does_not_outlive_its_proposal(desk: Desk) -> None:
    a_band(100_000, desk)
    application = proposed(desk)
    step(application, Move.FIRST_APPROVE, desk.supervisor)
    step(application, Move.RETURN, desk.reviewer, reason="金額を確かめる")
    LendingApplication.objects.filter(pk=application.pk).update(state=LendingState.UNDER_REVIEW)
    from loans.services.deciding import propose
    from loans.services.moves import Step

    application.refresh_from_db()
    propose(
        Step(application, Move.PREPARE, desk.reviewer, Actor.person(desk.reviewer), NOW),
        outcome=DecisionOutcome.APPROVED,
        terms=Terms(100_000, 6, 2),
    )
    assert "先に一人目の決裁" in refusal(lambda: step(application, Move.APPROVE, a_member_of_staff(Role.SUPERVISOR)))


def test_q17_2_a_minor_who_borrowed_without_consent_is_asked_to_ratify_on_the_day_of_majority() -> None:
    """Question 17-2."""
    young = a_desk(birth_date=date(2009, 3, 5))
    application = proposed(young, minor_way="INTERVIEW", answers={"circumstances": {"married": "no"}})
    step(application, Move.APPROVE, young.supervisor)
    task = LendingTask.objects.get(application=application, kind=TaskKind.RATIFICATION)
    assert (task.due_on, task.done_at) == (date(2027, 3, 5), None)
    assert "民法第122条" in task.text


def test_nobody_else_is_asked_to_ratify(desk: Desk) -> None:
    application = proposed(desk)
    step(application, Move.APPROVE, desk.supervisor)
    assert not LendingTask.objects.filter(kind=TaskKind.RATIFICATION).exists()


# --- refusal ----------------------------------------------------------------------------------------


def guided(application: LendingApplication, person: User) -> None:
    record_guidance(
        application_id=application.pk,
        kind=GuidanceKind.AGENCY,
        given_on=TODAY,
        place="青海くらし相談センター",
        by=Actor.person(person),
        at=NOW,
    )


def test_a_refusal_needs_that_somebody_was_shown_another_way(desk: Desk) -> None:
    application = proposed(desk)
    sentence = refusal(lambda: step(application, Move.REFUSE, desk.supervisor, reason=INNER_REASON))
    assert "ほかの制度や機関の案内・つなぎを記録してください（問答集 問2-9）" in sentence
    guided(application, desk.clerk)
    step(application, Move.REFUSE, desk.supervisor, reason=INNER_REASON)
    decision = LendingDecision.objects.get()
    assert (decision.outcome, decision.amount, decision.internal_reason) == ("refused", 0, INNER_REASON)
    assert not Loan.objects.exists()
    refusing = application.changes.get(move="refuse")
    assert refusing.reason == ""  # the reason stands on the internal sheet only


def test_q2_9_a_special_loan_is_refused_only_after_the_five_points(desk: Desk) -> None:
    """Question 2-9."""
    application = proposed(desk)
    LendingApplication.objects.filter(pk=application.pk).update(fund=FundKind.SP_SMALL)
    guided(application, desk.clerk)
    assert "5つの点をすべて確かめて" in refusal(
        lambda: step(application, Move.REFUSE, desk.supervisor, reason=INNER_REASON)
    )
    answers = {"five_points": {point.value: "yes" for point in Point}}
    LendingApplication.objects.filter(pk=application.pk).update(answers=answers)
    step(application, Move.REFUSE, desk.supervisor, reason=INNER_REASON)
    assert LendingDecision.objects.get().outcome == "refused"


def test_a_refusal_without_a_reason_is_not_taken(desk: Desk) -> None:
    application = proposed(desk)
    guided(application, desk.clerk)
    with pytest.raises(ReasonMissing):
        step(application, Move.REFUSE, desk.supervisor)


def test_what_was_proposed_as_a_refusal_is_not_approved(desk: Desk) -> None:
    application = received(desk)
    guided(application, desk.clerk)
    step(application, Move.PREPARE, desk.reviewer, reason="長期の生活困窮のため", details={
        "outcome": DecisionOutcome.REFUSED, "terms": None,
    })  # fmt: skip
    assert "起案は「不承認」です" in refusal(lambda: step(application, Move.APPROVE, desk.supervisor))


# --- money before the decision ----------------------------------------------------------------------


def pay_first(application: LendingApplication, person: User, **more: Any) -> UrgentPayment:
    values: dict[str, Any] = {
        "reason": "所持金がなく食料もない",
        "bridges": ["food", "nonsense"],
        "papers_owed": [("residence_record", "住民票を出してください")],
    }
    return pay_before_decision(application_id=application.pk, **values | more, by=Actor.person(person), at=NOW)


def test_q21_urgent_money_goes_out_before_the_decision_and_leaves_a_review_and_papers_to_do(desk: Desk) -> None:
    """Question 21: by the second business day after the application."""
    has_account(desk.applicant)
    application = received(desk, urgent=True)
    payment = pay_first(application, desk.supervisor)
    assert (payment.due_on, payment.amount, payment.bridges) == (date(2026, 11, 25), 100_000, ["food"])
    application.refresh_from_db()
    assert application.state == LendingState.RECEIVED
    assert not LendingDecision.objects.exists()
    assert len(select(payment.due_on).payable) == 1
    kinds = set(LendingTask.objects.filter(done_at__isnull=True).values_list("kind", flat=True))
    assert kinds == {TaskKind.REVIEW_AFTER, TaskKind.PAPER_OWED}


def test_the_decision_afterwards_is_the_review_and_makes_no_second_loan(desk: Desk) -> None:
    application = received(desk, urgent=True)
    loan = pay_first(application, desk.supervisor).loan
    application.refresh_from_db()
    other = proposed_again(application, desk)
    step(application, Move.APPROVE, desk.supervisor)
    application.refresh_from_db()
    assert (application.loan, Loan.objects.count(), other.amount) == (loan, 1, 100_000)
    assert LendingTask.objects.get(kind=TaskKind.REVIEW_AFTER).answer == "貸付を決定"


def proposed_again(application: LendingApplication, desk: Desk) -> Any:
    from loans.services.deciding import propose
    from loans.services.moves import Step

    LendingApplication.objects.filter(pk=application.pk).update(
        state=LendingState.UNDER_REVIEW, prepared_by=desk.reviewer, prepared_at=NOW
    )
    application.refresh_from_db()
    return propose(
        Step(application, Move.PREPARE, desk.reviewer, Actor.person(desk.reviewer), NOW),
        outcome=DecisionOutcome.APPROVED,
        terms=Terms(100_000, 12, 2),
    )


def test_refused_afterwards_what_has_not_left_is_stopped(desk: Desk) -> None:
    has_account(desk.applicant)
    application = received(desk, urgent=True)
    loan = pay_first(application, desk.supervisor).loan
    application.refresh_from_db()
    proposed_again(application, desk)
    guided(application, desk.clerk)
    step(application, Move.REFUSE, desk.supervisor, reason=INNER_REASON)
    loan.refresh_from_db()
    assert loan.state == LoanState.CANCELLED
    assert select(TODAY + timedelta(days=10)).payable == ()


def test_taken_back_afterwards_what_has_not_left_is_stopped(desk: Desk) -> None:
    has_account(desk.applicant)
    application = received(desk, urgent=True)
    pay_first(application, desk.supervisor)
    step(application, Move.WITHDRAW, desk.clerk, reason="本人の申出")
    assert select(TODAY + timedelta(days=10)).payable == ()


@pytest.mark.parametrize(
    ("changes", "more", "sentence"),
    [
        ({"urgent": False}, {}, "至急の申込みではありません"),
        ({"urgent": True}, {"reason": " "}, "急を要する事情を入力してください"),
    ],
)
def test_urgent_money_that_cannot_be_paid_first_is_refused(
    desk: Desk, changes: dict[str, Any], more: dict[str, Any], sentence: str
) -> None:
    application = received(desk, **changes)
    assert sentence in refusal(lambda: pay_first(application, desk.supervisor, **more))
    assert not Loan.objects.exists()


def test_who_took_the_application_in_does_not_agree_to_urgent_money(desk: Desk) -> None:
    application = received(desk, urgent=True)
    LendingApplication.objects.filter(pk=application.pk).update(entered_by=desk.supervisor)
    with pytest.raises(OwnWork):
        pay_first(application, desk.supervisor)
    with pytest.raises(NotAllowed):
        pay_first(application, desk.reviewer)


def test_urgent_money_is_agreed_to_once(desk: Desk) -> None:
    application = received(desk, urgent=True)
    pay_first(application, desk.supervisor)
    with pytest.raises(MovedMeanwhile, match="すでに決定しています"):
        pay_first(application, desk.supervisor)


# --- the page ---------------------------------------------------------------------------------------


def test_the_page_says_what_will_happen_and_decides(desk: Desk) -> None:
    application = proposed(desk, amount=50_000, reason=INNER_REASON)
    with_a_second_factor(desk.supervisor)
    client = signed_in(User.objects.get(pk=desk.supervisor.pk))
    page = client.get(reverse("loans:decision", args=[application.pk])).content.decode()
    assert f"{application.applicant.name}さんの申込み" in page
    assert "50,000円の貸付を決定します" in page and INNER_REASON in page and "希望額より少ない" in page
    answer = client.post(
        reverse("loans:decide", args=[application.pk, "approve"]), {"version": application.version}, follow=True
    )
    assert "貸付コードは 0500001 です。" in answer.content.decode()
    assert "loans:refuse" not in answer.content.decode()


def test_the_page_offers_to_pay_an_urgent_application_first(desk: Desk) -> None:
    application = received(desk, urgent=True)
    with_a_second_factor(desk.supervisor)
    client = signed_in(User.objects.get(pk=desk.supervisor.pk))
    page = client.get(reverse("loans:decision", args=[application.pk])).content.decode()
    assert "令和8年11月25日(水)までに送金します" in page and "先に送金することを決める" in page
    data = {"reason": "所持金がない", "bridges": ["food", "lodging"]}
    answer = client.post(reverse("loans:pay_first", args=[application.pk]), data, follow=True)
    assert "100,000円を先に送金します。" in answer.content.decode()
    assert LendingTask.objects.filter(kind=TaskKind.PAPER_OWED).exists()

"""Applications for deferral in the database: taken in, decided by a second person, ended early; refused by name."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.enums import Role
from japan.months import month_of
from notices.sources import all_sources
from people.enums import PaperKind
from repayment.deferring.enums import DeferralOutcome, DeferralState, EndAnswer, EndReason, OfferOutcome
from repayment.deferring.refusals import (
    DeferralRefused,
    EntryRefused,
    MovedMeanwhile,
    NotAllowed,
    NotReady,
    OwnWork,
    PreviewChanged,
    ReasonMissing,
)
from repayment.deferring.selectors import (
    counts,
    declined,
    deferrals_of,
    ending,
    running,
    to_connect,
    unconnected,
)
from repayment.deferring.services import (
    answer_end,
    ask_to_end,
    file_paper,
    hold_interview,
    move_application,
    record_offer,
)
from repayment.deferring.transcript import LoanWish
from repayment.deferring.workflow import Move
from repayment.enums import HoldReason
from repayment.models import (
    CollectionHold,
    Deferral,
    DeferralApplication,
    DeferralDecision,
    DeferralInterview,
    DeferralRequest,
    DeferralStateChange,
)
from repayment.selectors import position_of
from repayment.services import post_payment
from tests.exemptions.builders import a_repaid_loan
from tests.people.builders import a_member_of_staff, a_person
from tests.repayment.deferring import DECIDED, ENTERED, HEARD, JULY, TOKYO, a_case, actor, by_phone

pytestmark = pytest.mark.django_db

OPENING = date(2023, 6, 30)


def due(kind: str, day: date) -> list[str]:
    return list(all_sources()[kind].due(day))


def moved(application: DeferralApplication, move: Move, by: Any, **details: Any) -> DeferralApplication:
    return move_application(
        application_id=application.pk, move=move, version=None, by=actor(by), at=DECIDED, **details
    )


def test_an_interview_becomes_a_shifted_plan_by_two_people_and_one_paper() -> None:
    case = a_case()
    application = hold_interview(
        borrower_id=case.borrower.pk,
        transcript=by_phone(case),
        heard=HEARD,
        by=actor(case.staff.clerk),
        at=ENTERED,
    )
    assert application.state == DeferralState.INCOMPLETE
    assert DeferralInterview.objects.get().papers_told == [PaperKind.LEAVING_SLIP]
    hold = CollectionHold.objects.get()
    assert (hold.reason, hold.since, hold.until) == (HoldReason.DEFERRAL_PENDING, date(2023, 6, 5), None)
    (step,) = due("deferral_deficiency", date(2023, 6, 5))
    letter = all_sources()["deferral_deficiency"].draft(step)
    assert letter is not None and "離職票の写し" in letter.content["items"][0]
    with pytest.raises(MovedMeanwhile):
        case.approve(application)

    file_paper(
        application_id=application.pk,
        kind=PaperKind.LEAVING_SLIP,
        received_on=date(2023, 6, 9),
        issued_on=None,
        by=actor(case.staff.clerk),
        at=ENTERED + timedelta(days=4),
    )
    application.refresh_from_db()
    assert application.state == DeferralState.RECEIVED and not due("deferral_deficiency", date(2023, 6, 9))
    with pytest.raises(NotAllowed):
        case.approve(application, by=case.staff.clerk)

    before = position_of(case.loan.pk, OPENING)
    case.approve(application)
    after = position_of(case.loan.pk, OPENING)
    assert (before.arrears, after.arrears) == (49_980, 49_980)
    assert (before.deadline, after.deadline) == (date(2024, 12, 31), date(2025, 12, 31))
    assert [line.due_month for line in after.lines][5:8] == [month_of(2023, 6), month_of(2024, 7), month_of(2024, 8)]
    assert position_of(case.loan.pk, date(2024, 6, 30)).arrears == 49_980
    decision = DeferralDecision.objects.get()
    assert (decision.outcome, decision.from_month, decision.months) == (DeferralOutcome.GRANTED, JULY, 12)
    assert decision.deferral == Deferral.objects.get()
    hold.refresh_from_db()
    assert hold.until == date(2023, 6, 27)
    assert [change.move for change in DeferralStateChange.objects.order_by("pk")] == ["receive", "complete", "approve"]
    (occasion,) = due("deferral_approved", date(2023, 6, 27))
    granted = all_sources()["deferral_approved"].draft(occasion)
    assert granted is not None
    (line,) = granted.content["loans"]
    assert (line.from_month, line.last_month, line.resumes, line.amount) == (JULY, JULY + 11, JULY + 12, 8_330)

    payment = post_payment(
        loan=case.loan,
        amount=8_330,
        effective_on=date(2023, 8, 1),
        source_key="voluntary",
        by=actor(case.staff.preparer),
        at=datetime(2023, 8, 1, 9, 0, tzinfo=TOKYO),
    )
    assert payment.amount == 8_330
    assert position_of(case.loan.pk, date(2023, 8, 2)).arrears == 41_650


def test_who_entered_or_filed_a_paper_cannot_decide_and_the_database_holds_it() -> None:
    case = a_case()
    application = case.enter()
    with pytest.raises(NotAllowed):
        case.approve(application, by=case.staff.clerk)
    application.refresh_from_db()
    DeferralApplication.objects.filter(pk=application.pk).update(entered_by=case.staff.supervisor)
    with pytest.raises(OwnWork):
        case.approve(application)
    request = application.requests.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        DeferralDecision.objects.create(
            request=request,
            outcome=DeferralOutcome.REFUSED,
            internal_reason="x",
            entered_by=case.staff.supervisor,
            decided_by=case.staff.supervisor,
            decided_on=date(2023, 6, 27),
            decided_at=DECIDED,
        )


def test_a_refusal_keeps_its_reason_inside_and_lets_collection_go_on() -> None:
    case = a_case()
    application = case.enter()
    with pytest.raises(ReasonMissing):
        moved(application, Move.REFUSE, case.staff.supervisor)
    moved(application, Move.REFUSE, case.staff.supervisor, reason="極秘理由カバ")
    assert not Deferral.objects.exists()
    assert DeferralDecision.objects.get().internal_reason == "極秘理由カバ"
    assert CollectionHold.objects.get().until == date(2023, 6, 27)
    assert DeferralStateChange.objects.order_by("-pk")[0].reason == ""
    (occasion,) = due("deferral_refused", date(2023, 6, 27))
    letter = all_sources()["deferral_refused"].draft(occasion)
    assert letter is not None and "カバ" not in repr(letter)
    assert not due("deferral_approved", date(2023, 6, 27))
    with pytest.raises(DatabaseError), transaction.atomic():
        DeferralDecision.objects.update(internal_reason="y")


def test_several_loans_on_one_paper_are_decided_one_by_one() -> None:
    case = a_case()
    other = a_repaid_loan(case.borrower, months_paid=5, office=case.staff.office)
    application = case.enter(wishes=(case.wish(), LoanWish(other.pk, JULY + 1, 6)))
    first = application.requests.get(loan=case.loan).pk
    with pytest.raises(ReasonMissing):
        case.approve(application, granting=[first])
    with pytest.raises(PreviewChanged):
        case.approve(application, seen="something else")
    with pytest.raises(NotReady):
        case.approve(application, granting=[])
    case.approve(application, granting=[first], reason="収入で返せるため")
    assert {row.outcome for row in DeferralDecision.objects.all()} == {"granted", "refused"}
    assert Deferral.objects.get().loan == case.loan
    assert due("deferral_approved", date(2023, 6, 27)) == due("deferral_refused", date(2023, 6, 27))
    assert not CollectionHold.objects.filter(until__isnull=True).exists()


def test_a_late_decision_begins_a_month_later_and_what_fell_due_stays_due() -> None:
    case = a_case()
    application = case.enter()
    case.approve(application, at=datetime(2023, 7, 3, 10, 0, tzinfo=TOKYO))
    assert Deferral.objects.get().from_month == JULY + 1
    assert position_of(case.loan.pk, date(2023, 12, 31)).arrears == 7 * 8_330


def test_what_cannot_be_is_refused_by_name_and_nothing_is_left_behind() -> None:
    case = a_case()
    stranger = a_repaid_loan(a_person(office=case.staff.office), office=case.staff.office)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"wishes": (case.wish(months=0),)}, "1か月から12か月"),
        ({"wishes": (case.wish(months=13),)}, "1か月から12か月"),
        ({"wishes": (case.wish(month_of(2022, 12)),)}, "償還が始まる前"),
        ({"wishes": (case.wish(month_of(2023, 6)),)}, "さかのぼって"),
        ({"wishes": (case.wish(month_of(2033, 1)),)}, "12か月先"),
        ({"wishes": ()}, "貸付を選んでください"),
        ({"wishes": (case.wish(), case.wish())}, "二度"),
        ({"wishes": (LoanWish(stranger.pk, JULY, 12),)}, "この借受人の貸付ではない"),
        ({"situation": "  "}, "いまの状況"),
        ({"received_on": date(2023, 6, 6)}, "まだ来ていない日"),
        ({"received_on": date(2019, 1, 1)}, "申込日"),
    ]
    for changes, says in cases:
        with pytest.raises(EntryRefused, match=says):
            case.enter(**changes)
    with pytest.raises(EntryRefused), transaction.atomic():
        hold_interview(
            borrower_id=case.borrower.pk,
            transcript=by_phone(case, wishes=(case.wish(months=13),)),
            heard=HEARD,
            by=actor(case.staff.clerk),
            at=ENTERED,
        )
    for model in (DeferralApplication, DeferralRequest, CollectionHold, DeferralInterview):
        assert not model.objects.exists()

    application = case.enter()
    with pytest.raises(EntryRefused, match="審査中の猶予申請"):
        case.enter()
    case.approve(application)
    with pytest.raises(EntryRefused, match="二重に猶予"):
        case.enter(
            at=DECIDED + timedelta(days=3), received_on=date(2023, 6, 30), wishes=(case.wish(month_of(2023, 12), 3),)
        )
    renewal = case.enter(
        at=datetime(2024, 5, 7, 9, 0, tzinfo=TOKYO), received_on=date(2024, 5, 7), wishes=(case.wish(JULY + 12),),
    )  # fmt: skip
    assert renewal.state == DeferralState.RECEIVED


def test_a_loan_that_is_paid_off_or_over_cannot_be_deferred() -> None:
    paid = a_case(principal=8_330, instalments=1)
    with pytest.raises(EntryRefused, match="移るものがありません|完済"):
        paid.enter()


def test_a_deferral_is_ended_early_by_two_people_and_the_plan_runs_on() -> None:
    case = a_case()
    application = case.enter()
    case.approve(application)
    deferral = Deferral.objects.get()
    october = datetime(2023, 10, 2, 9, 0, tzinfo=TOKYO)
    wish: dict[str, Any] = {"deferral_id": deferral.pk, "reason": EndReason.WISH, "at": october}
    clerk, supervisor = actor(case.staff.clerk), actor(case.staff.supervisor)
    with pytest.raises(EntryRefused, match="令和5年10月から令和6年5月まで"):
        ask_to_end(ends_after=month_of(2023, 9), note="復職した", by=clerk, **wish)
    with pytest.raises(ReasonMissing):
        ask_to_end(ends_after=month_of(2023, 12), note=" ", by=clerk, **wish)
    asked = ask_to_end(ends_after=month_of(2023, 12), note="復職した", by=clerk, **wish)
    with pytest.raises(MovedMeanwhile):
        ask_to_end(ends_after=month_of(2023, 11), note="復職した", by=clerk, **wish)
    with pytest.raises(NotAllowed):
        answer_end(request_id=asked.pk, answer=EndAnswer.AGREED, by=clerk, at=october)
    answer_end(request_id=asked.pk, answer=EndAnswer.AGREED, by=supervisor, at=october)
    after = position_of(case.loan.pk, OPENING)
    assert after.deadline == date(2025, 6, 30)
    assert [line.due_month for line in after.lines][6] == month_of(2024, 1)
    assert due("deferral_ended", date(2023, 10, 2))
    with pytest.raises(MovedMeanwhile):
        answer_end(request_id=asked.pk, answer=EndAnswer.DROPPED, by=supervisor, at=october)
    with pytest.raises(DeferralRefused):
        ask_to_end(ends_after=month_of(2023, 11), note="x", by=clerk, **wish)


def test_the_desk_counts_what_runs_and_ends_and_the_notice_is_due_two_months_ahead() -> None:
    case = a_case()
    clerk = case.staff.clerk
    application = case.enter()
    assert counts(clerk, date(2023, 6, 6)).to_decide == 1
    case.approve(application)
    rows = deferrals_of(clerk)
    assert not running(rows, date(2023, 6, 30)).exists() and running(rows, date(2023, 7, 1)).exists()
    assert not ending(rows, date(2024, 4, 30)).exists() and ending(rows, date(2024, 5, 1)).exists()
    assert not running(rows, date(2024, 7, 1)).exists()
    assert not due("deferral_ending", date(2024, 4, 30)) and not due("deferral_ending", date(2024, 7, 1))
    (occasion,) = due("deferral_ending", date(2024, 5, 1))
    assert occasion == f"deferral-ending:{case.borrower.pk}:{JULY + 11}"
    letter = all_sources()["deferral_ending"].draft(occasion)
    assert letter is not None and letter.content["loans"][0].resumes == JULY + 12
    elsewhere = a_member_of_staff(Role.MUNICIPAL_CLERK)
    assert not deferrals_of(elsewhere).exists() and counts(elsewhere, date(2023, 8, 1)).running == 0


def test_everybody_deferred_is_a_name_until_connected_or_not_wishing_it() -> None:
    case = a_case()
    case.approve(case.enter())
    clerk, day = case.staff.clerk, date(2023, 8, 1)
    at = datetime(2023, 8, 1, 9, 0, tzinfo=TOKYO)
    assert list(to_connect(clerk, day)) == [case.borrower]
    deferral = Deferral.objects.get()

    def offer(outcome: OfferOutcome, on: date = day) -> None:
        record_offer(deferral_id=deferral.pk, outcome=outcome, on=on, by=actor(clerk), at=at)

    offer(OfferOutcome.OFFERED, date(2023, 7, 20))
    assert list(to_connect(clerk, day)) == [case.borrower]
    offer(OfferOutcome.DECLINED, date(2023, 7, 25))
    assert not to_connect(clerk, day).exists() and list(declined(clerk, day)) == [case.borrower]
    offer(OfferOutcome.CONNECTED)
    assert not unconnected(clerk, day).exists()
    with pytest.raises(EntryRefused, match="まだ来ていない日"):
        offer(OfferOutcome.OFFERED, date(2023, 8, 2))


def test_papers_of_another_ground_and_withdrawals() -> None:
    case = a_case()
    application = case.enter(papers=())
    with pytest.raises(EntryRefused, match="確認する書類ではありません"):
        file_paper(
            application_id=application.pk,
            kind=PaperKind.TAX_CERTIFICATE,
            received_on=date(2023, 6, 5),
            issued_on=None,
            by=actor(case.staff.clerk),
            at=ENTERED,
        )
    with pytest.raises(NotReady):
        moved(application, Move.COMPLETE, case.staff.clerk)
    moved(application, Move.WITHDRAW, case.staff.clerk, reason="本人の申出")
    application.refresh_from_db()
    assert application.state == DeferralState.WITHDRAWN and not application.is_open
    assert CollectionHold.objects.get().until == date(2023, 6, 27)
    assert not due("deferral_refused", date(2023, 6, 27))
    assert case.enter(at=DECIDED, received_on=date(2023, 6, 27), wishes=(case.wish(JULY + 1),)).is_open

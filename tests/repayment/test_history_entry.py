"""Entering a special loan of those days: with its application, judged by the rules of its day, written whole or not at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditRow
from japan.months import month_of
from loans.enums import FundKind, LendingState
from loans.models import LendingApplication, LendingOverride, Loan, LoanCorrection
from repayment.models import RepaymentPlan
from tests.exemptions.browsers import signed_in, words
from tests.loans.builders import a_loan
from tests.loans.intake_builders import Desk, a_desk, history_posted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def desk() -> Desk:
    return a_desk()


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return signed_in(desk.clerk)


def url(desk: Desk) -> str:
    return reverse("repayment:history_enter", args=[desk.applicant.pk])


def reloan(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "fund": "SP_GS_RELOAN",
        "applied_on": "令和3年7月1日",
        "amount": "",
        "monthly_amount": "200,000",
        "months": "3",
        "code": "0400777",
        "decided_on": "令和3年7月15日",
        "disbursed_on": "令和3年9月20日",
        "agency_consulted_on": "令和3年6月20日",
        "agency_support_consent": "yes",
    }
    return history_posted(**(values | changes))


def test_a_historic_loan_is_entered_with_its_application_and_plan(desk: Desk, clerk: Client) -> None:
    response = clerk.post(url(desk), history_posted(), follow=True)
    application = LendingApplication.objects.get()
    loan = Loan.objects.get(code="0100777")
    assert "償還計画とともに登録しました。" in words(response)
    assert (application.state, application.history, application.loan) == (LendingState.APPROVED, True, loan)
    assert (loan.principal, loan.instalments, loan.first_due_month) == (100_000, 24, month_of(2023, 1))
    assert RepaymentPlan.objects.get(loan=loan).principal == 100_000
    assert application.assessment is not None
    assert application.assessment.acceptable == "yes"
    assert AuditRow.objects.filter(table="loans_loan", row=str(loan.pk)).exists()


def refused(desk: Desk, clerk: Client, form: dict[str, Any], *said: str) -> None:
    """Post it, and make sure that not a single row came of it."""
    already = Loan.objects.count()
    page = words(clerk.post(url(desk), form))
    for sentence in said:
        assert sentence in page
    assert (Loan.objects.count(), LendingApplication.objects.count(), RepaymentPlan.objects.count()) == (already, 0, 0)


def test_a_reloan_without_the_small_loan_is_refused(desk: Desk, clerk: Client) -> None:
    prior(desk, FundKind.SP_GS_INITIAL, date(2020, 8, 1), date(2020, 10, 20))
    refused(desk, clerk, reloan(), "LN-32", "緊急小口資金")


def test_four_months_are_refused(desk: Desk, clerk: Client) -> None:
    both_lent(desk)
    refused(desk, clerk, reloan(months="4"), "LN-32", "貸付期間は1か月から3か月まで。")


def test_an_application_after_the_close_is_refused(desk: Desk, clerk: Client) -> None:
    form = history_posted(applied_on="令和4年10月1日", decided_on="令和4年10月5日", disbursed_on="令和4年10月9日")
    refused(desk, clerk, form, "LA-01", "受付は令和4年9月30日で終了している。")


def test_a_code_in_use_is_refused_at_its_field(desk: Desk, clerk: Client) -> None:
    a_loan(desk.applicant, code="0100777", fund=FundKind.SP_GS_INITIAL, office=desk.office)
    refused(desk, clerk, history_posted(), "貸付コード 0100777 はすでに使われています。")


def test_a_loan_to_a_household_on_public_assistance_takes_a_reason_and_a_second_person(
    desk: Desk, clerk: Client
) -> None:
    form = history_posted(on_public_assistance="yes")
    refused(desk, clerk, form, "LN-14")
    clerk.post(url(desk), form | {"exception_reason": "当時の決裁書に、保護の停止中とある"})
    application = LendingApplication.objects.get()
    waiting = LendingOverride.objects.get(application=application)
    assert (waiting.rule, waiting.asked_by, waiting.agreed_by) == ("LN-14", desk.clerk, None)


def test_q8_5_history_of_another_prefecture_satisfies_the_order_of_the_reloan(desk: Desk, clerk: Client) -> None:
    prior(desk, FundKind.SP_GS_INITIAL, date(2020, 8, 1), date(2020, 10, 20))
    elsewhere = reverse("loans:elsewhere", args=[desk.applicant.pk])
    clerk.post(
        elsewhere,
        {
            "council": "見本県社会福祉協議会",
            "fund": "SP_SMALL",
            "applied_on": "令和2年6月10日",
            "last_month": "令和2年6月",
            "amount": "100,000",
            "proof": "貸付決定通知書の写し",
        },
    )
    assert "見本県社会福祉協議会" in words(clerk.get(elsewhere))
    clerk.post(url(desk), reloan())
    assert Loan.objects.get(code="0400777").principal == 600_000


def prior(desk: Desk, fund: FundKind, applied_on: date, disbursed_on: date) -> None:
    a_loan(
        desk.applicant,
        fund=fund,
        applied_on=applied_on,
        decided_on=applied_on,
        disbursed_on=disbursed_on,
        office=desk.office,
    )


def both_lent(desk: Desk) -> None:
    prior(desk, FundKind.SP_SMALL, date(2020, 6, 10), date(2020, 6, 20))
    prior(desk, FundKind.SP_GS_INITIAL, date(2020, 8, 1), date(2020, 10, 20))


# --- putting facts right ---


def test_facts_of_a_loan_are_put_right_with_a_reason_and_stay_readable(desk: Desk) -> None:
    loan = a_loan(desk.applicant, office=desk.office)
    browser = signed_in(desk.reviewer)
    form = {
        "applied_on": "令和2年6月11日",
        "decided_on": "令和2年6月20日",
        "disbursed_on": "令和2年8月20日",
        "household_size": "3",
        "channel": "MAIL",
    }
    address = reverse("loans:correct", args=[loan.pk])
    assert "必須" in words(browser.post(address, form))
    assert not LoanCorrection.objects.exists()
    page = words(browser.post(address, form | {"reason": "申込書の原本で確かめた"}, follow=True))
    loan.refresh_from_db()
    assert (loan.applied_on, loan.household_size, loan.channel) == (date(2020, 6, 11), 3, "MAIL")
    kept = {row.field: (row.before, row.after) for row in LoanCorrection.objects.all()}
    assert kept["household_size"] == ("2", "3")
    assert set(kept) == {"applied_on", "household_size", "channel"}
    assert "申込書の原本で確かめた" in page


def test_a_correction_that_cannot_be_is_refused_at_its_field(desk: Desk) -> None:
    loan = a_loan(desk.applicant, office=desk.office)
    form = {
        "applied_on": "令和2年6月25日",
        "decided_on": "令和2年6月20日",
        "household_size": "2",
        "channel": "MUNICIPAL_COUNCIL",
        "reason": "まちがい",
    }
    page = words(signed_in(desk.reviewer).post(reverse("loans:correct", args=[loan.pk]), form))
    assert "貸付決定日が借入申込日より前になっています。" in page
    assert not LoanCorrection.objects.exists()

"""Registering a loan with its plan, and what is refused with which words."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from audit.actors import Actor
from japan.eras import era_date
from japan.months import month_of
from loans.enums import FundKind
from loans.lending.windows import WINDOWS
from loans.models import Loan
from loans.selectors import borrowers_by_codes, by_code, cohort_text, fund_table
from loans.services import LoanRefused
from repayment.lending import register_lent_loan
from repayment.models import RepaymentPlan
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person, an_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def register(**changes: Any) -> Loan:
    values: dict[str, Any] = {
        "code": "0200001",
        "fund_kind": FundKind.SP_GS_INITIAL,
        "borrower": a_person(),
        "office": an_office(),
        "applied_on": date(2020, 6, 10),
        "principal": 600_000,
        "household_size": 2,
    }
    return register_lent_loan(**values | changes, by=Actor.machine("test"), at=timezone.now())


def test_a_loan_comes_with_its_plan_from_the_month_of_its_cohort():
    loan = register(decided_on=date(2020, 6, 20))
    plan = RepaymentPlan.objects.get(loan=loan)
    assert (loan.first_due_month, loan.instalments) == (month_of(2023, 1), 120)
    assert (plan.principal, plan.count, plan.first_month, plan.regular_amount, plan.debit_day) == (
        600_000, 120, month_of(2023, 1), 5_000, 26,
    )  # fmt: skip
    assert plan.effective_on == date(2020, 6, 20)


def test_what_was_agreed_comes_before_what_the_cohort_would_give():
    loan = register(instalments=36, first_due_month=month_of(2022, 7), debit_day=22)
    plan = loan.plans.get()
    assert (plan.count, plan.first_month, plan.regular_amount, plan.debit_day) == (36, month_of(2022, 7), 16_660, 22)


@pytest.mark.parametrize(
    ("applied_on", "years", "start"),
    [
        (date(2022, 3, 31), "令和3年度 または 令和4年度", "令和5年1月"),
        (date(2022, 4, 1), "令和5年度", "令和6年1月"),
    ],
)
def test_the_month_of_application_decides_judged_years_and_start(applied_on, years, start):
    found = cohort_text(register(applied_on=applied_on))
    assert (found.judgement_years, found.first_month, found.cap) == (years, start, "600,000円")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"principal": 600_001}, "貸付金額は600,000円まで"),
        ({"principal": 450_001, "household_size": 1}, "貸付金額は450,000円まで"),
        ({"principal": 0}, "貸付金額は600,000円まで"),
        ({"instalments": 121}, "償還回数は120回まで"),
        ({"code": " - "}, "貸付コードを入力してください"),
        ({"applied_on": date(2026, 11, 21)}, "先の日付"),
        ({"applied_on": date(2020, 1, 15)}, "令和2年1月16日以降"),
        ({"decided_on": date(2020, 6, 9)}, "貸付決定日が借入申込日より前"),
        ({"fund_kind": FundKind.REG_SMALL, "principal": 100_000}, "償還開始月を入力してください"),
    ],
)
def test_a_loan_that_cannot_be_is_refused_and_nothing_is_written(changes, words):
    with pytest.raises(LoanRefused, match=words):
        register(**changes)
    assert not Loan.objects.exists()


def test_a_code_is_used_once_however_it_is_typed():
    register(code="0200001")
    with pytest.raises(LoanRefused, match="0200001 はすでに使われています"):
        register(code="０２０-０００１")


def test_a_loan_is_found_by_its_code_in_ones_own_office_only():
    clerk = a_member_of_staff(Role.MUNICIPAL_CLERK)
    loan = a_loan(a_person(office=clerk.office), code="0200001")
    assert by_code(user=clerk, code=" 02000-01 ") == loan
    assert borrowers_by_codes(user=clerk, codes=["02000", "99999"]) == [loan.borrower_id]
    assert borrowers_by_codes(user=clerk, codes=["0200", ""]) == []

    stranger = a_member_of_staff(Role.MUNICIPAL_CLERK)
    assert by_code(user=stranger, code="0200001") is None
    assert borrowers_by_codes(user=stranger, codes=["0200001"]) == []
    assert by_code(user=clerk, code="") is None


def test_the_fund_table_is_the_guides_six_rows_and_the_regular_loan():
    table = fund_table()
    special = [(row.fund_name, row.judgement_years, row.cap, row.first_month) for row in table.rows if row.special]
    caps = ("単身 450,000円", "2人以上 600,000円")
    assert special == [
        ("緊急小口資金（特例）", "令和3年度 または 令和4年度", ("200,000円",), "令和5年1月"),
        ("緊急小口資金（特例）", "令和5年度", ("200,000円",), "令和6年1月"),
        ("総合支援資金（初回貸付）", "令和3年度 または 令和4年度", caps, "令和5年1月"),
        ("総合支援資金（初回貸付）", "令和5年度", caps, "令和6年1月"),
        ("総合支援資金（延長貸付）", "令和5年度", caps, "令和6年1月"),
        ("総合支援資金（再貸付）", "令和6年度", caps, "令和7年1月"),
    ]
    assert all(row.citations for row in table.rows)


def test_the_page_shows_every_row_with_its_document(client):
    client.force_login(a_member_of_staff(Role.AGENCY_WORKER))
    page = client.get(reverse("loans:funds")).content.decode()
    for citation in fund_table().citations:
        assert str(citation.source) in page
    assert page.count("総合支援資金（初回貸付）") == 3


def test_the_page_shows_terms_and_every_closing_day_with_its_document(client):
    client.force_login(a_member_of_staff(Role.AGENCY_WORKER))
    page = client.get(reverse("loans:funds")).content.decode()
    for window in WINDOWS:
        for closing in window.closings:
            assert era_date(closing.closes_on) in page
            assert str(closing.source) in page
    assert "要件ア～カに当てはまれば 200,000円" in page
    assert "100,000円（1,000円単位）" in page

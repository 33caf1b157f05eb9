"""Lending in the browser: a regular loan from the first word to the proposal, and a special loan of those days entered."""

from __future__ import annotations

import pytest
from django.urls import reverse

from loans.deciding.enums import DecisionOutcome
from loans.enums import LendingState
from loans.models import LendingApplication, LendingProposal, Loan
from tests.journeys import lending
from tests.journeys.conftest import Sit
from tests.journeys.house import House
from tests.journeys.person import Person

pytestmark = pytest.mark.first


def test_a_regular_loan_comes_from_the_first_word_to_the_proposal(house: House, at_a_desk: Sit) -> None:
    clerk = at_a_desk("clerk")
    lending.takes_the_application(clerk)
    lending.walks_the_questions(clerk)
    lending.lays_the_papers(clerk)
    lending.takes_it_in(clerk)
    application = lending.draws_it_up(clerk)
    assert application.state == LendingState.UNDER_REVIEW
    proposal = LendingProposal.objects.get(application=application)
    assert (proposal.outcome, proposal.amount, proposal.prepared_by) == (
        DecisionOutcome.APPROVED,
        100_000,
        house.staff["clerk"],
    )


def test_a_special_loan_of_those_days_is_entered_with_its_application(house: House, at_a_desk: Sit) -> None:
    clerk = at_a_desk("clerk")
    clerk.page.goto(reverse("desk:borrower", args=[house.borrower.pk]))
    clerk.follow("過去の特例貸付を登録する")
    clerk.arrives_at("過去の特例貸付を登録する")
    clerk.look("history-empty")
    types_the_papers_of_2022(clerk, applied_on="令和4年10月3日")
    clerk.reads("受付は令和4年9月30日で終了している。")
    clerk.look("history-refused")
    assert not LendingApplication.objects.exists()
    types_the_papers_of_2022(clerk, applied_on="R4.9.28")
    clerk.reads("償還計画とともに登録しました。")
    clerk.look("history-entered")
    loan = Loan.objects.get(code="0105550")
    assert LendingApplication.objects.get().loan == loan
    clerk.page.goto(reverse("desk:borrower", args=[house.borrower.pk]))
    clerk.reads("貸付コード 0105550")
    clerk.look("borrower-with-applications")


def types_the_papers_of_2022(clerk: Person, *, applied_on: str) -> None:
    page = clerk.page
    page.get_by_label("資金", exact=False).first.select_option("SP_SMALL")
    page.get_by_label("借入申込日").fill(applied_on)
    page.get_by_label("貸付時の世帯人数").fill("1")
    page.get_by_label("貸付金額（緊急小口資金）").fill("１００，０００")
    page.get_by_label("使いみち", exact=True).select_option("LIVING")
    page.get_by_label("貸付コード").fill("0105550")
    page.get_by_label("貸付決定日").fill("令和4年10月7日")
    page.get_by_label("最終交付日").fill("令和4年10月14日")
    page.get_by_label("減収前の手取り月額").fill("180,000")
    page.get_by_label("減収後の手取り月額").fill("150,000")
    page.get_by_label("収入減少の確認方法").select_option("DECLARATION")
    page.get_by_role("group", name="生活保護を受給していた").get_by_label("いいえ").check()
    clerk.press("過去の貸付を登録する")

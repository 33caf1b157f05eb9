"""A regular loan from its proposal to the bank and back to the ledger, in the browser, by two people."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from django.urls import reverse

from audit.actors import Actor
from japan.zengin.reading import read_transfers
from loans.deciding.enums import DecisionOutcome
from loans.deciding.terms import Terms
from loans.disbursement.enums import TransferState
from loans.enums import FundKind, LendingState, LoanState
from loans.lending.transcript import Transcript
from loans.lending.workflow import Move
from loans.models import LendingApplication, Loan, TransferFile
from loans.services import begin_application, move_lending
from loans.services.deciding import propose
from loans.services.moves import Step
from repayment.enums import LedgerKind
from repayment.models import LedgerEntry, RepaymentPlan
from tests.journeys.conftest import Sit
from tests.journeys.house import House
from tests.journeys.person import Person
from tests.repayment.money import has_account
from tests.scenes import DAY, NOW

pytestmark = pytest.mark.first


def test_a_regular_loan_goes_from_its_proposal_to_the_ledger_by_two_people(house: House, at_a_desk: Sit) -> None:
    has_account(house.borrower)
    clerk = at_a_desk("clerk")
    application = a_proposal(house)
    supervisor = at_a_desk("supervisor")
    decides(supervisor, application)
    enters_the_sender(clerk)
    locks(clerk)
    approves(supervisor)
    content = writes_and_sends(clerk)
    reconciles(clerk)

    loan = Loan.objects.get(application=application)
    file = TransferFile.objects.get()
    assert (loan.state, loan.principal, loan.disbursed_on) == (LoanState.LENT, 100_000, DAY)
    assert (file.state, file.sha256) == (TransferState.RECONCILED, hashlib.sha256(content).hexdigest())
    (line,) = read_transfers(content).file.lines
    assert (line.amount, line.holder) == (100_000, "ﾖｺﾔﾏ ｹｲｽｹ")
    entry = LedgerEntry.objects.get(loan=loan)
    assert (entry.kind, entry.amount) == (LedgerKind.DISBURSED, 100_000)
    assert RepaymentPlan.objects.get(loan=loan).principal == 100_000
    clerk.page.goto(reverse("repayment:payout", args=[loan.pk]))
    clerk.reads("送金済み")
    clerk.look("payout")


def a_proposal(house: House) -> LendingApplication:
    """100,000 yen for a medical bill, taken in and drawn up by the clerk."""
    clerk = Actor.person(house.staff["clerk"])
    application = begin_application(applicant=house.borrower, fund=FundKind.REG_SMALL, by=clerk, at=NOW)
    told = Transcript(
        applied_on=DAY,
        household_size=1,
        amount_asked=100_000,
        instalments=12,
        grace_months=2,
        purpose="LIVING",
        cause="MEDICAL_OR_CARE",
        cause_on=date(2026, 11, 1),
    )
    move_lending(application_id=application.pk, move=Move.RECEIVE, version=None, transcript=told, by=clerk, at=NOW)
    application.refresh_from_db()
    application.state, application.prepared_at = LendingState.UNDER_REVIEW, NOW
    application.prepared_by = house.staff["clerk"]
    application.save()
    step = Step(application, Move.PREPARE, house.staff["clerk"], clerk, NOW)
    propose(step, outcome=DecisionOutcome.APPROVED, terms=Terms(100_000, 12, 2))
    return application


def decides(supervisor: Person, application: LendingApplication) -> None:
    supervisor.page.goto(reverse("loans:application", args=[application.pk]))
    supervisor.page.get_by_role("link", name="決裁のページを開く").first.click()
    supervisor.arrives_at("決裁")
    supervisor.look("decision")
    supervisor.press("貸付を決定する")
    supervisor.reads("100,000円の貸付を決定します")
    supervisor.look("decision-asked")
    supervisor.confirm("貸付を決定する")
    supervisor.reads("貸付コードは 0500001 です。")
    supervisor.look("decided")


def enters_the_sender(clerk: Person) -> None:
    page = clerk.page
    page.goto(reverse("repayment:transfers"))
    clerk.arrives_at("送金")
    clerk.reads("送金元が登録されていません")
    clerk.look("transfers-without-sender")
    clerk.follow("送金元を登録する")
    clerk.arrives_at("送金元")
    page.get_by_label("適用開始日").fill("令和8年4月1日")
    page.get_by_label("委託者コード").fill("1234567890")
    page.get_by_label("委託者名（カナ）").fill("サンプルシシャキョウ")
    page.get_by_label("仕向銀行番号").fill("9999")
    page.get_by_label("仕向支店番号").fill("999")
    page.get_by_label("口座番号").fill("7654321")
    clerk.press("送金元を登録する")
    clerk.reads("送金元を登録しました。")
    clerk.look("sender")


def locks(clerk: Person) -> None:
    page = clerk.page
    page.goto(reverse("repayment:transfers"))
    page.get_by_role("textbox", name="振込指定日").fill("令和8年11月20日")
    clerk.press("この日の送金を抽出する")
    clerk.reads("1件 100,000円")
    clerk.look("transfers")
    clerk.press("送金一覧を確定する")
    clerk.confirm("送金一覧を確定する")
    clerk.reads("ほかの決裁者の承認を待ちます。")
    clerk.reads("確定した人は承認できません。")
    clerk.look("transfer-locked")


def approves(supervisor: Person) -> None:
    supervisor.page.goto(reverse("repayment:transfers"))
    supervisor.follow("令和8年11月20日 第1回")
    supervisor.arrives_at("送金")
    supervisor.press("送金を承認する")
    supervisor.confirm("送金を承認する")
    supervisor.reads("「承認」を記録しました。")
    supervisor.look("transfer-approved")


def writes_and_sends(clerk: Person) -> bytes:
    file = TransferFile.objects.get()
    clerk.page.goto(reverse("repayment:transfer", args=[file.pk]))
    clerk.press("送金ファイルを作成する")
    clerk.reads("照合値")
    content = clerk.download(reverse("repayment:transfer_file", args=[file.pk]))
    assert content == clerk.download(reverse("repayment:transfer_file", args=[file.pk]))
    clerk.look("transfer-written")
    clerk.page.get_by_label("銀行の受付番号").fill("R1120-0001")
    clerk.press("銀行への送信を記録する")
    clerk.reads("R1120-0001")
    clerk.look("transfer-sent")
    return content


def reconciles(clerk: Person) -> None:
    clerk.press("1件を送金済みとして消し込む")
    clerk.confirm("送金済みとして消し込む")
    clerk.reads("消込")
    clerk.reads("送金済み 1件 100,000円")
    clerk.look("transfer-reconciled")

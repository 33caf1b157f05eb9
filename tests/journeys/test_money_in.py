"""Instalments from their selection to the bank and back to the ledger, in the browser, by two people.

Of three debits one is collected, one fails for want of funds, and one is collected although its loan was exempted after
the cut-off. A line that nobody knows is refused with its file; a receipt that names a wrong loan waits in suspense.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
import time_machine
from django.db.models import QuerySet
from django.urls import reverse
from playwright.sync_api import FilePayload

from audit.actors import Actor
from japan.zengin.reading import read_debit_instruction
from japan.zengin.records import DebitFile
from japan.zengin.writing import write_debit_result
from jobs.importing.kinds import import_kinds
from loans.models import Loan
from repayment.debit.enums import DebitState, NextStep
from repayment.enums import LedgerKind, RefundState
from repayment.models import DebitFailure, DebitLine, DebitRun, LedgerEntry, RefundTask, RepaymentPlan, SuspenseItem
from repayment.services import post_exemption
from repayment.suspense.enums import SuspenseState
from tests.jobs.files import as_csv, taken_in
from tests.journeys.conftest import Sit
from tests.journeys.house import House
from tests.journeys.person import Person
from tests.people.builders import a_person
from tests.repayment.debits import TOKYO, a_repaying_loan, may_be_debited
from tests.scenes import DAY, NOW

pytestmark = pytest.mark.first
AFTER_THE_DEBIT = datetime(2027, 1, 5, 10, 0, tzinfo=TOKYO)


def test_three_instalments_go_to_the_bank_and_back_by_two_people(house: House, at_a_desk: Sit) -> None:
    collected, failed, exempted = (
        a_repaying_loan(a_person(name, kana, office=house.office), office=house.office)
        for name, kana in (
            ("振替 済子", "フリカエ スミコ"),
            ("不足 資金", "フソク シキン"),
            ("免除 決定", "メンジョ ケッテイ"),
        )
    )
    for loan in (collected, failed, exempted):
        may_be_debited(loan.borrower)
    clerk, supervisor = at_a_desk("clerk"), at_a_desk("supervisor")
    enters_the_originator(clerk)
    locks(clerk)
    approves(supervisor)
    instruction = writes_and_sends(clerk)
    is_exempted(house, exempted)
    asks_the_bank_to_stop(clerk, exempted)
    clerk.page.context.close()
    with time_machine.travel(AFTER_THE_DEBIT, tick=True):
        clerk = at_a_desk("clerk")
        takes_in(clerk, instruction, failed)
        posts(clerk)
        settles_the_refund_task(clerk)
        assigns_from_suspense(house, clerk, collected)
    run = DebitRun.objects.get()
    assert (run.state, run.count) == (DebitState.POSTED, 3)
    assert DebitFailure.objects.get().step == NextStep.SLIP
    assert {entry.loan for entry in debited()} == {collected, exempted}
    assert RefundTask.objects.get().state == RefundState.PROPOSED
    assert SuspenseItem.objects.get().state == SuspenseState.ASSIGNED


def debited() -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(kind=LedgerKind.PAID, source_key__startswith="debit:")


def enters_the_originator(clerk: Person) -> None:
    page = clerk.page
    clerk.menu("口座振替")
    clerk.arrives_at("口座振替")
    clerk.look("debits-without-originator")
    clerk.follow("委託者を登録する")
    clerk.arrives_at("口座振替の委託者と引落日")
    page.locator("#id_valid_from").fill("令和8年4月1日")
    page.get_by_label("収納代行会社・銀行").fill("見本収納代行")
    page.get_by_label("委託者コード").fill("1234567890")
    page.get_by_label("委託者名（カナ）").fill("サンプルシシャキョウ")
    page.get_by_label("取引銀行番号").fill("9999")
    page.get_by_label("取引支店番号").fill("999")
    page.get_by_label("口座番号").fill("7654321")
    page.get_by_label("データの締切").fill("8")
    clerk.press("委託者を登録する")
    clerk.reads("口座振替の委託者を登録しました。")
    clerk.look("debit-settings")


def locks(clerk: Person) -> None:
    page = clerk.page
    page.goto(reverse("repayment:debits"))
    page.get_by_role("textbox", name="引落日").fill("令和8年12月28日")
    clerk.press("この日の引落しを抽出する")
    clerk.reads("3件 24,990円")
    clerk.look("debits")
    clerk.follow("引落口座がない")
    page.wait_for_url("**reason=**")  # the words are on the page before it, too
    clerk.reads("引落口座がない")
    clerk.press("引落しの一覧を確定する")
    clerk.confirm("引落しの一覧を確定する")
    clerk.reads("ほかの決裁者の承認を待ちます。")
    clerk.look("debit-locked")


def approves(supervisor: Person) -> None:
    supervisor.page.goto(reverse("repayment:debits"))
    supervisor.follow("令和8年12月28日 第1回")
    supervisor.arrives_at("第1回")
    supervisor.press("口座振替を承認する")
    supervisor.confirm("口座振替を承認する")
    supervisor.reads("「承認」を記録しました。")


def writes_and_sends(clerk: Person) -> bytes:
    run = DebitRun.objects.get()
    clerk.page.goto(reverse("repayment:debit", args=[run.pk]))
    clerk.press("口座振替ファイルを作成する")
    clerk.reads("照合値")
    content = clerk.download(reverse("repayment:debit_file", args=[run.pk]))
    assert content == clerk.download(reverse("repayment:debit_file", args=[run.pk]))
    clerk.page.get_by_label("受付番号").fill("K1228-0001")
    clerk.press("送信を記録する")
    clerk.reads("K1228-0001")
    return content


def is_exempted(house: House, loan: Loan) -> None:
    post_exemption(
        loan=loan, amount=200_000, plan=RepaymentPlan.objects.get(loan=loan), first_no=1, last_no=24, effective_on=DAY,
        source_key="decision:1", by=Actor.person(house.staff["supervisor"]), at=NOW,
    )  # fmt: skip


def asks_the_bank_to_stop(clerk: Person, loan: Loan) -> None:
    clerk.page.goto(reverse("repayment:debit_stops"))
    clerk.reads(loan.code)
    clerk.reads("免除済み")
    clerk.look("stops")
    clerk.press("1件の停止の依頼を記録する")
    clerk.confirm("停止の依頼を記録する")
    clerk.reads("依頼済み")
    run = DebitRun.objects.get()
    request = clerk.download(reverse("repayment:debit_stop_file", args=[run.pk])).decode("cp932")
    assert f"{DebitLine.objects.get(loan=loan).pk:020d}" in request


def takes_in(clerk: Person, instruction: bytes, failed: Loan) -> None:
    """First with a line that nobody knows, then the bank's real answer."""
    file = read_debit_instruction(instruction).file
    not_paid = DebitLine.objects.get(loan=failed).pk
    lines = tuple(replace(line, result="1" if line.customer == not_paid else "0") for line in file.lines)
    stranger = (*lines[:-1], replace(lines[-1], customer=999_999_999))
    clerk.page.goto(reverse("repayment:debit_results"))
    clerk.arrives_at("口座振替の結果")
    uploads(clerk, DebitFile(file.header, stranger))
    clerk.reads("送った依頼にない顧客番号")
    clerk.look("result-refused")
    assert not debited().exists()
    uploads(clerk, DebitFile(file.header, lines))
    clerk.reads("振替済 2件 16,660円")
    clerk.look("result-taken-in")


def uploads(clerk: Person, file: DebitFile) -> None:
    upload = FilePayload(name="kekka.txt", mimeType="text/plain", buffer=write_debit_result(file))
    clerk.page.locator("#id_file").set_input_files(upload)
    clerk.press("結果ファイルを取り込む")


def posts(clerk: Person) -> None:
    clerk.press("結果を消し込む")
    clerk.reads("止めるべきだったのに引き落とされた1件")
    clerk.confirm("結果を消し込む")
    clerk.reads("「消込」を記録しました。")
    clerk.reads("一致")
    clerk.look("debit-posted")


def settles_the_refund_task(clerk: Person) -> None:
    page = clerk.page
    page.goto(reverse("repayment:refunds"))
    clerk.reads("8,330円")
    clerk.look("refunds")
    page.locator("main table a").first.click()
    clerk.arrives_at("返金の確認")
    page.get_by_label("返金する").check()
    page.get_by_label("理由").fill("免除決定のあとの引落しのため")
    clerk.press("対応を起案する")
    clerk.reads("ほかの決裁者の承認を待ちます。")
    clerk.look("refund")


def assigns_from_suspense(house: House, clerk: Person, loan: Loan) -> None:
    wrong = f"{loan.code[:-1]}X"
    line = ["F-1", "2026-11-19", "8,330", "銀行振込", loan.borrower.kana, wrong, "", "", "", ""]
    taken_in(house.staff["clerk"], "deposits", as_csv(import_kinds()["deposits"].columns(), [line]))
    page = clerk.page
    page.goto(reverse("repayment:suspense"))
    clerk.look("suspense")
    page.locator("main table a").first.click()
    clerk.reads("書かれていた貸付コードと1か所だけ違う")
    clerk.look("suspense-item")
    page.get_by_label("貸付コード").fill(loan.code)
    page.get_by_label("この貸付のものと分かった理由").fill("名前と金額が同じで、コードは1文字違い")
    clerk.press("この貸付に記帳する")
    clerk.reads(f"貸付 {loan.code} に入金を記帳しました。")
    page.goto(reverse("repayment:debit_failures"))
    clerk.follow("払込票を送る")
    clerk.reads("資金不足")
    clerk.look("failures")

"""Direct debit from selection to closing: amounts, reasons, states, the file, the result, the stop list."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.actors import Actor
from audit.models import AuditRow
from japan.months import month_of
from japan.zengin.reading import read_debit_instruction
from japan.zengin.records import DebitFile
from japan.zengin.writing import write_debit_instruction, write_debit_result
from loans.enums import LoanState
from people.models import Person
from repayment.debit.enums import DebitState, LeftOut, NextStep
from repayment.debit.failures import close_run, failed_lines, handle_failure
from repayment.debit.mandates import confirm_account
from repayment.debit.originators import register_bank_day
from repayment.debit.refusals import DebitDamaged, DebitMoved, DebitNotAllowed, DebitRefused, ResultRefused
from repayment.debit.results import post_result, take_in_result
from repayment.debit.runs import approve_run, asked_for, content_of, discard_run, lock_run, write_run
from repayment.debit.selecting import groups, rows
from repayment.debit.stops import request_stops, stop_list, stops_of
from repayment.enums import HoldReason, LedgerKind, PaymentChannel, RefundCause
from repayment.models import (
    DebitFailure,
    DebitLine,
    DebitResult,
    Deferral,
    LedgerEntry,
    RefundTask,
    RepaymentPlan,
    SuspenseItem,
)
from repayment.selectors import position_of
from repayment.services import place_hold, post_exemption, post_payment
from tests.people.builders import a_person, is_protected
from tests.repayment.debits import (
    ANSWERED,
    DEBIT_ON,
    DECEMBER,
    MACHINE,
    NOW,
    TOKYO,
    a_debited_loan,
    a_repaying_loan,
    an_originator,
    answer,
    locked,
    may_be_debited,
    sent,
    written,
)
from tests.repayment.money import Desk, a_desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = date(2026, 11, 20)


@pytest.fixture
def desk() -> Desk:
    desk = a_desk()
    an_originator(desk)
    return desk


def paid(loan: Any, amount: int, key: str = "") -> None:
    post_payment(loan=loan, amount=amount, effective_on=TODAY, source_key=key or f"slip:{loan.pk}", by=MACHINE, at=NOW)


def exempt(loan: Any, first: int, last: int, amount: int) -> None:
    plan = RepaymentPlan.objects.get(loan=loan)
    post_exemption(
        loan=loan, amount=amount, plan=plan, first_no=first, last_no=last, effective_on=TODAY,
        source_key=f"exemption:{loan.pk}", by=MACHINE, at=NOW,
    )  # fmt: skip


def reasons() -> dict[str, str]:
    """Reason by loan code."""
    asked = asked_for(DEBIT_ON)
    return {row.code: group.reason for group in groups(asked) for row in rows(asked, group.reason, limit=100)}


def test_every_loan_is_asked_for_its_month_or_left_out_for_a_reason(desk: Desk) -> None:
    """One of each; the amount is the instalment of December alone, whatever is in arrears."""
    plain = a_debited_loan("架空 一", "カクウ イチ")
    half = a_debited_loan("架空 二", "カクウ ニ")
    paid(half, 8_330 * 11 + 5_000)
    ahead = a_debited_loan("架空 三", "カクウ サン")
    paid(ahead, 8_330 * 12)
    held = a_debited_loan("架空 四", "カクウ ヨン")
    place_hold(loan=held, reason=HoldReason.DISPUTE, since=TODAY, source_key="h", by=MACHINE, at=NOW)
    ended_hold = a_debited_loan("架空 五", "カクウ ゴ")
    hold = place_hold(loan=ended_hold, reason=HoldReason.DISPUTE, since=TODAY, source_key="i", by=MACHINE, at=NOW)
    hold.until = TODAY
    hold.save()
    exempted = a_debited_loan("架空 六", "カクウ ロク")
    exempt(exempted, 1, 24, 200_000)
    later_half = a_debited_loan("架空 七", "カクウ ナナ")
    exempt(later_half, 12, 24, 8_330 * 12 + 8_410)
    deferred = a_debited_loan("架空 八", "カクウ ハチ")
    Deferral.objects.create(
        loan=deferred, from_month=month_of(2026, 9), months=6, granted_on=TODAY, recorded_at=NOW,
        recorded_by="x", source_key="d",
    )  # fmt: skip
    grace = a_debited_loan("架空 九", "カクウ キュウ", first_due_month=month_of(2027, 1))
    over = a_debited_loan("架空 十", "カクウ ジュウ", first_due_month=month_of(2024, 1))
    dead = a_debited_loan("架空 死", "カクウ シ")
    Person.objects.filter(pk=dead.borrower_id).update(died_on=TODAY)
    sheltered = a_debited_loan("架空 護", "カクウ マモル")
    is_protected(sheltered.borrower)
    without = a_repaying_loan(a_person("架空 無", "カクウ ナシ"))
    requested = a_repaying_loan(a_person("架空 待", "カクウ マツ"))
    may_be_debited(requested.borrower, registered=False)
    own_day = a_repaying_loan(a_person("架空 日", "カクウ ヒ"))
    may_be_debited(own_day.borrower, debit_day=10)
    done = a_debited_loan("架空 完", "カクウ カン")
    paid(done, 200_000)
    expected = {
        plain: "", half: "", ended_hold: "", ahead: LeftOut.AHEAD, held: LeftOut.HELD_DISPUTE, exempted: LeftOut.EXEMPTED,
        later_half: LeftOut.EXEMPTED_MONTH, deferred: LeftOut.DEFERRED, grace: LeftOut.GRACE, over: LeftOut.PAST_LAST,
        dead: LeftOut.DEAD, sheltered: LeftOut.PROTECTED, without: LeftOut.NO_ACCOUNT, requested: LeftOut.NO_MANDATE,
        own_day: LeftOut.OTHER_DAY, done: LeftOut.COMPLETED,
    }  # fmt: skip
    assert reasons() == {loan.code: str(reason) for loan, reason in expected.items()}
    chosen = {row.code: (row.amount, row.instalment) for row in rows(asked_for(DEBIT_ON), "", limit=10)}
    assert chosen == {plain.code: (8_330, 12), half.code: (3_330, 12), ended_hold.code: (8_330, 12)}
    run = locked(desk)
    assert (run.count, run.total, run.month) == (3, 19_990, DECEMBER)
    assert run.cut_off_on == date(2026, 12, 16)
    assert reasons()[plain.code] == LeftOut.TAKEN


def test_banks_with_the_26th_and_the_27th_fall_together_in_december_and_apart_in_january(desk: Desk) -> None:
    early = a_debited_loan("架空 一", "カクウ イチ")
    late = a_repaying_loan(a_person("架空 二", "カクウ ニ"))
    may_be_debited(late.borrower, debit_day=27)
    assert reasons() == {early.code: "", late.code: ""}
    january = asked_for(date(2027, 1, 26))
    assert [row.code for row in rows(january, "", limit=5)] == [early.code]
    assert [row.code for row in rows(asked_for(date(2027, 1, 27)), "", limit=5)] == [late.code]
    register_bank_day(bank_code="9999", debit_day=27, valid_from=date(2027, 1, 1), by=desk.by, at=NOW)
    assert [row.code for row in rows(asked_for(date(2027, 1, 27)), "", limit=5)] == [early.code, late.code]
    with pytest.raises(DebitRefused, match="どの銀行の引落日でもありません"):
        asked_for(date(2027, 1, 12))
    with pytest.raises(DebitRefused, match="締め切りました"):
        lock_run(debit_on=date(2026, 11, 26), count=1, total=1, by=desk.by, at=NOW)


def test_a_run_takes_two_people_and_the_same_file_comes_out_every_time(desk: Desk) -> None:
    loan = a_debited_loan()
    with pytest.raises(DebitMoved, match="変わりました"):
        lock_run(debit_on=DEBIT_ON, count=2, total=1, by=desk.by, at=NOW)
    run = locked(desk)
    with pytest.raises(DebitNotAllowed):
        approve_run(run_id=run.pk, by=desk.by, at=NOW)
    with pytest.raises(DebitMoved, match="確定"):
        write_run(run_id=run.pk, by=desk.by, at=NOW)
    approve_run(run_id=run.pk, by=desk.second, at=NOW)
    run = write_run(run_id=run.pk, by=desk.by, at=NOW)
    first = content_of(run)
    assert first == content_of(run) and hashlib.sha256(first).hexdigest() == run.sha256
    file = read_debit_instruction(first).file
    line = DebitLine.objects.get(run=run)
    assert (file.header.mmdd, file.header.code) == ("1228", "1234567890")
    assert [(each.customer, each.amount, each.new_code) for each in file.lines] == [(line.pk, 8_330, "1")]
    assert loan.code not in first.decode("cp932")
    with pytest.raises(DebitNotAllowed, match="決裁者が行います"):
        discard_run(run_id=run.pk, reason="x", by=desk.by, at=NOW)
    discard_run(run_id=run.pk, reason="金額の確認", by=desk.second, at=NOW)
    assert reasons()[loan.code] == ""
    assert locked(desk).sequence == 2
    with pytest.raises(IntegrityError, match="one_debit_per_loan_and_month"), transaction.atomic():
        DebitLine.objects.filter(run=run).update(released=False)


def test_a_result_is_posted_once_with_each_failure_on_its_next_step(desk: Desk) -> None:
    codes = ["0", "1", "2", "3", "4", "5", "8", "9"]
    loans = [a_debited_loan(f"架空 {code}", "カクウ タロウ") for code in codes]
    run = sent(desk)
    content = answer(run, codes={loan.pk: code for loan, code in zip(loans, codes, strict=True)})
    result = take_in_result(content=content, by=desk.by, at=ANSWERED)
    assert (result.collected_count, result.failed_count) == (1, 7)
    assert not LedgerEntry.objects.filter(kind=LedgerKind.PAID).exists()
    posted = post_result(run_id=run.pk, by=desk.by, at=ANSWERED)
    assert (posted.payments, posted.yen, posted.failures, posted.refunds) == (1, 8_330, 7, 0)
    entry = LedgerEntry.objects.get(kind=LedgerKind.PAID)
    line = DebitLine.objects.get(run=run, loan=loans[0])
    assert (entry.source_key, entry.channel, entry.effective_on) == (
        f"debit:{line.pk}", PaymentChannel.DIRECT_DEBIT, DEBIT_ON,
    )  # fmt: skip
    assert entry.recorded_by == desk.clerk.username
    written_down = AuditRow.objects.filter(table="repayment_ledgerentry", row=str(entry.pk)).get()
    assert (written_down.actor, written_down.operation) == (desk.clerk.username, "I")
    steps = {failure.code: failure.step for failure in DebitFailure.objects.all()}
    assert steps == {
        "1": NextStep.SLIP, "2": NextStep.ACCOUNT, "3": NextStep.CONTACT, "4": NextStep.ACCOUNT,
        "5": NextStep.REVIEW, "8": NextStep.REVIEW, "9": NextStep.REVIEW,
    }  # fmt: skip
    assert failed_lines(step=NextStep.SLIP).get().line.loan == loans[1]
    before = LedgerEntry.objects.count()
    for again in (content, content.replace(b"\r\n", b"")):
        with pytest.raises(ResultRefused, match="すでに取り込まれています"):
            take_in_result(content=again, by=desk.by, at=ANSWERED)
    with pytest.raises(DebitMoved, match="消込済み"):
        post_result(run_id=run.pk, by=desk.by, at=ANSWERED)
    assert LedgerEntry.objects.count() == before
    with pytest.raises(DebitRefused, match="3件残っています"):
        close_run(run_id=run.pk, by=desk.second, at=ANSWERED)
    for failure in failed_lines(step=NextStep.REVIEW):
        handle_failure(failure_id=failure.pk, on=date(2027, 1, 5), handling="銀行に照会", by=desk.by, at=ANSWERED)
    with pytest.raises(DebitNotAllowed):
        close_run(run_id=run.pk, by=desk.by, at=ANSWERED)
    assert close_run(run_id=run.pk, by=desk.second, at=ANSWERED).state == DebitState.CLOSED
    # The month after: what failed is not asked for twice, accounts the bank complained of rest until confirmed.
    january = asked_for(date(2027, 1, 26))
    resting = {row.code for row in rows(january, LeftOut.TROUBLE, limit=10)}
    assert resting == {loans[2].code, loans[3].code, loans[4].code}
    assert {row.amount for row in rows(january, "", limit=10)} == {8_330}
    confirm_account(account=loans[2].borrower.bank_accounts.get(), on=date(2027, 1, 5), by=desk.by, at=ANSWERED)
    assert loans[2].code in {row.code for row in rows(january, "", limit=10)}


def test_a_line_that_stands_in_the_ledger_already_stops_the_whole_posting(desk: Desk) -> None:
    loans = [a_debited_loan(f"架空 {number}", "カクウ タロウ") for number in range(2)]
    run = sent(desk)
    take_in_result(content=answer(run, codes={}), by=desk.by, at=ANSWERED)
    paid(loans[1], 8_330, f"debit:{DebitLine.objects.get(run=run, loan=loans[1]).pk}")
    with pytest.raises(DebitDamaged, match="何も記帳していません"), transaction.atomic():
        post_result(run_id=run.pk, by=desk.by, at=ANSWERED)
    assert LedgerEntry.objects.filter(kind=LedgerKind.PAID).count() == 1
    run.refresh_from_db()
    assert run.state == DebitState.RESULTED


def test_what_changed_after_the_file_left_is_stopped_or_becomes_a_refund_task_never_silence(desk: Desk) -> None:
    changes = ["nothing", "exempted", "deferred", "held", "dead", "paid", "half", "given_up", "account"]
    loans = {name: a_debited_loan(f"架空 {name}", "カクウ タロウ") for name in changes}
    for loan in loans.values():
        paid(loan, 8_330 * 11, key=f"before:{loan.pk}")
    run = sent(desk)
    assert stops_of(run) == []
    exempt(loans["exempted"], 12, 24, 8_330 * 12 + 8_410)
    Deferral.objects.create(
        loan=loans["deferred"], from_month=DECEMBER, months=6, granted_on=TODAY, recorded_at=NOW,
        recorded_by="x", source_key="d",
    )  # fmt: skip
    place_hold(loan=loans["held"], reason=HoldReason.LEGAL, since=TODAY, source_key="h", by=MACHINE, at=NOW)
    Person.objects.filter(pk=loans["dead"].borrower_id).update(died_on=TODAY)
    paid(loans["paid"], 8_330)
    paid(loans["half"], 4_000)
    loans["given_up"].state = LoanState.GIVEN_UP
    loans["given_up"].save()
    may_be_debited(loans["account"].borrower, since=date(2026, 12, 1))
    found = {stop.loan_id: stop for stop in stops_of(run)}
    assert {name: found[loan.pk].reason for name, loan in loans.items() if loan.pk in found} == {
        "exempted": LeftOut.EXEMPTED, "deferred": LeftOut.DEFERRED, "held": LeftOut.HELD_LEGAL, "dead": LeftOut.DEAD,
        "paid": LeftOut.AHEAD, "half": LeftOut.LESS, "given_up": LeftOut.GIVEN_UP, "account": LeftOut.CHANGED,
    }  # fmt: skip
    assert [each for each, _ in stop_list()] == [run]
    asked = [found[loans[name].pk].line_id for name in ("held", "dead")]
    assert request_stops(run_id=run.pk, lines=asked, by=desk.by, at=NOW) == 2
    assert request_stops(run_id=run.pk, lines=asked, by=desk.by, at=NOW) == 0
    with pytest.raises(DebitRefused, match="不要になった"):
        fine = DebitLine.objects.get(run=run, loan=loans["nothing"])
        request_stops(run_id=run.pk, lines=[fine.pk], by=desk.by, at=NOW)
    content = answer(run, codes={loans["held"].pk: "8"})
    take_in_result(content=content, by=desk.by, at=ANSWERED)
    posted = post_result(run_id=run.pk, by=desk.by, at=ANSWERED)
    assert (posted.payments, posted.failures, posted.suspense, posted.refunds) == (7, 1, 1, 5)
    tasks = {task.loan_id: task for task in RefundTask.objects.all()}
    assert {name: tasks[loan.pk].amount for name, loan in loans.items() if loan.pk in tasks} == {
        "exempted": 8_330, "deferred": 8_330, "dead": 8_330, "paid": 8_330, "half": 4_000,
    }  # fmt: skip
    assert {task.cause for task in tasks.values()} == {RefundCause.LATE_DEBIT}
    assert all(task.payment is not None and task.payment.kind == LedgerKind.PAID for task in tasks.values())
    assert DebitFailure.objects.get().step == NextStep.STOPPED
    assert SuspenseItem.objects.get().loan_code == loans["given_up"].code
    assert stops_of(run.__class__.objects.get(pk=run.pk)) == []
    assert position_of(loans["nothing"].pk, DEBIT_ON).arrears == 0


def test_nothing_is_approved_or_written_while_a_line_has_to_be_stopped(desk: Desk) -> None:
    loan = a_debited_loan()
    run = locked(desk)
    place_hold(loan=loan, reason=HoldReason.LEGAL, since=TODAY, source_key="h", by=MACHINE, at=NOW)
    with pytest.raises(DebitRefused, match=f"{loan.code}.*債務整理"):
        approve_run(run_id=run.pk, by=desk.second, at=NOW)


def refused(content: bytes, desk: Desk, at: datetime = ANSWERED) -> str:
    """Why a file is refused; nothing of it is anywhere."""
    with pytest.raises(ResultRefused) as found:
        take_in_result(content=content, by=desk.by, at=at)
    assert not DebitResult.objects.exists()
    assert not LedgerEntry.objects.exists()
    return str(found.value)


def test_a_file_that_is_not_the_answer_is_refused_by_name(desk: Desk) -> None:
    first, _ = a_debited_loan("架空 一", "カクウ イチ"), a_debited_loan("架空 二", "カクウ ニ")
    run = written(desk)
    instruction = content_of(run)
    good = answer(run, codes={first.pk: "1"})
    assert "まだ送信を記録していません" in refused(good, desk)
    from repayment.debit.runs import send_run

    send_run(run_id=run.pk, bank_receipt="K-1", by=desk.by, at=NOW)
    file = read_debit_instruction(instruction).file
    one, two = (replace(line, result="1" if line.customer == 0 else "0") for line in file.lines)

    def result(*lines: Any, **header: Any) -> bytes:
        return write_debit_result(DebitFile(replace(file.header, **header), tuple(lines)))

    assert "ほかの委託者" in refused(answer(run, code="0000000001"), desk)
    assert "12月25日の口座振替はありません" in refused(answer(run, mmdd="1225"), desk)
    assert "まだ来ていません" in refused(good, desk, at=NOW)
    assert "銀行から届いた結果ファイル" in refused(instruction, desk)
    assert "ファイルが途中で切れています" in refused(good[: 122 * 3], desk)
    wrong = good.replace(b"000001000000008330" + b"000001", b"000002000000016660" + b"000001")
    assert "振替済件数" in refused(wrong, desk)
    assert "EBCDIC" in refused(good.decode("cp932").encode("cp037", "replace"), desk)
    assert "件数が違います" in refused(result(one), desk)
    assert "件数が違います" in refused(result(one, two, replace(two, customer=999_999)), desk)
    assert "送った依頼にない顧客番号" in refused(result(one, replace(two, customer=999_999)), desk)
    assert "二度目の顧客番号" in refused(result(one, one), desk)
    assert "合計金額が違います" in refused(result(one, replace(two, amount=8_331)), desk)
    assert "口座が依頼と違います" in refused(result(one, replace(two, number="7777777")), desk)
    assert "預金口座振替（91）" in refused(b"121" + good[3:], desk)
    assert write_debit_instruction(file) == instruction
    take_in_result(content=good, by=desk.by, at=ANSWERED)
    assert post_result(run_id=run.pk, by=desk.by, at=ANSWERED).payments == 1


def test_the_first_debit_of_an_account_is_new_and_another_account_is_a_change(desk: Desk) -> None:
    loan = a_debited_loan()
    sent(desk)
    may_be_debited(loan.borrower, since=date(2027, 1, 1))
    run = locked(desk, date(2027, 1, 26), at=NOW + timedelta(days=32))
    assert run.lines.get().new_code == "2"
    february = locked(desk, date(2027, 2, 26), at=datetime(2027, 2, 1, 10, tzinfo=TOKYO))
    assert february.lines.get().new_code == "0"


def test_only_people_who_move_money_take_in_and_post(desk: Desk) -> None:
    a_debited_loan()
    run = sent(desk)
    content = answer(run)
    for by in (desk.second, Actor.machine("night")):
        with pytest.raises(DebitNotAllowed):
            take_in_result(content=content, by=by, at=ANSWERED)

"""Money out: every state and move of a transfer file, what may go out, what the bank gets, what the ledger takes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import Role
from audit.actors import Actor
from japan.months import month_of
from japan.zengin.reading import read_transfers
from loans.disbursement.enums import LineOutcome, TransferState
from loans.disbursement.files import content_of, discard_transfers
from loans.disbursement.outcomes import record_return
from loans.disbursement.refusals import FileDamaged, TransferMoved, TransferNotAllowed, TransferRefused
from loans.disbursement.workflow import EDGES, TransferMove, moves_from
from loans.enums import LoanState
from loans.models import Loan, Tranche, TransferFile, TransferLine
from people.models import Person
from repayment import disbursing
from repayment.enums import HoldReason, LedgerKind
from repayment.models import LedgerEntry, RepaymentPlan
from repayment.position import Position
from repayment.selectors import position_of
from repayment.services import SourceConflict, place_hold
from repayment.transfers.selecting import select
from tests.people.builders import a_member_of_staff, a_person
from tests.repayment.money import (
    NOW,
    PAY_ON,
    Desk,
    a_desk,
    a_sender,
    an_approved_loan,
    approved,
    has_account,
    later,
    locked,
    reconciled,
    sent,
    written,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def desk() -> Desk:
    desk = a_desk()
    a_sender(desk)
    return desk


# --- the whole way ----------------------------------------------------------------------------------


def test_a_regular_loan_goes_from_selection_to_ledger_and_plan(desk: Desk) -> None:
    loan = an_approved_loan(100_000)
    file = reconciled(desk)
    loan.refresh_from_db()
    entry = LedgerEntry.objects.get(loan=loan)
    tranche = loan.tranches.get()
    assert (entry.kind, entry.amount, entry.effective_on) == (LedgerKind.DISBURSED, 100_000, PAY_ON)
    assert entry.source_key == f"tranche:{tranche.pk}"
    assert (loan.state, loan.disbursed_on, loan.principal) == (LoanState.LENT, PAY_ON, 100_000)
    assert tranche.paid_on == PAY_ON
    plan = RepaymentPlan.objects.get(loan=loan)
    assert (plan.principal, plan.count, plan.regular_amount) == (100_000, 12, 8_330)
    assert plan.first_month == month_of(2027, 1)
    assert file.state == TransferState.RECONCILED
    at: Position = position_of(loan.pk, PAY_ON)
    assert (at.outstanding, at.arrears) == (100_000, 0)
    assert [change.move for change in file.changes.order_by("pk")] == ["lock", "approve", "write", "send", "reconcile"]


def test_q8_4_three_months_are_three_lines_in_three_files_and_never_one(desk: Desk) -> None:
    loan = an_approved_loan(200_000, months=3)
    assert [row.pay_on for row in loan.tranches.order_by("number")] == [
        date(2026, 11, 13), date(2026, 12, 21), date(2027, 1, 20),
    ]  # fmt: skip
    assert len(select(date(2027, 2, 1)).payable) == 1  # all three are due by then: only the earliest goes out
    for number, pay_on in enumerate((PAY_ON, date(2026, 12, 21), date(2027, 1, 20)), start=1):
        file = reconciled(desk, pay_on=pay_on, at=later((pay_on - PAY_ON).days))
        assert (file.count, file.total) == (1, 200_000)
        loan.refresh_from_db()
        assert loan.state == (LoanState.LENT if number == 3 else LoanState.DISBURSING)
        assert RepaymentPlan.objects.filter(loan=loan).exists() == (number == 3)
    assert LedgerEntry.objects.filter(loan=loan, kind=LedgerKind.DISBURSED).count() == 3
    assert RepaymentPlan.objects.get(loan=loan).principal == 600_000


def test_the_database_refuses_two_tranches_of_a_loan_in_a_month_and_two_lines_of_a_loan_in_a_file(desk: Desk) -> None:
    loan = an_approved_loan(200_000, months=3)
    first, second, _ = loan.tranches.order_by("number")
    with pytest.raises(IntegrityError, match="one_tranche_per_loan_and_month"), transaction.atomic():
        Tranche.objects.create(loan=loan, number=9, month=first.month, amount=1, pay_on=PAY_ON)
    file = locked(desk)
    line = file.lines.get()
    with pytest.raises(IntegrityError, match="one_line_per_file_and_loan"), transaction.atomic():
        TransferLine.objects.create(
            file=file, number=2, tranche=second, loan=loan, attempt=1, account=line.account, payee_kana="ｱ", amount=1
        )
    with pytest.raises(IntegrityError, match="one_line_holds_a_tranche"), transaction.atomic():
        other = TransferFile.objects.create(
            pay_on=PAY_ON, sequence=9, sender=file.sender, count=1, total=1, locked_by=desk.clerk, locked_at=NOW
        )
        TransferLine.objects.create(
            file=other, number=1, tranche=first, loan=loan, attempt=2, account=line.account, payee_kana="ｱ", amount=1
        )


# --- what the bank gets -----------------------------------------------------------------------------


def test_the_file_of_real_rows_is_the_sample_to_the_byte(desk: Desk) -> None:
    person = a_person("山田 太郎", "ヤマダ　タロウ")
    has_account(person, number="1234567")
    loan = an_approved_loan(200_000, borrower=person)
    Tranche.objects.filter(loan=loan).delete()
    Tranche.objects.create(pk=1001, loan=loan, number=1, month=month_of(2027, 4), amount=200_000, pay_on=PAY_ON)
    pay_on = date(2027, 4, 30)
    at = later((pay_on - PAY_ON).days)
    file = written(desk, pay_on=pay_on, at=at)
    content = content_of(file)
    records = [
        "12101234567890ｻﾝﾌﾟﾙｼｼﾔｷﾖｳ".ljust(54) + "04309999ﾃｽﾄｷﾞﾝｺｳ".ljust(23) + "999ﾃｽﾄｼﾃﾝ".ljust(18)
        + "17654321",
        "29999ﾃｽﾄｷﾞﾝｺｳ".ljust(20) + "999ﾃｽﾄｼﾃﾝ".ljust(18) + "000011234567ﾔﾏﾀﾞ ﾀﾛｳ".ljust(42)
        + "00002000001000000100100000000007",
        "8000001000000200000",
        "9",
    ]  # fmt: skip
    assert content == b"".join(record.ljust(120).encode("cp932") for record in records)
    assert file.sha256 == "b542e269d6deb3d31c1a3dbb1b36cf698eb9f3a907f753a47f91675d8ec0a133"


def test_downloading_again_gives_the_same_bytes_and_a_changed_byte_is_detected(desk: Desk) -> None:
    an_approved_loan()
    file = written(desk)
    once, again = content_of(file), content_of(TransferFile.objects.get(pk=file.pk))
    assert once == again
    assert hashlib.sha256(once).hexdigest() == file.sha256
    assert read_transfers(once).file.total == file.total
    stored = file.sealed_content
    assert "1234567" not in stored
    for place in (40, len(stored) // 2, len(stored) - 5):
        changed = stored[:place] + ("A" if stored[place] != "A" else "B") + stored[place + 1 :]
        TransferFile.objects.filter(pk=file.pk).update(sealed_content=changed)
        with pytest.raises(FileDamaged, match="作成したときの内容と一致しません"):
            content_of(TransferFile.objects.get(pk=file.pk))
        with pytest.raises(FileDamaged):
            disbursing.record_sending(file_id=file.pk, bank_receipt="1", by=desk.by, at=NOW)


def test_a_file_is_written_once(desk: Desk) -> None:
    an_approved_loan()
    file = written(desk)
    with pytest.raises(TransferMoved, match="「ファイル作成済み」になっています"):
        disbursing.write_file(file_id=file.pk, by=desk.by, at=NOW)
    assert TransferFile.objects.get().sha256 == file.sha256


# --- every state and every move ---------------------------------------------------------------------

Step = Callable[[Desk, int], Any]
STEPS: dict[TransferMove, Step] = {
    TransferMove.APPROVE: lambda desk, pk: disbursing.approve_selection(file_id=pk, by=desk.second, at=NOW),
    TransferMove.WRITE: lambda desk, pk: disbursing.write_file(file_id=pk, by=desk.by, at=NOW),
    TransferMove.SEND: lambda desk, pk: disbursing.record_sending(file_id=pk, bank_receipt="1", by=desk.by, at=NOW),
    TransferMove.RETURN: lambda desk, pk: record_return(
        file_id=pk, line_id=TransferLine.objects.get(file=pk).pk, reason="no_account", by=desk.by, at=NOW
    ),
    TransferMove.RECONCILE: lambda desk, pk: disbursing.reconcile(
        file_id=pk, count=1, total=100_000, by=desk.by, at=NOW
    ),
    TransferMove.DISCARD: lambda desk, pk: discard_transfers(file_id=pk, reason="誤り", by=desk.second, at=NOW),
}
MAKERS: dict[TransferState, Callable[[Desk], TransferFile]] = {
    TransferState.LOCKED: locked,
    TransferState.APPROVED: approved,
    TransferState.WRITTEN: written,
    TransferState.SENT: sent,
    TransferState.RECONCILED: reconciled,
    TransferState.DISCARDED: lambda desk: discard_transfers(
        file_id=locked(desk).pk, reason="誤り", by=desk.by, at=NOW
    ),
}


@pytest.mark.parametrize("state", MAKERS)
@pytest.mark.parametrize("move", STEPS)
def test_a_move_is_taken_exactly_where_the_table_allows_it(
    desk: Desk, state: TransferState, move: TransferMove
) -> None:
    an_approved_loan(100_000)
    file = MAKERS[state](desk)
    before = LedgerEntry.objects.count()
    if move in moves_from(state):
        STEPS[move](desk, file.pk)
        file.refresh_from_db()
        assert file.state == EDGES[move].target
    else:
        with pytest.raises(TransferMoved, match=f"「{state.label}」になっています"):
            STEPS[move](desk, file.pk)
        file.refresh_from_db()
        assert file.state == state
        assert LedgerEntry.objects.count() == before


@pytest.mark.parametrize("role", Role)
def test_only_those_who_move_money_lock_write_send_and_reconcile(desk: Desk, role: Role) -> None:
    an_approved_loan(100_000)
    files = {state: make(desk) for state, make in [(TransferState.SENT, sent)]}
    an_approved_loan(100_000)
    files[TransferState.LOCKED] = locked(desk)
    person = Actor.person(a_member_of_staff(role))
    may_move, may_approve = role == Role.PREFECTURAL_CLERK, role == Role.SUPERVISOR
    attempts = [
        (may_approve, lambda: disbursing.approve_selection(file_id=files[TransferState.LOCKED].pk, by=person, at=NOW)),
        (may_move, lambda: disbursing.reconcile(
            file_id=files[TransferState.SENT].pk, count=1, total=100_000, by=person, at=NOW)),
    ]  # fmt: skip
    for may, attempt in attempts:
        if may:
            attempt()
        else:
            with pytest.raises(TransferNotAllowed, match="権限がありません"):
                attempt()


# --- four eyes --------------------------------------------------------------------------------------


def test_who_locks_does_not_approve_neither_in_the_service_nor_in_the_database(desk: Desk) -> None:
    an_approved_loan()
    file = locked(desk)
    both = a_member_of_staff(Role.PREFECTURAL_CLERK)
    TransferFile.objects.filter(pk=file.pk).update(locked_by=desk.supervisor)
    with pytest.raises(TransferNotAllowed, match="ご自分が確定した送金は承認できません"):
        disbursing.approve_selection(file_id=file.pk, by=desk.second, at=NOW)
    with pytest.raises(IntegrityError, match="transfer_approved_by_a_second_person"), transaction.atomic():
        TransferFile.objects.filter(pk=file.pk).update(
            state=TransferState.APPROVED, approved_by=desk.supervisor, approved_at=NOW
        )
    with pytest.raises(TransferNotAllowed, match="権限がありません"):
        disbursing.approve_selection(file_id=file.pk, by=Actor.person(both), at=NOW)


def test_a_written_file_is_given_up_only_by_a_supervisor(desk: Desk) -> None:
    an_approved_loan()
    file = written(desk)
    with pytest.raises(TransferNotAllowed, match="決裁者が行います"):
        discard_transfers(file_id=file.pk, reason="誤り", by=desk.by, at=NOW)
    discard_transfers(file_id=file.pk, reason="誤り", by=desk.second, at=NOW)
    assert len(select(PAY_ON).payable) == 1


# --- what may go out --------------------------------------------------------------------------------


def reason_left_out() -> str:
    selection = select(PAY_ON)
    assert selection.payable == ()
    (left_out,) = selection.left_out
    return left_out.reason


def test_a_borrower_without_an_account_is_listed_and_not_forgotten(desk: Desk) -> None:
    an_approved_loan(account=False)
    assert reason_left_out() == "送金先の口座が登録されていません。"


def test_k10_an_account_in_another_name_stops_the_transfer(desk: Desk) -> None:
    loan = an_approved_loan()
    Person.objects.filter(pk=loan.borrower_id).update(kana="カクウ ハルコ")
    assert reason_left_out() == "口座名義「ｶｸｳ ﾊﾅｺ」が借受人のカナ氏名と違います。"


@pytest.mark.parametrize("kana", ["かくう　はなこ", "ｶｸｳﾊﾅｺ", "カクウハナコ"])
def test_the_same_name_written_otherwise_is_the_same_holder(desk: Desk, kana: str) -> None:
    loan = an_approved_loan()
    Person.objects.filter(pk=loan.borrower_id).update(kana=kana)
    assert len(select(PAY_ON).payable) == 1


def test_a_dead_borrower_gets_no_transfer(desk: Desk) -> None:
    loan = an_approved_loan()
    Person.objects.filter(pk=loan.borrower_id).update(died_on=PAY_ON)
    assert reason_left_out() == "借受人が亡くなっています。"


def test_a_held_loan_gets_no_transfer_while_it_is_held(desk: Desk) -> None:
    loan = an_approved_loan()
    place_hold(loan=loan, reason=HoldReason.DISPUTE, since=PAY_ON, source_key="x", by=desk.by, at=NOW)
    assert reason_left_out() == "「内容を確認中」として止めています。"


def test_a_cancelled_loan_gets_no_transfer(desk: Desk) -> None:
    loan = an_approved_loan()
    Loan.objects.filter(pk=loan.pk).update(state=LoanState.CANCELLED)
    assert reason_left_out() == "貸付の状態が「取消」です。"


def test_a_death_between_locking_and_writing_stops_the_file_with_the_loan_named(desk: Desk) -> None:
    loan = an_approved_loan()
    file = locked(desk)
    Person.objects.filter(pk=loan.borrower_id).update(died_on=PAY_ON)
    with pytest.raises(
        TransferRefused, match=f"貸付 {loan.code} は送金できなくなりました。借受人が亡くなっています。"
    ):
        disbursing.approve_selection(file_id=file.pk, by=desk.second, at=NOW)
    file.refresh_from_db()
    assert file.state == TransferState.LOCKED


def test_a_death_after_sending_stands_in_the_stop_list(desk: Desk) -> None:
    loan = an_approved_loan()
    file = sent(desk)
    assert disbursing.stop_list(file) == []
    Person.objects.filter(pk=loan.borrower_id).update(died_on=PAY_ON)
    assert disbursing.stop_list(file) == [loan.code]


def test_what_changed_since_it_was_shown_is_not_locked(desk: Desk) -> None:
    an_approved_loan(100_000)
    an_approved_loan(50_000)
    with pytest.raises(TransferMoved, match="1件 100,000円から2件 150,000円に変わりました"):
        disbursing.lock_selection(pay_on=PAY_ON, count=1, total=100_000, by=desk.by, at=NOW)
    assert not TransferFile.objects.exists()


def test_without_a_sender_nothing_is_locked() -> None:
    an_approved_loan()
    with pytest.raises(TransferRefused, match="送金元（委託者コードと口座）が登録されていません"):
        locked(a_desk())


@pytest.mark.parametrize(
    ("pay_on", "sentence"),
    [
        (date(2026, 11, 21), "令和8年11月21日は銀行の休業日です"),
        (date(2026, 11, 19), "振込指定日（令和8年11月19日）を過ぎています"),
        (date(2026, 12, 28), "30日以内の日を選んでください"),
    ],
)
def test_a_day_on_which_no_bank_pays_is_refused(desk: Desk, pay_on: date, sentence: str) -> None:
    an_approved_loan()
    with pytest.raises(TransferRefused, match=sentence):
        locked(desk, pay_on=pay_on)


# --- what came of it --------------------------------------------------------------------------------


def test_a_returned_line_goes_out_again_in_a_later_file_only(desk: Desk) -> None:
    returned, paid = an_approved_loan(100_000), an_approved_loan(50_000)
    file = sent(desk)
    line = file.lines.get(loan=returned)
    record_return(file_id=file.pk, line_id=line.pk, reason="name_differs", by=desk.by, at=NOW)
    with pytest.raises(TransferMoved, match="「送金不能」になっています"):
        record_return(file_id=file.pk, line_id=line.pk, reason="closed", by=desk.by, at=NOW)
    with pytest.raises(TransferMoved, match="件数・金額が、表示していたものと変わりました"):
        disbursing.reconcile(file_id=file.pk, count=2, total=150_000, by=desk.by, at=NOW)
    disbursing.reconcile(file_id=file.pk, count=1, total=50_000, by=desk.by, at=NOW)
    assert list(LedgerEntry.objects.values_list("loan", "amount")) == [(paid.pk, 50_000)]
    returned.refresh_from_db()
    assert returned.state == LoanState.APPROVED
    again = reconciled(desk, pay_on=date(2026, 11, 24), at=later(4))
    (line,) = again.lines.all()
    assert (line.loan, line.attempt, line.outcome) == (returned, 2, LineOutcome.PAID)
    assert LedgerEntry.objects.filter(loan=returned).count() == 1


def test_a_file_of_which_everything_came_back_can_be_closed(desk: Desk) -> None:
    an_approved_loan(100_000)
    file = sent(desk)
    record_return(file_id=file.pk, line_id=file.lines.get().pk, reason="closed", by=desk.by, at=NOW)
    disbursing.reconcile(file_id=file.pk, count=0, total=0, by=desk.by, at=NOW)
    assert LedgerEntry.objects.count() == 0
    assert len(select(PAY_ON).payable) == 1


def test_a_line_of_another_file_is_not_returned_with_this_one(desk: Desk) -> None:
    an_approved_loan(100_000)
    first = sent(desk)
    an_approved_loan(100_000)
    second = sent(desk)
    with pytest.raises(TransferRefused, match="この送金ファイルにありません"):
        record_return(file_id=first.pk, line_id=second.lines.get().pk, reason="closed", by=desk.by, at=NOW)


def test_reconciling_twice_posts_once_and_says_who_was_first(desk: Desk) -> None:
    an_approved_loan(100_000)
    file = reconciled(desk)
    with pytest.raises(TransferMoved, match=f"「消込済み」になっています（{desk.clerk.name}さん、令和8年11月20日）"):
        disbursing.reconcile(file_id=file.pk, count=1, total=100_000, by=desk.by, at=NOW)
    assert LedgerEntry.objects.count() == 1


def test_a_tranche_is_never_posted_twice_even_past_the_states(desk: Desk) -> None:
    loan = an_approved_loan(100_000)
    reconciled(desk)
    with pytest.raises(SourceConflict, match="すでに台帳に記帳されています"):
        disbursing.post_disbursement(loan=loan, tranche=loan.tranches.get(), effective_on=PAY_ON, by=desk.by, at=NOW)


def test_nothing_is_reconciled_before_the_day_of_the_transfer(desk: Desk) -> None:
    an_approved_loan(100_000)
    file = sent(desk, pay_on=date(2026, 11, 24))
    with pytest.raises(TransferRefused, match="振込指定日は令和8年11月24日です"):
        disbursing.reconcile(file_id=file.pk, count=1, total=100_000, by=desk.by, at=NOW)
    assert LedgerEntry.objects.count() == 0


def test_money_that_came_late_moves_the_start_of_the_regular_loan(desk: Desk) -> None:
    loan = an_approved_loan(100_000)
    reconciled(desk, pay_on=date(2026, 12, 18), at=later(28))
    assert RepaymentPlan.objects.get(loan=loan).first_month == month_of(2027, 2)

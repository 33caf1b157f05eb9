"""The pages of the transfer desk and of a loan's payout: every step by its button, refusals in words, bytes by download."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from audit.models import AccessLog
from japan.months import month_of
from loans.deciding.enums import ProposalState
from loans.disbursement.enums import LineOutcome, TransferState
from loans.disbursement.files import content_of
from loans.enums import LoanState
from loans.models import LendingSanction, Loan, TransferFile, TransferSender
from repayment.enums import PlanReason
from repayment.models import LedgerEntry, RepaymentPlan
from tests.people.builders import a_member_of_staff
from tests.repayment.money import Desk, a_desk, a_sender, an_approved_loan, locked, reconciled, sent, written
from tests.scenes import signed_in, with_a_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def desk() -> Desk:
    desk = a_desk()
    a_sender(desk)
    return desk


def get(user: User, name: str, *args: Any, **query: str) -> str:
    answer = client_of(user).get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def client_of(user: User) -> Any:
    if user.must_have_second_factor:
        with_a_second_factor(user)
    return signed_in(User.objects.get(pk=user.pk))


def post(user: User, name: str, *args: Any, **data: Any) -> Any:
    return client_of(user).post(reverse(name, args=args), data, follow=True)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_a_clerk_and_a_supervisor_bring_a_loan_to_the_bank_and_back_by_buttons(desk: Desk) -> None:
    loan = an_approved_loan(100_000)
    page = get(desk.clerk, "repayment:transfers")
    assert "1件 100,000円" in page and loan.code in page
    answer = post(desk.clerk, "repayment:transfer_lock", pay_on="2026-11-24", count=1, total=100_000)
    assert said(answer) == ["1件 100,000円を確定しました。ほかの決裁者の承認を待ちます。"]
    file = TransferFile.objects.get()
    assert post(desk.supervisor, "repayment:transfer_move", file.pk, "approve").status_code == 200
    assert said(post(desk.clerk, "repayment:transfer_move", file.pk, "write")) == ["「ファイル作成」を記録しました。"]
    download = client_of(desk.clerk).get(reverse("repayment:transfer_file", args=[file.pk]))
    file.refresh_from_db()
    assert download.content == content_of(file)
    assert download["Content-Disposition"] == 'attachment; filename="soukin-20261124-1.txt"'
    assert AccessLog.objects.filter(action="export", ids=[loan.pk]).count() == 1
    post(desk.clerk, "repayment:transfer_move", file.pk, "send", bank_receipt="20261124-77")
    page = get(desk.clerk, "repayment:transfer", file.pk)
    assert "20261124-77" in page and file.sha256 in page
    refused = post(desk.clerk, "repayment:transfer_move", file.pk, "reconcile", count=1, total=100_000)
    assert "振込指定日は令和8年11月24日です" in said(refused)[0]
    assert LedgerEntry.objects.count() == 0


def test_downloading_asks_for_the_password_again(desk: Desk) -> None:
    an_approved_loan()
    file = written(desk)
    client = client_of(desk.clerk)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0}]
    session.save()
    answer = client.get(reverse("repayment:transfer_file", args=[file.pk]))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_lines_are_reconciled_and_returned_on_the_page(desk: Desk) -> None:
    kept, back = an_approved_loan(100_000), an_approved_loan(50_000)
    file = sent(desk)
    number = file.lines.get(loan=back).number
    answer = post(desk.clerk, "repayment:transfer_return", file.pk, number=number, reason="closed")
    assert said(answer) == [f"{number}番を送金不能として記録しました。"]
    assert said(post(desk.clerk, "repayment:transfer_return", file.pk, number=99, reason="closed")) == [
        "この明細は、この送金ファイルにありません。"
    ]
    assert said(post(desk.clerk, "repayment:transfer_return", file.pk, number="", reason="")) == [
        "明細の番号を入力してください。 送金不能の理由を選んでください。"
    ]
    post(desk.clerk, "repayment:transfer_move", file.pk, "reconcile", count=1, total=100_000)
    page = get(desk.clerk, "repayment:transfer", file.pk, show="returned")
    assert back.code in page and kept.code not in page
    assert "送金済み 1件 100,000円／送金不能 1件 50,000円" in page
    assert set(file.lines.values_list("outcome", flat=True)) == {LineOutcome.PAID, LineOutcome.RETURNED}


def test_the_maker_who_posts_an_approval_gets_a_403_in_words(desk: Desk) -> None:
    an_approved_loan()
    file = locked(desk)
    answer = post(desk.clerk, "repayment:transfer_move", file.pk, "approve")
    assert answer.status_code == 403
    assert "「送金を承認する」権限がありません。" in said(answer)
    TransferFile.objects.filter(pk=file.pk).update(locked_by=desk.supervisor)
    answer = post(desk.supervisor, "repayment:transfer_move", file.pk, "approve")
    assert answer.status_code == 403
    assert said(answer) == ["ご自分が確定した送金は承認できません。ほかの決裁者に依頼してください。"]
    file.refresh_from_db()
    assert file.state == TransferState.LOCKED


def test_the_sender_is_entered_once_and_a_wrong_number_is_named() -> None:
    clerk = a_member_of_staff(Role.PREFECTURAL_CLERK)
    data = {
        "valid_from": "令和8年4月1日",
        "consignor_code": "1234567890",
        "name_kana": "さんぷるししゃきょう",
        "bank_code": "9999",
        "branch_code": "999",
        "account_kind": "1",
        "account_number": "7654321",
    }
    wrong = client_of(clerk).post(reverse("repayment:sender_register"), data | {"consignor_code": "123"})
    assert wrong.status_code == 422
    assert "委託者コードは10桁の数字で入力してください。" in wrong.content.decode()
    nowhere = client_of(clerk).post(reverse("repayment:sender_register"), data | {"branch_code": "998"})
    assert "この銀行番号・支店番号の支店が見つかりません" in nowhere.content.decode()
    assert not TransferSender.objects.exists()
    post(clerk, "repayment:sender_register", **data)
    assert TransferSender.objects.get().name_kana == "ｻﾝﾌﾟﾙｼｼﾔｷﾖｳ"


def test_what_stands_in_the_way_is_on_the_page_with_the_loan(desk: Desk) -> None:
    loan = an_approved_loan()
    file = sent(desk)
    loan.borrower.died_on = date(2026, 11, 19)
    loan.borrower.save()
    page = get(desk.clerk, "repayment:transfer", file.pk)
    assert "送金を止めるもの（1件）" in page and "借受人が亡くなっています。" in page and "組戻しを依頼" in page


# --- a loan's payout --------------------------------------------------------------------------------


def test_months_are_changed_within_the_period_by_a_second_person(desk: Desk) -> None:
    loan = an_approved_loan(200_000, months=3)
    reconciled(desk)
    second, third = month_of(2026, 12), month_of(2027, 1)
    page = get(desk.clerk, "repayment:payout", loan.pk)
    assert "令和8年12月分" in page and "200,000" in page
    data = {f"m{second}": "100,000", f"m{third}": "", "reason": "収入が戻ったため"}
    post(desk.clerk, "repayment:change_propose", loan.pk, **data)
    change = loan.changes_within_period.get()
    own = post(desk.clerk, "repayment:proposal_answer", loan.pk, "change", change.pk, "agree")
    assert own.status_code == 403
    post(desk.supervisor, "repayment:proposal_answer", loan.pk, "change", change.pk, "agree")
    rows = loan.tranches.order_by("number").values_list("amount", "ended_because")
    assert list(rows) == [(200_000, ""), (100_000, ""), (200_000, "changed")]
    loan.refresh_from_db()
    assert loan.principal == 300_000


def test_q28_a_sanction_takes_the_rest_out_of_the_next_file_and_asks_everything_back(desk: Desk) -> None:
    loan = an_approved_loan(200_000, months=3)
    reconciled(desk)
    data = {"kind": "lump_sum", "reason": "勤務先を偽っていた", "pay_back_by": "令和8年12月25日"}
    post(desk.clerk, "repayment:sanction_propose", loan.pk, **data)
    page = get(desk.supervisor, "repayment:transfers", on="令和8年12月21日")
    assert "不正への措置の決裁を待っています。" in page
    sanction = LendingSanction.objects.get()
    post(desk.supervisor, "repayment:proposal_answer", loan.pk, "sanction", sanction.pk, "agree")
    sanction.refresh_from_db()
    assert sanction.state == ProposalState.AGREED
    page = get(desk.supervisor, "repayment:transfers", on="令和8年12月21日")
    assert "この日に送金できるものはありません。" in page
    loan.refresh_from_db()
    assert (loan.state, loan.principal) == (LoanState.LENT, 200_000)
    original, demanded = RepaymentPlan.objects.filter(loan=loan).order_by("version")
    assert original.reason == PlanReason.ORIGINAL
    assert (demanded.reason, demanded.principal, demanded.count) == (PlanReason.ACCELERATION, 200_000, 1)
    assert (demanded.first_month, demanded.debit_day) == (month_of(2026, 12), 25)
    assert "停止" in get(desk.supervisor, "repayment:payout", loan.pk)


def test_a_loan_cancelled_before_any_money_left_is_cancelled(desk: Desk) -> None:
    loan = an_approved_loan(100_000)
    data = {"kind": "cancel", "reason": "書類の偽造", "pay_back_by": "令和8年12月25日"}
    post(desk.clerk, "repayment:sanction_propose", loan.pk, **data)
    sanction = LendingSanction.objects.get()
    post(desk.supervisor, "repayment:proposal_answer", loan.pk, "sanction", sanction.pk, "agree")
    loan.refresh_from_db()
    assert loan.state == LoanState.CANCELLED
    assert not RepaymentPlan.objects.exists()


def test_a_dropped_sanction_lets_the_money_go_again(desk: Desk) -> None:
    loan = an_approved_loan(100_000)
    post(desk.clerk, "repayment:sanction_propose", loan.pk, kind="stop", reason="通報があった")
    post(desk.clerk, "repayment:proposal_answer", loan.pk, "sanction", LendingSanction.objects.get().pk, "drop")
    assert "1件 100,000円" in get(desk.clerk, "repayment:transfers")


def test_after_the_last_month_nothing_is_topped_up(desk: Desk) -> None:
    loan = an_approved_loan(100_000, months=3)
    Loan.objects.filter(pk=loan.pk).update(state=LoanState.LENT)
    page = get(desk.clerk, "repayment:payout", loan.pk)
    assert "貸付内容を変更する" not in page
    answer = post(
        desk.clerk, "repayment:change_propose", loan.pk, **{f"m{month_of(2027, 2)}": "100000", "reason": "追加"}
    )
    assert "使わなかった枠を、貸付が終わったあとで貸し付けることはできません（問答集 問8-7）" in said(answer)[0]


def test_a_municipal_clerk_sees_a_loan_without_buttons_and_no_transfers(desk: Desk) -> None:
    loan = an_approved_loan(150_000, months=3)
    clerk = a_member_of_staff(Role.MUNICIPAL_CLERK)
    assert client_of(clerk).get(reverse("repayment:payout", args=[loan.pk])).status_code == 404
    assert client_of(clerk).get(reverse("repayment:transfers")).status_code == 403

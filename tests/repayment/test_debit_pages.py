"""The pages of the collection desk: every step by its button, refusals in words, numbers that lead to their rows."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from audit.models import AccessLog
from people.enums import AccountUse
from repayment.debit.enums import MandateState
from repayment.debit.runs import content_of
from repayment.enums import HoldReason, RefundState
from repayment.models import DebitFailure, DebitLine, DebitMandate, DebitRun, DebitStop, LedgerEntry, RefundTask
from repayment.services import place_hold
from tests.people.builders import a_person
from tests.repayment.debits import (
    ANSWERED,
    MACHINE,
    NOW,
    a_debited_loan,
    a_repaying_loan,
    an_originator,
    answer,
    may_be_debited,
)
from tests.repayment.money import a_desk
from tests.scenes import signed_in, with_a_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def client_of(user: User) -> Any:
    if user.must_have_second_factor:
        with_a_second_factor(user)
    return signed_in(User.objects.get(pk=user.pk))


def get(user: User, name: str, *args: Any, **query: str) -> str:
    answered = client_of(user).get(reverse(f"repayment:{name}", args=args), query)
    assert answered.status_code == 200
    return " ".join(answered.content.decode().split())


def post(user: User, name: str, *args: Any, **data: Any) -> Any:
    return client_of(user).post(reverse(f"repayment:{name}", args=args), data, follow=True)


def said(answered: Any) -> list[str]:
    return [str(message) for message in answered.context["messages"]]


def test_a_run_goes_all_the_way_by_buttons_and_what_was_stopped_ends_in_a_refund_task() -> None:
    desk = a_desk()
    assert "委託者を登録する" in get(desk.clerk, "debits")
    an_originator(desk)
    paid, late = a_debited_loan("架空 一", "カクウ イチ"), a_debited_loan("架空 二", "カクウ ニ")
    without = a_repaying_loan(a_person("架空 無", "カクウ ナシ"))
    page = get(desk.clerk, "debits")
    assert "令和8年12月28日(月)の引落し（令和8年12月分） 2件 16,660円" in page.replace("　", " ")
    assert without.code in get(desk.clerk, "debits", on="2026-12-28", reason="no_account")
    refused = post(desk.clerk, "debit_lock", on="2026-12-28", count=1, total=8_330)
    assert "変わりました" in said(refused)[0]
    post(desk.clerk, "debit_lock", on="2026-12-28", count=2, total=16_660)
    run = DebitRun.objects.get()
    assert post(desk.clerk, "debit_move", run.pk, "approve").status_code == 403
    assert said(post(desk.supervisor, "debit_move", run.pk, "approve")) == ["「承認」を記録しました。"]
    post(desk.clerk, "debit_move", run.pk, "write")
    run.refresh_from_db()
    assert client_of(desk.clerk).get(reverse("repayment:debit_file", args=[run.pk])).content == content_of(run)
    assert AccessLog.objects.filter(action="export").count() == 1
    post(desk.clerk, "debit_move", run.pk, "send", bank_receipt="K-77")
    run.refresh_from_db()

    place_hold(loan=late, reason=HoldReason.LEGAL, since=NOW.date(), source_key="h", by=MACHINE, at=NOW)
    assert "債務整理" in get(desk.supervisor, "debit_stops")
    line = DebitLine.objects.get(loan=late)
    assert said(post(desk.clerk, "debit_stop_request", run.pk, line=[line.pk]))[0].startswith("1件の停止の依頼")
    assert DebitStop.objects.get().line == line
    request = client_of(desk.clerk).get(reverse("repayment:debit_stop_file", args=[run.pk])).content.decode("cp932")
    assert f"{line.pk:020d}" in request and "引落停止" in request

    with time_machine.travel(ANSWERED, tick=False):
        upload = SimpleUploadedFile("kekka.txt", content_of(run))
        refused = client_of(desk.clerk).post(reverse("repayment:debit_take_in"), {"file": upload})
        assert refused.status_code == 422
        assert "銀行から届いた結果ファイルを選んでください" in refused.content.decode()
        upload = SimpleUploadedFile("kekka.txt", answer(run, codes={paid.pk: "2"}))
        client_of(desk.clerk).post(reverse("repayment:debit_take_in"), {"file": upload})
        assert "引き落とされた1件は、返金の確認に回します" in get(desk.clerk, "debit", run.pk)
        post(desk.clerk, "debit_move", run.pk, "post")
        page = get(desk.clerk, "debit", run.pk)
        assert "一致" in page and "取引なし" in page
        assert line.loan.code not in get(desk.clerk, "debit", run.pk, show="2").split("ファイルの順")[1]
        assert paid.code in get(desk.supervisor, "debit_failures")
        failure = DebitFailure.objects.get()
        assert "入力してください" in said(post(desk.clerk, "debit_handle", failure.pk, handling=""))[0]
        post(desk.clerk, "debit_handle", failure.pk, handling="通帳で口座番号を確かめた")
        assert "通帳で口座番号を確かめた" in get(desk.clerk, "debit_failures", handled="1")
        assert "結果を待っている口座振替はありません" in get(desk.clerk, "debit_results")
        post(desk.supervisor, "debit_move", run.pk, "close")
        assert "締め済み" in get(desk.clerk, "debits")

        task = RefundTask.objects.get()
        assert task.loan == late and late.code in get(desk.clerk, "refunds")
        assert post(desk.clerk, "refund_move", task.pk, "agree", answer="pay_out").status_code == 403
        post(desk.clerk, "refund_move", task.pk, "propose", answer="pay_out", reason="停止の依頼後の引落し")
        assert "起案を取り下げる" in get(desk.clerk, "refund", task.pk)
        post(desk.supervisor, "refund_move", task.pk, "back")
        post(desk.clerk, "refund_move", task.pk, "propose", answer="pay_out", reason="停止の依頼後の引落し")
        assert "この対応を承認する" in get(desk.supervisor, "refund", task.pk)
        post(desk.supervisor, "refund_move", task.pk, "agree", answer="pay_out")
        assert "返金した日を入力してください" in said(post(desk.clerk, "refund_move", task.pk, "paid"))[0]
        post(desk.clerk, "refund_move", task.pk, "paid", paid_on="令和9年1月5日")
        task.refresh_from_db()
        assert task.state == RefundState.PAID and "台帳の返金の行" in get(desk.clerk, "refund", task.pk)
    assert LedgerEntry.objects.filter(loan=late, kind="refunded", amount=8_330).count() == 1


def test_a_mandate_is_recorded_step_by_step_and_the_originator_once() -> None:
    desk = a_desk()
    loan = a_repaying_loan()
    may_be_debited(loan.borrower, registered=False)
    DebitMandate.objects.all().delete()
    account = loan.borrower.bank_accounts.get(use=AccountUse.DEBIT)
    assert "提出を記録する" in get(desk.clerk, "mandates")
    post(desk.clerk, "mandate_move", account.pk, "request", on="令和8年11月1日")
    assert "銀行の登録を記録する" in get(desk.clerk, "mandates", state="requested")
    assert (
        "提出日から今日まで" in said(post(desk.clerk, "mandate_move", account.pk, "register", on="令和8年10月1日"))[0]
    )
    post(desk.clerk, "mandate_move", account.pk, "register", on="令和8年11月18日", debit_day="27")
    assert "毎月27日" in get(desk.supervisor, "mandates", state="registered")
    post(desk.clerk, "mandate_move", account.pk, "confirm", on="令和8年11月19日")
    post(desk.clerk, "mandate_move", account.pk, "end", on="令和8年11月20日")
    assert DebitMandate.objects.get().state == MandateState.ENDED
    assert "終了 令和8年11月20日" in get(desk.clerk, "mandates", state="ended")
    told = {
        "valid_from": "令和8年4月1日", "agent": "見本収納代行", "consignor_code": "１２３４５６７８９０",
        "name_kana": "サンプルシシャキョウ", "bank_code": "9999", "branch_code": "999", "account_kind": "1",
        "account_number": "7654321", "yucho": "kigo_2_4", "cut_off_bank_days": "8",
    }  # fmt: skip
    wrong = post(desk.clerk, "originator_register", **told | {"consignor_code": "123"})
    assert "委託者コードは10桁の数字で入力してください" in wrong.content.decode()
    assert said(post(desk.clerk, "originator_register", **told)) == ["口座振替の委託者を登録しました。"]
    post(desk.clerk, "bank_day_register", bank_code="9999", debit_day="27", valid_from="令和8年4月1日")
    page = get(desk.clerk, "debit_settings")
    assert "記号の2〜4桁目" in page and "毎月27日" in page

"""Money that may have to go back: opened once, answered by one person, agreed to by another, paid out once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import Role
from audit.actors import Actor
from repayment.enums import LedgerKind, RefundAnswer, RefundCause, RefundState
from repayment.models import LedgerEntry, RefundTask
from repayment.refunds import (
    RefundNotAllowed,
    RefundRefused,
    agree_refund,
    open_refund_task,
    propose_refund,
    record_refund,
    send_back_refund,
    waiting_amounts,
)
from repayment.selectors import position_of
from repayment.services import post_payment
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person
from tests.repayment.debits import a_plan
from tests.repayment.money import NOW, a_desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = date(2026, 11, 20)


def test_money_goes_back_only_after_two_people_and_only_once() -> None:
    desk = a_desk()
    loan = a_loan(a_person())
    a_plan(loan)
    payment = post_payment(
        loan=loan, amount=8_330, effective_on=TODAY, source_key="bank:1", by=Actor.machine("test"), at=NOW
    )
    told: dict[str, Any] = {
        "loan": loan, "amount": 8_330, "cause": RefundCause.LATE_DEBIT, "source_key": "late-debit:1",
        "payment": payment, "by": Actor.machine("test"), "at": NOW,
    }  # fmt: skip
    task = open_refund_task(**told)
    assert open_refund_task(**told) == task
    assert waiting_amounts([loan.pk]) == {loan.pk: 8_330}
    nobody = Actor.person(a_member_of_staff(Role.MUNICIPAL_CLERK))
    with pytest.raises(RefundNotAllowed):
        propose_refund(task_id=task.pk, answer=RefundAnswer.PAY_OUT, reason="x", by=nobody, at=NOW)
    with pytest.raises(RefundRefused, match="理由"):
        propose_refund(task_id=task.pk, answer=RefundAnswer.PAY_OUT, reason=" ", by=desk.by, at=NOW)
    with pytest.raises(RefundRefused, match="返金待ち|対応前"):
        record_refund(task_id=task.pk, paid_on=TODAY, by=desk.by, at=NOW)
    propose_refund(task_id=task.pk, answer=RefundAnswer.PAY_OUT, reason="免除後の引落し", by=desk.by, at=NOW)
    with pytest.raises(RefundNotAllowed):
        agree_refund(task_id=task.pk, answer=RefundAnswer.PAY_OUT, by=desk.by, at=NOW)
    with pytest.raises(RefundRefused, match="変わりました"):
        agree_refund(task_id=task.pk, answer=RefundAnswer.KEEP, by=desk.second, at=NOW)
    agree_refund(task_id=task.pk, answer=RefundAnswer.PAY_OUT, by=desk.second, at=NOW)
    with pytest.raises(RefundRefused, match="先の日付"):
        record_refund(task_id=task.pk, paid_on=TODAY + timedelta(days=1), by=desk.by, at=NOW)
    done = record_refund(task_id=task.pk, paid_on=TODAY, by=desk.by, at=NOW)
    assert (done.state, done.refund and done.refund.kind) == (RefundState.PAID, LedgerKind.REFUNDED)
    with pytest.raises(RefundRefused, match="返金済み"):
        record_refund(task_id=task.pk, paid_on=TODAY, by=desk.by, at=NOW)
    assert LedgerEntry.objects.filter(loan=loan, kind=LedgerKind.REFUNDED).count() == 1
    assert position_of(loan.pk, TODAY).paid == 0
    assert waiting_amounts([loan.pk]) == {}


def test_what_is_kept_for_repayment_moves_no_money_and_a_proposal_can_be_sent_back() -> None:
    desk = a_desk()
    loan = a_loan(a_person())
    task = open_refund_task(
        loan=loan, amount=500, cause=RefundCause.SURPLUS, source_key="surplus:1", by=desk.by, at=NOW
    )
    propose_refund(task_id=task.pk, answer=RefundAnswer.DROP, reason="間違い", by=desk.by, at=NOW)
    assert send_back_refund(task_id=task.pk, by=desk.second, at=NOW).state == RefundState.OPEN
    propose_refund(task_id=task.pk, answer=RefundAnswer.KEEP, reason="ご本人の希望", by=desk.by, at=NOW)
    assert agree_refund(task_id=task.pk, answer=RefundAnswer.KEEP, by=desk.second, at=NOW).state == RefundState.KEPT
    assert not LedgerEntry.objects.filter(loan=loan).exists()


def test_the_database_refuses_one_person_on_both_sides_and_a_refund_without_its_row() -> None:
    desk = a_desk()
    loan = a_loan(a_person())
    told: dict[str, Any] = {
        "loan": loan, "amount": 1, "cause": RefundCause.SURPLUS, "opened_at": timezone.now(), "opened_by": "x",
        "answer": RefundAnswer.KEEP, "reason": "x", "proposed_by": desk.clerk, "proposed_at": NOW,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        RefundTask.objects.create(
            **told, source_key="1", state=RefundState.KEPT, approved_by=desk.clerk, approved_at=NOW
        )
    with pytest.raises(IntegrityError, match="paid_has_its_row"), transaction.atomic():
        RefundTask.objects.create(
            **told, source_key="2", state=RefundState.PAID, approved_by=desk.supervisor, approved_at=NOW
        )

"""The refund guard (N-11, H-10, EX-03): money before stays, money after comes back; the matrix and one story to the yen."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from exemptions.refunding.guard import Days, Payment, Verdict, shares, verdict
from exemptions.refunding.night import NIGHT
from exemptions.refunding.services import guarded_loans, open_guarded_refunds
from repayment.models import RefundTask
from repayment.services import post_payment
from repayment.surplus import open_surplus_tasks, surplus_loans
from tests.exemptions.builders import DECIDED, MACHINE, TOKYO, a_story

APPLIED, DECISION = date(2023, 9, 15), date(2023, 9, 20)
A, D, E, BACK = Verdict.BEFORE_APPLICATION, Verdict.BEFORE_DECISION, Verdict.BEFORE_EFFECT, Verdict.COMES_BACK
PAID_ON = (date(2023, 9, 14), date(2023, 9, 15), date(2023, 9, 20), date(2023, 9, 26))
MATRIX = {
    date(2023, 9, 15): (A, D, D, BACK),  # in force from the application
    date(2023, 9, 18): (A, D, D, BACK),  # in force before the decision: what is paid by the decision stays (EX-03)
    date(2023, 9, 20): (A, D, D, BACK),  # in force with the decision, as the ledger has it
    date(2023, 12, 31): (A, D, D, E),  # in force later: until then the instalments are owed
}


@pytest.mark.parametrize(
    ("paid_on", "effective_on", "expected"),
    [(day, effect, row[place]) for effect, row in MATRIX.items() for place, day in enumerate(PAID_ON)],
)
def test_n11_the_matrix_of_payment_application_decision_and_effect(
    paid_on: date, effective_on: date, expected: Verdict
) -> None:
    assert verdict(paid_on, Days(APPLIED, DECISION, effective_on)) is expected
    assert expected.comes_back == (paid_on > max(DECISION, effective_on))


def test_a_surplus_lies_in_the_latest_payments_and_never_exceeds_them() -> None:
    days = Days(None, DECISION, DECISION)
    payments = [Payment(1, 5_000, date(2023, 9, 26)), Payment(2, 5_000, date(2023, 9, 1))]
    told = [(share.payment.key, share.amount, share.verdict) for share in shares(7_000, payments, days)]
    assert told == [(1, 5_000, BACK), (2, 2_000, D)]
    assert sum(share.amount for share in shares(20_000, payments, days)) == 10_000
    assert shares(0, payments, days) == []


@pytest.mark.django_db
def test_h10_money_after_the_decision_is_asked_about_once_however_late_something_is_entered() -> None:
    story = a_story()
    loan, night = story.loan, date(2024, 2, 2)
    story.prepare()
    story.approve(at=DECIDED)
    assert surplus_loans(DECIDED.date()) == []  # what is exempted is counted from the ledger of that day
    at = datetime(2024, 2, 1, 9, 0, tzinfo=TOKYO)
    for day, amount in (
        (date(2023, 9, 26), 20_000),  # pays the four instalments that remain: a payment
        (date(2024, 1, 26), 5_000),  # beyond all debt, after the decision
        (date(2023, 9, 1), 3_000),  # entered late, of a day before the application
    ):
        post_payment(loan=loan, amount=amount, effective_on=day, source_key=f"p:{day}", by=MACHINE, at=at)
    assert guarded_loans(night) == [loan.pk]
    opened = open_guarded_refunds(loan_ids=[loan.pk], on=night, by=NIGHT, at=at)
    assert sorted((task.amount, task.note) for task in opened) == [
        (3_000, "令和5年9月26日の入金。免除の決定のあとの入金です。お返しの対象です。"),
        (5_000, "令和6年1月26日の入金。免除の決定のあとの入金です。お返しの対象です。"),
    ]
    assert open_guarded_refunds(loan_ids=[loan.pk], on=night, by=NIGHT, at=at) == []
    assert open_surplus_tasks(loan_ids=[loan.pk], by=MACHINE, at=at) == []
    assert (guarded_loans(night), RefundTask.objects.count()) == ([], 2)

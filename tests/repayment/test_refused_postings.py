"""What cannot be a movement is refused by name, and nothing is written."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from repayment.bulk import Payment, post_payments
from repayment.models import LedgerEntry
from repayment.services import PostingRefused, post_payment, reverse_payment
from tests.desk.builders import MACHINE, a_plan
from tests.loans.builders import a_loan
from tests.people.builders import a_person

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


def test_nothing_less_than_nothing_fractions_and_the_future_are_no_payments() -> None:
    loan = a_loan(a_person())
    a_plan(loan)
    wrong: list[tuple[object, date, str]] = [
        (0, TODAY, "1円以上"), (-5_000, TODAY, "1円以上"), (0.5, TODAY, "円単位の整数"),
        (5_000, date(2036, 11, 20), "先の日付（令和18年11月20日）"),
    ]  # fmt: skip
    for amount, on, sentence in wrong:
        told = {"loan": loan, "amount": amount, "effective_on": on, "source_key": "bank:1"}
        with pytest.raises(PostingRefused, match=sentence):
            post_payment(**told, by=MACHINE, at=NOW)  # type: ignore[arg-type]
        (answer,) = post_payments(payments=[Payment(**told)], by=MACHINE, at=NOW)  # type: ignore[arg-type]
        assert isinstance(answer, PostingRefused) and sentence in str(answer)
    assert not LedgerEntry.objects.exists()


def test_a_reversal_is_not_reversed_and_not_of_a_day_to_come() -> None:
    loan = a_loan(a_person())
    a_plan(loan)
    paid = post_payment(loan=loan, amount=5_000, effective_on=TODAY, source_key="bank:1", by=MACHINE, at=NOW)
    with pytest.raises(PostingRefused, match="取消日に先の日付"):
        reverse_payment(entry=paid, reason="誤り", effective_on=date(2026, 11, 21), by=MACHINE, at=NOW)
    back = reverse_payment(entry=paid, reason="誤り", effective_on=TODAY, by=MACHINE, at=NOW)
    assert reverse_payment(entry=paid, reason="誤り", effective_on=TODAY, by=MACHINE, at=NOW) == back
    with pytest.raises(PostingRefused, match="入金の取消は取り消せません"):
        reverse_payment(entry=back, reason="誤り", effective_on=TODAY, by=MACHINE, at=NOW)
    assert LedgerEntry.objects.count() == 2

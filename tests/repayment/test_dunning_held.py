"""Who is left alone for now, and why: every reason of one loan, each with its last day; promises judged by the ledger."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.enums import Role
from audit.actors import Actor
from japan.months import month_of
from loans.models import Loan
from people.models import Person
from repayment.arrears.holding import Held, dunning_held
from repayment.arrears.holds import end_hold_by_hand, hold_by_hand
from repayment.arrears.promises import cancel_promise, promise_state, promises_on, take_promise
from repayment.arrears.refusals import DunningNotAllowed, DunningRefused
from repayment.enums import HeldCause, HoldReason, PaymentChannel, PromiseState, PromiseWay, SlipCause
from repayment.models import CollectionHold, Deferral, DeferralEnd, LedgerEntry, PaymentPromise, PaymentSlip
from repayment.services import place_hold, post_payment, reverse_payment
from tests.exemptions.builders import a_repaid_loan
from tests.people.builders import a_member_of_staff, a_person, an_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
MACHINE = Actor.machine("test")


@pytest.fixture
def loan() -> Loan:
    """5,000 yen a month since January 2023, nothing paid."""
    return a_repaid_loan(a_person(office=an_office()))


@pytest.fixture
def clerk() -> Actor:
    return Actor.person(a_member_of_staff(Role.PREFECTURAL_CLERK))


def causes(loan: Loan, on: date = TODAY) -> list[HeldCause]:
    return [held.cause for held in dunning_held([loan.pk], on).get(loan.pk, ())]


def a_slip(loan: Loan, due_on: date) -> PaymentSlip:
    return PaymentSlip.objects.create(
        loan=loan, month=month_of(2026, 10), cause=SlipCause.FAILED_DEBIT, amount=5_000, company_code="999999",
        issued_on=due_on - timedelta(days=20), due_on=due_on, created_at=NOW, created_by="test",
    )  # fmt: skip


def promised(loan: Loan, clerk: Actor, **told: Any) -> PaymentPromise:
    values: dict[str, Any] = {
        "amount": 10_000,
        "due_on": date(2026, 11, 25),
        "taken_on": TODAY,
        "way": PromiseWay.PHONE,
    }
    return take_promise(loan=loan, **values | told, by=clerk, at=NOW)


def pay(loan: Loan, amount: int, on: date, key: str = "p1") -> LedgerEntry:
    return post_payment(
        loan=loan, amount=amount, effective_on=on, source_key=key, channel=PaymentChannel.COUNTER, by=MACHINE,
        at=datetime(2027, 3, 1, tzinfo=ZoneInfo("Asia/Tokyo")),
    )  # fmt: skip


def test_every_reason_is_told_with_its_last_day_and_goes_when_it_ends(loan, clerk, django_assert_num_queries):
    assert causes(loan) == []
    for reason in HoldReason:
        place_hold(loan=loan, reason=reason, since=TODAY, source_key=f"t:{reason}", by=MACHINE, at=NOW)
    CollectionHold.objects.filter(reason=HoldReason.LEGAL).update(until=TODAY)
    Deferral.objects.create(
        loan=loan, from_month=month_of(2026, 10), months=3, granted_on=TODAY, recorded_at=NOW, recorded_by="t",
        source_key="d",
    )  # fmt: skip
    a_slip(loan, date(2026, 11, 15))
    promised(loan, clerk)
    Person.objects.filter(pk=loan.borrower_id).update(died_on=TODAY)
    other = a_repaid_loan(a_person())
    with django_assert_num_queries(12):
        told = dunning_held([loan.pk, other.pk], TODAY)
    assert other.pk not in told
    assert told[loan.pk] == (
        Held(HeldCause.EXEMPTION_PENDING),
        Held(HeldCause.DEFERRAL_PENDING),
        Held(HeldCause.LEGAL, TODAY),
        Held(HeldCause.PROTECTED),
        Held(HeldCause.DISPUTE),
        Held(HeldCause.DIED),
        Held(HeldCause.DEFERRED, date(2026, 12, 31)),
        Held(HeldCause.PROMISE, date(2026, 12, 5)),
        Held(HeldCause.SLIP, date(2026, 11, 25)),
    )
    later = causes(loan, date(2026, 12, 10))
    assert HeldCause.SLIP not in later and HeldCause.PROMISE not in later and HeldCause.LEGAL not in later
    assert HeldCause.DEFERRED in later and HeldCause.DEFERRED not in causes(loan, date(2027, 1, 1))


def test_a_deferral_that_ended_early_holds_nobody_back_after_it(loan):
    deferral = Deferral.objects.create(
        loan=loan, from_month=month_of(2026, 9), months=6, granted_on=TODAY, recorded_at=NOW, recorded_by="t",
        source_key="d",
    )  # fmt: skip
    assert causes(loan) == [HeldCause.DEFERRED]
    DeferralEnd.objects.create(
        deferral=deferral,
        ends_after=month_of(2026, 10),
        reason="申出",
        recorded_at=NOW,
        recorded_by="t",
        source_key="e",
    )
    assert causes(loan) == []


def test_a_slip_holds_back_until_its_money_can_have_come_and_no_longer(loan):
    slip = a_slip(loan, date(2026, 10, 31))
    assert causes(loan, date(2026, 11, 10)) == [HeldCause.SLIP]
    assert causes(loan, date(2026, 11, 11)) == []
    assert causes(loan, slip.issued_on - timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("paid", "on", "state"),
    [
        (0, date(2026, 12, 5), PromiseState.OPEN),
        (9_999, date(2026, 12, 5), PromiseState.OPEN),
        (10_000, date(2026, 11, 21), PromiseState.KEPT),
        (9_999, date(2026, 12, 6), PromiseState.BROKEN),
        (10_000, date(2026, 12, 6), PromiseState.KEPT),
    ],
)
def test_a_promise_is_judged_after_the_days_its_money_needs(paid, on, state):
    assert promise_state(amount=10_000, paid=paid, judged_on=date(2026, 12, 5), on=on) == state


def test_a_promise_is_kept_by_what_the_ledger_says_and_broken_again_by_a_reversal(loan, clerk):
    row = promised(loan, clerk)
    payment = pay(loan, 10_000, date(2026, 11, 25))
    on = date(2026, 12, 10)
    assert [found.state for found in promises_on([row], on)] == [PromiseState.KEPT]
    assert causes(loan, date(2026, 11, 26)) == []
    reverse_payment(
        entry=payment, reason="誤り", effective_on=date(2026, 12, 1), by=MACHINE, at=NOW + timedelta(days=11)
    )
    assert [found.state for found in promises_on([row], on)] == [PromiseState.BROKEN]
    late = pay(loan, 10_000, date(2026, 11, 26), "p2")
    assert late.amount == 10_000
    assert [found.paid for found in promises_on([row], on)] == [0]  # a day late is not kept


def test_promises_that_cannot_be_are_refused_in_words(loan, clerk):
    for told, says in (
        ({"amount": 0}, "1円から"),
        ({"amount": 600_001}, "600,000円まで"),
        ({"due_on": date(2026, 11, 19)}, "聞いた日より前"),
        ({"due_on": date(2036, 11, 20)}, "半年以内"),
        ({"taken_on": date(2026, 11, 21)}, "先の日付"),
    ):
        with pytest.raises(DunningRefused, match=says):
            promised(loan, clerk, **told)
    with pytest.raises(DunningNotAllowed):
        promised(loan, Actor.person(a_member_of_staff(Role.AUDITOR)))
    row = promised(loan, clerk)
    with pytest.raises(DunningRefused, match="令和8年11月25日までの約束"):
        promised(loan, clerk)
    with pytest.raises(DunningRefused, match="理由"):
        cancel_promise(promise_id=row.pk, reason=" ", by=clerk, at=NOW)
    cancel_promise(promise_id=row.pk, reason="金額の変更", by=clerk, at=NOW)
    with pytest.raises(DunningRefused, match="すでに"):
        cancel_promise(promise_id=row.pk, reason="もう一度", by=clerk, at=NOW)
    assert causes(loan) == []
    promised(loan, clerk, amount=3_000)


def test_holds_by_hand_need_a_reason_and_leave_those_of_applications_alone(loan, clerk):
    told: dict[str, Any] = {"reason": HoldReason.LEGAL, "since": TODAY, "note": "受任通知が届いた"}
    for wrong, says in (
        ({"reason": HoldReason.EXEMPTION_PENDING}, "自動的"),
        ({"reason": "nonsense"}, "理由を選んで"),
        ({"note": " "}, "事情"),
        ({"since": date(2026, 11, 21)}, "先の日付"),
        ({"since": date(2020, 1, 1)}, "申込日より前"),
    ):
        with pytest.raises(DunningRefused, match=says):
            hold_by_hand(loan=loan, **told | wrong, by=clerk, at=NOW)
    hold = hold_by_hand(loan=loan, **told, by=clerk, at=NOW)
    assert (hold.note, causes(loan)) == ("受任通知が届いた", [HeldCause.LEGAL])
    with pytest.raises(DunningRefused, match="すでに続いて"):
        hold_by_hand(loan=loan, **told, by=clerk, at=NOW)
    for until, says in ((date(2026, 11, 19), "開始日より前"), (date(2026, 11, 21), "先の日付")):
        with pytest.raises(DunningRefused, match=says):
            end_hold_by_hand(hold_id=hold.pk, until=until, by=clerk, at=NOW)
    assert end_hold_by_hand(hold_id=hold.pk, until=TODAY, by=clerk, at=NOW).until == TODAY
    assert causes(loan, date(2026, 11, 21)) == []
    again = hold_by_hand(loan=loan, **told, by=clerk, at=NOW)
    assert again.pk != hold.pk
    pending = place_hold(
        loan=loan, reason=HoldReason.DEFERRAL_PENDING, since=TODAY, source_key="x", by=MACHINE, at=NOW
    )
    with pytest.raises(DunningRefused, match="申請の決定"):
        end_hold_by_hand(hold_id=pending.pk, until=TODAY, by=clerk, at=NOW)

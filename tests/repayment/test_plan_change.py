"""A plan change: entered by one, decided by another on the plan they saw, written as the next version, told by letter."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction

from accounts.enums import OfficeKind, Role
from accounts.models import User
from audit.actors import Actor
from japan.months import month_of
from loans.deciding.enums import ProposalState
from loans.enums import LoanState
from loans.models import Loan
from notices.enums import HoldCause, LetterState
from notices.models import Letter
from repayment.agreements.services import agree_to_agreement, propose_agreement
from repayment.enums import AgreementEnd, DeferralGround, PlanReason
from repayment.letters import KINDS
from repayment.models import PlanChange, RepaymentPlan, SmallRepaymentAgreement
from repayment.refusals import MovedMeanwhile, OwnWork, RepaymentRefused
from repayment.replanning.services import (
    agree_to_plan_change,
    drop_plan_change,
    outlook,
    propose_plan_change,
    wish_of,
)
from repayment.selectors import position_of
from tests.canary.watching import seen
from tests.desk.builders import a_payment, a_plan
from tests.loans.builders import a_loan
from tests.loans.test_letters import text_of, the_letter
from tests.notices.test_issuing import letters_night
from tests.people.builders import a_member_of_staff, a_person, an_office, is_protected, lives_at
from tests.scenes import HIDDEN_PLACE, HIDDEN_WORDS, a_letterhead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
DAY = NOW.date()
NEXT = month_of(2026, 11)
"""The debit of the 26th is still to come."""
INNER = "極秘理由カバ"


class Desk:
    """A clerk, a supervisor, and a loan of 600,000 yen in 120 instalments since January 2023, of which 100,000 are paid."""

    def __init__(self) -> None:
        cache.clear()
        a_letterhead(an_office(OfficeKind.PREFECTURAL))
        self.clerk = a_member_of_staff(Role.MUNICIPAL_CLERK)
        self.supervisor = a_member_of_staff(Role.SUPERVISOR)
        self.person = a_person("渡邉\U000e0102 𠮷太郎", "ワタナベ ヨシタロウ", office=self.clerk.office)
        lives_at(self.person)
        self.loan = a_loan(self.person)
        self.plan = a_plan(self.loan)
        a_payment(self.loan, 100_000, date(2024, 8, 26))

    def propose(self, *, by: User | None = None, **changes: Any) -> PlanChange:
        told: dict[str, Any] = {
            "loan_id": self.loan.pk, "kind": PlanReason.PLAN_CHANGE, "asked_on": DAY, "from_month": NEXT, "count": 74,
            "reason": INNER,
        }  # fmt: skip
        return propose_plan_change(**told | changes, by=Actor.person(by or self.clerk), at=NOW)

    def seen(self, change: PlanChange) -> str:
        return outlook(self.loan, wish_of(change), on=DAY).fingerprint

    def agree(self, change: PlanChange, *, seen: str | None = None, by: User | None = None) -> PlanChange:
        return agree_to_plan_change(
            change_id=change.pk, seen=self.seen(change) if seen is None else seen,
            by=Actor.person(by or self.supervisor), at=NOW,
        )  # fmt: skip

    def new_plan(self, change: PlanChange) -> RepaymentPlan:
        """Agree, and give the version written."""
        plan = self.agree(change).plan
        assert plan is not None
        return plan


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_what_is_unpaid_becomes_the_next_version_and_arrears_begin_anew(desk: Desk):
    before = position_of(desk.loan.pk, DAY)
    assert (before.outstanding, before.arrears) == (500_000, 130_000)

    change = desk.agree(desk.propose())

    plan = RepaymentPlan.objects.get(loan=desk.loan, version=2)
    assert (change.plan, change.replaces, change.state) == (plan, desk.plan, ProposalState.AGREED)
    assert (plan.principal, plan.count, plan.first_month, plan.regular_amount) == (500_000, 74, NEXT, 6_750)
    assert (plan.effective_on, plan.reason, plan.debit_day) == (DAY, PlanReason.PLAN_CHANGE, 26)
    after = position_of(desk.loan.pk, DAY)
    assert (after.outstanding, after.arrears, after.paid) == (500_000, 0, 100_000)
    assert position_of(desk.loan.pk, DAY - timedelta(days=1)).arrears == 130_000


def test_nobody_decides_on_the_own_proposal_neither_in_the_service_nor_in_the_database(desk: Desk):
    desk.supervisor.role_assignments.create(role=Role.PREFECTURAL_CLERK, since=date(2020, 1, 1), granted_by="test")
    change = desk.propose(by=desk.supervisor)
    with pytest.raises(OwnWork):
        desk.agree(change)
    with pytest.raises(IntegrityError, match="agreed_by_a_second_person"), transaction.atomic():
        PlanChange.objects.filter(pk=change.pk).update(
            state=ProposalState.AGREED, decided_by=desk.supervisor, decided_at=NOW, plan=desk.plan, replaces=desk.plan
        )
    assert RepaymentPlan.objects.filter(loan=desk.loan).count() == 1


def test_a_payment_in_between_is_shown_before_anything_is_decided(desk: Desk):
    change = desk.propose()
    was = desk.seen(change)
    a_payment(desk.loan, 20_000, DAY)
    with pytest.raises(MovedMeanwhile, match="残っている元金が変わりました"):
        desk.agree(change, seen=was)
    assert desk.new_plan(change).principal == 480_000


def test_open_ones_do_not_overlap_and_dropped_ones_do_not_count(desk: Desk):
    change = desk.propose()
    with pytest.raises(MovedMeanwhile, match="決裁を待っている計画の変更"):
        desk.propose(count=70)
    drop_plan_change(change_id=change.pk, by=Actor.person(desk.clerk), at=NOW)
    with pytest.raises(MovedMeanwhile, match="すでに「取りやめ」"):
        desk.agree(change)
    assert desk.propose(count=70).state == ProposalState.PROPOSED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"count": None, "monthly_amount": 6_000}, "月額6,757円以上が必要です"),
        ({"count": 75}, "令和14年12月までです"),
        ({"count": 74, "monthly_amount": 7_000}, "どちらか一つ"),
        ({"kind": PlanReason.ORIGINAL}, "変更の種類"),
        ({"kind": PlanReason.EARLY_REPAYMENT, "count": None}, "先払いされた額がありません"),
        ({"from_month": NEXT - 1}, "令和8年11月以降"),
        ({"from_month": NEXT + 3, "count": 60}, "償還猶予の申請"),
        ({"asked_on": DAY + timedelta(days=1)}, "先の日付"),
        ({"reason": ""}, "事情を入力"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_written(desk: Desk, changes, words):
    with pytest.raises(RepaymentRefused, match=words):
        desk.propose(**changes)
    assert not PlanChange.objects.exists()


def test_a_loan_that_is_settled_or_was_never_one_has_no_plan_to_change(desk: Desk):
    a_payment(desk.loan, 500_000, DAY)
    with pytest.raises(RepaymentRefused, match="元金は残っていません"):
        desk.propose()
    Loan.objects.filter(pk=desk.loan.pk).update(state=LoanState.GIVEN_UP)
    with pytest.raises(RepaymentRefused, match="「誤登録」のため"):
        desk.propose()


def test_paying_ahead_drops_the_latest_instalments_and_the_instalment_stays(desk: Desk):
    a_payment(desk.loan, 230_000, DAY)
    plan = desk.new_plan(desk.propose(kind=PlanReason.EARLY_REPAYMENT, count=None))
    assert (plan.principal, plan.count, plan.regular_amount) == (270_000, 54, 5_000)
    assert plan.reason == PlanReason.EARLY_REPAYMENT
    text = text_of(the_letter("plan_changed"))
    assert "終わりの回から減らしました" in text and "令和13年4月分まで54回" in text


def test_an_agreement_to_pay_less_ends_with_the_old_plan(desk: Desk):
    agreement = propose_agreement(
        loan_id=desk.loan.pk, asked_on=DAY, ground=DeferralGround.ILLNESS, monthly_amount=1_000, from_month=NEXT,
        months=12, review_on=date(2027, 10, 1), reason=INNER, by=Actor.person(desk.clerk), at=NOW,
    )  # fmt: skip
    agree_to_agreement(agreement_id=agreement.pk, by=Actor.person(desk.supervisor), at=NOW)

    desk.agree(desk.propose())

    ended = SmallRepaymentAgreement.objects.get(pk=agreement.pk)
    assert (ended.ended_on, ended.ended_because) == (DAY, AgreementEnd.PLAN_CHANGED)


def test_the_letters_say_the_sums_and_never_the_reason(desk: Desk):
    desk.agree(desk.propose())
    letter = the_letter("plan_changed")
    text = text_of(letter)
    for words in (
        "償還計画変更決定通知書", "渡邉\U000e0102𠮷太郎様", "残っている元金500,000円",
        "令和8年11月分から令和14年12月分まで74回",
        "毎月の額6,750円", "変更前の月額5,000円", "最終回の額7,250円", "最終償還期限は令和14年12月31日",
    ):  # fmt: skip
        assert words in text
    assert INNER not in text and INNER not in str(letter.facts)


def test_the_letter_of_an_agreement_says_what_grows_and_what_stays(desk: Desk):
    agreement = propose_agreement(
        loan_id=desk.loan.pk, asked_on=DAY, ground=DeferralGround.ILLNESS, monthly_amount=1_000, from_month=NEXT,
        months=12, review_on=date(2027, 10, 1), reason=INNER, by=Actor.person(desk.clerk), at=NOW,
    )  # fmt: skip
    agree_to_agreement(agreement_id=agreement.pk, by=Actor.person(desk.supervisor), at=NOW)
    letter = the_letter("small_repayment")
    text = text_of(letter)
    for words in (
        "少額返済承認通知書", "1,000円令和8年11月分から令和9年10月分まで", "償還計画（月額5,000円）は変わりません",
        "滞納は130,000円から178,000円になる見込み", "最終償還期限（令和14年12月31日）", "見直しの日令和9年10月1日",
    ):  # fmt: skip
        assert words in text
    assert INNER not in text and "ILLNESS" not in str(letter.facts)


def test_a_protected_borrower_gets_no_letter_out_of_the_house(desk: Desk):
    hidden = a_person("東浜 かくれ", "ヒガシハマ カクレ", office=desk.clerk.office)
    lives_at(hidden, HIDDEN_PLACE)
    is_protected(hidden)
    desk.loan.borrower = hidden
    desk.loan.save(update_fields=["borrower"])
    desk.agree(desk.propose())
    letters_night(DAY)
    letter = Letter.objects.get(kind="plan_changed")
    assert (letter.state, letter.hold_cause) == (LetterState.HELD, HoldCause.PROTECTED)
    assert seen(f"{letter.facts} {letter.hold_detail}", HIDDEN_WORDS) == []


@pytest.mark.parametrize("declared", KINDS, ids=lambda declared: declared.code)
def test_no_letter_of_repayment_has_a_field_for_reasons(declared):
    names = {part.name for part in fields(declared.facts_type)}
    assert not {name for name in names if "reason" in name or "ground" in name or "note" in name}

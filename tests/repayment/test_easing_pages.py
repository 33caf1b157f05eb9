"""The pages of small repayment and plan change: entered with a preview, decided by another, found again in the lists."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from repayment.models import PlanChange, RepaymentPlan, SmallRepaymentAgreement
from tests.desk.builders import a_payment, a_plan
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

AGREEMENT = {
    "asked_on": "令和8年11月20日", "monthly_amount": "1,000", "from_month": "R9.3", "months": "12",
    "review_on": "令和10年2月1日", "ground": "UNEMPLOYED", "reason": "失業給付だけで暮らしている。",
}  # fmt: skip
CHANGE = {"asked_on": "R8.11.20", "way": "count", "count": "73", "from_month": "R8.12", "reason": "収入が戻った。"}


class Desk:
    def __init__(self) -> None:
        self.clerk = a_member_of_staff(Role.MUNICIPAL_CLERK)
        self.supervisor = a_member_of_staff(Role.SUPERVISOR)
        self.loan = a_loan(a_person(office=self.clerk.office), code="0200001")
        a_plan(self.loan)
        a_payment(self.loan, 230_000, date(2026, 10, 26))

    def get(self, user: User, name: str, *args: Any, **query: str) -> str:
        return self.text(self.client(user).get(reverse(f"repayment:{name}", args=args), query))

    def post(self, user: User, name: str, *args: Any, **data: str) -> str:
        return self.text(self.client(user).post(reverse(f"repayment:{name}", args=args), data, follow=True))

    def client(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    def text(self, response: Any) -> str:
        self.status = response.status_code
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_small_repayment_from_march_shows_what_grows_before_it_is_entered_and_decided(desk: Desk):
    """A-9: 1,000 yen a month from March for twelve months; arrears grow by the instalment less 1,000 each month."""
    empty = desk.get(desk.clerk, "agreement_new", desk.loan.pk)
    assert "償還計画は月額 5,000円、残っている元金は 370,000円、滞納は 0円" in empty
    preview = desk.post(desk.clerk, "agreement_preview", desk.loan.pk, **AGREEMENT)
    assert "毎月 1,000円、令和9年3月分から令和10年2月分まで" in preview
    assert "滞納 20,000円 → 68,000円" in preview
    assert "令和9年3月 見込み 5,000円 1,000円 24,000円" in preview
    assert "令和9年12月に、滞納が12か月分に達する見込みです" in preview and "EX-40" in preview and "根拠：" in preview
    assert not SmallRepaymentAgreement.objects.exists()

    said = desk.post(desk.clerk, "agreement_new", desk.loan.pk, **AGREEMENT)
    assert "少額返済を起案しました" in said and "決裁待ち" in said
    agreement = SmallRepaymentAgreement.objects.get()
    assert "少額返済を承認する" not in said
    assert "少額返済 月 1,000円" in desk.get(desk.clerk, "loan", desk.loan.pk)

    asked = desk.get(desk.supervisor, "agreement", agreement.pk)
    assert "滞納は 20,000円 から 68,000円 になります。" in asked
    assert "少額返済を承認しました" in desk.post(desk.supervisor, "agreement_answer", agreement.pk, "agree")
    assert "開始前" in desk.get(desk.clerk, "agreements", show="standing")
    assert "約束を終える" in desk.get(desk.clerk, "agreement", agreement.pk)
    assert "終了の理由を選んでください" in desk.post(desk.clerk, "agreement_answer", agreement.pk, "end")
    ended = desk.post(desk.clerk, "agreement_answer", agreement.pk, "end", because="back_to_plan", note="就職した")
    assert "終了を記録しました" in ended and "就職した" in ended
    assert desk.post(desk.supervisor, "agreement_answer", agreement.pk, "grant") and desk.status == 404


def test_what_is_wrong_stands_at_its_field_and_nothing_is_written(desk: Desk):
    for name, typed, words in (
        ("monthly_amount", "0", "月額は1,000円以上"),
        ("monthly_amount", "-1000", "円"),
        ("monthly_amount", "1000.5", "円"),
        ("from_month", "令和9年13月", "年と月を入力してください"),
        ("months", "十", "数字で入力"),
        ("review_on", "令和11年1月1日", "見直し日は令和10年2月29日までに"),
    ):
        said = desk.post(desk.clerk, "agreement_new", desk.loan.pk, **AGREEMENT | {name: typed})
        assert desk.status == 422 and words in said, (name, typed)
    assert not SmallRepaymentAgreement.objects.exists()


def test_a_plan_change_shows_both_plans_and_is_decided_on_the_one_that_was_seen(desk: Desk):
    preview = desk.post(desk.clerk, "plan_change_preview", desk.loan.pk, **CHANGE)
    assert "令和8年12月分から令和14年12月分まで73回" in preview and "5,060円×72回" in preview
    assert "合計 370,000円 370,000円" in preview
    too_long = desk.post(desk.clerk, "plan_change_preview", desk.loan.pk, **CHANGE | {"count": "90"})
    assert "この内容では変更できません" in too_long and "73回以内" in too_long
    below = CHANGE | {"way": "amount", "monthly_amount": "4,000"}
    assert "足りません" in desk.post(desk.clerk, "plan_change_new", desk.loan.pk, **below) and desk.status == 422

    assert "起案しました" in desk.post(desk.clerk, "plan_change_new", desk.loan.pk, **CHANGE)
    change = PlanChange.objects.get()
    assert "73回に分け直す" in desk.get(desk.supervisor, "plan_changes")
    client = desk.client(desk.supervisor)
    page = client.get(reverse("repayment:plan_change", args=[change.pk])).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    a_payment(desk.loan, 10_000, date(2026, 11, 20))
    moved = desk.post(desk.supervisor, "plan_change_answer", change.pk, "agree", seen=seen[1])
    assert "残っている元金が変わりました" in moved and RepaymentPlan.objects.count() == 1

    page = client.get(reverse("repayment:plan_change", args=[change.pk])).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    said = desk.post(desk.supervisor, "plan_change_answer", change.pk, "agree", seen=seen[1])
    assert "償還計画を変更しました" in said and "合計 360,000円 360,000円" in said
    assert "第2版 適用中" in desk.get(desk.clerk, "loan", desk.loan.pk)
    assert "73回に分け直す" in desk.get(desk.clerk, "plan_changes", state="agreed")


def test_the_clerk_is_told_that_the_own_proposal_waits_for_another(desk: Desk):
    desk.post(desk.clerk, "agreement_new", desk.loan.pk, **AGREEMENT)
    agreement = SmallRepaymentAgreement.objects.get()
    assert "決裁をする権限がありません" in desk.post(desk.clerk, "agreement_answer", agreement.pk, "agree")
    assert desk.status == 403
    assert "取りやめました" in desk.post(desk.clerk, "agreement_answer", agreement.pk, "drop")


def test_what_waits_is_counted_on_todays_page(desk: Desk):
    desk.post(desk.clerk, "agreement_new", desk.loan.pk, **AGREEMENT)
    desk.post(desk.clerk, "plan_change_new", desk.loan.pk, **CHANGE)
    today = desk.text(desk.client(desk.supervisor).get(reverse("desk:today")))
    assert "決裁を待っている少額返済" in today and "決裁を待っている計画の変更" in today

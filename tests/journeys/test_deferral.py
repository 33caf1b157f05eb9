"""Deferral in the browser: a telephone call becomes an application, its paper comes in, a second person approves."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from japan.months import month_of
from notices.sources import all_sources
from people.enums import PaperKind
from repayment.deferring.enums import DeferralState
from repayment.models import Deferral, DeferralApplication, DeferralInterview
from repayment.selectors import position_of
from tests.journeys.conftest import Sit
from tests.journeys.house import CODE, House

pytestmark = pytest.mark.first


def test_a_call_ends_in_a_deferral_that_a_second_person_grants(house: House, at_a_desk: Sit) -> None:
    today = timezone.localdate()
    before = position_of(house.loan.pk, today)
    clerk = at_a_desk("clerk")
    clerk.page.goto(reverse("desk:borrower", args=[house.borrower.pk]))
    clerk.follow("電話で聞き取る")
    clerk.arrives_at("電話で聞き取り、猶予を受け付ける")
    clerk.look("interview-empty")
    clerk.press("聞き取りを保存し、猶予申請を作成する")
    clerk.reads("困っていることを、一つ以上選んでください。")
    clerk.look("interview-refused")
    assert not DeferralApplication.objects.exists()

    page = clerk.page
    page.get_by_label("平日の18時以降").check()
    page.get_by_label("仕事がない").check()
    page.get_by_label("いまの状況").fill("10月に離職し、求職中です。")
    page.get_by_role("radio", name="失業・離職").check()
    page.get_by_label("離職票の写し", exact=True).check()
    page.get_by_label(CODE).check()
    page.get_by_label("同意する", exact=True).check()
    clerk.press("聞き取りを保存し、猶予申請を作成する")
    clerk.reads("引き落としと督促を止めました。")
    clerk.look("application-waits-for-papers")
    application = DeferralApplication.objects.get()
    assert application.state == DeferralState.INCOMPLETE
    assert DeferralInterview.objects.get().papers_told == [PaperKind.LEAVING_SLIP]

    page.get_by_label("届いた書類").select_option(PaperKind.LEAVING_SLIP.value)
    clerk.press("届いた書類を登録する")
    clerk.reads("決裁を待ちます。")

    supervisor = at_a_desk("supervisor")
    supervisor.page.goto(reverse("repayment:deferrals"))
    supervisor.look("deferral-desk")
    supervisor.follow(str(application))
    supervisor.reads("猶予した後の期日")
    supervisor.look("before-and-after")
    supervisor.press("猶予を承認する")
    supervisor.look("approve-dialog")
    supervisor.page.get_by_role("dialog").get_by_role("button", name="猶予を承認する").click()
    supervisor.reads("決定通知は今夜作成されます。")
    supervisor.look("granted")

    deferral = Deferral.objects.get()
    assert (deferral.from_month, deferral.months) == (month_of(2027, 1), 12)
    after = position_of(house.loan.pk, today)
    assert after.deadline.year == before.deadline.year + 1 and after.arrears == before.arrears
    assert list(all_sources()["deferral_approved"].due(today)) == [f"deferral-application:{application.pk}"]

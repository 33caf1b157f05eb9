"""The journey of a revocation: a clerk proposes it on the application's page, a supervisor decides."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from exemptions.enums import ApplicationState
from repayment.selectors import position_of
from tests.exemptions.browsers import signed_in
from tests.exemptions.builders import a_story
from tests.exemptions.revocations import REVOKED, an_approval

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_exemption_is_taken_back_by_two_people(page: Any, context: Any, live_server: Any) -> None:
    def sign_in(user: User) -> None:
        context.clear_cookies()
        cookie = signed_in(user).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    with time_machine.travel(REVOKED, tick=True):
        story = an_approval(a_story())
        detail = f"{live_server.url}{reverse('exemptions:detail', args=[story.application.pk])}"
        sign_in(story.staff.preparer)
        page.goto(detail)
        page.get_by_role("link", name="免除の取消を起案する").click()
        expect(page.get_by_role("table", name="取消の前と後")).to_contain_text("540,000円")
        page.get_by_role("button", name="取消を起案する").click()
        expect(page.get_by_role("group", name="入力内容をお確かめください")).to_contain_text(
            "根拠を入力してください。"
        )
        page.get_by_label("申請の内容が事実と異なっていた").check()
        page.get_by_role("textbox", name="根拠").fill("令和6年5月7日に届いた課税証明書の写し")
        page.get_by_role("textbox", name="取消の理由").fill("均等割が課税されていた")
        page.get_by_role("button", name="取消を起案する").click()
        expect(page.get_by_text("免除の取消を起案しました。")).to_be_visible()
        expect(page.get_by_role("button", name="免除を取り消す")).to_have_count(0)

        sign_in(story.staff.supervisor)
        page.goto(f"{live_server.url}{reverse('exemptions:revocations')}")
        page.get_by_role("link", name=story.loan.borrower.name).click()
        sums = page.get_by_role("table", name="取消の前と後")
        expect(sums).to_contain_text("新しい期日（令和6年6月9日）に返済する額")
        expect(sums).to_contain_text("25,000円")
        page.get_by_role("button", name="免除を取り消す").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("免除した 540,000円 を取り消します。")
        dialog.get_by_role("button", name="免除を取り消す").click()
        expect(page.get_by_text("免除を取り消しました。取消の通知は今夜作成されます。")).to_be_visible()
        page.goto(detail)
        expect(page.get_by_role("heading", level=1)).to_contain_text("承認取消")
        expect(page.get_by_role("region", name="経過")).to_contain_text("免除の取消")

    assert story.reloaded().state == ApplicationState.REVOKED
    assert position_of(story.loan.pk, REVOKED.date()).outstanding == 540_000

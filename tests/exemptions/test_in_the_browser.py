"""The main job in Chromium: typing with the list beside it, deciding by keys alone, every page at every width."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from exemptions.enums import ApplicationState
from exemptions.models import Application, Decision, LaidAside
from exemptions.workflow import Move
from tests.exemptions.browsers import signed_in
from tests.exemptions.builders import DECIDED, PREPARED, a_form, a_repaid_loan, a_story, some_staff, taxed
from tests.people.builders import a_household, a_person

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = [(1280, 800), (360, 740)]


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with time_machine.travel(DECIDED, tick=True):
        yield


@pytest.fixture
def as_user(context: Any, live_server: Any) -> Callable[[User], None]:
    """Sign somebody in to the browser."""

    def sign_in(user: User) -> None:
        cookie = signed_in(user).cookies["sessionid"].value
        context.clear_cookies()
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    return sign_in


def test_the_list_of_what_is_missing_follows_the_typing(page: Any, live_server: Any, as_user: Any) -> None:
    staff = some_staff()
    loan = a_repaid_loan(a_person("小笠原 みちる", "オガサワラ ミチル", office=staff.office), office=staff.office)
    as_user(staff.clerk)
    page.goto(f"{live_server.url}{reverse('exemptions:enter')}")
    page.get_by_label("貸付コード").fill(loan.code)
    page.keyboard.press("Enter")
    missing = page.get_by_role("region", name="不備")
    expect(missing).to_contain_text("13件")
    page.get_by_label("①から⑥のすべてに印がある").check()
    expect(missing).to_contain_text("7件")
    page.get_by_role("textbox", name="免除申請額").fill("￥６００，０００")
    page.get_by_label("現在、借受人が世帯主である").check()
    page.get_by_role("region", name="借受人の課税").get_by_label("年度").select_option("2022")
    for levy in ("均等割", "所得割"):
        group = page.get_by_role("region", name="借受人の課税").get_by_role("group", name=levy)
        group.get_by_label("0円（非課税）").check()
    page.get_by_label("世帯全員の住民票がある").check()
    page.get_by_role("textbox", name="住民票の発行日").fill("R5.9.1")
    page.get_by_role("textbox", name="記入日").fill("R6.9.10")
    page.get_by_label("借受人ご本人の署名がある").check()
    page.get_by_role("textbox", name="日中に連絡のとれる電話番号").fill("090-1234-5678")
    page.keyboard.press("Tab")
    expect(missing).to_contain_text("記入日が、まだ来ていない日（令和6年9月10日）です。")
    expect(missing).to_contain_text("借受人の課税証明書が令和4年度のものです。令和5年度のものを添えてください。")

    page.get_by_role("button", name="申請を受け付ける").click()
    summary = page.get_by_role("group", name="入力内容をお確かめください")
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    expect(page.get_by_role("textbox", name="記入日")).to_be_focused()
    page.get_by_role("textbox", name="記入日").fill("R5.9.10")
    page.get_by_role("region", name="借受人の課税").get_by_label("年度").select_option("2023")
    expect(missing).to_contain_text("不備はありません")
    page.get_by_role("button", name="申請を受け付ける").click()
    expect(page.get_by_text("を受け付けました。不備はありません。")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert Application.objects.get().state == ApplicationState.RECEIVED


def test_a_clean_case_is_approved_in_two_keys_and_the_next_one_is_there(
    page: Any, live_server: Any, as_user: Any
) -> None:
    staff = some_staff()
    first, second = a_story(staff=staff), a_story(staff=staff)
    first.prepare()
    second.prepare()
    as_user(staff.supervisor)
    page.goto(f"{live_server.url}{reverse('exemptions:queue')}?ready=1")
    page.keyboard.press("n")
    page.wait_for_url(f"**{reverse('exemptions:review', args=[first.application.pk])}?ready=1")
    page.keyboard.press("a")
    expect(page.get_by_role("dialog")).to_contain_text("令和6年1月分以降の 540,000円 を免除します。")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('exemptions:review', args=[second.application.pk])}?ready=1")
    assert Decision.objects.get().application_id == first.application.pk
    expect(page.get_by_role("status").first).to_contain_text("を承認しました（免除額 540,000円）。")

    page.keyboard.press("?")
    keys = page.get_by_role("dialog")
    for words in ("承認する", "不承認にする", "不備を返送する", "保留にする"):
        expect(keys).to_contain_text(words)
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.type("要件の確認がとれないため")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("l")
    page.keyboard.type("借受人の返事待ち")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('exemptions:queue')}?ready=1")
    assert second.reloaded().claimed_by_id is None
    assert LaidAside.objects.get().application_id == second.application.pk


@pytest.fixture
def addresses(as_user: Any) -> list[str]:
    """Every page of exemption, with something to show on it."""
    staff = some_staff()
    borrower = a_person("渡邉 啓輔", "ワタナベ ケイスケ", office=staff.office)
    a_household(a_person("渡邉 源", "ワタナベ ゲン"), borrower)
    plain = a_story(staff=staff, borrower=borrower)
    plain.prepare()
    sent = a_story(staff=staff, form=a_form(signed=False))
    sent.move(Move.REPORT_DEFICIENCIES, staff.clerk, PREPARED, also_wrong=["続柄が読めません。"])
    doubtful = a_story(staff=staff, form=a_form(borrower_tax=taxed()))
    doubtful.prepare(reason="不承認の案")
    decided = a_story(staff=staff)
    decided.prepare()
    decided.approve()
    waiting = a_repaid_loan(a_person(office=staff.office), office=staff.office)
    as_user(staff.preparer)
    return [
        reverse("exemptions:enter"),
        f"{reverse('exemptions:enter')}?code={waiting.code}",
        reverse("exemptions:edit", args=[sent.application.pk]),
        reverse("exemptions:detail", args=[sent.application.pk]),
        reverse("exemptions:detail", args=[decided.application.pk]),
        reverse("exemptions:assessment", args=[decided.application.pk, decided.application.assessment_id]),
        reverse("exemptions:deficiency_list", args=[sent.application.pk]),
        reverse("exemptions:queue"),
        reverse("exemptions:review", args=[plain.application.pk]),
        reverse("exemptions:review", args=[doubtful.application.pk]),
    ]


def test_every_page_is_accessible_and_fits_a_phone(
    page: Any, live_server: Any, addresses: list[str], axe_findings: Any
) -> None:
    findings: list[str] = []
    for address in addresses:
        for width, height in WIDTHS:
            page.set_viewport_size({"width": width, "height": height})
            page.goto(live_server.url + address)
            findings += [f"{address} {width}: {line}" for line in axe_findings(page)]
            too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if too_wide > 0:
                findings.append(f"{address} is {too_wide} px too wide at {width} px")
    assert findings == []

"""One application from the paper to the posted letter, in the browser, by two people; and one that is refused."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect

from exemptions.enums import ApplicationState as State
from exemptions.models import Application
from notices.enums import LetterState, PrintRunState
from notices.models import Letter, PrintRun
from repayment.models import LedgerEntry
from tests.canary.watching import pdf_text, seen
from tests.journeys.conftest import Sit
from tests.journeys.house import CODE, NAME, House
from tests.journeys.person import Person
from tests.scenes import DAY

pytestmark = pytest.mark.first

EXEMPTED = "540,000円"
"""Instalments 13 to 120 of 5,000 yen each: from the anniversary of the first one, September 2027 (EX-21)."""


def test_an_application_goes_from_paper_to_posted_letter_by_two_people(house: House, at_a_desk: Sit) -> None:
    clerk = at_a_desk("clerk")
    clerk.look("today")
    finds_the_borrower(clerk)
    types_the_form(clerk)
    draws_it_up(clerk)
    supervisor = at_a_desk("supervisor")
    supervisor.look("today")
    approves(supervisor)
    the_night_runs()
    prints(clerk)
    signs_off(supervisor)

    letter = Letter.objects.get()
    assert (letter.state, letter.number) == (LetterState.POSTED, 1)
    assert PrintRun.objects.get().state == PrintRunState.POSTED
    clerk.page.goto(reverse("desk:borrower", args=[house.borrower.pk]))
    clerk.reads("発送済み")
    assert "免除の審査中" not in clerk.text()
    clerk.look("borrower-afterwards")


def finds_the_borrower(clerk: Person) -> None:
    clerk.page.keyboard.press("/")
    clerk.page.keyboard.type("よこやま")
    clerk.page.keyboard.press("Enter")
    clerk.arrives_at("さがす")
    clerk.reads(NAME)
    clerk.look("search")
    clerk.follow(NAME)
    clerk.arrives_at(NAME)
    clerk.look("borrower")
    clerk.follow("免除申請を入力する")
    clerk.arrives_at("免除申請の入力")


def types_the_form(clerk: Person) -> None:
    """As the paper says it: era dates, a yen sign, full-width digits; the sixth consent is forgotten at first."""
    page = clerk.page
    missing = page.get_by_role("complementary").locator("div[hx-post]")
    clerk.look("entry-empty")
    page.get_by_label("受付日").fill("令和8年11月18日")
    page.get_by_label("住民税の年度").select_option("2026")
    page.get_by_label("免除申請額").fill("￥５４０，０００")
    page.get_by_label("現在、借受人が世帯主である").check()
    a_certificate(page)
    page.get_by_label("世帯全員の住民票がある").check()
    page.get_by_label("住民票の発行日").fill("2026/11/2")
    for number in "①②③④⑤":
        page.get_by_role("checkbox", name=number, exact=True).check()
    page.get_by_role("textbox", name="記入日").fill("R8.11.10")
    page.get_by_label("借受人ご本人の署名がある").check()
    page.get_by_label("日中に連絡のとれる電話番号").fill("０９０５５５５０１４２")
    page.keyboard.press("Tab")
    expect(missing).to_contain_text("同意")
    expect(missing).to_contain_text("1件")
    clerk.look("entry-one-missing")
    page.get_by_role("checkbox", name="⑥", exact=True).check()
    expect(missing).to_contain_text("不備はありません")
    clerk.press("申請を受け付ける")
    clerk.arrives_at("免除申請")
    clerk.reads("受け付けました")
    application = Application.objects.get()
    assert (application.state, application.requested_amount) == (State.RECEIVED, 540_000)
    assert (application.received_on, application.signed_on) == (date(2026, 11, 18), date(2026, 11, 10))
    clerk.look("detail")


def a_certificate(page: Page) -> None:
    tax = page.get_by_role("region", name="借受人の課税（非課税）証明書")
    tax.get_by_label("年度").select_option("2026")
    for levy in ("均等割", "所得割"):
        tax.get_by_role("group", name=levy).get_by_label("0円（非課税）").check()
    tax.get_by_label("発行日").fill("令和8年11月2日")


def draws_it_up(clerk: Person) -> None:
    clerk.follow("審査の画面を開く")
    clerk.reads(EXEMPTED)
    clerk.look("review-before-proposal")
    clerk.press("起案する")
    clerk.confirm("起案する")
    clerk.reads("起案しました")
    assert Application.objects.get().state == State.UNDER_REVIEW


def approves(supervisor: Person) -> None:
    supervisor.menu("免除審査")
    supervisor.arrives_at("免除審査")
    supervisor.reads(NAME)
    supervisor.look("queue")
    supervisor.press("次の申請を取る")
    supervisor.arrives_at(NAME)
    supervisor.reads("私が担当中")
    supervisor.look("review")
    supervisor.press("承認する")
    supervisor.look("review-dialog")
    supervisor.confirm("承認する")
    supervisor.reads(f"承認しました（免除額 {EXEMPTED}）")
    supervisor.look("queue-empty")
    entry = LedgerEntry.objects.get(kind="exempted")
    assert (entry.amount, entry.first_no, entry.last_no) == (540_000, 13, 120)


def the_night_runs() -> list[dict[str, Any]]:
    out = StringIO()
    call_command("night", date=DAY, stdout=out)
    lines: list[dict[str, Any]] = [json.loads(line) for line in out.getvalue().splitlines()]
    assert lines[-1]["failed"] == 0
    return lines


def prints(clerk: Person) -> None:
    clerk.menu("通知")
    clerk.look("letters-tonight")
    clerk.page.goto(reverse("notices:runs"))
    clerk.look("print-runs")
    clerk.follow("R20261120")
    clerk.arrives_at("印刷便")
    clerk.look("print-run")
    link = clerk.page.get_by_role("link", name="印刷ファイルを開く").get_attribute("href")
    assert link is not None
    text = pdf_text(clerk.download(link))
    for words in (NAME, CODE, EXEMPTED, "令和8年11月20日", "青海社協発第1号", "会長　三崎 静江"):
        assert seen(text, [words]), words
    clerk.press("印刷したことを記録する")
    clerk.reads("別の職員が発送を確認してください")
    clerk.reads("印刷した人は発送の確認ができません")


def signs_off(supervisor: Person) -> None:
    supervisor.page.goto(reverse("notices:runs"))
    supervisor.follow("R20261120")
    supervisor.press("1通の発送を確認する")
    supervisor.reads("発送を確認しました")
    supervisor.look("print-run-posted")


# --- refused ----------------------------------------------------------------------------------------

REASON = "別居の事実が確認できず、世帯の状況の申告に疑義があるため"


def test_a_refusal_is_posted_without_a_word_of_its_reason(house: House, at_a_desk: Sit) -> None:
    application = house.prepared("見本 かえで", "ミホン カエデ", "PJ000143", code="9805678")
    supervisor = at_a_desk("supervisor")
    supervisor.page.goto(reverse("exemptions:review", args=[application.pk]))
    supervisor.press("不承認にする")
    supervisor.look("refuse-dialog")
    supervisor.confirm("不承認にする")  # without a reason: the browser asks for one, nothing is sent
    assert Application.objects.get().state == State.UNDER_REVIEW
    supervisor.page.locator("dialog[open]").get_by_label("不承認の理由").fill(REASON)
    supervisor.confirm("不承認にする")
    supervisor.reads("不承認にしました")

    the_night_runs()

    letter = Letter.objects.get()
    supervisor.page.goto(reverse("notices:letter", args=[letter.pk]))
    supervisor.look("letter-refused")
    assert REASON not in supervisor.page.inner_text("body")
    alone = supervisor.download(reverse("notices:letter_pdf", args=[letter.pk]))
    bound = supervisor.download(reverse("notices:run_pdf", args=[letter.run_id]))
    for content in (alone, bound):
        text = pdf_text(content)
        assert seen(text, ["見本 かえで", "9805678", "令和8年11月20日", "不承認"])
        assert seen(text, ["別居", "疑義", "申告", "理由"]) == []
    assert REASON not in str(letter.facts)
    supervisor.page.goto(reverse("exemptions:detail", args=[application.pk]))
    supervisor.reads(REASON)

"""The night, started from its page and watched there, done by a real worker; the page can be left and found again."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import expect

from audit.actors import Actor
from exemptions.services import move_application
from exemptions.services.assessing import look_at
from exemptions.workflow import Move
from notices.models import Letter, PrintRun
from tests.canary.watching import pdf_text, seen
from tests.journeys.conftest import Sit
from tests.journeys.house import House
from tests.scenes import DAY, at

NAMES = ("見本 つばき", "渡邉\U000e0102 髙𠮷", "山﨑 次郎")


def test_a_night_is_started_and_watched_on_its_page(
    house: House, at_a_desk: Sit, celery_worker_process: Callable[..., subprocess.Popen[bytes]]
) -> None:
    for n, name in enumerate(NAMES):
        is_approved(house, name, n)
    clerk = at_a_desk("clerk")
    clerk.page.goto(f"{reverse('jobs:night')}?date={DAY.isoformat()}")
    clerk.look("night-before")
    clerk.press("令和8年11月20日の夜間処理を実行する")
    clerk.reads("夜間処理を始めました")
    clerk.reads("（実行中）")
    clerk.look("night-running")
    clerk.page.goto(reverse("desk:today"))
    clerk.page.goto(f"{reverse('jobs:night')}?date={DAY.isoformat()}")

    celery_worker_process(concurrency=2)

    table = clerk.page.get_by_role("table")
    for step, done in (("通知の作成", "3"), ("通知の採番と組版", "3"), ("印刷便の作成", "1")):
        row = table.get_by_role("row").filter(has=clerk.page.get_by_role("rowheader", name=step, exact=True))
        expect(row.locator("td[data-label=完了]")).to_have_text(done, timeout=60_000)
    expect(clerk.page.get_by_text("（実行中）")).to_have_count(0, timeout=60_000)
    clerk.look("night-after")
    run = PrintRun.objects.get()
    assert set(Letter.objects.values_list("number", flat=True)) == {1, 2, 3}
    text = pdf_text(clerk.download(reverse("notices:run_pdf", args=[run.pk])))
    assert set(seen(text, ["見本 つばき", "山﨑 次郎", "青海社協発第3号"])) == {
        "見本 つばき",
        "山﨑 次郎",
        "青海社協発第3号",
    }
    clerk.page.goto(reverse("notices:run", args=[run.pk]))
    clerk.look("print-run")


def is_approved(house: House, name: str, n: int) -> None:
    application = house.prepared(name, "ミホン カクウ", f"PJ00030{n}", code=f"980200{n}")
    move_application(
        application_id=application.pk,
        move=Move.APPROVE,
        version=application.version,
        seen=look_at(application, as_of=DAY).fingerprint,
        by=Actor.person(house.staff["supervisor"]),
        at=at(DAY, 9),
    )

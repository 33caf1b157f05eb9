"""Every page of the table, in Chromium: nothing that shuts anybody out, nothing wider than a telephone, nothing refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, ConsoleMessage, Page

from accounts.models import User
from tests.matrix.rows import address
from tests.matrix.table import ALL, PAGES, ROLE_OF
from tests.scenes import Council, a_council, signed_in

pytestmark = pytest.mark.first

FILES = {
    "healthz", "readyz", "mfa_download_recovery_codes", "notices:preview", "notices:letter_pdf", "notices:run_pdf",
    "notices:transit_slip", "loans:form_pdf", "people:document_file", "people:document_preview",
    "jobs:import_sample", "jobs:import_errors", "people:bank_lookup", "repayment:transfer_file",
    "repayment:debit_file", "repayment:debit_practice", "repayment:debit_stop_file",
    "jobs:import_undo_result", "jobs:export_file", "jobs:mapping_json", "repayment:deferral_form",
    "exemptions:sheets_pdf", "exemptions:inquiry_pdf",
}  # fmt: skip
"""What is no page: texts for machines, files, and parts of pages."""


@pytest.fixture
def council(transactional_db: None, ticking: None) -> Council:
    cache.clear()
    return a_council()


@pytest.fixture
def opened(
    live_server: Any, browser: Browser, browser_context_args: dict[str, Any]
) -> Iterator[Callable[[User | None], Page]]:
    """``opened(user)`` gives somebody who is signed in a browser window; each has one."""
    windows: dict[int, Page] = {}
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def window(user: User | None) -> Page:
        key = user.pk if user else 0
        if key not in windows:
            context = browser.new_context(**browser_context_args, base_url=live_server.url)
            if user:
                value = signed_in(user).cookies["sessionid"].value
                context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
            windows[key] = context.new_page()
            windows[key].on("console", listen)
        return windows[key]

    yield window
    for page in windows.values():
        page.context.close()
    assert complaints == []


def test_every_page_can_be_used_by_everybody(
    council: Council, opened: Callable[[User | None], Page], axe_findings: Callable[[Page], list[str]]
) -> None:
    wrong: list[str] = []
    for name, entry in PAGES.items():
        if name in FILES or not (entry.get or entry.public):
            continue
        page = opened(who_looks(council, name))
        page.set_viewport_size({"width": 360, "height": 740})
        answer = page.goto(address(entry.row, council).of(name))
        assert answer is not None
        too_wide = page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
        wrong += [f"{name}: {answer.status}"] if answer.status != 200 else []
        wrong += [f"{name}: {too_wide} px too wide"] if too_wide > 0 else []
        page.set_viewport_size({"width": 1280, "height": 800})
        wrong += [f"{name}: {line}" for line in axe_findings(page)]
    assert wrong == [], "\n".join(wrong)


def who_looks(council: Council, name: str) -> User | None:
    """Somebody who may open a page: the last one named, who mostly sees the most of it."""
    entry = PAGES[name]
    if entry.public:
        return None
    role = ROLE_OF["P" if entry.get == ALL else (entry.mine or entry.get)[-1]]
    assert role is not None
    return council.staff[role]

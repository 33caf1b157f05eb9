"""Somebody in front of a browser: signs in, opens pages, and has every page looked at on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import ConsoleMessage, Page, expect

from accounts.models import User

WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 360, "height": 740}


class Person:
    """One browser window and who sits in front of it. ``wrong`` collects what no page may do."""

    def __init__(self, who: str, page: Page, axe: Callable[[Page], list[str]], shots: Path) -> None:
        self.who, self.page, self._axe, self._shots = who, page, axe, shots
        self.wrong: list[str] = []
        self.looked_at: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        page.on("console", self._listen)

    def _listen(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.wrong.append(message.text)

    def sign_in(self, user: User, password: str, secret: str) -> None:
        self.page.goto("/")
        self.look("sign-in")
        self.page.get_by_label("職員番号").fill(user.username)
        self.page.locator("input[name=password]").fill(password)
        self.page.get_by_role("button", name="ログインする").click()
        if secret:
            self.look("second-factor")
            self.page.locator("input[name=code]").fill(code_of(secret))
            self.page.get_by_role("button", name="ログインする").click()
        self.arrives_at("今日")

    def arrives_at(self, heading: str) -> None:
        """The page with this heading is there, and its scripts listen to keys."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        self.page.wait_for_load_state()

    def reads(self, words: str, *, within: float = 10.0) -> None:
        """These words are on the page, or come within so many seconds. Blanks and line ends do not matter."""
        deadline = time.monotonic() + within
        while "".join(words.split()) not in "".join(self.text().split()):
            assert time.monotonic() < deadline, f"{words} is not on {self.page.url}: {self.text()[-1500:]}"
            self.page.wait_for_timeout(100)

    def text(self) -> str:
        """What can be read on the page now."""
        return self.page.locator("body").inner_text()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def confirm(self, name: str) -> None:
        """Press a button of the open dialog."""
        self.page.locator("dialog[open]").get_by_role("button", name=name).click()

    def follow(self, name: str) -> None:
        self.page.locator("main").get_by_role("link", name=name).first.click()

    def menu(self, name: str) -> None:
        self.page.get_by_role("navigation", name="メインメニュー").get_by_role("link", name=name).click()

    def look(self, name: str) -> None:
        """Nothing on this page may shut anybody out, and on a telephone it fits the width of the screen."""
        page = self.page
        for size in (WIDE, NARROW):
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            page.evaluate("window.scrollTo(0, 0)")
            page.screenshot(path=self._shots / f"{self.who}-{name}-{size['width']}.png", full_page=True)
            too_wide = page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
            if too_wide > 0:
                self.wrong.append(f"{name} at {size['width']} px: {too_wide} px too wide")
        self.wrong += [f"{name}: {line}" for line in self._axe(page)]
        page.set_viewport_size({"width": WIDE["width"], "height": WIDE["height"]})
        self.wrong += [f"{name} (wide): {line}" for line in self._axe(page)]
        self.looked_at.append(name)

    def download(self, url: str) -> bytes:
        """What is behind an address, fetched with this person's session."""
        answer = self.page.request.get(url)
        assert answer.status == 200, f"{url}: {answer.status}"
        return answer.body()


def code_of(secret: str) -> str:
    """The six digits that an authenticator app shows now."""
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))

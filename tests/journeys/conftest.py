"""A site with two people in front of it, each in a browser of their own, on Friday, 2026-11-20, from 10:00 on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from playwright.sync_api import Browser, Page

from tests.journeys.house import House, a_house
from tests.journeys.person import Person
from tests.scenes import NOW

CLOCK = Path(__file__).resolve().parent.parent / "clock"
Sit = Callable[[str], Person]


@pytest.fixture
def ticking(settings: Any) -> Iterator[None]:
    """The clock of the site stands on the day and goes on; cookies do not run out by the browser's own clock."""
    settings.CSRF_COOKIE_AGE = None
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def process_environment(process_environment: dict[str, str]) -> dict[str, str]:
    """For workers that live at the same moment as the site."""
    return process_environment | {"PYTHONPATH": str(CLOCK), "TEST_CLOCK": NOW.isoformat()}


@pytest.fixture
def house(transactional_db: None, ticking: None) -> House:
    cache.clear()
    return a_house()


@pytest.fixture
def at_a_desk(
    house: House,
    live_server: Any,
    browser: Browser,
    browser_context_args: dict[str, Any],
    axe_findings: Callable[[Page], list[str]],
    tmp_path: Path,
) -> Iterator[Sit]:
    """``at_a_desk("clerk")`` gives somebody a browser, signed in; whatever any page did wrong fails the test at its end."""
    people: list[Person] = []

    def sit(who: str) -> Person:
        context = browser.new_context(**browser_context_args, base_url=live_server.url)
        context.set_default_timeout(15_000)
        person = Person(who, context.new_page(), axe_findings, tmp_path)
        people.append(person)
        person.sign_in(house.staff[who], house.password, house.authenticators.get(who, ""))
        return person

    yield sit
    wrong = [line for person in people for line in person.wrong]
    for person in people:
        person.page.context.close()
    assert wrong == [], "\n".join(wrong)

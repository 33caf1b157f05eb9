"""The components in Chromium: reachable, readable, and what the scripts promise. No database, no server."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlparse

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import Dialog, Page, Request, Route

from desk.gallery import gallery_context

SITE = "http://tsunagi.test"
POLICY = "; ".join(
    f"{name} {' '.join(sources)}" for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
)
RAIL = [
    SimpleNamespace(label="今日", url="/", icon="calendar-check", current=True, count=3),
    SimpleNamespace(label="免除審査", url="/queue", icon="scale", current=False, count=38),
]
FRAME = {
    "rail": RAIL,
    "may_search": True,
    "demo": True,
    "office_name": "見本県社会福祉協議会",
    "person_name": "例示 花子",
}


def static_file(path: str) -> Path:
    found = finders.find(path)
    assert isinstance(found, str), path
    return Path(found)


@pytest.fixture
def requests() -> list[Request]:
    return []


@pytest.fixture
def gallery(page: Page, requests: list[Request]) -> Iterator[Page]:
    """The gallery as the site would send it, content security policy included; /wrong fails."""
    html = render_to_string("desk/gallery.html", gallery_context() | FRAME, RequestFactory().get("/gallery"))

    def answer(route: Route) -> None:
        requests.append(route.request)
        path = urlparse(route.request.url).path
        if path.startswith(settings.STATIC_URL):
            route.fulfill(path=static_file(path.removeprefix(settings.STATIC_URL)))
        elif path == "/wrong":
            route.fulfill(status=500, body="")
        else:
            route.fulfill(body=html, headers={"Content-Type": "text/html", "Content-Security-Policy": POLICY})

    page.route(f"{SITE}/**", answer)
    page.goto(f"{SITE}/gallery")
    yield page


def unfocus(page: Page) -> None:
    page.evaluate("document.activeElement.blur()")


def open_dialog(page: Page) -> str | None:
    found: str | None = page.evaluate("document.querySelector('dialog:modal')?.id ?? null")
    return found


def focused(page: Page) -> str:
    words: str = page.evaluate("document.activeElement.innerText.replace(/\\s+/g, ' ').trim()")
    return words


# --- everybody can use it ---


@pytest.mark.parametrize("width", [1280, 640, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_in_the_gallery_shuts_anybody_out(
    gallery: Page, axe_findings: Callable[[Page], list[str]], scheme: str, width: int
) -> None:
    gallery.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    gallery.set_viewport_size({"width": width, "height": 800})
    assert axe_findings(gallery) == []
    assert gallery.evaluate("document.documentElement.scrollWidth") == width


def test_an_open_dialog_and_an_open_menu_shut_nobody_out(
    gallery: Page, axe_findings: Callable[[Page], list[str]]
) -> None:
    gallery.click("[data-open-dialog=approve] >> nth=0")
    assert axe_findings(gallery) == []
    gallery.keyboard.press("Escape")
    gallery.set_viewport_size({"width": 360, "height": 740})
    gallery.click("button[popovertarget=rail]")
    assert gallery.is_visible("#rail")
    assert axe_findings(gallery) == []


def test_at_360_pixels_the_primary_action_stays_at_the_thumb(gallery: Page) -> None:
    gallery.set_viewport_size({"width": 360, "height": 740})
    gallery.evaluate("window.scrollTo(0, document.body.scrollHeight / 2)")
    box = gallery.locator(".page-action .button").bounding_box()
    assert box is not None
    assert 740 - 80 < box["y"] + box["height"] <= 740


def test_at_360_pixels_a_cell_carries_the_words_of_its_column(gallery: Page) -> None:
    gallery.set_viewport_size({"width": 360, "height": 740})
    label = gallery.locator("td[data-label=免除額]").first.evaluate("e => getComputedStyle(e, '::before').content")
    assert label == '"免除額"'


# --- keys ---


def test_a_key_presses_the_button_that_declares_it(gallery: Page) -> None:
    unfocus(gallery)
    gallery.keyboard.press("a")
    assert open_dialog(gallery) == "approve"
    assert focused(gallery) == "承認する"


def test_a_dialog_that_cannot_be_taken_back_begins_on_the_way_out(gallery: Page) -> None:
    unfocus(gallery)
    gallery.keyboard.press("r")
    assert focused(gallery) == "やめる"


def test_closing_a_dialog_brings_the_focus_back(gallery: Page) -> None:
    unfocus(gallery)
    gallery.keyboard.press("a")
    gallery.keyboard.press("Escape")
    assert open_dialog(gallery) is None
    assert focused(gallery) == "承認する a"


def test_the_slash_goes_to_the_search_box_and_what_is_typed_there_is_text(gallery: Page) -> None:
    unfocus(gallery)
    gallery.keyboard.press("/")
    gallery.keyboard.type("a?/r")
    assert gallery.input_value("#top-search") == "a?/r"
    assert open_dialog(gallery) is None


def test_keys_do_nothing_behind_an_open_dialog(gallery: Page) -> None:
    unfocus(gallery)
    gallery.keyboard.press("?")
    gallery.keyboard.press("a")
    assert open_dialog(gallery) == "keys-dialog"


def test_the_list_of_keys_comes_from_the_page(gallery: Page) -> None:
    unfocus(gallery)
    gallery.keyboard.press("?")
    words = gallery.inner_text("[data-key-list]").split("\n")
    assert words[:6] == ["/", "さがす欄へ移動", "a", "承認する", "s", "差し戻す"]


@pytest.mark.parametrize("key", ["Control+a", "Alt+a", "Meta+a"])
def test_keys_with_a_modifier_belong_to_the_browser(gallery: Page, key: str) -> None:
    unfocus(gallery)
    gallery.keyboard.press(key)
    assert open_dialog(gallery) is None


@pytest.mark.parametrize(
    ("event", "opens"),
    [
        ("{key: 'ａ'}", "approve"),
        ("{key: 'A'}", "approve"),
        ("{key: 'a', isComposing: true}", None),
        ("{key: 'Process', keyCode: 229}", None),
        ("{key: 'a', repeat: true}", None),
    ],
    ids=["full width", "caps lock", "composing", "input method", "held down"],
)
def test_input_methods_neither_hide_a_key_nor_press_one(gallery: Page, event: str, opens: str | None) -> None:
    unfocus(gallery)
    gallery.evaluate(f"document.body.dispatchEvent(new KeyboardEvent('keydown', {{bubbles: true, ...{event}}}))")
    assert open_dialog(gallery) == opens


def test_keys_can_be_switched_off_and_stay_off(gallery: Page) -> None:
    gallery.click("[data-show-keys]")
    gallery.uncheck("#keys-switch")
    gallery.goto(f"{SITE}/gallery")
    unfocus(gallery)
    gallery.keyboard.press("a")
    assert open_dialog(gallery) is None
    assert gallery.get_attribute("[data-key=a]", "aria-keyshortcuts") is None
    gallery.click("[data-show-keys]")
    gallery.check("#keys-switch")
    gallery.keyboard.press("Escape")
    unfocus(gallery)
    gallery.keyboard.press("a")
    assert open_dialog(gallery) == "approve"


# --- forms ---


def test_mistakes_get_the_focus_and_lead_to_their_fields(gallery: Page) -> None:
    assert focused(gallery).startswith("入力内容をお確かめください（4件）")
    gallery.click(".error-summary a >> nth=2")
    assert gallery.evaluate("document.activeElement.id") == "id_situation_0"


def test_characters_left_are_counted_as_people_count_them(gallery: Page) -> None:
    gallery.fill("#id_note", "𠮷野さん")
    assert gallery.inner_text("[data-count-for=id_note]") == "あと196字"


def test_a_form_is_sent_once_however_often_the_button_is_pressed(gallery: Page, requests: list[Request]) -> None:
    button = gallery.locator("form[data-warn-unsaved] button[type=submit]")
    button.evaluate("button => { button.form.action = '/saved'; button.focus(); }")
    with gallery.expect_navigation(url=f"{SITE}/saved"):
        state = button.evaluate(
            "button => { button.click(); button.click(); button.click();"
            " return [button.ariaDisabled, button.disabled, document.activeElement === button]; }"
        )
    assert state == ["true", False, True]
    assert [request.method for request in requests].count("POST") == 1


def test_leaving_a_changed_form_asks_first(gallery: Page) -> None:
    asked: list[str] = []

    def note(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    gallery.on("dialog", note)
    gallery.goto(f"{SITE}/gallery")
    assert asked == []
    gallery.fill("#id_note", "途中")
    gallery.goto(f"{SITE}/gallery")
    assert asked == ["beforeunload"]


def test_choosing_all_offers_all_that_match(gallery: Page) -> None:
    assert not gallery.is_visible(".chosen-bar")
    gallery.check("[data-choose-all]")
    assert gallery.inner_text("[data-chosen-count]") == "3件"
    assert gallery.is_visible("[data-when-all-chosen]")
    gallery.uncheck("input[name=chosen] >> nth=0")
    assert gallery.inner_text("[data-chosen-count]") == "2件"
    assert not gallery.is_visible("[data-when-all-chosen]")
    assert gallery.evaluate("document.querySelector('[data-choose-all]').indeterminate")


# --- parts that arrive later ---


def put(page: Page, html: str) -> None:
    page.evaluate(
        "html => { const box = document.createElement('div'); box.innerHTML = html;"
        " document.querySelector('.page-content').prepend(box); htmx.process(box); }",
        html,
    )


def test_the_focus_goes_where_the_new_part_asks(gallery: Page) -> None:
    gallery.route(
        f"{SITE}/part",
        lambda route: route.fulfill(
            body='<section id="next"><h3 data-focus-after-swap>次の申請</h3></section>',
            headers={"Content-Type": "text/html; charset=utf-8"},
        ),
    )
    put(
        gallery,
        '<section id="next"><button hx-post="/part" hx-target="#next" hx-swap="outerHTML">承認</button></section>',
    )
    gallery.click("#next button")
    gallery.wait_for_selector("#next h3")
    assert focused(gallery) == "次の申請"


def test_the_focus_is_not_lost_when_the_pressed_button_is_gone(gallery: Page) -> None:
    gallery.route(
        f"{SITE}/part",
        lambda route: route.fulfill(
            body='<section id="next">承認しました。</section>', headers={"Content-Type": "text/html; charset=utf-8"}
        ),
    )
    put(
        gallery,
        '<section id="next"><button hx-post="/part" hx-target="#next" hx-swap="outerHTML">承認</button></section>',
    )
    gallery.click("#next button")
    gallery.wait_for_selector("#next:not(:has(button))")
    assert gallery.evaluate("document.activeElement.id") == "next"


def test_a_failed_change_says_that_nothing_was_saved(gallery: Page, axe_findings: Callable[[Page], list[str]]) -> None:
    put(gallery, '<button id="change" hx-post="/wrong">変える</button>')
    gallery.click("#change")
    gallery.wait_for_selector("#failure:not([hidden])")
    assert "何も保存されていません" in gallery.inner_text("#failure")
    assert axe_findings(gallery) == []
    gallery.click("[data-close-failure]")
    assert not gallery.is_visible("#failure")


def test_without_an_answer_nobody_claims_that_nothing_was_saved(gallery: Page) -> None:
    gallery.route(f"{SITE}/gone", lambda route: route.abort())
    put(gallery, '<button id="change" hx-post="/gone">変える</button>')
    gallery.click("#change")
    gallery.wait_for_selector("#failure:not([hidden])")
    assert "保存されたかどうか" in gallery.inner_text("#failure")


def test_asking_how_far_a_run_is_stops_when_it_has_ended(gallery: Page) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        running = len(asked) < 2
        state = {"id": "run-9", "label": "決定通知", "done": len(asked), "total": 2, "poll_url": "/run"}
        html = render_to_string(
            "components/progress.html", state | {"running": running, "ended": "" if running else "終わりました。"}
        )
        route.fulfill(
            status=200 if running else 286,
            body=html.replace("every 2s", "every 50ms"),
            headers={"Content-Type": "text/html; charset=utf-8"},
        )

    gallery.route(f"{SITE}/run", answer)
    put(gallery, '<div id="run-9" hx-get="/run" hx-trigger="every 50ms" hx-swap="outerHTML"></div>')
    gallery.wait_for_selector("#run-9[data-announce]")
    gallery.wait_for_timeout(300)
    assert len(asked) == 2
    assert gallery.inner_text("#announcer") == "終わりました。"

"""A supervisor's morning without a mouse: take, look, decide, go on, by keys alone."""

from __future__ import annotations

from django.urls import reverse

from exemptions.enums import ApplicationState as State
from exemptions.models import Application, Decision
from tests.journeys.conftest import Sit
from tests.journeys.house import House
from tests.journeys.person import Person

REASON = "対象の年度が課税のため"


def types(person: Person, *keys: str) -> None:
    for key in keys:
        person.page.keyboard.press(key)


def test_a_supervisor_reviews_three_applications_by_keys_alone(house: House, at_a_desk: Sit) -> None:
    names = ["見本 あさがお", "見本 ききょう", "見本 くちなし"]
    first, second, third = (
        house.prepared(name, "ミホン カクウ", f"PJ00020{n}", code=f"980100{n}") for n, name in enumerate(names)
    )
    supervisor = at_a_desk("supervisor")
    supervisor.page.goto(reverse("exemptions:queue"))
    types(supervisor, "n")
    supervisor.arrives_at(names[0])
    types(supervisor, "j")
    supervisor.arrives_at(names[1])
    types(supervisor, "k")
    supervisor.arrives_at(names[0])

    types(supervisor, "?")
    supervisor.reads("このページのキー操作")
    for words in ("承認する", "不承認にする", "不備を返送する", "次の申請"):
        assert words in supervisor.page.locator("#keys-dialog").inner_text()
    supervisor.look("keys")
    types(supervisor, "Escape")

    types(supervisor, "a", "Escape")
    assert not Decision.objects.exists()
    types(supervisor, "a", "Enter")  # two keys for a clean approval
    supervisor.reads("承認しました")
    supervisor.arrives_at(names[1])

    types(supervisor, "r")
    supervisor.page.keyboard.type(REASON)
    assert supervisor.page.locator("dialog[open] textarea").input_value() == REASON
    reach(supervisor, "不承認にする")
    types(supervisor, "Enter")
    supervisor.reads("不承認にしました")
    supervisor.arrives_at(names[2])

    types(supervisor, "s")
    supervisor.page.keyboard.type("住民票の2枚目がない")
    reach(supervisor, "不備を返送する")
    types(supervisor, "Enter")
    supervisor.reads("この条件で審査できる申請は、これで終わりです。")
    states = [Application.objects.get(pk=each.pk).state for each in (first, second, third)]
    assert states == [State.APPROVED, State.REFUSED, State.INCOMPLETE]


def reach(person: Person, words: str) -> None:
    """Press Tab until the focus is on the link or button with these words."""
    for _ in range(60):
        person.page.keyboard.press("Tab")
        if person.page.evaluate("document.activeElement.innerText ?? ''").strip() == words:
            return
    raise AssertionError(f"{words} cannot be reached by the Tab key")


def test_a_clerk_finds_the_form_and_fills_it_by_keys_alone(house: House, at_a_desk: Sit) -> None:
    """From today to a received form: the search key, links by Enter, boxes by the space bar."""
    clerk = at_a_desk("clerk")
    types(clerk, "/")
    clerk.page.keyboard.type(house.loan.code)
    types(clerk, "Enter")
    clerk.reads(house.borrower.name)
    reach(clerk, house.borrower.name)
    types(clerk, "Enter")
    clerk.arrives_at(house.borrower.name)
    reach(clerk, "免除申請を入力する")
    types(clerk, "Enter")
    clerk.arrives_at("免除申請の入力")
    fill_by_tab(clerk)
    reach(clerk, "申請を受け付ける")
    types(clerk, "Enter")
    clerk.reads("受け付けました")
    application = Application.objects.get()
    assert application.deficiency_count == 0
    assert application.consents == [1, 2, 3, 4, 5, 6]


FIELDS = {
    "received_on": "R8.11.18",
    "requested_amount": "540000",
    "borrower_tax_issued_on": "R8.11.2",
    "residence_issued_on": "R8.11.2",
    "signed_on": "R8.11.10",
    "phone": "09055550142",
}
CHECKED = {"residence_record", "signed", "consents"}


def fill_by_tab(person: Person) -> None:
    """Go through the form field by field, as somebody does who knows it: type, choose by arrows, tick by space."""
    page = person.page
    page.locator("[name=received_on]").focus()
    for _ in range(60):
        name, kind = page.evaluate("[document.activeElement.name ?? '', document.activeElement.type ?? '']")
        if name == "note":
            return
        if name in FIELDS and kind in ("text", "tel"):
            page.keyboard.press("Control+a")
            page.keyboard.type(FIELDS[name])
        elif name == "borrower_tax_year":
            page.keyboard.press("ArrowDown")
        elif name == "situation":
            page.keyboard.press("ArrowDown")  # round from the last one, 「どれにも印がない」, to the first
        elif name in ("borrower_tax_per_capita", "borrower_tax_income") or name in CHECKED:
            page.keyboard.press("Space")
        page.keyboard.press("Tab")
    raise AssertionError("the end of the form was not reached")

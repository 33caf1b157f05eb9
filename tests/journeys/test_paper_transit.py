"""A parcel of thirty pieces, two of which are missing: ticked with a scanner, red three bank days later, on both sides only."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import FilePayload, expect

from accounts.enums import Role
from audit.actors import Actor
from people.enums import PaperKind
from people.models import TransitBatch
from people.transit.services import Piece, pack_for, send
from tests.canary.watching import pdf_text
from tests.journeys.conftest import Sit
from tests.journeys.house import House
from tests.people.builders import a_member_of_staff, a_person, an_office
from tests.people.scans import a_pdf, a_picture, an_executable, drawn_on
from tests.scenes import NOW, at

SENT = date(2026, 11, 20)
RED = date(2026, 11, 26)
"""Thursday: Monday is a holiday, so it is the third bank day after Friday."""


@pytest.fixture
def counter(house: House) -> House:
    """The house with somebody in a municipal office, and somebody in another one."""
    for who, office in (("municipal", house.office), ("elsewhere", an_office(name="西浜市社会福祉協議会"))):
        user = a_member_of_staff(Role.MUNICIPAL_CLERK, office=office)
        user.set_password(house.password)
        user.save()
        house.staff[who] = user
    return house


def a_parcel(house: House, pieces: int) -> TransitBatch:
    by = Actor.person(house.staff["municipal"])
    people = [a_person(f"架空 {n}子", office=house.office) for n in range(1, pieces + 1)]
    packed = pack_for(
        receiver=house.prefecture,
        pieces=[Piece(person, PaperKind.EXEMPTION_FORM, 5, "免除申請") for person in people],
        by=by,
        at=NOW,
    )
    batch = packed[0].batch
    return send(batch_id=batch.pk, carrier="書留", sent_on=SENT, by=by, at=NOW)


def test_thirty_pieces_with_two_missing_are_red_on_both_sides_and_only_there(counter: House, at_a_desk: Sit) -> None:
    batch = a_parcel(counter, 30)
    clerk = at_a_desk("clerk")
    clerk.page.goto(reverse("people:transit"))
    clerk.page.keyboard.type(batch.number.lower())  # the cursor waits in the field, as a scanner needs it
    clerk.page.keyboard.press("Enter")
    clerk.arrives_at(f"送付便 {batch}")
    clerk.look("parcel")
    field = clerk.page.get_by_label("届いた書類の番号")
    for typed in (f"{batch}-01", "2"):
        expect(field).to_be_focused()
        clerk.page.keyboard.type(typed)
        clerk.page.keyboard.press("Enter")
        clerk.reads(f"{typed.removeprefix(f'{batch}-').lstrip('0')}番（償還免除申請書 5枚）を受領にしました。")
    for number in range(3, 31):
        if number not in (7, 21):
            clerk.page.get_by_label(f"{number}番が届いた", exact=True).check()
    clerk.press("選んだ書類の受領を記録する")
    clerk.reads("26件を受領にしました。")
    clerk.press("2件を未着として照合を終える")
    clerk.reads("2件が届いていません。")
    clerk.look("parcel-checked")
    assert f"{batch}-07" in pdf_text(clerk.download(reverse("notices:transit_slip", args=[batch.pk])))

    for day, red in ((date(2026, 11, 25), False), (RED, True)):
        with time_machine.travel(at(day), tick=True):
            for who in ("municipal", "clerk"):
                person = at_a_desk(who)
                person.page.goto(reverse("people:transit"))
                person.reads(f"{batch}-07")
                person.reads(f"{batch}-21")
                assert ("期限超過" in person.text()) is red
                person.look(f"transit-{day.day}")
            other = at_a_desk("elsewhere")
            other.page.goto(reverse("people:transit"))
            assert batch.number not in other.text() and "期限超過" not in other.text()

    with time_machine.travel(at(RED, 14), tick=True):
        person = at_a_desk("municipal")
        person.page.goto(reverse("people:transit_batch", args=[batch.pk]))
        person.reads("2件が届いていません")
        person.page.get_by_label("書類", exact=False).last.select_option("7")
        person.page.get_by_label("見つかった場所").fill("窓口の引き出し")
        person.press("見つかったことを記録する")
        person.reads(f"{batch}-07 が見つかったことを記録しました。")
        person.reads("窓口の引き出し")


def test_scans_are_brought_in_from_a_desk_and_shown_in_a_frame_that_runs_nothing(
    counter: House, at_a_desk: Sit
) -> None:
    clerk = at_a_desk("municipal")
    clerk.page.goto(reverse("desk:borrower", args=[counter.borrower.pk]))
    clerk.follow("書類とスキャンを見る")
    clerk.follow("スキャンを登録する")
    files = clerk.page.get_by_label("スキャン・写真")
    kind = clerk.page.get_by_label("書類の種類")
    files.set_input_files([FilePayload(name="課税.pdf", mimeType="application/pdf", buffer=an_executable(2))])
    kind.select_option(PaperKind.OTHER)
    clerk.press("スキャンを登録する")
    clerk.reads("中身がプログラム（実行ファイル）です。")
    clerk.look("refused")
    files.set_input_files(
        [
            FilePayload(name="課税.pdf", mimeType="application/pdf", buffer=a_pdf(2, words="PAPER")),
            FilePayload(name="IMG_1.png", mimeType="image/png", buffer=a_picture(size=(900, 1200))),
        ]
    )
    clerk.reads("2件目　IMG_1.png")
    clerk.press("スキャンを登録する")
    clerk.reads("スキャンを2件登録しました。")
    expect(clerk.page.locator("img.scan__picture")).to_have_js_property("complete", True)
    clerk.look("papers")

    clerk.follow("S-")
    frame = clerk.page.locator("iframe.scan-view")
    expect(frame).to_be_visible()
    answer = clerk.page.request.get(str(frame.get_attribute("src")))
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'self'; sandbox"
    mark = f"({counter.staff['municipal'].username}  2026-11-20 10:0".encode()
    assert all(mark in page for page in drawn_on(answer.body()))
    clerk.look("scan-pdf")
    clerk.page.go_back()
    clerk.page.locator("main a.scan__link").last.click()
    picture = clerk.page.locator("img.scan-view")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 900)
    clerk.look("scan-picture")

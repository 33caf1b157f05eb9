"""Paper between the councils is counted: what is in a parcel, what arrived, what did not, and who found it where."""

from __future__ import annotations

import re
import subprocess
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import segno
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import OfficeKind, Role
from audit.actors import Actor
from audit.models import AuditRow
from japan.bankdays import is_bank_day
from people.enums import ItemState, PaperKind, TransitState
from people.models import TransitBatch, TransitItem, TransitStep
from people.papers import record_paper
from people.transit import services
from people.transit.overdue import last_red_day, red_from
from people.transit.selectors import missing_for, red_count
from people.transit.services import Piece, TransitRefused, number_in
from people.transit.workflow import EDGES, Move, Side, moves_from
from rulebook.services import approve_setting, propose_setting
from tests.people.builders import a_member_of_staff, a_person, an_office

TOKYO = ZoneInfo("Asia/Tokyo")
FRIDAY = date(2026, 11, 20)
TUESDAY = date(2026, 11, 24)
"""The first bank day after FRIDAY: Monday the 23rd is Labour Thanksgiving Day."""
THURSDAY = date(2026, 11, 26)
"""The third one: what was sent on FRIDAY is red from here on."""


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=TOKYO)


class House:
    """Two municipal offices and the prefectural one, a clerk in each, and a parcel from the first."""

    def __init__(self) -> None:
        self.prefecture = an_office(OfficeKind.PREFECTURAL)
        self.here, self.elsewhere = (a_member_of_staff(Role.MUNICIPAL_CLERK) for _ in range(2))
        self.there = a_member_of_staff(Role.PREFECTURAL_CLERK)
        self.auditor = a_member_of_staff(Role.AUDITOR)

    def packed(self, pieces: int = 3, *, on: date = FRIDAY) -> TransitBatch:
        people = [a_person(office=self.here.office) for _ in range(pieces)]
        made = services.pack_for(
            receiver=self.prefecture,
            pieces=[Piece(person, PaperKind.EXEMPTION_FORM, 2, f"免除申請 {n}") for n, person in enumerate(people, 1)],
            by=Actor.person(self.here),
            at=at(on),
        )
        return made[0].batch

    def sent(self, pieces: int = 3, *, on: date = FRIDAY) -> TransitBatch:
        return self.act("send", self.here, self.packed(pieces, on=on), carrier="書留", sent_on=on, on=on)

    def act(self, step: str, user, batch: TransitBatch, *, on: date = FRIDAY, **values):
        return getattr(services, step)(batch_id=batch.pk, by=Actor.person(user), at=at(on), **values)

    def arrived(self, batch: TransitBatch, *numbers: int, on: date = FRIDAY) -> None:
        self.act("receive", self.there, batch, numbers=numbers, on=on)
        self.act("check", self.there, batch, on=on)


@pytest.fixture
def house(db, today) -> House:
    return House()


def states(batch: TransitBatch) -> list[str]:
    return list(batch.items.order_by("number").values_list("state", flat=True))


# --- the table ---------------------------------------------------------------------------------------

STEPS: dict[Move, tuple[str, dict[str, Any]]] = {
    Move.PACK: ("pack", {"pieces": []}),
    Move.TAKE_OUT: ("take_out", {"number": 1}),
    Move.SEND: ("send", {"carrier": "書留", "sent_on": FRIDAY}),
    Move.DISCARD: ("discard_batch", {}),
    Move.RECEIVE: ("receive", {"numbers": [2]}),
    Move.UNDO: ("undo_receipt", {"number": 1}),
    Move.EXTRA: ("note_extra", {"what": "封筒", "sheets": 1}),
    Move.CHECK: ("check", {}),
    Move.FIND: ("find", {"number": 3, "where": "窓口"}),
}


def in_state(house: House, state: TransitState) -> TransitBatch:
    """A batch of three; where it was sent, the first one is ticked."""
    if state == TransitState.PACKING:
        return house.packed()
    if state == TransitState.DISCARDED:
        batch = house.packed()
        return house.act("discard_batch", house.here, batch)
    batch = house.sent()
    house.act("receive", house.there, batch, numbers=[1])
    return batch if state == TransitState.SENT else house.act("check", house.there, batch)


@pytest.mark.parametrize("state", TransitState)
@pytest.mark.parametrize("move", Move)
def test_each_step_is_taken_from_the_states_of_the_table_and_by_its_side_alone(house, state, move):
    batch = in_state(house, state)
    name, values = STEPS[move]
    edge = EDGES[move]
    allowed = {
        Side.SENDER: [house.here],
        Side.RECEIVER: [house.there],
        Side.EITHER: [house.here, house.there],
    }[edge.side]

    for user in (house.here, house.there, house.elsewhere, house.auditor):
        before = (AuditRow.objects.count(), TransitStep.objects.count())
        if user in allowed and state in edge.sources:
            savepoint = transaction.savepoint()
            house.act(name, user, batch, **values)
            batch.refresh_from_db()
            assert batch.state == (edge.target or state)
            assert move == Move.PACK or TransitStep.objects.filter(batch=batch, move=move).exists()
            transaction.savepoint_rollback(savepoint)
            batch.refresh_from_db()
        else:
            with pytest.raises(TransitRefused):
                house.act(name, user, batch, **values)
            assert (AuditRow.objects.count(), TransitStep.objects.count()) == before


def test_the_table_leads_somewhere_from_every_state_but_the_last():
    assert moves_from(TransitState.DISCARDED) == []
    assert moves_from(TransitState.CHECKED) == [Move.FIND]
    for move in Move:
        assert move.done and move.label and EDGES[move].sources


# --- packing -----------------------------------------------------------------------------------------


def test_a_piece_lies_in_one_open_parcel_only_until_it_is_ticked_or_taken_out(house):
    person = a_person(office=house.here.office)
    paper = record_paper(
        person=person, kind=PaperKind.RESIDENCE_RECORD, received_on=FRIDAY, issued_on=None, source_key="x",
        by=Actor.person(house.here), at=at(FRIDAY),
    )  # fmt: skip
    by = Actor.person(house.here)
    for piece in (
        Piece(person, PaperKind.RESIDENCE_RECORD, paper=paper),
        Piece(person, PaperKind.OTHER, label="免除申請 1"),
    ):
        batch = services.pack_for(receiver=house.prefecture, pieces=[piece], by=by, at=at(FRIDAY))[0].batch
        with pytest.raises(TransitRefused, match=f"送付便 {batch} に入っています"):
            services.pack_for(receiver=house.prefecture, pieces=[piece], by=by, at=at(FRIDAY))
        with pytest.raises(IntegrityError), transaction.atomic():
            TransitItem.objects.create(
                batch=batch, number=99, person=person, paper=piece.paper, kind=piece.kind, label=piece.label, sheets=1
            )
        last = batch.items.order_by("-number")[0]
        house.act("take_out", house.here, batch, number=last.number)
        again = services.pack_for(receiver=house.prefecture, pieces=[piece], by=by, at=at(FRIDAY))[0]
        assert (again.batch, again.number) == (batch, last.number + 1)  # a number is never used twice
        house.act("discard_batch", house.here, batch)
        services.pack_for(receiver=house.prefecture, pieces=[piece], by=by, at=at(FRIDAY))
        batch = TransitBatch.objects.get(state=TransitState.PACKING)
        house.act("send", house.here, batch, carrier="書留", sent_on=FRIDAY)
        with pytest.raises(TransitRefused, match="まだ届いていない送付便"):
            services.pack_for(receiver=house.prefecture, pieces=[piece], by=by, at=at(FRIDAY))
        house.arrived(batch, 1)
        services.pack_for(receiver=house.prefecture, pieces=[piece], by=by, at=at(FRIDAY))
        house.act("discard_batch", house.here, TransitBatch.objects.get(state=TransitState.PACKING))


def test_a_tick_stays_once_the_piece_lies_in_a_later_parcel(house):
    first = house.sent(1)
    house.act("receive", house.there, first, numbers=[1])
    item = first.items.get()
    again = Piece(item.person, PaperKind(item.kind), label=item.label)
    services.pack_for(receiver=house.here.office, pieces=[again], by=Actor.person(house.there), at=at(FRIDAY))
    with pytest.raises(TransitRefused, match="取り消せません"):
        house.act("undo_receipt", house.there, first, number=1)


def test_one_bad_piece_keeps_all_of_them_out(house):
    batch = house.packed(1)
    stranger = a_person(office=house.elsewhere.office)
    good = Piece(a_person(office=house.here.office), PaperKind.OTHER)
    with pytest.raises(TransitRefused, match="見つかりません"):
        house.act("pack", house.here, batch, pieces=[good, Piece(stranger, PaperKind.OTHER)])
    for sheets in (0, 501):
        with pytest.raises(TransitRefused, match="枚数"):
            house.act("pack", house.here, batch, pieces=[Piece(good.person, PaperKind.OTHER, sheets)])
    assert batch.items.count() == 1


def test_the_prefectural_council_sends_a_persons_papers_to_the_office_that_looks_after_them_only(house):
    stranger = a_person(office=house.elsewhere.office)
    by = Actor.person(house.there)
    with pytest.raises(TransitRefused, match="担当は.*ではありません"):
        services.pack_for(receiver=house.here.office, pieces=[Piece(stranger, PaperKind.OTHER)], by=by, at=at(FRIDAY))
    assert not TransitBatch.objects.exists()
    with pytest.raises(TransitRefused, match="市区町村社協と都道府県社協の間"):
        services.start_batch(receiver=house.elsewhere.office, by=Actor.person(house.here), at=at(FRIDAY))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"carrier": " ", "sent_on": FRIDAY}, "送り方"),
        ({"carrier": "書留", "sent_on": TUESDAY}, "先の日付"),
        ({"carrier": "書留", "sent_on": date(2026, 11, 19)}, "送付便を作った日より前"),
    ],
)
def test_a_parcel_goes_with_a_carrier_on_a_day_that_can_be(house, values, words):
    batch = house.packed()
    with pytest.raises(TransitRefused, match=words):
        house.act("send", house.here, batch, **values)


def test_an_empty_parcel_does_not_go(house):
    batch = house.packed(1)
    house.act("take_out", house.here, batch, number=1)
    with pytest.raises(TransitRefused, match="1件も入っていません"):
        house.act("send", house.here, batch, carrier="書留", sent_on=FRIDAY)


# --- receiving ---------------------------------------------------------------------------------------


def test_pieces_are_ticked_one_by_one_and_a_second_tick_changes_nothing(house):
    batch = house.sent()
    house.act("receive", house.there, batch, numbers=[2])
    house.act("receive", house.there, batch, numbers=[2])

    assert states(batch) == ["on_the_way", "received", "on_the_way"]
    assert TransitStep.objects.filter(move=Move.RECEIVE).count() == 1
    with pytest.raises(TransitRefused, match="この送付便にない番号"):
        house.act("receive", house.there, batch, numbers=[2, 4])
    house.act("undo_receipt", house.there, batch, number=2)
    assert states(batch) == ["on_the_way"] * 3


def test_who_sent_a_parcel_does_not_count_it_even_from_another_office(house):
    batch = house.sent()
    mover = house.here
    mover.office = house.prefecture
    mover.save()
    with pytest.raises(TransitRefused, match="送った人は受け取りの照合ができません"):
        house.act("check", mover, batch)
    with pytest.raises(IntegrityError, match="transit_checked_by_a_second_person"), transaction.atomic():
        TransitBatch.objects.filter(pk=batch.pk).update(
            state=TransitState.CHECKED, checked_by=batch.sent_by, checked_on=FRIDAY
        )


@pytest.mark.parametrize("typed", ["{code}", " {code} ", "{lower}", "{wide}", "7", "07", "７"])
def test_a_piece_is_named_by_its_code_or_its_number_however_it_is_typed(house, typed):
    batch = house.packed(1)
    code = f"{batch.number}-07"
    wide = code.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)})
    assert number_in(typed.format(code=code, lower=code.lower(), wide=wide), batch) == 7


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("T999999-07", "別の送付便（T999999）"),
        ("{number}", "書類ごとの番号"),
        ("abc", "書類の番号"),
        ("", "書類の番号"),
        ("-1", "書類の番号"),
        ("1234", "書類の番号"),
    ],
)
def test_other_codes_are_told_apart(house, typed, words):
    batch = house.packed(1)
    with pytest.raises(TransitRefused, match=words):
        number_in(typed.format(number=batch.number), batch)


def test_what_lay_there_besides_is_noted_for_both_sides(house, client):
    batch = house.sent()
    house.act("note_extra", house.there, batch, what="障害者手帳の写し", sheets=1)
    client.force_login(house.here)
    page = client.get(reverse("people:transit_batch", args=[batch.pk])).content.decode()
    assert "障害者手帳の写し" in page and "余り" in page


# --- what did not arrive -----------------------------------------------------------------------------


def test_what_was_sent_on_a_friday_before_a_holiday_is_red_on_the_third_bank_day():
    assert red_from(FRIDAY, 3) == THURSDAY
    assert last_red_day(THURSDAY, 3) == date(2026, 11, 23)  # Friday, the weekend, the holiday
    assert last_red_day(THURSDAY - timedelta(days=1), 3) < FRIDAY


@given(
    sent=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    on=st.dates(date(2024, 1, 1), date(2028, 1, 31)),
    days=st.integers(1, 20),
)
def test_one_comparison_says_of_every_day_what_the_definition_says(sent, on, days):
    assert (sent <= last_red_day(on, days)) is (red_from(sent, days) <= on)


@given(sent=st.dates(date(2024, 1, 1), date(2027, 12, 31)), days=st.integers(1, 20))
def test_there_are_as_many_bank_days_before_red_as_the_setting_says(sent, days):
    last = red_from(sent, days)
    between = [sent + timedelta(days=n) for n in range(1, (last - sent).days + 1)]
    assert sum(map(is_bank_day, between)) == days and is_bank_day(last)


def test_a_parcel_of_30_with_2_missing_is_red_on_the_third_bank_day_on_both_sides_and_only_there(house):
    batch = house.sent(30)
    house.arrived(batch, *(n for n in range(1, 31) if n not in (7, 21)), on=TUESDAY)

    for day, red in (
        (TUESDAY, False),
        (THURSDAY - timedelta(days=1), False),
        (THURSDAY, True),
        (date(2026, 12, 25), True),
    ):
        for user in (house.here, house.there, house.auditor):
            found = missing_for(user, on=day)
            assert [(each.item.number, each.is_red) for each in found] == [(7, red), (21, red)]
        for user in (house.here, house.there):
            assert red_count(user, on=day) == (2 if red else 0)
        assert missing_for(house.elsewhere, on=day) == [] and red_count(house.elsewhere, on=day) == 0


def test_a_parcel_nobody_opened_is_red_as_a_whole_and_silent_before(house):
    batch = house.sent(3)
    assert missing_for(house.here, on=TUESDAY) == []
    assert [each.item.number for each in missing_for(house.there, on=THURSDAY)] == [1, 2, 3]
    assert not any(each.after_check for each in missing_for(house.there, on=THURSDAY))
    house.arrived(batch, 1, 2, 3, on=THURSDAY)
    assert missing_for(house.there, on=THURSDAY) == []


def test_the_search_ends_when_either_side_says_where_the_piece_was(house):
    batch = house.sent(3)
    house.arrived(batch, 1)
    with pytest.raises(TransitRefused, match="見つかった場所"):
        house.act("find", house.here, batch, number=2, where=" ")
    with pytest.raises(TransitRefused, match="1番の書類はありません"):
        house.act("find", house.here, batch, number=1, where="窓口")
    house.act("find", house.here, batch, number=2, where="窓口の引き出し", on=THURSDAY)
    house.act("find", house.there, batch, number=3, where="次の送付便に同封", on=THURSDAY)

    assert missing_for(house.here, on=THURSDAY) == []
    found = batch.items.get(number=2)
    assert (found.state, found.found_where, found.settled_by, found.settled_on) == (
        ItemState.FOUND, "窓口の引き出し", house.here, THURSDAY,
    )  # fmt: skip


def test_the_days_until_red_are_a_dated_setting(house):
    house.sent(1)
    supervisors = [a_member_of_staff(Role.SUPERVISOR) for _ in range(2)]
    row = propose_setting(
        key="transit_red_bank_days", value=1, valid_from=TUESDAY, source="運営委員会", by=Actor.person(supervisors[0]),
        at=at(FRIDAY),
    )  # fmt: skip
    approve_setting(row_id=row.pk, by=Actor.person(supervisors[1]), at=at(FRIDAY))

    assert red_count(house.here, on=TUESDAY) == 1


# --- pages -------------------------------------------------------------------------------------------


def step(client, batch, move, **values):
    return client.post(reverse("people:transit_step", args=[batch.pk, move]), values, follow=True).content.decode()


def test_the_way_of_a_parcel_over_the_pages(house, client):
    client.force_login(house.here)
    person = a_person("架空 花子", office=house.here.office)
    client.post(reverse("people:transit_start"), {"receiver": house.prefecture.pk})
    batch = TransitBatch.objects.get()
    packing = {"person": person.number, "kind": "exemption_form", "label": "免除申請 1", "sheets": "5"}
    assert "1番として入れました。" in step(client, batch, "pack", **packing)
    assert "まだ届いていない送付便" in step(client, batch, "pack", **packing)
    assert "借受人は見つかりません" in step(client, batch, "pack", **packing | {"person": "P9999999"})
    step(client, batch, "pack", **packing | {"label": "免除申請 2"})
    assert "送付を記録しました" in step(client, batch, "send", carrier="書留 123", sent_on="令和8年11月20日")

    client.force_login(house.there)
    page = client.get(reverse("people:transit"), {"number": batch.number.lower()}, follow=True).content.decode()
    assert "架空 花子" in page and "autofocus" in page
    assert "1番（償還免除申請書 5枚）を受領にしました。" in step(client, batch, "receive", code=f"{batch}-01")
    assert "autofocus" in step(client, batch, "receive", code="T999999-01")
    assert "1件が届いていません。" in step(client, batch, "check")

    client.force_login(house.here)
    with time_machine.travel(at(THURSDAY), tick=False):
        client.force_login(house.here)
        page = client.get(reverse("people:transit")).content.decode()
        assert "届いていない書類（期限超過）" in page and f"{batch}-02" in page
        assert "見つかったことを記録しました" in step(client, batch, "find", number="2", where="窓口")
        assert "期限超過" not in client.get(reverse("people:transit")).content.decode()


def test_papers_are_packed_from_the_persons_page_and_their_place_is_told_there(house, client):
    person = a_person(office=house.here.office)
    paper = record_paper(
        person=person, kind=PaperKind.RESIDENCE_RECORD, received_on=FRIDAY, issued_on=None, source_key="x",
        by=Actor.person(house.here), at=at(FRIDAY),
    )  # fmt: skip
    client.force_login(house.here)
    url = reverse("people:pack_papers", args=[person.pk])
    receiver = house.prefecture.pk
    empty = client.post(url, {"receiver": receiver}, follow=True).content.decode()
    assert "送付便に入れる書類を選んでください。" in empty
    values = {"receiver": receiver, "papers": [paper.pk], f"sheets_{paper.pk}": "3"}
    page = client.post(url, values, follow=True).content.decode()

    item = TransitItem.objects.get()
    assert (item.sheets, item.paper) == (3, paper)
    assert f"送付便 {item.code}" in page and "梱包中" in page
    assert "まだ届いていない" in client.post(url, values, follow=True).content.decode()


def test_another_municipality_sees_no_parcel_of_others(house, client):
    batch = house.sent()
    client.force_login(house.elsewhere)
    assert batch.number not in client.get(reverse("people:transit")).content.decode()
    assert "見つかりません" in client.get(reverse("people:transit"), {"number": batch.number}).content.decode()
    for name in ("people:transit_batch", "notices:transit_slip"):
        assert client.get(reverse(name, args=[batch.pk])).status_code == 404


def test_the_slip_names_every_piece_and_carries_a_code_for_each(house, client):
    batch = house.sent(30)
    client.force_login(house.here)
    answer = client.get(reverse("notices:transit_slip", args=[batch.pk]))

    assert answer["Content-Type"] == "application/pdf"
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.content, capture_output=True, check=True)
    words = text.stdout.decode()
    for item in batch.items.all():
        assert item.code in words
    assert batch.number in words and "30件" in words and "60枚" in words
    assert re.search(r"書類送付票", words)


def test_the_codes_on_the_slip_say_the_numbers_and_nothing_else(house, monkeypatch):
    from notices import transit_slip

    said: list[str] = []
    make = segno.make

    def listening(text, **more):
        said.append(text)
        return make(text, **more)

    monkeypatch.setattr(transit_slip.segno, "make", listening)
    batch = house.packed(2)
    transit_slip.render_slip(batch)

    assert sorted(said) == sorted([batch.number, f"{batch.number}-01", f"{batch.number}-02"])


def test_more_parcels_and_pieces_take_no_more_queries(house, client):
    client.force_login(house.there)
    url = reverse("people:transit")

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    first = house.sent(1, on=date(2026, 11, 2))
    few = queries(url), queries(reverse("people:transit_batch", args=[first.pk]))
    for _ in range(5):
        house.arrived(house.sent(6, on=date(2026, 11, 2)), 1, 2)
    large = house.sent(20, on=date(2026, 11, 2))
    many = queries(url), queries(reverse("people:transit_batch", args=[large.pk]))
    assert many[0] <= few[0] and many[1] <= few[1]

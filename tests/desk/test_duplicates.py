"""The pages about persons recorded twice: the list, side by side, merged, and two again."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from desk.search import find
from people.duplicates.finding import new_pairs, write_pair
from people.duplicates.selectors import numbers_of, pair_page, waiting_for
from people.enums import PairState
from people.merging.services import note_pair
from people.models import Merge, Person, PersonPair
from people.services import add_phone
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person, a_place, an_office, is_protected, lives_at
from tests.people.related import BY, NOW
from tests.scenes import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def clerk() -> User:
    return a_member_of_staff(Role.PREFECTURAL_CLERK)


@pytest.fixture
def client(clerk: User) -> Client:
    return signed_in(clerk)


def twice(clerk: User, *, loans: bool = False) -> tuple[Person, Person, PersonPair]:
    office = an_office()
    one, other = (
        a_person("渡邉 花子", "ワタナベ ハナコ", office=office),
        a_person("渡辺 花子", "ワタナベ ハナコ", office=office),
    )
    if loans:
        a_loan(one)
        a_loan(other)
    return one, other, note_pair(one=one, other=other, by=Actor.person(clerk), at=NOW)


def step(client: Client, pair: PersonPair, name: str, **said: object) -> str:
    answer = client.post(reverse("desk:duplicate_step", args=[pair.pk, name]), said, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_comparison_marks_what_differs(client: Client, clerk: User) -> None:
    one, other, pair = twice(clerk)
    add_phone(person=one, number="090-0000-0001", since=date(2020, 1, 1), by=BY, at=NOW)
    lives_at(one, a_place("小町1-2-3"))
    lives_at(other, a_place("大町4-5-6"))
    page = client.get(reverse("desk:duplicate", args=[pair.pk])).content.decode()
    for words in (
        one.number,
        other.number,
        "090-0000-0001",
        "小町1-2-3",
        "大町4-5-6",
        "違う",
        "同じ",
        "昭和46年3月2日",
    ):
        assert words in page


def test_a_hidden_address_is_neither_shown_nor_compared(client: Client, clerk: User) -> None:
    one, other, pair = twice(clerk)
    for person in (one, other):
        lives_at(person, a_place("隠町9-9"))
    is_protected(one)
    lines = {line.label: line for line in client.get(reverse("desk:duplicate", args=[pair.pk])).context["lines"]}
    assert lines["住所"].mark == ""
    assert "隠町" not in "".join(lines["住所"].left)


def test_a_pair_that_only_a_hidden_home_explains_is_not_there_any_more(clerk: User, today: date) -> None:
    before, after = a_person("山田 花子", "ヤマダ ハナコ"), a_person("林 花子", "ハヤシ ハナコ")
    for person in (before, after):
        lives_at(person, a_place("隠町9-9"))
    for low, high in new_pairs(on=today):
        write_pair(low, high, on=today, at=NOW)
    assert numbers_of(clerk, on=today)[PairState.OPEN] == 1

    is_protected(before)

    assert numbers_of(clerk, on=today)[PairState.OPEN] == 0
    assert pair_page(clerk, state=PairState.OPEN, after="", on=today).lines == ()


def test_one_click_makes_two_records_one_and_old_ways_lead_there(client: Client, clerk: User) -> None:
    one, other, pair = twice(clerk)
    page = step(client, pair, "same", survivor=str(one.pk))
    assert "一人の方として統合しました" in page

    old = client.get(reverse("desk:borrower", args=[other.pk]), follow=True)
    assert old.redirect_chain == [(reverse("desk:borrower", args=[one.pk]), 302)]
    assert f"借受人番号 {other.number} の記録は、この方に統合されています。" in old.content.decode()
    assert [hit.person_id for hit in find(user=clerk, text=other.number).hits] == [one.pk]
    assert [hit.person_id for hit in find(user=clerk, text="ワタナベハナコ").hits] == [one.pk]


def test_the_old_way_is_closed_to_other_offices(client: Client, clerk: User) -> None:
    one, other, pair = twice(clerk)
    step(client, pair, "same", survivor=str(one.pk))
    stranger = signed_in(a_member_of_staff(Role.MUNICIPAL_CLERK))
    assert stranger.get(reverse("desk:borrower", args=[other.pk])).status_code == 404


def test_loans_on_both_sides_wait_for_somebody_else(client: Client, clerk: User) -> None:
    one, _, pair = twice(clerk, loans=True)
    assert "別の方の確認を待ちます" in step(client, pair, "same", survivor=str(one.pk))
    assert not Merge.objects.exists()
    assert "起案した人は確認者になれません" in step(client, pair, "confirm")
    other = a_member_of_staff(Role.SUPERVISOR)
    assert waiting_for(other, on=NOW.date()) == (0, 1) and waiting_for(clerk, on=NOW.date()) == (0, 0)
    assert "一人の方として統合しました" in step(signed_in(other), pair, "confirm")
    assert Merge.objects.get().confirmed_by == other


def test_nobody_remains_by_chance(client: Client, clerk: User) -> None:
    _, _, pair = twice(clerk)
    assert "残す方を選んでください" in step(client, pair, "same", survivor="")
    assert "残す方を選んでください" in step(client, pair, "same", survivor=str(a_person().pk))


def test_two_persons_are_told_apart_with_a_reason(client: Client, clerk: User) -> None:
    _, _, pair = twice(clerk)
    assert "理由を入力してください" in step(client, pair, "different", reason=" ")
    assert "もう候補に出ません" in step(client, pair, "different", reason="双子")
    assert "双子" in client.get(reverse("desk:duplicates"), {"state": "different"}).content.decode()


def test_a_merge_is_taken_back_on_its_page(client: Client, clerk: User) -> None:
    one, other, pair = twice(clerk)
    step(client, pair, "same", survivor=str(one.pk))
    merge = Merge.objects.get()
    phone = add_phone(person=one, number="090-0000-0002", since=date(2026, 11, 20), by=BY, at=NOW)
    url = reverse("desk:merge", args=[merge.pk])
    page = client.get(url).content.decode()
    assert "誰のものかを選んでください" in page and "090-0000-0002" in page

    undo = reverse("desk:merge_undo", args=[merge.pk])
    assert "すべて選んでください" in client.post(undo, {"reason": "別人"}, follow=True).content.decode()
    said = {"reason": "別人", f"row-people.phone.person:{phone.pk}": "gone"}
    assert "統合を取り消しました" in client.post(undo, said, follow=True).content.decode()
    assert other.phones.get() == phone
    assert client.get(reverse("desk:borrower", args=[other.pk])).status_code == 200


def test_two_numbers_can_be_put_side_by_side_by_hand(client: Client, clerk: User) -> None:
    one, other = a_person(), a_person()
    url = reverse("desk:duplicate_new")
    page = client.post(url, {"one": one.number, "other": other.number.lower()}, follow=True).content.decode()
    assert "二つの記録の比較" in page
    page = client.post(url, {"one": one.number, "other": "X"}, follow=True).content.decode()
    assert "見つかりません" in page
    assert (
        "同じ方の番号です" in client.post(url, {"one": one.number, "other": one.number}, follow=True).content.decode()
    )


def test_a_long_list_goes_on_without_gap_or_repetition(clerk: User, today: date) -> None:
    for n in range(60):
        PersonPair.objects.create(low=a_person(), high=a_person(), reasons=["by_hand"], score=50 + n % 3, found_at=NOW)
    first = pair_page(clerk, state=PairState.OPEN, after="", on=today)
    second = pair_page(clerk, state=PairState.OPEN, after=first.after, on=today)
    seen = [line.pair.pk for line in (*first.lines, *second.lines)]
    assert (len(seen), len(set(seen)), second.after) == (60, 60, "")


@pytest.mark.parametrize("role", [Role.MUNICIPAL_CLERK, Role.AGENCY_WORKER, Role.SYSTEM_ADMINISTRATOR])
def test_an_office_never_learns_of_a_pair_in_another_one(clerk: User, role: Role) -> None:
    _, _, pair = twice(clerk)
    stranger = signed_in(a_member_of_staff(role))
    for url in (reverse("desk:duplicates"), reverse("desk:duplicate", args=[pair.pk])):
        assert stranger.get(url).status_code == 403

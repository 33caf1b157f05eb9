"""The frame shows each role the rooms it may enter, and no door that stays shut."""

import re

import pytest
from django.urls import reverse

from accounts.enums import Role
from desk.context_processors import ROOMS
from tests.people.builders import a_member_of_staff, a_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

CASES = ["今日", "さがす"]
LENDING = ["貸付", "免除審査", "照会", "償還猶予", "少額返済など", "督促", "通知"]
MONEY = ["印刷便", "送金", "口座振替", "締め", "書類の送付", "重複の整理"]
RAILS = {
    Role.MUNICIPAL_CLERK: [
        *CASES, "申請の入力", *LENDING, "書類の送付", "住所の確認", "出力", "規則と設定",
    ],
    Role.PREFECTURAL_CLERK: [
        *CASES, "申請の入力", *LENDING, *MONEY, "住所の確認", "取込", "移行の照合", "出力", "夜間処理", "規則と設定",
    ],
    Role.SUPERVISOR: [*CASES, *LENDING, *MONEY, "住所の確認", "移行の照合", "出力", "夜間処理", "規則と設定"],
    Role.AGENCY_WORKER: ["今日", "規則と設定"],
    Role.AUDITOR: [*CASES, *LENDING, *MONEY, "移行の照合", "出力", "夜間処理", "規則と設定", "監査"],
    Role.SYSTEM_ADMINISTRATOR: ["今日", "夜間処理", "規則と設定", "職員と事業所"],
}  # fmt: skip


def rail(html):
    return re.findall(r'<a class="rail__link" href="([^"]+)"([^>]*)>\s*<svg.*?</svg>\s*(\S+)', html, flags=re.S)


@pytest.mark.parametrize("role", RAILS)
def test_the_rail_holds_the_rooms_of_the_role_and_each_opens(client, role):
    client.force_login(a_member_of_staff(role))
    rooms = rail(client.get(reverse("desk:today")).content.decode())

    assert [label for _, _, label in rooms] == RAILS[role]
    for url, _, label in rooms:
        page = client.get(url)
        assert page.status_code == 200, label
        here = [name for _, attributes, name in rail(page.content.decode()) if "aria-current" in attributes]
        assert here == [label]


def test_a_page_without_a_room_of_its_own_marks_the_one_it_belongs_to(client):
    clerk = a_member_of_staff(Role.MUNICIPAL_CLERK)
    client.force_login(clerk)
    html = client.get(reverse("desk:borrower", args=[a_person(office=clerk.office).pk])).content.decode()
    assert [name for _, attributes, name in rail(html) if "aria-current" in attributes] == ["さがす"]


def test_it_says_who_is_signed_in_for_which_office_and_as_what(client):
    clerk = a_member_of_staff(Role.MUNICIPAL_CLERK)
    client.force_login(clerk)
    page = client.get(reverse("desk:today")).content.decode()
    assert clerk.name in page and clerk.office.name in page and "市区町村社協 職員" in page


def test_the_search_box_is_there_for_those_who_may_search_only(client):
    for role in Role:
        user = a_member_of_staff(role)
        client.force_login(user)
        found = 'role="search"' in client.get(reverse("desk:today")).content.decode()
        assert found is (role not in (Role.AGENCY_WORKER, Role.SYSTEM_ADMINISTRATOR))


def test_every_page_named_by_a_room_belongs_to_one_room_only():
    named = [page for room in ROOMS for page in room.pages]
    assert len(named) == len(set(named))


def test_the_gallery_opens_for_staff_and_asks_strangers_to_sign_in(client):
    assert client.get(reverse("desk:gallery")).status_code == 302
    client.force_login(a_member_of_staff(Role.MUNICIPAL_CLERK))
    assert "架空 太郎" in client.get(reverse("desk:gallery")).content.decode()

"""Whatever is heard on the telephone finds the person, and finds nobody of another office."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from audit.actors import Actor
from audit.enums import AccessAction
from audit.models import AccessLog
from desk.search import find
from loans.enums import FundKind
from people.addresses import new_address
from people.bank_accounts import register_account
from people.corrections import correct_person
from people.enums import AccountUse, AddressKind
from tests.loans.builders import a_loan
from tests.people.builders import (
    a_household,
    a_member_of_staff,
    a_person,
    a_place,
    an_office,
    has_phone,
    is_protected,
    lives_at,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def clerk():
    return a_member_of_staff(Role.MUNICIPAL_CLERK)


def names(results):
    return [hit.name for hit in results.hits]


@pytest.mark.parametrize(
    "text", ["昭和46年3月2日", "S46.3.2", "昭46・3・2", "1971-03-02", "１９７１/３/２", "架空 S46.3.2"]
)
def test_a_birth_date_finds_in_any_way_of_writing_it(clerk, text):
    a_person("架空 花子", office=clerk.office)
    a_person("架空 次郎", office=clerk.office, birth_date=date(1980, 1, 1))

    assert names(find(user=clerk, text=text)) == ["架空 花子"]


@pytest.mark.parametrize(
    "text", ["090-0000-1234", "０９０００００１２３４", "0900000", "090 0000 1234", "(090)0000-1234"]
)
def test_a_telephone_number_finds_however_it_is_written(clerk, text):
    has_phone(a_person("電話 持男", office=clerk.office), "09000001234")
    has_phone(a_person("別人", office=clerk.office), "0110001234")

    assert names(find(user=clerk, text=text)) == ["電話 持男"]


def test_a_loan_code_finds_its_borrower(clerk):
    person = a_person("借受 人", office=clerk.office)
    a_loan(person, code="0200001")
    a_loan(a_person("別人", office=clerk.office), code="0200002")

    for text in ("0200001", "０２００００１", "02000-01"):
        assert names(find(user=clerk, text=text)) == ["借受 人"]
    assert sorted(names(find(user=clerk, text="02000"))) == ["借受 人", "別人"]


def test_a_person_number_finds_its_person(clerk):
    person = a_person("番号 持", office=clerk.office, number="K9000123")
    assert names(find(user=clerk, text="k9000123")) == [person.name]


def test_exact_hits_come_first_then_beginnings_then_the_rest(clerk):
    for kana in ("オオハナ", "ハナコ", "ハナ", "ハナオカ"):
        a_person(kana, kana, office=clerk.office)
    assert names(find(user=clerk, text="はな")) == ["ハナ", "ハナオカ", "ハナコ", "オオハナ"]


def test_readings_that_only_sound_alike_come_last_and_are_marked(clerk):
    a_person("中嶋", "ナカシマ", office=clerk.office)
    alike = find(user=clerk, text="ナカジマ")
    assert (names(alike), alike.only_near) == (["中嶋"], True)

    a_person("中島", "ナカジマ", office=clerk.office)
    both = find(user=clerk, text="ナカジマ")
    assert [(hit.name, hit.near) for hit in both.hits] == [("中島", False), ("中嶋", True)]
    assert not both.only_near


@pytest.mark.parametrize("text", ["", "　", "・・", "ー"])
def test_nothing_asked_finds_nobody(clerk, text):
    a_person(office=clerk.office)
    assert names(find(user=clerk, text=text)) == []


@pytest.mark.parametrize("text", ["%", "_", "ハナ%", "\\", "'; drop table", "0" * 40, "あ" * 500])
def test_signs_and_endless_texts_are_only_text(clerk, text):
    a_person(office=clerk.office)
    assert names(find(user=clerk, text=text)) == []


@pytest.mark.parametrize("text", ["カクウ", "架空", "S46.3.2", "09000001234", "0200001"])
def test_another_offices_people_do_not_exist(clerk, text):
    foreign = a_person(office=an_office())
    has_phone(foreign, "09000001234")
    a_loan(foreign, code="0200001")

    assert names(find(user=clerk, text=text)) == []
    assert names(find(user=a_member_of_staff(Role.PREFECTURAL_CLERK), text=text)) == [foreign.name]


def test_the_prefecture_can_look_in_one_office_only():
    clerk = a_member_of_staff(Role.PREFECTURAL_CLERK)
    offices = [an_office(), an_office()]
    for n, office in enumerate(offices):
        a_person(f"架空 {n}", "カクウ", office=office)

    assert names(find(user=clerk, text="カクウ", office=offices[1])) == ["架空 1"]


def test_a_long_list_goes_on_where_it_stopped_without_gap_or_repetition(clerk):
    for n in range(120):
        a_person(f"架空 {n}", f"カクウ {n % 3}", office=clerk.office)
    seen, after = [], ""
    while True:
        results = find(user=clerk, text="かくう", after=after)
        seen += [hit.person_id for hit in results.hits]
        after = results.after
        if not after:
            break

    assert len(seen) == len(set(seen)) == 120


# --- the page ---


def search_page(client, user, **query):
    client.force_login(user)
    return client.get(reverse("desk:search"), query)


def test_the_page_tells_people_apart_and_marks_the_protected_without_an_address(client, clerk):
    person = a_person("秘匿 花子", "ヒトク ハナコ", office=clerk.office)
    lives_at(person, a_place("隠町9-9"))
    is_protected(person)
    a_loan(person, code="0100009", fund=FundKind.SP_SMALL)

    page = search_page(client, clerk, q="ひとく").content.decode()

    for words in (
        "秘匿 花子",
        "昭和46年3月2日",
        "55歳",
        "支援措置",
        "緊急小口資金（特例）",
        "0100009",
        clerk.office.name,
    ):
        assert words in page
    assert "隠町" not in page


def test_who_was_shown_is_written_down_and_never_what_was_typed(client, clerk, caplog):
    people = [a_person("架空 花子", "カクウ ハナコ", office=clerk.office) for _ in range(2)]
    search_page(client, clerk, q="カクウハナコ")

    row = AccessLog.objects.get(action=AccessAction.SEARCH)
    assert (row.actor, row.subject, row.ids) == (clerk.username, "person", sorted(person.pk for person in people))
    assert row.reason == ""
    assert "カクウ" not in caplog.text and "%E3%82%AB" not in caplog.text


def test_an_empty_search_says_what_can_be_typed_and_writes_nothing(client, clerk):
    page = search_page(client, clerk).content.decode()
    assert "さがす言葉を入力してください" in page
    assert not AccessLog.objects.exists()


def test_nothing_found_says_what_to_try(client, clerk):
    assert "見つかりませんでした" in search_page(client, clerk, q="いない").content.decode()


def test_a_former_name_finds_whoever_bore_it_says_so_and_finds_nobody_of_another_office(client, clerk):
    hers = a_person("見本 花子", "ミホン ハナコ", office=clerk.office)
    other = a_person("見本 雪子", "ミホン ユキコ", office=an_office())
    a_person("架空 太郎", "カクウ タロウ", office=clerk.office)
    for person in (hers, other):
        correct_person(
            person=person, name="例示 " + person.name[3:], kana="レイジ " + person.kana[4:], birth_date=person.birth_date,
            reason="婚姻による改姓", by=Actor.person(clerk), at=timezone.now(),
        )  # fmt: skip

    for text in ("見本", "ミホン", "みほん はなこ", "ミホン 昭和46", "見", "ミホンハ"):
        hits = find(user=clerk, text=text).hits
        assert [(hit.name, hit.former) for hit in hits] == [("例示 花子", ("見本 花子",))], text
    assert [(hit.name, hit.near) for hit in find(user=clerk, text="ミーホン バナコ").hits] == [("例示 花子", True)]
    assert names(find(user=clerk, text="見本 レイジ")) == ["例示 花子"]
    assert "以前の氏名：見本 花子" in search_page(client, clerk, q="見本").content.decode()
    merged = a_person("旧姓 花子", "キュウセイ ハナコ", office=clerk.office, merged_into=hers)
    (hit,) = find(user=clerk, text="キュウセイ").hits
    assert (hit.person_id, hit.former, merged.pk) == (hers.pk, ("旧姓 花子",), merged.pk)


@pytest.mark.parametrize("rows", [1, 20])
def test_a_longer_list_takes_no_more_queries(client, clerk, rows, django_assert_max_num_queries):
    for n in range(rows):
        a_loan(a_person("架空", "カクウ", office=clerk.office), code=f"03000{n:02d}")
    client.force_login(clerk)
    with django_assert_max_num_queries(16):
        client.get(reverse("desk:search"), {"q": "カクウ"})


@pytest.mark.parametrize("role", [Role.AGENCY_WORKER, Role.SYSTEM_ADMINISTRATOR])
def test_who_sees_no_cases_cannot_search(client, role):
    assert search_page(client, a_member_of_staff(role), q="カクウ").status_code == 403


# --- where people live ---


@pytest.mark.parametrize("text", ["隠町", "隠町9-9", "ヒトク 隠町", "秘匿 隠町 9-9", "しのび荘"])
def test_nobody_protected_and_nobody_of_their_household_is_found_by_an_address(clerk, text):
    place = a_place("隠町9番9号", building="しのび荘203")
    hidden, child, neighbour = (a_person(f"秘匿 {n}", "ヒトク", office=clerk.office) for n in range(3))
    for person in (hidden, child, neighbour):
        lives_at(person, place)
    a_household(hidden, child)
    assert {hit.person_id for hit in find(user=clerk, text=text).hits} == {hidden.pk, child.pk, neighbour.pk}

    is_protected(hidden)

    assert {hit.person_id for hit in find(user=clerk, text=text).hits} == {neighbour.pk}


def test_a_measure_that_ended_lets_people_be_found_where_they_live_again(clerk, today):
    person = a_person(office=clerk.office)
    lives_at(person, a_place("小町1-2-3"))
    is_protected(person, until=today)
    assert names(find(user=clerk, text="小町")) == []

    person.protections.update(until=date(2026, 11, 19))
    assert names(find(user=clerk, text="小町")) == [person.name]


def test_only_where_somebody_lives_today_counts(clerk):
    person = a_person(office=clerk.office)
    new_address(
        person_id=person.pk,
        kind=AddressKind.REGISTERED,
        place=a_place("昔町1-1"),
        since=date(2019, 1, 1),
        until=date(2019, 12, 31),
    ).save()
    lives_at(person, a_place("今町2-2"))
    assert names(find(user=clerk, text="昔町")) == []
    assert names(find(user=clerk, text="今町")) == [person.name]


def test_who_bears_the_name_of_a_town_comes_before_who_lives_there(clerk):
    lives_at(a_person("架空 花子", office=clerk.office), a_place("小松1-1"))
    a_person("小松 一", "コマツ ハジメ", office=clerk.office)
    assert names(find(user=clerk, text="小松")) == ["小松 一", "架空 花子"]


def test_an_account_number_finds_its_owner_exactly(clerk):
    person = a_person("口座 持男", "コウザ モチオ", office=clerk.office)
    register_account(
        person=person,
        use=AccountUse.DEBIT,
        bank_code="9999",
        branch_code="999",
        number="1234567",
        holder_kana=person.kana,
        since=date(2026, 1, 1),
        by=Actor.machine("test"),
        at=timezone.now(),
    )
    assert names(find(user=clerk, text="1234567")) == ["口座 持男"]
    assert names(find(user=clerk, text="コウザ 1234567")) == ["口座 持男"]
    assert names(find(user=clerk, text="1234568")) == []
    assert names(find(user=a_member_of_staff(Role.MUNICIPAL_CLERK), text="1234567")) == []


def test_every_part_has_to_fit(clerk):
    for name, kana, born in (
        ("山田 花子", "ヤマダ ハナコ", date(1971, 3, 2)),
        ("山田 桃子", "ヤマダ モモコ", date(1972, 3, 2)),
        ("上野 花子", "ウエノ ハナコ", date(1971, 5, 5)),
    ):
        lives_at(a_person(name, kana, office=clerk.office, birth_date=born), a_place("小町1-2-3"))
    assert names(find(user=clerk, text="ヤマダ 昭和46 小町")) == ["山田 花子"]
    assert names(find(user=clerk, text="昭和46年 小町")) == ["上野 花子", "山田 花子"]
    assert names(find(user=clerk, text="S46.3 ハナコ")) == []
    assert names(find(user=clerk, text="昭和46年3月 ハナコ")) == ["山田 花子"]

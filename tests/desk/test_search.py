"""Whatever is heard on the telephone finds the person, and finds nobody of another office."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.enums import Role
from audit.enums import AccessAction
from audit.models import AccessLog
from desk.search import find
from loans.enums import FundKind
from tests.loans.builders import a_loan
from tests.people.builders import (
    a_member_of_staff,
    a_person,
    a_place,
    an_office,
    has_phone,
    is_protected,
    lives_at,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PEOPLE = [
    ("渡邉󠄂 太郎", "ワタナベ タロウ"),
    ("髙﨑 翔吾", "タカサキ ショウゴ"),
    ("𠮷田 陽子", "ヨシダ ヨーコ"),
    ("齋藤 ジョン", "ﾔﾏｻﾞｷ ｼﾞｮﾝ"),
    ("佐々木 花", "ササキ ハナ"),
    ("NGUYEN VAN AN", "グエン ヴァン アン"),
]
SPELLINGS = [
    ("渡辺太郎", 0),
    ("渡邊　太郎", 0),
    ("渡邉", 0),
    ("辺太", 0),
    ("太郎 渡辺", 0),
    ("わたなべ", 0),
    ("ﾜﾀﾅﾍﾞ ﾀﾛｳ", 0),
    ("ワタナベ・タロウ", 0),
    ("ナベタ", 0),
    ("タロ", 0),
    ("高崎", 1),
    ("高﨑翔吾", 1),
    ("たかさき", 1),
    ("シヨウゴ", 1),
    ("ｼｮｳｺﾞ", 1),
    ("しょうご", 1),
    ("吉田陽子", 2),
    ("ヨシダ ヨウコ", None),
    ("ヨシダヨコ", 2),
    ("よしだ よーこ", 2),
    ("斎藤", 3),
    ("斉藤", 3),
    ("ヤマザキ ジョン", 3),
    ("やまさき", 3),
    ("佐佐木", 4),
    ("佐々木花", 4),
    ("ささき", 4),
    ("nguyen", 5),
    ("Ｎｇｕｙｅｎ Ｖａｎ", 5),
    ("グエン", 5),
    ("ぐえんう゛ぁん", 5),
]


@pytest.fixture
def clerk():
    return a_member_of_staff(Role.MUNICIPAL_CLERK)


def names(results):
    return [hit.name for hit in results.hits]


@pytest.mark.parametrize(("text", "who"), SPELLINGS)
def test_however_a_name_is_spelled_the_person_is_found(clerk, text, who):
    for name, kana in PEOPLE:
        a_person(name, kana, office=clerk.office)

    assert names(find(user=clerk, text=text)) == ([] if who is None else [PEOPLE[who][0]])


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


def test_voicing_marks_are_forgiven_only_when_nothing_else_fits(clerk):
    a_person("中嶋", "ナカシマ", office=clerk.office)
    loose = find(user=clerk, text="ナカジマ")
    assert (names(loose), loose.loose) == (["中嶋"], True)

    a_person("中島", "ナカジマ", office=clerk.office)
    strict = find(user=clerk, text="ナカジマ")
    assert (names(strict), strict.loose) == (["中島"], False)


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


@pytest.mark.parametrize("rows", [1, 20])
def test_a_longer_list_takes_no_more_queries(client, clerk, rows, django_assert_max_num_queries):
    for n in range(rows):
        a_loan(a_person("架空", "カクウ", office=clerk.office), code=f"03000{n:02d}")
    client.force_login(clerk)
    with django_assert_max_num_queries(11):
        client.get(reverse("desk:search"), {"q": "カクウ"})


@pytest.mark.parametrize("role", [Role.AGENCY_WORKER, Role.SYSTEM_ADMINISTRATOR])
def test_who_sees_no_cases_cannot_search(client, role):
    assert search_page(client, a_member_of_staff(role), q="カクウ").status_code == 403

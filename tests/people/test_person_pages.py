"""The pages on which a person's registration is kept right: what is written, and the sentence whoever erred reads."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AccessLog, AuditRow
from people.account_sealing import opened_account
from people.addresses import address_for
from people.enums import AddressKind, Language
from people.households import members_on
from people.models import Address, BankAccount, HouseholdMember, Person, PersonCorrection
from people.searching import search
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

TODAY = date(2026, 11, 20)
ACCOUNT = {
    "use": "transfer",
    "bank_code": "９９９９",
    "branch_code": "999",
    "kind": "1",
    "number": "1234567",
    "holder_kana": "カクウ ハナコ",
    "since": "令和8年11月1日",
}


@pytest.fixture
def clerk() -> User:
    return a_member_of_staff()


@pytest.fixture
def person(clerk: User) -> Person:
    found = a_person(office=clerk.office)
    lives_at(found)
    return found


@pytest.fixture
def site(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    return client


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def send(site: Client, page: str, pk: int, /, **said: Any) -> Any:
    return site.post(reverse(f"people:{page}", args=[pk]), said)


# --- who it is --------------------------------------------------------------------------------------


def test_a_corrected_name_is_found_at_once_and_what_stood_there_is_kept_with_the_reason(
    site: Client, person: Person, clerk: User
) -> None:
    said = {"name": "見本 花子", "kana": "ミホン ハナコ", "birth_date": "昭和46年3月2日", "reason": "婚姻による改姓"}
    assert send(site, "correct", person.pk, **said).status_code == 302
    assert [each.pk for each in search(user=clerk, text="みほん").people] == [person.pk]
    for former in ("カクウ", "架空 花", "カクー ハナコ"):
        assert [each.pk for each in search(user=clerk, text=former).people] == [person.pk]
    kept = PersonCorrection.objects.get()
    assert (kept.columns, kept.name_before, kept.kana_before) == (["name", "kana"], "架空 花子", "カクウ ハナコ")
    assert kept.reason in words(site.get(reverse("people:person", args=[person.pk])))
    audit = " ".join(map(str, AuditRow.objects.values_list("columns", "values")))
    assert "見本" not in audit and "婚姻" not in audit


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"reason": ""}, "訂正の理由を入力してください。"),
        ({"name": "　"}, "氏名とカナ氏名を入力してください。"),
        ({"birth_date": "令和30年1月1日"}, "生年月日に先の日付は使えません。"),
        ({"birth_date": "きのう"}, "「きのう」"),
        ({}, "登録と同じ内容です。直すところがなければ、訂正は要りません。"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_and_changes_nothing(
    site: Client, person: Person, said: dict[str, str], sentence: str
) -> None:
    same = {"name": person.name, "kana": person.kana, "birth_date": "1971/3/2", "reason": "転記の誤り"}
    answer = send(site, "correct", person.pk, **same | said)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not PersonCorrection.objects.exists()


def test_a_death_is_written_down_and_taken_back_with_a_reason(site: Client, person: Person) -> None:
    answer = send(site, "death", person.pk, died_on="令和8年11月21日")
    assert "死亡日に先の日付は使えません。" in words(answer)
    assert "死亡日が生年月日より前になっています。" in words(send(site, "death", person.pk, died_on="1971/3/1"))
    send(site, "death", person.pk, died_on="令和8年11月1日")
    person.refresh_from_db()
    assert person.died_on == date(2026, 11, 1)
    assert "理由を入力してください" in words(send(site, "death", person.pk, reason=""))
    send(site, "death", person.pk, reason="同姓同名の別の方の届出だった")
    person.refresh_from_db()
    assert person.died_on is None
    assert PersonCorrection.objects.get().died_on_before == date(2026, 11, 1)


# --- how to reach them ------------------------------------------------------------------------------


def test_a_telephone_typed_in_full_width_is_read_in_half_width_and_ends(site: Client, person: Person) -> None:
    send(site, "phone_new", person.pk, kind="mobile", number="０９０－１２３４－５６７８", since="2026/11/1")
    assert "090-1234-5678" in words(site.get(reverse("people:person", args=[person.pk])))
    assert "090-1234-5678" in words(site.get(reverse("desk:borrower", args=[person.pk])))
    phone = person.phones.get()
    assert send(site, "phone_end", phone.pk).status_code == 302
    phone.refresh_from_db()
    assert phone.until == TODAY
    answer = send(site, "phone_new", person.pk, kind="mobile", number="123", since="2026/11/1")
    assert "市外局番から入力してください。" in words(answer)


def test_language_interpreter_and_hours_are_kept(site: Client, person: Person) -> None:
    send(site, "contact", person.pk, language="vi", needs_interpreter="on", reachable="平日の18時以降")
    person.refresh_from_db()
    assert (person.language, person.needs_interpreter, person.reachable) == (
        Language.VIETNAMESE,
        True,
        "平日の18時以降",
    )


def test_letters_are_stopped_and_go_out_again(site: Client, person: Person) -> None:
    send(site, "mail_block", person.pk, reason="requested", since="2026/11/1")
    block = person.mail_blocks.get()
    send(site, "mail_unblock", block.pk)
    block.refresh_from_db()
    assert block.until == TODAY


ADDRESS = {
    "kind": "registered",
    "since": "2026/11/1",
    "postal_code": "１２３－４５６７",
    "area": "青海県東浜市",
    "street": "新町5-6",
    "building": "",
}


def test_a_new_address_ends_the_one_before(site: Client, person: Person, clerk: User) -> None:
    send(site, "address_new", person.pk, **ADDRESS)
    assert address_for(person, reader=clerk, on=TODAY).text == "〒123-4567 青海県東浜市新町5-6"
    assert Address.objects.filter(person=person, until=date(2026, 10, 31)).count() == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"postal_code": "123"}, "郵便番号は7桁の数字で入力してください。"),
        ({"since": "2019/1/1"}, "この日以降に始まる同じ種別の住所がすでにあります。開始日をお確かめください。"),
        ({"kind": "moon"}, "moon"),
    ],
)
def test_an_address_that_cannot_be_is_refused(
    site: Client, person: Person, said: dict[str, str], sentence: str
) -> None:
    answer = send(site, "address_new", person.pk, **ADDRESS | said)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert Address.objects.count() == 1


def test_the_address_form_of_a_protected_person_says_nothing_of_what_is_registered(site: Client, clerk: User) -> None:
    hidden = a_person(office=clerk.office)
    lives_at(hidden, a_place("隠れ町9-9"), kind=AddressKind.ACTUAL)
    is_protected(hidden)
    for name in ("person", "address_new"):
        assert "隠れ町" not in words(site.get(reverse(f"people:{name}", args=[hidden.pk])))
    send(site, "address_new", hidden.pk, **ADDRESS)
    page = words(site.get(reverse("people:person", args=[hidden.pk])))
    assert "支援措置のため表示しません" in page
    assert "東浜市" not in page


# --- who looks after them ---------------------------------------------------------------------------


def test_a_transfer_hands_over_and_the_old_office_no_longer_sees_the_person(site: Client, person: Person) -> None:
    answer = send(site, "transfer", person.pk, office=an_office().pk, since="2026/11/20")
    assert answer["Location"] == reverse("desk:search")
    assert site.get(reverse("people:person", args=[person.pk])).status_code == 404


def test_a_second_office_looks_after_somebody_without_a_hand_over_and_the_last_one_stays(
    site: Client, clerk: User, person: Person
) -> None:
    other = a_member_of_staff()
    office = other.office
    assert send(site, "office_add", person.pk, office=office.pk, since="2026/11/1").status_code == 302
    send(site, "office_add", person.pk, office=office.pk, since="2026/11/1")
    assert [each.office_id for each in person.caseloads.order_by("pk")] == [clerk.office_id, office.pk]
    assert Person.objects.visible_to(other).filter(pk=person.pk).exists()
    earlier = send(site, "office_add", person.pk, office=office.pk, since="2026/10/1")
    assert "この日より後に始まる担当があります" in words(earlier)
    own, added = person.caseloads.order_by("pk")
    page = words(send(site, "office_end", added.pk))
    added.refresh_from_db()
    assert added.until == TODAY, page
    send(site, "office_end", own.pk)
    own.refresh_from_db()
    assert own.until is None
    assert "担当の事業所がなくなるため、終えられません。" in words(
        site.get(reverse("people:person", args=[person.pk]))
    )


# --- accounts ---------------------------------------------------------------------------------------


def test_an_account_is_entered_shown_masked_and_ended(site: Client, person: Person) -> None:
    assert send(site, "account_new", person.pk, **ACCOUNT).status_code == 302
    account = BankAccount.objects.get()
    page = words(site.get(reverse("people:person", args=[person.pk])))
    assert "テスト銀行 テスト支店（999）" in page
    assert "****567" in page and "1234567" not in page
    assert "1234567" not in words(site.get(reverse("people:account_number", args=[account.pk])))
    assert "1234567" in words(send(site, "account_number", account.pk, reason="通帳と照合"))
    assert AccessLog.objects.latest("pk").reason == "通帳と照合"
    send(site, "account_end", account.pk, until="2026/11/30")
    account.refresh_from_db()
    assert account.until == date(2026, 11, 30)
    send(site, "account_discard", account.pk)
    assert not BankAccount.objects.exists()


def test_a_yucho_account_is_entered_as_it_stands_in_the_passbook(site: Client, person: Person) -> None:
    said = {"use": "debit", "symbol": "10530", "number": "12345671", "holder_kana": "ｶｸｳ ﾊﾅｺ", "since": "2026/11/1"}
    assert send(site, "account_new_yucho", person.pk, **said).status_code == 302
    opened = opened_account(BankAccount.objects.get())
    assert (opened.branch_code, opened.number) == ("058", "1234567")
    answer = send(site, "account_new_yucho", person.pk, **said | {"number": "12345672"})
    assert "記号が1で始まる口座の番号は、最後の数字が1です。番号をお確かめください。" in words(answer)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            {"holder_kana": "カクウ タロウ"},
            "口座名義「ｶｸｳ ﾀﾛｳ」が借受人のカナ氏名と違います。本人名義の口座だけを使えます。",
        ),
        ({"holder_kana": "架空花子"}, "「架」は銀行のデータに使えない文字です"),
        ({"number": "12345678"}, "口座番号は7桁までです（8桁あります）。"),
        ({"bank_code": "9998"}, "銀行番号「9998」の銀行が見つかりません。"),
        ({"branch_code": "123"}, "支店番号「123」の支店がこの銀行にありません。"),
        ({"bank_code": "9900"}, "ゆうちょ銀行の口座は、記号と番号で登録してください。"),
        ({"use": ""}, "このフィールドは必須です"),
    ],
)
def test_an_account_that_cannot_be_right_is_refused(
    site: Client, person: Person, said: dict[str, str], sentence: str
) -> None:
    answer = send(site, "account_new", person.pk, **ACCOUNT | said)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not BankAccount.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"bank_code": "0001", "branch_code": "001"}, "銀行： みずほ銀行 支店： 東京営業部"),
        ({"bank_code": "みずほ", "branch_code": ""}, "銀行の候補：0001 みずほ銀行"),
        ({"bank_code": "0001", "branch_code": "ない支店"}, "この支店番号の支店はありません。"),
        ({"bank_code": "9998", "branch_code": ""}, "この銀行番号の銀行はありません。"),
        ({"bank_code": "9900", "branch_code": ""}, "ゆうちょ銀行の口座は、記号と番号で登録してください。"),
        ({}, "銀行番号を入れると、ここに銀行名と支店名が出ます。"),
    ],
)
def test_the_names_of_banks_appear_while_somebody_types(site: Client, typed: dict[str, str], sentence: str) -> None:
    assert sentence in words(site.get(reverse("people:bank_lookup"), typed)).replace("　", " ").replace("  ", " ")


# --- households -------------------------------------------------------------------------------------


def test_a_divorce_is_entered_for_everybody_at_once(site: Client, person: Person, clerk: User) -> None:
    husband, child = a_person("夫", office=clerk.office), a_person("子")
    record = a_household(husband, person, child)
    said = {
        "cause": "divorce",
        "since": "令和8年4月1日",
        "movers": [person.pk, child.pk],
        "destination": "new",
        "head": person.pk,
        f"relationship_{child.pk}": "長女",
    }
    refused = send(site, "household_move", person.pk, **said | {"head": husband.pk})
    assert "新しい世帯の世帯主を、異動する人の中から選んでください。" in words(refused)
    assert HouseholdMember.objects.count() == 3
    answer = send(site, "household_move", person.pk, **said)
    assert answer["Location"] == reverse("desk:household", args=[person.pk])
    assert [member.name for member in members_on(record.pk, on=TODAY)] == ["夫"]
    page = words(site.get(answer["Location"]))
    assert "離婚" in page and "長女" in page
    before = words(site.get(answer["Location"], {"on": "令和8年3月31日"}))
    assert "夫" in before


def test_somebody_moves_in_with_a_record_by_its_number_only_where_it_may_be_known(
    site: Client, person: Person, clerk: User
) -> None:
    a_household(person)
    known, foreign = a_household(a_person(office=clerk.office)), a_household(a_person(office=an_office()))
    said = {"cause": "move", "since": "2026/4/1", "movers": [person.pk], "destination": "existing"}
    for number in (foreign.number, "", "X"):
        answer = send(site, "household_move", person.pk, **said, number=number)
        assert "この番号の世帯が見つかりません。" in words(answer)
    assert send(site, "household_move", person.pk, **said, number=known.number).status_code == 302
    assert len(members_on(known.pk, on=TODAY)) == 2


def test_another_head_and_a_first_record(site: Client, person: Person) -> None:
    said = {"number": "", "relationship": "世帯主", "is_head": "on", "since": "2026/1/1"}
    assert send(site, "household_record", person.pk, **said).status_code == 302
    place = HouseholdMember.objects.get()
    assert place.is_head and place.household.number.startswith("N")
    mother = a_person("母")
    HouseholdMember.objects.create(household=place.household, person=mother, relationship="母", since=date(2026, 1, 1))
    answer = send(site, "household_head", person.pk, head=mother.pk, since="2026/5/1", relationship="子")
    assert answer.status_code == 302
    heads = [(each.name, each.relationship) for each in members_on(place.household_id, on=TODAY)]
    assert heads == [("母", "世帯主"), ("架空 花子", "子")]


@pytest.mark.parametrize(("days_before", "marked"), [(100, True), (366, False)])
def test_changes_of_head_shortly_before_an_application_are_marked(
    site: Client, person: Person, clerk: User, days_before: int, marked: bool
) -> None:
    father = a_person("父")
    record = a_household(father, person, since=date(2018, 1, 1))
    changed = a_loan(person, office=clerk.office).applied_on - timedelta(days=days_before)
    HouseholdMember.objects.filter(household=record).update(until=changed - timedelta(days=1))
    HouseholdMember.objects.create(
        household=record, person=person, relationship="世帯主", is_head=True, since=changed, cause="head"
    )
    page = words(site.get(reverse("desk:household", args=[person.pk])))
    assert "世帯主変更" in page
    assert ("変更から1年以内" in page) is marked


def test_the_pages_write_down_who_looked(site: Client, person: Person) -> None:
    has_phone(person, "09011112222")
    before = AccessLog.objects.count()
    site.get(reverse("people:person", args=[person.pk]))
    row = AccessLog.objects.latest("pk")
    assert (AccessLog.objects.count(), row.ids) == (before + 1, [person.pk])

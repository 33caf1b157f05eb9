"""Where people live is shown to those who may see it, and to nobody while a 支援措置 stands."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from accounts.enums import Role
from people.addresses import (
    WITHHELD_TEXT,
    MailingAddress,
    Withheld,
    address_for,
    addresses_for,
    mailing_address,
    mailing_addresses,
    moved,
)
from people.enums import AddressKind, MailBlockReason, WithheldCause
from people.models import HouseholdMember, MailBlock
from tests.people.builders import (
    a_household,
    a_member_of_staff,
    a_person,
    a_place,
    an_office,
    is_protected,
    lives_at,
)

pytestmark = pytest.mark.django_db
CHECKOUT = Path(__file__).resolve().parent.parent.parent


def test_only_the_accessor_names_the_private_columns():
    allowed = {"people/addresses.py", "people/models/addresses.py"}
    guilty = [
        str(path.relative_to(CHECKOUT))
        for pattern in ("*.py", "*.html", "*.sql", "*.txt")
        for path in CHECKOUT.rglob(pattern)
        if not {".venv", ".run", "tests", "migrations", "static-build"} & set(path.relative_to(CHECKOUT).parts)
        and str(path.relative_to(CHECKOUT)) not in allowed
        and re.search(r"raw_(postal_code|area|street|building)", path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_the_address_of_somebody_in_ones_own_office_is_shown(today):
    office = an_office()
    person = a_person(office=office)
    lives_at(person, a_place("青葉1-2-3", building="見本荘101"))

    shown = address_for(person, reader=a_member_of_staff(office=office), on=today)

    assert shown.text == "〒060-0001 北海県見本市青葉1-2-3 見本荘101"
    assert not shown.withheld


def test_the_address_of_another_offices_person_is_not_there(today):
    person = a_person(office=an_office())
    lives_at(person, a_place("青葉1-2-3"))

    shown = address_for(person, reader=a_member_of_staff(), on=today)

    assert "青葉" not in str(shown)


def test_where_somebody_lives_comes_before_the_residence_record(today):
    office = an_office()
    person = a_person(office=office)
    lives_at(person, a_place("記録町1"), kind=AddressKind.REGISTERED)
    lives_at(person, a_place("居所町2"), kind=AddressKind.ACTUAL)

    shown = address_for(person, reader=a_member_of_staff(office=office), on=today)

    assert "居所町2" in shown.text
    assert [line.label for line in shown.lines] == ["居所", "住民票上の住所"]


@pytest.mark.parametrize("role", [Role.MUNICIPAL_CLERK, Role.PREFECTURAL_CLERK, Role.SUPERVISOR, Role.AUDITOR])
def test_a_protected_address_is_withheld_from_every_role(today, role):
    reader = a_member_of_staff(role)
    person = a_person(office=reader.office)
    lives_at(person, a_place("隠町9-9"))
    is_protected(person)

    shown = address_for(person, reader=reader, on=today)

    assert shown.withheld
    assert shown.text == WITHHELD_TEXT
    assert "確認を依頼" in shown.advice
    assert "隠町" not in str(shown)


def test_a_protected_persons_household_gives_the_address_away_so_it_is_withheld_too(today):
    office = an_office()
    mother, child = a_person(office=office), a_person(office=office)
    a_household(mother, child)
    lives_at(child, a_place("隠町9-9"))
    is_protected(mother)

    assert address_for(child, reader=a_member_of_staff(office=office), on=today).withheld


def test_somebody_who_left_the_household_before_keeps_an_open_address(today):
    office = an_office()
    protected, other = a_person(office=office), a_person(office=office)
    household = a_household(protected)
    HouseholdMember.objects.create(
        household=household, person=other, relationship="元の配偶者", since=date(2020, 1, 1), until=date(2021, 1, 1)
    )
    lives_at(other, a_place("別町1"))
    is_protected(protected, since=date(2022, 1, 1))

    assert not address_for(other, reader=a_member_of_staff(office=office), on=today).withheld


def test_no_other_day_asked_for_opens_a_protected_address(today):
    office = an_office()
    person = a_person(office=office)
    lives_at(person, a_place("隠町9-9"))
    is_protected(person, since=today - timedelta(days=3), until=today)
    reader = a_member_of_staff(office=office)

    before, later = today - timedelta(days=400), today + timedelta(days=400)
    assert address_for(person, reader=reader, on=before).withheld
    assert address_for(person, reader=reader, on=later).withheld


def test_an_ended_protection_shows_the_address_again(today):
    office = an_office()
    person = a_person(office=office)
    lives_at(person, a_place("青葉1"))
    is_protected(person, until=today - timedelta(days=1))

    assert "青葉1" in address_for(person, reader=a_member_of_staff(office=office), on=today).text


@pytest.mark.parametrize("number", [1, 20])
def test_a_list_of_addresses_takes_the_same_number_of_queries(today, number, django_assert_num_queries):
    office = an_office()
    people = [a_person(office=office) for _ in range(number)]
    for person in people:
        lives_at(person)
    a_household(*people)
    reader = a_member_of_staff(office=office)
    assert reader.permissions

    with django_assert_num_queries(4):
        shown = addresses_for(people, reader=reader, on=today)
    assert len(shown) == number
    with django_assert_num_queries(5):
        mailing_addresses([person.pk for person in people], on=today)


# --- letters ---


def test_letters_go_to_the_mailing_address_then_where_somebody_lives_then_the_record(today):
    person = a_person()
    kinds = [AddressKind.REGISTERED, AddressKind.ACTUAL, AddressKind.MAILING]
    found = []
    for kind in kinds:
        lives_at(person, a_place(f"{kind.value}町"), kind=kind)
        address = mailing_address(person, on=today)
        assert isinstance(address, MailingAddress)
        found.append(address.kind)

    assert found == kinds


def test_an_address_of_another_time_gets_no_letter(today):
    person = a_person()
    lives_at(person, since=today + timedelta(days=1))

    assert mailing_address(person, on=today) == Withheld(WithheldCause.NO_ADDRESS)


def test_nothing_is_posted_to_protected_people_nor_to_those_who_live_with_them(today):
    mother, child = a_person(), a_person()
    for person in (mother, child):
        for kind in AddressKind:
            lives_at(person, kind=kind)
    a_household(mother, child)
    is_protected(mother)

    found = mailing_addresses([mother.pk, child.pk], on=today)

    assert found[mother.pk] == Withheld(WithheldCause.PROTECTED)
    assert found[child.pk] == Withheld(WithheldCause.PROTECTED_HOUSEHOLD)


def test_nothing_is_posted_to_the_dead_or_where_mail_is_stopped(today):
    dead, returned, silent = a_person(died_on=date(2025, 1, 1)), a_person(), a_person()
    for person in (dead, returned):
        lives_at(person)
    MailBlock.objects.create(person=returned, reason=MailBlockReason.RETURNED, since=date(2026, 1, 1))

    found = mailing_addresses([dead.pk, returned.pk, silent.pk], on=today)

    assert {found[p.pk].cause for p in (dead, returned, silent)} == {  # type: ignore[union-attr]
        WithheldCause.DECEASED,
        WithheldCause.BLOCKED,
        WithheldCause.NO_ADDRESS,
    }
    assert found[dead.pk].reason == "亡くなっています。相続人の連絡先を確認してください。"  # type: ignore[union-attr]


def test_whether_somebody_moved_is_told_without_telling_where_from(today):
    stayed, gone, new = a_person(), a_person(), a_person()
    lives_at(stayed, a_place("青葉1"))
    lives_at(gone, a_place("青葉1"))
    places = {stayed.pk: a_place("青葉1"), gone.pk: a_place("若葉2"), new.pk: a_place("若葉3")}

    assert moved(places, kind=AddressKind.REGISTERED, on=today) == {gone.pk, new.pk}

"""What may be written about a person, and what is refused with which words."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.enums import OfficeKind, Role
from audit.actors import Actor
from japan.phones import PhoneError
from people import services
from people.enums import AddressKind, MailBlockReason
from people.households import head_on, history_of, members_on
from people.models import Address, Caseload, HouseholdMember, MailBlock, Person
from people.services import PersonRefused
from tests.people.builders import a_household, a_member_of_staff, a_person, a_place, an_office, lives_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
CLERK = Actor(label="k001", user_id=None)


def doing(service, **values):
    return service(**values, by=CLERK, at=timezone.now())


def register(**changes):
    values = {
        "number": "P1",
        "name": "渡邉󠄂 太郎",
        "kana": "ﾜﾀﾅﾍﾞ ﾀﾛｳ",
        "birth_date": date(1971, 3, 2),
        "office": an_office(),
        "since": date(2020, 5, 1),
    }
    return doing(services.register_person, **values | changes)


def test_a_name_is_kept_exactly_as_it_came():
    person = register()
    person.refresh_from_db()
    assert (person.name, person.kana) == ("渡邉󠄂 太郎", "ﾜﾀﾅﾍﾞ ﾀﾛｳ")
    assert (person.name_key, person.kana_key) == ("渡辺太郎", "ワタナベタロウ")


def test_a_new_person_is_seen_by_the_office_that_looks_after_them_only():
    office = an_office()
    person = register(office=office)
    ours, theirs = a_member_of_staff(office=office), a_member_of_staff()

    assert list(Person.objects.visible_to(ours)) == [person]
    assert not Person.objects.visible_to(theirs).exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"birth_date": date(2026, 11, 21)}, "生年月日に先の日付"),
        ({"kana": "　"}, "氏名とカナ氏名"),
        ({"name": ""}, "氏名とカナ氏名"),
    ],
)
def test_a_person_who_cannot_be_is_refused(changes, words):
    with pytest.raises(PersonRefused, match=words):
        register(**changes)


def test_a_number_in_use_and_an_agency_are_refused():
    register()
    with pytest.raises(PersonRefused, match="P1 はすでに使われています"):
        register()
    with pytest.raises(PersonRefused, match="支援機関を担当に"):
        register(number="P2", office=an_office(OfficeKind.AGENCY))


def test_a_new_address_ends_the_one_before_it():
    person = a_person()
    moves = [(a_place("青葉1"), date(2021, 1, 1)), (a_place("若葉2"), date(2022, 4, 1))]
    for place, since in moves:
        assert doing(services.add_address, person=person, kind=AddressKind.REGISTERED, place=place, since=since)

    periods = list(Address.objects.order_by("since").values_list("since", "until"))
    assert periods == [(date(2021, 1, 1), date(2022, 3, 31)), (date(2022, 4, 1), None)]


def test_the_same_address_again_changes_nothing():
    person = a_person()
    lives_at(person, a_place("青葉1"))
    assert not doing(
        services.add_address,
        person=person,
        kind=AddressKind.REGISTERED,
        place=a_place("青葉1"),
        since=date(2022, 1, 1),
    )
    assert Address.objects.count() == 1


def test_an_address_before_the_present_one_is_refused():
    person = a_person()
    lives_at(person, a_place("青葉1"), since=date(2022, 1, 1))
    with pytest.raises(PersonRefused, match="開始日をお確かめください"):
        doing(
            services.add_address,
            person=person,
            kind=AddressKind.REGISTERED,
            place=a_place("若葉2"),
            since=date(2021, 1, 1),
        )


def test_a_telephone_number_is_written_once_however_it_is_told():
    person = a_person()
    first = doing(services.add_phone, person=person, number="090-0000-1234", since=date(2022, 1, 1))
    assert doing(services.add_phone, person=person, number="０９０ ００００ １２３４", since=date(2023, 1, 1)) == first
    with pytest.raises(PhoneError):
        doing(services.add_phone, person=person, number="12", since=date(2022, 1, 1))


def test_moving_out_ends_the_place_on_the_old_record():
    parent, child = a_person("親"), a_person("子")
    home, own = a_household(parent, child), a_household()
    values = {"household": own, "relationship": "世帯主", "is_head": True, "since": date(2024, 4, 1)}
    moved = doing(services.move_household, person=child, **values)
    assert doing(services.move_household, person=child, **values) == moved

    assert [member.name for member in members_on(home.pk, on=date(2024, 3, 31))] == ["親", "子"]
    assert [member.name for member in members_on(home.pk, on=date(2024, 4, 1))] == ["親"]
    heads = [head_on(child.pk, on=day) for day in (date(2024, 3, 31), date(2024, 4, 1))]
    assert [head.name for head in heads if head] == ["親", "子"]


def test_a_new_head_takes_the_place_of_the_old_one_and_the_day_is_told():
    parent, child = a_person("親"), a_person("子")
    home = a_household(parent, child)
    doing(
        services.move_household,
        person=child,
        household=home,
        relationship="世帯主",
        is_head=True,
        since=date(2024, 4, 1),
    )

    (period,) = history_of(parent.pk)
    assert [(change.on, change.before, change.after) for change in period.head_changes] == [
        (date(2024, 4, 1), "親", "子")
    ]
    assert HouseholdMember.objects.filter(person=parent, until__isnull=True, is_head=False).exists()


def test_a_move_before_one_already_written_is_refused():
    parent = a_person()
    a_household(parent, since=date(2024, 1, 1))
    with pytest.raises(PersonRefused, match="異動日をお確かめください"):
        doing(
            services.move_household,
            person=parent,
            household=a_household(),
            relationship="世帯主",
            is_head=True,
            since=date(2023, 1, 1),
        )


def test_a_protection_in_force_is_given_back(today):
    person = a_person()
    protection = doing(services.set_protection, person=person, since=date(2024, 1, 1), ground="決定通知書")
    assert doing(services.set_protection, person=person, since=today, ground="別の書類") == protection


def test_a_transfer_hands_the_person_to_the_new_office_alone(today):
    before, after = an_office(), an_office()
    person = a_person(office=before)
    doing(services.transfer, person=person, to=after, since=today)

    assert not Person.objects.visible_to(a_member_of_staff(office=before)).exists()
    assert Person.objects.visible_to(a_member_of_staff(office=after)).exists()
    assert Caseload.objects.get(office=before).until == today - timedelta(days=1)


def test_a_second_office_can_look_after_a_person_beside_the_first(today):
    first, second = an_office(), an_office()
    person = a_person(office=first)
    row = doing(services.add_to_caseload, person=person, office=second, since=today)
    assert doing(services.add_to_caseload, person=person, office=second, since=today) == row
    assert all(Person.objects.visible_to(a_member_of_staff(office=office)).exists() for office in (first, second))


def test_stopped_mail_can_flow_again(today):
    person = a_person()
    values = {"person": person, "reason": MailBlockReason.RETURNED, "since": date(2026, 1, 1)}
    block = doing(services.block_mail, **values)
    assert doing(services.block_mail, **values) == block
    doing(services.unblock_mail, block=block, until=today)
    assert MailBlock.objects.get().until == today


def test_a_death_before_birth_or_to_come_is_refused(today):
    person = a_person()
    for day, words in ((date(1970, 1, 1), "生年月日より前"), (today + timedelta(days=1), "先の日付")):
        with pytest.raises(PersonRefused, match=words):
            doing(services.record_death, person=person, died_on=day)
    assert doing(services.record_death, person=person, died_on=today).died_on == today


def test_agency_workers_and_administrators_know_of_nobody():
    person = a_person(office=an_office(OfficeKind.PREFECTURAL))
    assert Person.objects.filter(pk=person.pk).exists()
    for role in (Role.AGENCY_WORKER, Role.SYSTEM_ADMINISTRATOR):
        assert not Person.objects.visible_to(a_member_of_staff(role)).exists()
    for role in (Role.PREFECTURAL_CLERK, Role.SUPERVISOR, Role.AUDITOR):
        assert Person.objects.visible_to(a_member_of_staff(role)).exists()

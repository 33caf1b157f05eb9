"""The night finds who may be recorded twice, each pair once, and nobody by an address that is withheld."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.enums import Role
from audit.actors import Actor
from jobs.kinds import night_steps
from jobs.nightly import run_step
from people.duplicates.finding import new_pairs, traits_of
from people.duplicates.likeness import alike, reasons, score, swapped
from people.enums import AccountUse, PairReason, PairState
from people.merging.services import note_pair, propose_merge, tell_apart
from people.models import BankAccount, Person, PersonPair
from tests.people.builders import (
    a_household,
    a_member_of_staff,
    a_person,
    a_place,
    has_phone,
    is_protected,
    lives_at,
)
from tests.people.related import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

BORN = date(1971, 3, 2)


def the_night(day: date) -> int:
    """How many pairs the step of a night wrote."""
    step = next(step for step in night_steps() if step.kind.code == "people.duplicates")
    before = PersonPair.objects.count()
    run_step(step, business_date=day)
    return PersonPair.objects.count() - before


def has_account(person: Person, mark: str) -> None:
    BankAccount.objects.create(
        person=person, use=AccountUse.DEBIT, bank_code="9999", branch_code="999", sealed_number="x", key_id="k",
        number_hash=mark, holder_kana="ｶｸｳ", since=date(2020, 1, 1), recorded_by="test",
    )  # fmt: skip


def found(one: Person, other: Person, day: date) -> tuple[PairReason, ...]:
    traits = traits_of([one.pk, other.pk], on=day)
    return reasons(traits[one.pk], traits[other.pk])


def test_the_same_reading_and_birthday(today):
    a_person("渡邉 花子", "ワタナベ ハナコ")
    a_person("渡辺 花子", "ﾜﾀﾅﾍﾞ ﾊﾅｺ")
    a_person("渡辺 花子", "ワタナベ ハナコ", birth_date=date(1980, 1, 1))
    assert the_night(today) == 1
    pair = PersonPair.objects.get()
    assert (pair.reasons, pair.state) == ([PairReason.SAME_KANA], PairState.OPEN)


def test_month_and_day_exchanged(today):
    one, other = a_person(birth_date=date(1971, 3, 2)), a_person(birth_date=date(1971, 2, 3))
    assert the_night(today) == 1
    assert found(one, other, today) == (PairReason.SWAPPED_DAY,)


def test_one_telephone_and_a_similar_name_but_not_the_whole_family(today):
    one = a_person("山田 花子", "ヤマダ ハナコ", birth_date=date(1970, 1, 1))
    slip = a_person("山田 花", "ヤマダ ハナ", birth_date=date(1971, 1, 1))
    husband = a_person("山田 一郎太", "ヤマダ イチロウタ", birth_date=date(1969, 5, 5))
    for person in (one, slip, husband):
        has_phone(person, "09000000001")
    assert the_night(today) == 1
    assert found(one, slip, today) == (PairReason.SAME_PHONE,)


def test_one_account_whatever_the_names(today):
    one, other = a_person("山田", "ヤマダ", birth_date=BORN), a_person("林", "ハヤシ", birth_date=date(1990, 1, 1))
    for person in (one, other):
        has_account(person, "h" * 64)
    assert the_night(today) == 1
    assert found(one, other, today) == (PairReason.SAME_ACCOUNT,)


@pytest.mark.parametrize("by", ["phone", "home"])
def test_a_new_family_name_with_the_same_given_name_birthday_and_telephone_or_home(today, by):
    before = a_person("山田 花子", "ヤマダ ハナコ")
    after = a_person("林 花子", "ハヤシ ハナコ")
    twin = a_person("山田 桃子", "ヤマダ モモコ")
    for person in (before, after, twin):
        if by == "phone":
            has_phone(person, "09000000001")
        else:
            lives_at(person, a_place("小町一丁目2番3号" if person is before else "小町1-2-3"))
    reason = PairReason.RENAMED_PHONE if by == "phone" else PairReason.RENAMED_HOME
    assert reason in found(before, after, today)
    the_night(today)
    pair = PersonPair.objects.get(low=before, high=after)
    assert reason in pair.reasons
    if by == "home":
        assert not PersonPair.objects.filter(high=twin).exists()


@pytest.mark.parametrize("through_a_housemate", [False, True])
def test_a_withheld_address_is_no_reason(today, through_a_housemate):
    before, after = a_person("山田 花子", "ヤマダ ハナコ"), a_person("林 花子", "ハヤシ ハナコ")
    for person in (before, after):
        lives_at(person, a_place("隠町9-9"))
    if through_a_housemate:
        child = a_person("山田 子", "ヤマダ コ", birth_date=date(2015, 1, 1))
        a_household(before, child)
        is_protected(child)
    else:
        is_protected(before)
    assert the_night(today) == 0


def test_a_second_night_and_a_pair_told_apart_bring_nothing_new(today):
    one, other = a_person(), a_person()
    assert the_night(today) == 1
    assert the_night(date(2026, 11, 21)) == 0
    tell_apart(
        pair=PersonPair.objects.get(),
        reason="同姓同名",
        by=Actor.person(a_member_of_staff(Role.SUPERVISOR)),
        at=NOW,
    )
    assert list(new_pairs(on=today)) == []
    assert found(one, other, today) == (PairReason.SAME_KANA,)


def test_what_was_said_of_a_record_holds_for_the_one_it_was_merged_into(today):
    clerk = Actor.person(a_member_of_staff(Role.SUPERVISOR))
    kept, gone, twin = a_person(), a_person(), a_person()
    tell_apart(pair=note_pair(one=gone, other=twin, by=clerk, at=NOW), reason="双子", by=clerk, at=NOW)
    propose_merge(pair=note_pair(one=kept, other=gone, by=clerk, at=NOW), survivor=kept, by=clerk, at=NOW)
    assert list(new_pairs(on=today)) == []


def test_the_score_grows_with_every_reason():
    one, other = a_person(), a_person()
    for person in (one, other):
        has_phone(person, "09000000001")
    traits = traits_of([one.pk, other.pk], on=date(2026, 11, 20))
    both = reasons(traits[one.pk], traits[other.pk])
    assert set(both) == {PairReason.SAME_KANA, PairReason.SAME_PHONE}
    assert score(both[:1], *traits.values()) < score(both, *traits.values()) <= 99
    assert score((), *traits.values()) == 0


def test_readings_are_compared_by_what_they_share():
    assert alike("ヤマダハナコ", "ヤマダハナ") > 0.8 > alike("ヤマダハナコ", "ヤマダイチロウ")
    assert alike("ア", "ア") == 1.0
    assert swapped(date(1971, 3, 2), date(1971, 2, 3)) and not swapped(date(1971, 3, 3), date(1971, 3, 3))


def test_the_number_of_queries_does_not_depend_on_how_many_look_alike(today, django_assert_max_num_queries):
    for n in range(30):
        a_person(f"架空 {n}", f"カクウ {'アイウ'[n % 3]}")
    with django_assert_max_num_queries(10):
        assert len(list(new_pairs(on=today))) == 3 * 45

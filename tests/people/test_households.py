"""Who lived with whom when, and who was the head: told as stories of one person."""

from datetime import date

import pytest

from people.households import head_changes, head_on, heads_on, history_of, members_on, sizes_on
from people.models import HouseholdMember
from tests.people.builders import a_household, a_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def stays(household, person, since, until=None, *, head=False, relationship="家族"):
    HouseholdMember.objects.create(
        household=household, person=person, relationship=relationship, is_head=head, since=since, until=until
    )


def test_a_divorce_splits_one_household_into_two():
    husband, wife, child = a_person("夫"), a_person("妻"), a_person("子")
    together, apart = a_household(), a_household()
    stays(together, husband, date(2015, 4, 1), head=True)
    for person in (wife, child):
        stays(together, person, date(2015, 4, 1), date(2023, 9, 30))
        stays(apart, person, date(2023, 10, 1), head=person is wife)

    later, before = history_of(child.pk)
    assert [member.name for member in before.members] == ["夫", "妻", "子"]
    assert [member.name for member in later.members] == ["妻", "子"]
    assert (before.since, before.until) == (date(2015, 4, 1), date(2023, 9, 30))
    heads = [head_on(child.pk, on=day) for day in (date(2023, 9, 30), date(2023, 10, 1))]
    assert [head.name for head in heads if head] == ["夫", "妻"]
    assert [member.name for member in members_on(together.pk, on=date(2023, 10, 1))] == ["夫"]


def test_people_of_another_time_on_the_same_record_are_not_shown():
    earlier, later = a_person("前の人"), a_person("後の人")
    record = a_household()
    stays(record, earlier, date(2010, 1, 1), date(2015, 12, 31), head=True)
    stays(record, later, date(2016, 1, 1), head=True)

    (period,) = history_of(later.pk)
    assert [member.name for member in period.members] == ["後の人"]


def test_a_change_of_head_is_told_with_its_day_and_keeps_the_stay_in_one_piece():
    father, son = a_person("父"), a_person("息子")
    record = a_household()
    stays(record, father, date(2010, 1, 1), date(2023, 6, 30), head=True)
    stays(record, father, date(2023, 7, 1))
    stays(record, son, date(2010, 1, 1), date(2023, 6, 30))
    stays(record, son, date(2023, 7, 1), head=True)

    (period,) = history_of(father.pk)
    assert (period.since, period.until) == (date(2010, 1, 1), None)
    assert [(change.on, change.before, change.after) for change in period.head_changes] == [
        (date(2023, 7, 1), "父", "息子")
    ]
    assert list(period.head_changes) == head_changes(record.pk)


def test_a_record_without_a_head_for_a_time_says_so():
    old, new = a_person("先代"), a_person("当代")
    record = a_household()
    stays(record, old, date(2010, 1, 1), date(2020, 1, 31), head=True)
    stays(record, new, date(2020, 3, 1), head=True)

    assert [(change.on, change.before, change.after) for change in head_changes(record.pk)] == [
        (date(2020, 2, 1), "先代", ""),
        (date(2020, 3, 1), "", "当代"),
    ]
    assert head_on(new.pk, on=date(2020, 2, 10)) is None


def test_coming_back_is_a_second_stay():
    person, other = a_person("子"), a_person("親")
    record = a_household(other)
    stays(record, person, date(2010, 1, 1), date(2015, 3, 31))
    stays(record, person, date(2018, 4, 1))

    assert [(period.since, period.until) for period in history_of(person.pk)] == [
        (date(2018, 4, 1), None),
        (date(2010, 1, 1), date(2015, 3, 31)),
    ]


def test_heads_and_sizes_of_many_are_asked_for_at_once(today, django_assert_num_queries):
    families = [[a_person(f"親{n}"), a_person(f"子{n}")] for n in range(5)]
    for family in families:
        a_household(*family)
    children = [family[1].pk for family in families]
    alone = a_person("ひとり")

    with django_assert_num_queries(2):
        heads = heads_on([*children, alone.pk], on=today)
    assert [heads[key].name for key in children] == [f"親{n}" for n in range(5)]
    assert alone.pk not in heads
    with django_assert_num_queries(2):
        assert set(sizes_on(children, on=today).values()) == {2}
    with django_assert_num_queries(2):
        history_of(children[0])

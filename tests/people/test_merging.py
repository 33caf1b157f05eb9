"""One person recorded twice becomes one, and can become two again, byte for byte."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from random import Random

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from audit.models import AuditRow
from people.addresses import WITHHELD_TEXT, address_for, withheld_people
from people.duplicates.selectors import undoings_for
from people.enums import AddressKind, PairState
from people.merging.apart import new_rows, obstacles
from people.merging.relations import have_money_on_both_sides
from people.merging.services import (
    confirm_merge,
    confirm_undo,
    note_pair,
    propose_merge,
    propose_undo,
    tell_apart,
    withdraw_proposal,
    withdraw_undo,
)
from people.merging.together import MergeRefused
from people.models import Caseload, HouseholdMember, Merge, MergedRow, MergeUndo, Person, PersonPair, Phone, Protection
from people.services import add_address, add_phone, set_protection
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
from tests.people.related import BY, MAKERS, NOW, World, everything, to_be_made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def clerk() -> User:
    return a_member_of_staff(Role.PREFECTURAL_CLERK)


@pytest.fixture
def supervisor() -> User:
    return a_member_of_staff(Role.SUPERVISOR)


def pair_of(one: Person, other: Person, clerk: User) -> PersonPair:
    return note_pair(one=one, other=other, by=Actor.person(clerk), at=NOW)


def merged(survivor: Person, gone: Person, clerk: User, supervisor: User) -> Merge:
    pair = pair_of(survivor, gone, clerk)
    done = propose_merge(pair=pair, survivor=survivor, by=Actor.person(clerk), at=NOW)
    return done or confirm_merge(pair=pair, by=Actor.person(supervisor), at=NOW)


def undone(merge: Merge, clerk: User, **whose: str) -> None:
    answers = {row.name: "survivor" for row in new_rows(merge)} | whose
    if propose_undo(merge=merge, reason="別人だった", whose=answers, by=Actor.person(clerk), at=NOW) is None:
        second = a_member_of_staff(Role.SUPERVISOR)
        confirm_undo(merge=merge, by=Actor.person(second), at=NOW)


# --- there and back ---------------------------------------------------------------------------------


def test_every_table_that_a_merge_may_touch_takes_part_in_the_property() -> None:
    assert set(MAKERS) == to_be_made()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**9))
def test_a_merge_taken_back_leaves_every_row_as_it_was(seed: int) -> None:
    with transaction.atomic():
        there_and_back(Random(seed))
        transaction.set_rollback(True)


def there_and_back(rng: Random) -> None:
    world = World(rng)
    clerk, supervisor = world.staff, a_member_of_staff(Role.SUPERVISOR)
    one, other = (a_person(sex=rng.choice(["unknown", "female"]), note=rng.choice(["", "備考"])) for _ in "ab")
    for relation in MAKERS:
        for person in (one, other):
            for _ in range(rng.randrange(4)):
                world.add(relation, person)
    before = everything()
    try:
        merge = merged(one, other, clerk, supervisor)
    except MergeRefused:
        assert everything() == before
        return
    other.refresh_from_db()
    assert other.merged_into_id == one.pk
    undone(merge, clerk)
    assert everything() == before


def test_most_random_pairs_can_be_merged() -> None:
    done = 0
    for seed in range(12):
        with transaction.atomic():
            there_and_back(Random(seed))
            done += Merge.objects.exists()
            transaction.set_rollback(True)
    assert done >= 4


def test_what_pointed_at_the_one_points_at_the_other(clerk: User, supervisor: User) -> None:
    survivor, gone = a_person(office=an_office()), a_person(office=an_office())
    loan = a_loan(gone)
    has_phone(survivor, "09000000001")
    has_phone(gone, "09000000001")
    has_phone(gone, "09000000002")

    merged(survivor, gone, clerk, supervisor)

    loan.refresh_from_db()
    assert loan.borrower_id == survivor.pk
    assert set(survivor.phones.values_list("digits", flat=True)) == {"09000000001", "09000000002"}
    assert survivor.caseloads.count() == 2
    assert not Person.objects.visible_to(clerk).filter(pk=gone.pk).exists()


def test_periods_that_overlap_fill_only_the_free_days(clerk: User, supervisor: User) -> None:
    office = an_office()
    survivor, gone = a_person(), a_person()
    Caseload.objects.create(person=survivor, office=office, since=date(2021, 1, 1), until=date(2021, 12, 31))
    Caseload.objects.create(person=gone, office=office, since=date(2020, 1, 1))

    merge = merged(survivor, gone, clerk, supervisor)

    periods = list(survivor.caseloads.order_by("since").values_list("since", "until"))
    assert periods == [
        (date(2020, 1, 1), date(2020, 12, 31)),
        (date(2021, 1, 1), date(2021, 12, 31)),
        (date(2022, 1, 1), None),
    ]
    undone(merge, clerk)
    assert list(gone.caseloads.values_list("since", "until")) == [(date(2020, 1, 1), None)]


def test_what_one_record_did_not_know_comes_from_the_other(clerk: User, supervisor: User) -> None:
    survivor, gone = a_person(), a_person(died_on=date(2024, 5, 1), sex="female", needs_interpreter=True, note="備考")
    merge = merged(survivor, gone, clerk, supervisor)
    survivor.refresh_from_db()
    assert (survivor.died_on, survivor.sex, survivor.needs_interpreter, survivor.note) == (
        date(2024, 5, 1),
        "female",
        True,
        "備考",
    )
    undone(merge, clerk)
    survivor.refresh_from_db()
    assert (survivor.died_on, survivor.sex, survivor.needs_interpreter, survivor.note) == (None, "unknown", False, "")


def test_two_days_of_death_are_nobodys_to_choose(clerk: User, supervisor: User) -> None:
    with pytest.raises(MergeRefused, match="死亡日が食い違っています"):
        merged(a_person(died_on=date(2024, 5, 1)), a_person(died_on=date(2024, 5, 2)), clerk, supervisor)


# --- protection -------------------------------------------------------------------------------------


@pytest.mark.parametrize("protected_remains", [True, False])
def test_a_measure_survives_whichever_record_remains(
    clerk: User, supervisor: User, protected_remains: bool, today: date
) -> None:
    hidden, seen = a_person(office=an_office()), a_person(office=an_office())
    lives_at(hidden, a_place("隠町9-9"))
    lives_at(seen, a_place("見町1-1"))
    is_protected(hidden)
    survivor, gone = (hidden, seen) if protected_remains else (seen, hidden)

    merge = merged(survivor, gone, clerk, supervisor)

    assert address_for(survivor, reader=clerk, on=today).text == WITHHELD_TEXT
    undone(merge, clerk)
    assert set(withheld_people([hidden.pk, seen.pk], on=today)) == {hidden.pk}


def test_nobody_who_was_hidden_with_a_protected_person_comes_to_light(clerk: User, supervisor: User) -> None:
    """The child on the record in hiding would no longer share it with anybody protected."""
    hidden, child, twin, mother = (a_person() for _ in range(4))
    a_household(child, hidden)
    a_household(mother, twin)
    is_protected(hidden)
    with pytest.raises(MergeRefused, match="秘匿されている住所が見えるようになる"):
        merged(twin, hidden, clerk, supervisor)
    assert HouseholdMember.objects.filter(person=hidden).exists()


def test_a_household_does_not_lose_its_head(clerk: User, supervisor: User) -> None:
    survivor, gone, child = (a_person() for _ in range(3))
    a_household(survivor)
    a_household(gone, child)
    with pytest.raises(MergeRefused, match="世帯主がいなくなります"):
        merged(survivor, gone, clerk, supervisor)


def test_a_measure_set_after_the_merge_holds_for_both(clerk: User, supervisor: User, today: date) -> None:
    survivor, gone = a_person(), a_person()
    merge = merged(survivor, gone, clerk, supervisor)
    set_protection(person=survivor, since=today, ground="決定通知書", by=BY, at=NOW)
    assert new_rows(merge) == []

    undone(merge, clerk)

    assert set(withheld_people([survivor.pk, gone.pk], on=today)) == {survivor.pk, gone.pk}


# --- who decides ------------------------------------------------------------------------------------


def test_money_on_both_sides_takes_a_second_person(clerk: User, supervisor: User) -> None:
    survivor, gone = a_person(), a_person()
    a_loan(survivor)
    a_loan(gone)
    assert have_money_on_both_sides(survivor.pk, gone.pk)
    pair = pair_of(survivor, gone, clerk)

    assert propose_merge(pair=pair, survivor=survivor, by=Actor.person(clerk), at=NOW) is None
    assert not Merge.objects.exists()
    gone.refresh_from_db()
    assert gone.merged_into_id is None
    with pytest.raises(MergeRefused, match="起案した人は確認者になれません"):
        confirm_merge(pair=pair, by=Actor.person(clerk), at=NOW)

    merge = confirm_merge(pair=pair, by=Actor.person(supervisor), at=NOW)
    assert (merge.proposed_by, merge.confirmed_by, merge.money_on_both_sides) == (clerk, supervisor, True)


def test_the_database_too_refuses_one_person_alone(clerk: User) -> None:
    pair = pair_of(a_person(), a_person(), clerk)
    values = {"survivor_id": pair.low_id, "gone_id": pair.high_id, "pair": pair, "proposed_by": clerk, "at": NOW}
    for wrong in ({"confirmed_by": None}, {"confirmed_by": clerk}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Merge.objects.create(**values, money_on_both_sides=True, **wrong)


def test_taking_back_a_merge_of_money_takes_a_second_person_too(clerk: User, supervisor: User, today: date) -> None:
    survivor, gone = a_person(), a_person()
    a_loan(survivor)
    loan = a_loan(gone)
    merge = merged(survivor, gone, clerk, supervisor)
    asks, agrees = Actor.person(clerk), Actor.person(supervisor)
    before = everything()
    assert propose_undo(merge=merge, reason="別人だった", whose={}, by=asks, at=NOW) is None
    assert everything() == before
    assert PersonPair.objects.get().state == PairState.UNDOING
    assert undoings_for(supervisor, on=today) == 1 and undoings_for(clerk, on=today) == 0
    with pytest.raises(MergeRefused, match="すでに起案されています"):
        propose_undo(merge=merge, reason="別人だった", whose={}, by=agrees, at=NOW)
    with pytest.raises(MergeRefused, match="起案した人は確認者になれません"):
        confirm_undo(merge=merge, by=asks, at=NOW)
    assert withdraw_undo(merge=merge, by=asks, at=NOW).state == PairState.MERGED
    propose_undo(merge=merge, reason="別人だった", whose={}, by=asks, at=NOW)
    late = add_phone(person=survivor, number="090-0000-0009", since=today, by=BY, at=NOW)
    with pytest.raises(MergeRefused, match="すべて選んでください"):
        confirm_undo(merge=merge, by=agrees, at=NOW)
    late.delete()
    undo = confirm_undo(merge=merge, by=agrees, at=NOW)
    loan.refresh_from_db()
    assert (undo.by, undo.confirmed_by, loan.borrower) == (clerk, supervisor, gone)
    other = merged(a_person(), a_person(), clerk, supervisor)
    for wrong in ({"confirmed_by": None}, {"confirmed_by": clerk}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MergeUndo.objects.create(merge=other, reason="x", by=clerk, at=NOW, money_on_both_sides=True, **wrong)


def test_a_proposal_can_be_taken_back(clerk: User) -> None:
    one, other = a_person(), a_person()
    a_loan(one)
    a_loan(other)
    pair = pair_of(one, other, clerk)
    propose_merge(pair=pair, survivor=one, by=Actor.person(clerk), at=NOW)
    assert withdraw_proposal(pair=pair, by=Actor.person(clerk), at=NOW).state == PairState.OPEN


@pytest.mark.parametrize("role", [Role.MUNICIPAL_CLERK, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR])
def test_only_the_prefecture_decides(clerk: User, role: Role) -> None:
    pair = pair_of(a_person(), a_person(), clerk)
    stranger = Actor.person(a_member_of_staff(role))
    with pytest.raises(MergeRefused, match="役割ではありません"):
        propose_merge(pair=pair, survivor=pair.low, by=stranger, at=NOW)
    with pytest.raises(MergeRefused, match="役割ではありません"):
        tell_apart(pair=pair, reason="別人", by=stranger, at=NOW)


def test_a_pair_told_apart_stays_told_apart(clerk: User) -> None:
    one, other = a_person(), a_person()
    tell_apart(pair=pair_of(one, other, clerk), reason="双子", by=Actor.person(clerk), at=NOW)
    with pytest.raises(MergeRefused, match="別人とされています（双子）"):
        pair_of(other, one, clerk)


# --- taking back ------------------------------------------------------------------------------------


def test_what_was_written_since_goes_to_whom_it_belongs(clerk: User, supervisor: User, today: date) -> None:
    survivor, gone = a_person(), a_person()
    merge = merged(survivor, gone, clerk, supervisor)
    mine, theirs = (add_phone(person=survivor, number=f"090-0000-000{n}", since=today, by=BY, at=NOW) for n in (1, 2))
    asked = new_rows(merge)
    assert [row.row for row in asked] == [mine.pk, theirs.pk]
    with pytest.raises(MergeRefused, match="すべて選んでください"):
        propose_undo(merge=merge, reason="別人だった", whose={}, by=Actor.person(clerk), at=NOW)

    undone(merge, clerk, **{asked[1].name: "gone"})

    assert (survivor.phones.get(), gone.phones.get()) == (mine, theirs)
    assert merge.undo.given_back == [["people.phone.person", theirs.pk]]


def test_a_later_merge_has_to_be_taken_back_first(clerk: User, supervisor: User) -> None:
    one, two, three = (a_person() for _ in range(3))
    first = merged(one, two, clerk, supervisor)
    second = merged(three, one, clerk, supervisor)
    two.refresh_from_db()
    assert two.merged_into_id == three.pk
    with pytest.raises(MergeRefused, match=f"{three.number} との統合があります"):
        undone(first, clerk)

    undone(second, clerk)
    undone(first, clerk)
    assert not Person.objects.filter(merged_into__isnull=False).exists()


def test_a_row_that_changed_or_went_since_is_named(clerk: User, supervisor: User) -> None:
    office = an_office()
    survivor, gone = a_person(office=office), a_person(office=office)
    Caseload.objects.filter(person=survivor).update(since=date(2022, 1, 1))
    has_phone(gone, "09000000001")
    merge = merged(survivor, gone, clerk, supervisor)

    Caseload.objects.filter(person=survivor, since=date(2020, 1, 1)).update(until=date(2020, 6, 30))
    with pytest.raises(MergeRefused, match="「担当」の内容が変わっています"):
        undone(merge, clerk)
    Phone.objects.filter(person=survivor).delete()
    assert any("「電話」が削除されています" in sentence for sentence in obstacles(merge))


def test_what_was_written_over_a_free_place_stands_in_the_way(clerk: User, supervisor: User, today: date) -> None:
    """The record that goes was head of a household, and somebody else is head there now."""
    survivor, gone, heir = (a_person() for _ in range(3))
    a_household(survivor)
    record = a_household(gone)
    merge = merged(survivor, gone, clerk, supervisor)
    HouseholdMember.objects.create(
        household=record, person=heir, relationship="世帯主", is_head=True, since=date(2024, 1, 1)
    )
    with pytest.raises(MergeRefused, match="「世帯員」と重なるため、元に戻せません"):
        undone(merge, clerk)


def test_a_merge_is_taken_back_once_and_the_pair_never_returns(clerk: User, supervisor: User) -> None:
    survivor, gone = a_person(), a_person()
    merge = merged(survivor, gone, clerk, supervisor)
    undone(merge, clerk)
    with pytest.raises(MergeRefused, match="すでに取り消されています"):
        undone(merge, clerk)
    pair = PersonPair.objects.get()
    assert (pair.state, pair.reason) == (PairState.DIFFERENT, "統合の取消し：別人だった")


def test_a_refused_undo_changes_nothing(clerk: User, supervisor: User, today: date) -> None:
    survivor, gone = a_person(), a_person()
    lives_at(gone, a_place("見町1-1"))
    merge = merged(survivor, gone, clerk, supervisor)
    add_address(person=survivor, kind=AddressKind.REGISTERED, place=a_place("新町2-2"), since=today, by=BY, at=NOW)
    before = everything()
    asked = new_rows(merge)
    assert [row.relation for row in asked] == ["people.address.person"]
    HouseholdMember.objects.create(
        household=a_household(), person=survivor, relationship="本人", since=today - timedelta(days=1)
    )
    with suppress(MergeRefused):
        propose_undo(merge=merge, reason="別人だった", whose={}, by=Actor.person(clerk), at=NOW)
    assert everything()["people_address"] == before["people_address"]


# --- what is kept -----------------------------------------------------------------------------------


def test_no_address_is_copied_into_what_is_kept_about_a_merge(clerk: User, supervisor: User) -> None:
    survivor, gone = a_person(), a_person()
    lives_at(gone, a_place("隠町9-9"))
    is_protected(gone)
    merged(survivor, gone, clerk, supervisor)
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(to_jsonb(r)::text, '') from people_mergedrow r")
        assert "隠町" not in cursor.fetchone()[0]
    assert MergedRow.objects.filter(relation="people.address.person").exists()


def test_who_merged_stands_in_the_audit_log(clerk: User, supervisor: User) -> None:
    survivor, gone = a_person(), a_person()
    Protection.objects.create(person=gone, since=date(2020, 1, 1), ground="決定通知書", recorded_by="test")
    merged(survivor, gone, clerk, supervisor)
    row = AuditRow.objects.get(table="people_protection", operation="U")
    assert (row.actor, row.columns) == (clerk.username, ["person_id"])

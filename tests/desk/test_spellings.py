"""Two hundred spellings of invented people find them on the first page, and near misses do not."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from accounts.enums import Role
from accounts.models import User
from desk.search import find
from tests.desk.spellings import NEAR_MISSES, ONLY_NEAR, STORED
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person, a_place, has_phone, lives_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def names(results):
    return [hit.name for hit in results.hits]


@pytest.fixture(scope="module")
def spelled(django_db_setup: None, django_db_blocker: Any) -> Iterator[User]:
    """Everybody of the table of spellings among forty others, in the office of the clerk it gives."""
    with django_db_blocker.unblock(), transaction.atomic():
        clerk = a_member_of_staff(Role.MUNICIPAL_CLERK)
        for n in range(40):
            a_person(
                f"別人 {n}",
                f"ベツジン {'アイウエオ'[n % 5]}",
                office=clerk.office,
                birth_date=date(1950, 1, 1 + n % 28),
            )
        for each in STORED:
            number = {"number": each.number} if each.number else {}
            person = a_person(each.name, each.kana, office=clerk.office, birth_date=each.born, **number)
            if each.phone:
                has_phone(person, each.phone)
            if each.street:
                lives_at(person, a_place(each.street))
            if each.code:
                a_loan(person, code=each.code)
        yield clerk
        transaction.set_rollback(True)


def test_the_table_of_spellings_is_long():
    assert sum(len(each.typed) for each in STORED) >= 200


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: stored.name)
def test_however_somebody_is_asked_for_they_stand_on_the_first_page(spelled, stored):
    missed = [text for text in stored.typed if stored.name not in names(find(user=spelled, text=text))]
    assert missed == []


@pytest.mark.parametrize(("text", "name"), NEAR_MISSES)
def test_a_near_miss_does_not_find(spelled, text, name):
    assert name not in names(find(user=spelled, text=text))


@pytest.mark.parametrize(("text", "name"), ONLY_NEAR)
def test_what_only_sounds_alike_is_never_taken_for_exact(spelled, text, name):
    assert [(hit.name, hit.near) for hit in find(user=spelled, text=text).hits] == [(name, True)]

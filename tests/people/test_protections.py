"""A 支援措置 ends when two agree, never for days gone by."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from people.addresses import withheld_people
from people.models import Protection, ProtectionEnding
from people.protections import agree_to_end, ask_to_end, decline_to_end, endings_to_answer, open_ending
from people.services import PersonRefused
from tests.people.builders import a_member_of_staff, a_person, an_office, is_protected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
TODAY = NOW.date()


def asked(by: User, *, until: date = TODAY, protection: Protection | None = None) -> ProtectionEnding:
    found = protection or is_protected(a_person(office=by.office))
    return ask_to_end(protection=found, until=until, reason="措置の終了の通知書", by=Actor.person(by), at=NOW)


def test_one_asks_and_another_agrees() -> None:
    clerk, supervisor = a_member_of_staff(), a_member_of_staff(Role.SUPERVISOR)
    ending = asked(clerk, until=TODAY + timedelta(days=10))
    person = ending.protection.person
    assert open_ending(person) == ending
    assert list(endings_to_answer(supervisor)) == [ending]
    assert list(endings_to_answer(clerk)) == []
    assert person.pk in withheld_people([person.pk], on=TODAY)
    agree_to_end(ending=ending, by=Actor.person(supervisor), at=NOW)
    assert Protection.objects.get(pk=ending.protection_id).until == TODAY + timedelta(days=10)
    assert open_ending(person) is None


def test_a_request_answered_late_ends_it_on_the_day_of_the_answer() -> None:
    ending = asked(a_member_of_staff())
    later = NOW + timedelta(days=4)
    agree_to_end(ending=ending, by=Actor.person(a_member_of_staff(Role.SUPERVISOR)), at=later)
    assert Protection.objects.get(pk=ending.protection_id).until == later.date()


def test_a_declined_request_changes_nothing_and_may_be_made_again() -> None:
    clerk, supervisor = a_member_of_staff(), a_member_of_staff(Role.SUPERVISOR)
    ending = asked(clerk)
    decline_to_end(ending=ending, by=Actor.person(supervisor), at=NOW)
    assert Protection.objects.get(pk=ending.protection_id).until is None
    assert asked(clerk, protection=ending.protection).pk != ending.pk


def test_who_asked_cannot_agree_not_even_in_the_database() -> None:
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    ending = asked(supervisor)
    with pytest.raises(PersonRefused, match="依頼した人は確認者になれません"):
        agree_to_end(ending=ending, by=Actor.person(supervisor), at=NOW)
    with pytest.raises(PersonRefused, match="確認者になれません"):
        agree_to_end(ending=ending, by=Actor.machine("night"), at=NOW)
    with pytest.raises(IntegrityError, match="ending_by_a_second_person"), transaction.atomic():
        ProtectionEnding.objects.filter(pk=ending.pk).update(answered_by=supervisor, answered_at=NOW, agreed=True)
    with pytest.raises(IntegrityError, match="one_open_ending"), transaction.atomic():
        ProtectionEnding.objects.create(
            protection=ending.protection, until=TODAY, reason="x", asked_by=supervisor, asked_at=NOW
        )


def test_what_cannot_be_asked_is_refused_in_words() -> None:
    clerk = a_member_of_staff(office=an_office())
    protection = is_protected(a_person(office=clerk.office))
    with pytest.raises(PersonRefused, match="過去の日付で終えることはできません"):
        asked(clerk, until=TODAY - timedelta(days=1), protection=protection)
    with pytest.raises(PersonRefused, match="終了を確認した書類か理由"):
        ask_to_end(protection=protection, until=TODAY, reason=" ", by=Actor.person(clerk), at=NOW)
    ending = asked(clerk, protection=protection)
    with pytest.raises(PersonRefused, match="すでに確認を待っています"):
        asked(clerk, protection=protection)
    supervisor = Actor.person(a_member_of_staff(Role.SUPERVISOR))
    agree_to_end(ending=ending, by=supervisor, at=NOW)
    with pytest.raises(PersonRefused, match="すでに返事"):
        decline_to_end(ending=ending, by=supervisor, at=NOW)
    with pytest.raises(PersonRefused, match="すでに終了日"):
        asked(clerk, protection=protection)

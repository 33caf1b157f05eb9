"""The measurement of the search runs, finds whom it seeks, and leaves nothing behind."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from desk.bench.people import many_people
from desk.bench.searching import TYPED
from people.models import Address, Person, Protection

pytestmark = [pytest.mark.django_db]


def some_people(count: int) -> None:
    """Invented people of whom the planner knows: without statistics it joins thousands of rows by comparing all pairs."""
    many_people(count)
    with connection.cursor() as cursor:
        cursor.execute("analyze")


def test_a_small_measurement_answers_for_every_kind_of_text_in_time_and_leaves_nothing(today) -> None:
    """A light sample of docs/performance.md: processor time, so that a busy machine does not matter."""
    some_people(1_200)
    assert (Person.objects.count(), Address.objects.count(), Protection.objects.count()) == (1_200, 1_200, 9)
    out = io.StringIO()

    call_command("bench", "search", "--here", "--repeat", "2", stdout=out)

    told = json.loads(out.getvalue())
    assert (told["bench"], told["people"]) == ("search", 1_200)
    assert set(told["busy_p95_by_kind"]) == set(TYPED)
    assert told["searches"] == 2 * 2 * 2 * len(TYPED)
    for level in ("prefecture selector", "prefecture page", "municipality selector", "municipality page"):
        assert 0 < told[level]["p50"] <= told[level]["p95"] <= told[level]["max"]
    assert max(told[level]["busy_p95"] for level in ("prefecture selector", "municipality selector")) < 100
    assert not User.objects.exists()
    assert connection.settings_dict["NAME"] != "tsunagi_bench"

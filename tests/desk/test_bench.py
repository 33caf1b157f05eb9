"""The measurement of the search runs, finds whom it seeks, and leaves nothing behind."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from desk.bench.people import many_people
from desk.bench.searching import TYPED, measure
from people.models import Address, Person, Protection

pytestmark = [pytest.mark.django_db]


def test_a_small_measurement_answers_for_every_kind_of_text_and_leaves_nothing(today) -> None:
    many_people(1_200)
    assert (Person.objects.count(), Address.objects.count(), Protection.objects.count()) == (1_200, 1_200, 9)

    figures = measure(repeat=2)

    assert set(figures["busy_p95_by_kind"]) == set(TYPED)
    assert figures["searches"] == 2 * 2 * 2 * len(TYPED)
    for level in ("prefecture selector", "prefecture page", "municipality selector", "municipality page"):
        assert 0 < figures[level]["p50"] <= figures[level]["p95"] <= figures[level]["max"]
    assert not User.objects.exists()


def test_a_search_among_a_thousand_people_costs_less_than_a_tenth_of_a_second(today) -> None:
    """A light sample of docs/performance.md: processor time, so that a busy machine does not matter."""
    many_people(1_200)
    figures = measure(repeat=4)
    assert max(figures[level]["busy_p95"] for level in ("prefecture selector", "municipality selector")) < 100


def test_here_is_measured_where_one_is(today) -> None:
    many_people(1_000)
    out = io.StringIO()
    call_command("bench", "search", "--here", "--repeat", "2", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["bench"], told["people"]) == ("search", 1_000)
    assert connection.settings_dict["NAME"] != "tsunagi_bench"

"""The measurements of position, posting and reliefs run on a few loans, agree with the slow way, and leave nothing behind."""

from __future__ import annotations

import io
import json
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from loans.models import Loan
from repayment.models import DebitRun, LedgerEntry
from tests.people.builders import a_person
from tests.repayment.histories import random_history
from tests.repayment.stored import store

pytestmark = [pytest.mark.django_db]


def measured(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("bench", *arguments, "--here", stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def test_ageing_is_measured_beside_a_loop_over_rows(today: object) -> None:
    store([random_history(Random(f"bench/{number}")) for number in range(60)], a_person())
    rows = LedgerEntry.objects.count()
    told = measured("position", "--repeat", "2")
    assert (told["bench"], told["loans"], told["ledger_rows"]) == ("position", 60, rows)
    assert told["naive_sampled"] == 50
    assert told["ratio_to_naive"] > 1 and told["seconds_to_age_all"] > 0 and told["peak_mib"] > 0
    assert (Loan.objects.count(), LedgerEntry.objects.count()) == (60, rows)


def test_a_banks_result_is_measured_from_selection_to_ledger_and_taken_back(today: object) -> None:
    told = measured("posting", "--size", "120")
    assert told["lines"] == 120 == told["payments"] + told["failures"] + told["suspense"]
    assert told["suspense"] == 1 and told["refund_tasks"] <= 1 and told["failures"] > 0
    assert told["naive_sampled"] == 120 and told["ratio_to_naive"] > 1
    assert told["seconds_to_again"] > 0
    assert not DebitRun.objects.exists() and not Loan.objects.exists() and not User.objects.exists()
    assert connection.settings_dict["NAME"] != "tsunagi_bench"


def test_the_relief_map_of_four_loans_takes_less_than_300_milliseconds_of_processor_time(today: object) -> None:
    store([random_history(Random(f"bench/{number}")) for number in range(4)], a_person())
    told = measured("reliefs", "--repeat", "2")
    assert (told["bench"], told["borrowers"]) == ("reliefs", 1)
    assert told["milliseconds_of_processor_time"]["most"] < 300
    assert told["queries"] < 20

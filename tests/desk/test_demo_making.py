"""Making the demonstration: the same again from the same seed, refused where it must be, quick enough."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.enums import OfficeKind
from accounts.models import Office, User
from desk.demo import write
from desk.demo.fingerprint import fingerprint
from desk.demo.incidents import missing
from loans.models import Loan
from repayment.totals import differing_totals
from tests.people.builders import a_person

AS_OF = date(2026, 11, 20)


@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_the_same_seed_and_day_make_the_same_rows_whenever_it_is_run_and_however_it_is_filled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prints, brakes = {}, _brakes()
    for name, seed, day, clock in (
        ("first", 1, AS_OF, datetime(2026, 11, 20, 3, tzinfo=UTC)),
        ("as a large one", 1, AS_OF, datetime(2027, 2, 3, 20, tzinfo=UTC)),
        ("other seed", 2, AS_OF, datetime(2026, 11, 20, 3, tzinfo=UTC)),
        ("other day", 1, date(2025, 6, 2), datetime(2026, 11, 20, 3, tzinfo=UTC)),
    ):
        monkeypatch.setattr(write, "LARGE", 70 if name == "as a large one" else 71)
        with time_machine.travel(clock):
            write.make(borrowers=70, seed=seed, as_of=day)
            prints[name] = fingerprint()
        assert differing_totals() == []
        assert _brakes() == brakes
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    assert prints["first"] == prints["as a large one"]
    assert len(set(prints.values())) == 3


def _brakes() -> list[tuple[str, ...]]:
    """Every reference, index and trigger that stands in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
            " union all select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'"
            " union all select tgrelid::regclass::text, tgname, tgenabled::text from pg_trigger where not tgisinternal"
            " order by 1, 2, 3"
        )
        return cursor.fetchall()


def test_it_refuses_under_production_settings(db: None, settings: Any) -> None:
    settings.SETTINGS_MODULE = "config.settings.production"
    with pytest.raises(CommandError, match="not the demonstration settings"):
        call_command("demo", borrowers=1)
    assert not User.objects.exists()


@pytest.mark.parametrize("what", ["person", "office"])
def test_it_refuses_beside_rows_it_did_not_make(db: None, what: str) -> None:
    if what == "person":
        a_person()
    else:
        Office.objects.create(code="1", name="どこかの社協", kind=OfficeKind.PREFECTURAL)
    with pytest.raises(CommandError, match="holds rows that are no demonstration"):
        call_command("demo", borrowers=1)
    assert not Loan.objects.exists()


@pytest.mark.parametrize(
    "arguments", [["--borrowers", "0"], ["--borrowers", "300001"], ["--as-of", "2019-01-01"], ["--as-of", "morgen"]]
)
def test_it_refuses_sizes_and_days_it_cannot_make(db: None, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("demo", *arguments)


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_two_thousand_borrowers_take_less_than_a_minute() -> None:
    started = time.monotonic()
    write.make(borrowers=2_000, seed=1, as_of=AS_OF)
    assert time.monotonic() - started < 60
    assert missing(AS_OF) == []
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_stats where tablename = 'loans_loan'")
        assert cursor.fetchone()[0] > 0


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [2, 3])
@pytest.mark.parametrize("day", [date(2023, 4, 1), date(2024, 6, 5), date(2025, 1, 3), date(2030, 8, 11)])
def test_every_incident_is_there_whatever_the_seed_and_day(seed: int, day: date) -> None:
    write.make(borrowers=80, seed=seed, as_of=day)
    assert missing(day) == []

"""What only the council begins: untraceable borrowers, the general rule of 1999, arrears ex officio (EX-54 … EX-56)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from exemptions.assess import assess
from exemptions.assessment import Assessment
from exemptions.enums import EX_OFFICIO_GROUNDS, EventKind, Ground
from exemptions.facts import Application, Event, ExOfficio, Facts
from exemptions.snapshot import facts_from_json, facts_to_json
from rulebook.settings import Settings
from tests.exemptions.situations import SMALL, a_loan, assessed, facts_of, monthly

NOBODY = frozenset[int]()


def begun(ground: Ground, on: date, *, part: int | None = None, loan: Any = None, **known: Any) -> Facts:
    """A loan about which the council has begun something on a day; nobody applied, so nobody consented."""
    events = known.pop("events", ())
    return facts_of(
        loan or a_loan(),
        application=Application(on, NOBODY, part),
        ex_officio=ExOfficio(ground, **known),
        events=events,
    )


def asked(facts: Facts, as_of: date, **settings: Any) -> Assessment:
    assert facts.ex_officio is not None
    chosen = Settings.defaults().with_values(settings)
    return assess(facts, settings=chosen, as_of=as_of, asked=(facts.ex_officio.ground,))


def test_nothing_of_it_is_looked_at_unless_the_council_began_it() -> None:
    found = assessed(facts_of(a_loan()), "2026-01-10")
    assert not {outcome.ground for outcome in found.grounds} & set(EX_OFFICIO_GROUNDS)


def test_ex_56_takes_the_arrears_and_leaves_what_is_to_come() -> None:
    on = date(2024, 3, 31)
    facts = begun(Ground.OVERDUE_EX_OFFICIO, on, loan=a_loan(paid=monthly("2023-01", 3, 5_000)))
    found = asked(facts, on)
    assert (found.result.value, found.amount, found.remaining) == ("eligible", 60_000, 525_000)
    assert all(check.rule.code != "EX-60" for check in found.checks)
    assert asked(begun(Ground.OVERDUE_EX_OFFICIO, on, part=20_000), on).amount == 20_000


def test_ex_56_has_nothing_to_take_where_nothing_is_overdue() -> None:
    facts = begun(Ground.OVERDUE_EX_OFFICIO, date(2022, 10, 1))
    assert asked(facts, date(2022, 10, 1)).result.value == "not_eligible"


@pytest.mark.parametrize(
    ("unknown_since", "mail", "result"),
    [
        (date(2024, 1, 10), date(2024, 2, 1), "eligible"),
        (date(2024, 1, 12), date(2024, 2, 1), "not_eligible"),
        (date(2024, 1, 10), None, "not_eligible"),
        (None, date(2024, 2, 1), "unknown"),
    ],
)
def test_ex_54_needs_a_year_of_arrears_a_returned_letter_and_a_lapse_of_time(
    unknown_since: date | None, mail: date | None, result: str
) -> None:
    on = date(2025, 1, 10)
    facts = begun(Ground.UNTRACEABLE, on, unknown_since=unknown_since, mail_returned_on=mail)
    found = asked(facts, on)
    assert found.result.value == result
    if result == "eligible":
        assert (found.amount, found.remaining) == (120_000, 480_000)
        assert asked(facts, on, untraceable_extent="WHOLE").amount == 600_000
        assert asked(facts, on, untraceable_lapse_months=24).result.value == "not_eligible"


def test_ex_54_falls_short_with_eleven_months_of_arrears() -> None:
    on = date(2023, 11, 30)
    facts = begun(Ground.UNTRACEABLE, on, unknown_since=date(2022, 1, 1), mail_returned_on=date(2023, 2, 1))
    assert asked(facts, on).result.value == "not_eligible"


@pytest.mark.parametrize(("on", "result"), [(date(2026, 12, 30), "not_eligible"), (date(2026, 12, 31), "eligible")])
def test_ex_55_counts_two_years_from_the_deadline(on: date, result: str) -> None:
    facts = begun(Ground.GENERAL_1999, on, loan=a_loan(**SMALL), unknown_since=date(2024, 3, 1))
    found = asked(facts, on)
    assert (found.result.value, found.amount) == (result, 200_000 if result == "eligible" else 0)


def test_ex_55_after_a_death_needs_that_nobody_can_be_made_to_pay() -> None:
    on = date(2024, 6, 1)
    death = (Event(EventKind.DEATH, date(2024, 2, 1)),)
    facts = begun(Ground.GENERAL_1999, on, not_collectable=True, events=death)
    assert (asked(facts, on).amount, asked(facts, on).remaining) == (600_000, 0)
    assert asked(replace(facts, events=()), on).result.value == "not_eligible"


def test_what_the_council_said_is_read_back_from_a_stored_assessment() -> None:
    facts = begun(Ground.UNTRACEABLE, date(2025, 1, 10), part=5, unknown_since=date(2024, 1, 1))
    assert facts_from_json(facts_to_json(facts)) == facts
    stored = facts_to_json(facts)
    del stored["ex_officio"], stored["application"]["part"]
    assert facts_from_json(stored).ex_officio is None


def test_h13_a_part_leaves_the_earliest_instalments() -> None:
    on = date(2024, 6, 1)
    facts = facts_of(
        a_loan(), events=(Event(EventKind.DEATH, date(2024, 2, 1)),), application=Application(on, NOBODY, 100_000)
    )
    found = assess(facts, settings=Settings.defaults(), as_of=on, asked=(Ground.DEATH,))
    assert (found.amount, found.remaining, found.last_no) == (100_000, 500_000, 120)

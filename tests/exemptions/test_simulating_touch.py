"""A loan that a simulation skips comes out the same under both settings; what becomes of a loan has one of three signs."""

from __future__ import annotations

from typing import Any

import pytest

from exemptions.enums import Composition, Person
from exemptions.facts import Facts, Household, TaxRecord
from exemptions.simulating.enums import Sign
from exemptions.simulating.outcome import outcome_of, sign_of
from exemptions.simulating.touching import _TOUCHES, may_touch
from rulebook.moves import Moves
from rulebook.setting_keys import BY_KEY
from rulebook.settings import Settings
from tests.exemptions.situations import (
    SMALL,
    a_certificate,
    a_loan,
    an_event,
    day,
    facts_of,
    received,
    untaxed,
)

DAY = day("2026-11-20")
OTHER: dict[str, Any] = {
    "late_application_policy": "ALL_UNPAID",
    "late_application_cutoff": "DECISION",
    "later_year_anniversary_inclusive": False,
    "exemption_window": {"opens": "06-01", "closes": "03-31"},
    "accept_intellectual_severe": False,
    "req4_months": 3,
    "req4_growth_window_months": 2,
    "public_assistance_before_disbursement_excluded": False,
    "other_grounds_wait_for_start": False,
}
REGULAR: dict[str, Any] = {"fund": "REG_SMALL", "principal": 100_000, "count": 12, "size": 1, "first": "2027-01"}
LEVIED = TaxRecord(Person.BORROWER, 2026, per_capita_levy=True, income_levy=False)
PARENT = Household(borrower_is_head=True, composition=Composition.SINGLE_PARENT)
SITUATIONS: dict[str, Facts] = {
    "late applicant": facts_of(a_loan(), untaxed(2022), application=received("2026-11-02")),
    "before its anniversary": facts_of(a_loan(first="2023-11"), untaxed(2026), application=received("2026-11-02")),
    "small, all due": facts_of(a_loan(**SMALL), untaxed(2022)),
    "paid long ago": facts_of(a_loan(first="2025-01", paid=(("2026-02-26", 1_000),)), LEVIED, household=PARENT),
    "few arrears": facts_of(a_loan(first="2026-05", paid=(("2026-07-27", 1_000),)), LEVIED, household=PARENT),
    "severe": facts_of(a_loan(), certificates=(a_certificate("INTELLECTUAL", "A1", "2024-05-01"),)),
    "physical": facts_of(a_loan(), certificates=(a_certificate("PHYSICAL", "2級", "2024-05-01"),)),
    "assisted between": facts_of(a_loan(disbursed="2020-08-20"), public_assistance_from=day("2020-07-01")),
    "died": facts_of(a_loan(first="2027-01"), events=(an_event("DEATH", "2026-10-01"),)),
    "regular": facts_of(a_loan(**REGULAR), events=(an_event("DEATH", "2026-10-01"),)),
    "in its window": facts_of(a_loan(), untaxed(2022), application=received("2022-11-02")),
}


def outcomes(facts: Facts, key: str) -> tuple[Any, Any]:
    before = Settings.defaults()
    after = before.with_values({key: OTHER[key]})
    return tuple(  # type: ignore[return-value]
        outcome_of(facts, settings=each, as_of=DAY, moves=Moves.EXEMPTION, positions={}) for each in (before, after)
    )


def test_every_setting_that_may_skip_loans_is_tried_here() -> None:
    assert set(_TOUCHES) == set(OTHER)
    assert all(BY_KEY[key].moves is Moves.EXEMPTION for key in OTHER)


@pytest.mark.parametrize("key", sorted(OTHER))
def test_a_loan_that_is_skipped_comes_out_the_same_and_some_loan_is_not_skipped(key: str) -> None:
    after = Settings.defaults().with_values({key: OTHER[key]})
    changed = []
    for name, facts in SITUATIONS.items():
        was, comes = outcomes(facts, key)
        if not may_touch(key, facts, Settings.defaults(), after, DAY):
            assert was == comes, name
        elif was != comes:
            changed.append(name)
    assert changed, key


def test_the_sign_says_whether_it_newly_can_no_longer_can_or_otherwise_changes() -> None:
    signs = {
        key: sign_of(*outcomes(SITUATIONS[name], key))
        for key, name in (
            ("late_application_policy", "small, all due"),
            ("accept_intellectual_severe", "severe"),
            ("other_grounds_wait_for_start", "died"),
            ("req4_months", "physical"),
        )
    }
    assert list(signs.values()) == [Sign.ADDED, Sign.REMOVED, Sign.CHANGED, None]

"""The regular loan as its guide describes it: terms, conditions, causes, exclusions (K-1, K-3, K-5, K-6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from japan.months import parse_month
from loans.lending.enums import (
    BridgeTo,
    Condition,
    Exclusion,
    Involvement,
    LendingCause,
    LendingPurpose,
    Residence,
)
from loans.lending.exclusions import CODES
from loans.lending.facts import Bridge, LendingFacts
from loans.lending.guide import NAGASAKI, guide_on
from loans.lending.regular import add_months, ceiling_for
from loans.rules import IN_PRINCIPLE
from rulebook.settings import Settings
from tests.loans.lending.situations import (
    SETTINGS,
    answer,
    assessed,
    check_of,
    day,
    regular,
    stopped_by,
)


@pytest.mark.parametrize("amount", [1_000, 99_000, 100_000])
def test_k1_steps_of_1_000_up_to_100_000_are_lent(amount):
    assert answer(regular(amount)) == "yes"


@pytest.mark.parametrize("amount", [0, 500, 99_500, 100_500, 101_000])
def test_k1_everything_else_is_refused_by_the_rule(amount):
    found = assessed(regular(amount))

    assert [check.rule.code for check in found.in_the_way] == ["RS-01"]
    assert found.ceiling == 100_000


@pytest.mark.parametrize(
    ("terms", "stops"),
    [
        ({"grace_months": 2}, set()),
        ({"grace_months": 3}, {"RS-14"}),
        ({"instalments": 12}, set()),
        ({"instalments": 13}, {"RS-15"}),
        ({"instalments": 1}, set()),
        ({"instalments": 0}, {"RS-15"}),
        ({"first_due_month": parse_month("2026-11")}, set()),
        ({"first_due_month": parse_month("2027-01")}, set()),
        ({"first_due_month": parse_month("2027-02")}, {"RS-12"}),
        ({"first_due_month": parse_month("2026-10")}, {"RS-12"}),
    ],
)
def test_k1_grace_term_and_start_counting_the_month_of_lending(terms, stops):
    assert stopped_by(regular(**terms)) == stops


@pytest.mark.parametrize(
    ("born", "wanted"), [("1961-11-21", "yes"), ("1961-11-20", "no"), ("1950-01-01", "no"), ("1985-04-01", "yes")]
)
def test_k3_under_65_in_principle(born, wanted):
    found = assessed(regular(birth_date=day(born)))

    assert found.acceptable.value == wanted
    assert found.with_exceptions({"RS-04"}) == "yes"


@pytest.mark.parametrize(
    ("size", "income", "wanted"),
    [(1, 150_000, "yes"), (1, 150_001, "no"), (3, 240_000, "yes"), (9, 240_000, "yes"), (9, 240_001, "no")],
)
def test_k3_income_up_to_the_councils_ceiling_by_household(size, income, wanted):
    assert answer(regular(household_size=size, asks={"monthly_income": income})) == wanted


def test_k3_without_a_ceiling_in_the_settings_a_human_looks_at_the_income():
    found = assessed(regular(), settings=SETTINGS)

    assert found.acceptable == "review"
    assert "設定されていない" in found.to_review[0].because
    assert ceiling_for((), 2) is None


def test_k3_a_council_may_also_lend_to_households_with_disabled_or_care_needing_members():
    wider = Settings.defaults().with_values(
        {"regular_household_condition": "LOW_INCOME_OR_DISABLED_OR_CARE", "regular_income_ceiling": [100_000]}
    )
    facts = regular(asks={"with_disabled_or_care_needing": True})

    assert answer(facts, settings=wider) == "yes"
    assert answer(facts) == "yes"
    assert answer(facts, settings=wider.with_values({"regular_household_condition": "LOW_INCOME"})) == "no"


@pytest.mark.parametrize(
    ("happened", "wanted"),
    [("2026-11-20", "yes"), ("2026-09-20", "yes"), ("2026-09-19", "no"), ("2026-11-21", "no"), (None, "review")],
)
def test_k3_within_about_two_months_of_the_cause(happened, wanted):
    found = assessed(regular(asks={"cause_on": day(happened) if happened else None}))

    assert found.acceptable.value == wanted
    assert found.overridable == ({"RS-06"} if wanted == "no" else set())


@pytest.mark.parametrize("condition", list(Condition))
def test_k3_every_condition_is_asked(condition):
    others = {it: True for it in Condition if it != condition}

    assert answer(regular(asks={"conditions": others | {condition: False}})) == "no"
    assert answer(regular(asks={"conditions": others})) == "review"


@pytest.mark.parametrize(
    ("residence", "wanted"),
    [
        (Residence.REGISTERED, "yes"),
        (Residence.ELSEWHERE, "no"),
        (Residence.NO_ADDRESS, "no"),
        (Residence.EVACUATED, "review"),
        (None, "review"),
    ],
)
def test_k3_the_residence_record_is_the_actual_address(residence, wanted):
    found = assessed(regular(residence=residence))

    assert found.acceptable.value == wanted
    assert found.overridable == frozenset()


@pytest.mark.parametrize(("here", "wanted"), [(True, "yes"), (False, "no"), (None, "review")])
def test_k3_only_who_lives_in_the_prefecture(here, wanted):
    assert answer(regular(lives_in_prefecture=here)) == wanted


def bridging(to: BridgeTo, **more: object) -> LendingFacts:
    plain = {"held_months": 6, "left_on": day("2024-11-20"), "hired_on": day("2026-11-20"), "expected_months": 6}
    bridge = Bridge(to, **(plain | more))  # type: ignore[arg-type]
    return regular(asks={"cause": LendingCause.BRIDGE_TO_FIRST_PAYMENT, "bridge": bridge})


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, "yes"),
        ({"held_months": 5}, "no"),
        ({"held_months": None}, "review"),
        ({"left_on": day("2024-11-19")}, "no"),
        ({"left_on": None}, "review"),
        ({"hired_on": day("2026-11-21")}, "no"),
        ({"hired_on": None}, "yes"),
        ({"expected_months": 5}, "no"),
        ({"expected_months": None}, "review"),
    ],
)
def test_k5_the_next_job_six_months_two_years_six_months(more, wanted):
    assert answer(bridging(BridgeTo.WAGE_OF_NEXT_JOB, **more)) == wanted


@pytest.mark.parametrize(("expected", "wanted"), [(6, "yes"), (5, "no"), (None, "review")])
def test_k5_the_first_job_is_expected_to_last_six_months(expected, wanted):
    facts = bridging(BridgeTo.WAGE_OF_FIRST_JOB, held_months=None, left_on=None, expected_months=expected)

    assert answer(facts) == wanted
    assert "RS-08" not in {check.rule.code for check in assessed(facts).checks}


def test_k5_a_pension_or_benefit_needs_no_job_and_what_is_bridged_to_has_to_be_told():
    assert answer(bridging(BridgeTo.BENEFIT, held_months=0, expected_months=0)) == "yes"
    assert answer(regular(asks={"cause": LendingCause.BRIDGE_TO_FIRST_PAYMENT})) == "review"


def test_k5_the_same_holds_for_a_wage_after_dismissal_but_not_for_a_closed_shop():
    reduced = {"cause": LendingCause.REDUCED_INCOME}
    next_job = Bridge(BridgeTo.WAGE_OF_NEXT_JOB, 5, day("2026-10-01"), day("2026-11-01"), 12)

    assert stopped_by(regular(asks=reduced | {"bridge": next_job})) == {"RS-08"}
    assert answer(regular(asks=reduced)) == "yes"


ORDINARY = [it for it in Exclusion if it not in (Exclusion.PAST_EXEMPTION, Exclusion.PUBLIC_ASSISTANCE)]


def excluded(exclusion: Exclusion, said: bool | None) -> LendingFacts:
    exclusions: dict[Exclusion, bool] = {
        it: False for it in Exclusion if it not in (exclusion, Exclusion.PUBLIC_ASSISTANCE)
    }
    if said is not None:
        exclusions[exclusion] = said
    return regular(asks={"exclusions": exclusions})


@pytest.mark.parametrize("exclusion", ORDINARY)
def test_k6_each_exclusion_refuses_and_an_open_question_is_looked_at(exclusion):
    assert stopped_by(excluded(exclusion, True)) == {CODES[exclusion]}
    assert answer(excluded(exclusion, None)) == "review"
    assert answer(excluded(exclusion, False)) == "yes"
    assert CODES[exclusion] not in IN_PRINCIPLE


def test_k6_there_are_twelve_and_each_has_its_rule():
    assert len(Exclusion) == len(set(CODES.values())) == 12


@pytest.mark.parametrize(("special", "wanted"), [(True, "yes"), (False, "no"), (None, "review")])
def test_k6_the_exemption_of_a_special_loan_does_not_count(special, wanted):
    facts = excluded(Exclusion.PAST_EXEMPTION, True)
    assert facts.regular is not None

    assert answer(replace(facts, regular=replace(facts.regular, exemption_was_special=special))) == wanted


@pytest.mark.parametrize(("urgent", "wanted"), [(True, "yes"), (False, "no"), (None, "review")])
def test_k6_a_household_on_public_assistance_may_borrow_for_an_urgent_air_conditioner(urgent, wanted):
    assert answer(regular(on_public_assistance=True, asks={"urgent_appliance": urgent})) == wanted
    assert answer(regular(on_public_assistance=None)) == "review"


def test_k6_a_purpose_other_than_living_costs_is_the_second_exclusion():
    assert stopped_by(regular(purpose=LendingPurpose.GAMBLING)) == {"RS-22"}
    assert stopped_by(regular(purpose=LendingPurpose.BUSINESS)) == {"RS-22"}


def test_what_a_case_file_cannot_say_is_not_judged():
    told = replace(regular(), regular=None, birth_date=None, residence=None, lives_in_prefecture=None)

    assert answer(told) == "yes"
    assert {check.rule.code for check in assessed(told).checks} == {
        "RS-01",
        "RS-12",
        "RS-14",
        "RS-15",
        "RS-22",
        "RS-28",
    }
    assert stopped_by(replace(told, on_public_assistance=True)) == {"RS-28"}
    assert stopped_by(replace(told, purpose=LendingPurpose.GAMBLING)) == {"RS-22"}


def test_k12_another_prefecture_is_data_only():
    other = replace(
        NAGASAKI,
        code="ANOTHER",
        in_force_from=date(2026, 4, 1),
        maximum=200_000,
        unit=10_000,
        age_below=70,
        exclusions=tuple(it for it in Exclusion if it != Exclusion.GUARANTOR),
    )
    facts = regular(150_000, birth_date=day("1960-01-01"))
    guarantor = {it: it == Exclusion.GUARANTOR for it in Exclusion if it != Exclusion.PUBLIC_ASSISTANCE}

    assert assessed(facts, guide=other).ceiling == 200_000
    assert answer(facts, guide=other) == "yes"
    assert answer(facts) == "no"
    assert answer(regular(asks={"exclusions": guarantor}), guide=other) == "yes"
    later = replace(other, in_force_from=date(2027, 4, 1), maximum=300_000)
    assert guide_on("ANOTHER", date(2027, 3, 31), (later, other)) is other
    assert guide_on("ANOTHER", date(2027, 4, 1), (later, other)) is later
    with pytest.raises(KeyError):
        guide_on("NOWHERE", date(2027, 4, 1))


def test_months_are_counted_to_the_same_day_or_the_last_of_the_month():
    assert add_months(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert add_months(date(2024, 2, 29), 24) == date(2026, 2, 28)
    assert add_months(date(2026, 5, 31), -3) == date(2026, 2, 28)


def test_agency_involvement_is_asked_and_names_its_paper():
    assert answer(regular(asks={"involvement": None})) == "review"
    check = check_of(regular(asks={"involvement": Involvement.AGENCY_AND_BUDGET}), "RS-11")
    assert "貸付あっせん書" in check.because

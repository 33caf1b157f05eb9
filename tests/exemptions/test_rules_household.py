"""Who is judged (EX-12) and what both levies say (EX-11): the whole truth table, against every way to fill its gaps."""

from dataclasses import replace
from itertools import product

import pytest

from exemptions.enums import Ground, HouseholdSituation, Person
from exemptions.facts import Household, TaxRecord
from rulebook.findings import Finding
from tests.exemptions.situations import a_loan, assessed, facts_of, outcome, taxed, untaxed

TABLE = [
    # borrower is head, head was separate, certificate unobtainable → persons judged, individual handling
    (True, None, None, {"borrower"}, False),
    (True, False, False, {"borrower"}, False),
    (False, True, None, {"borrower"}, False),
    (False, True, False, {"borrower"}, False),
    (False, False, True, {"borrower"}, True),
    (False, None, True, {"borrower"}, True),
    (False, False, False, {"borrower", "head"}, False),
]


def extension_of_2023(*taxes: TaxRecord, household: Household):
    """An extension loan is judged by one year alone, so that nothing else can make it eligible."""
    loan = a_loan("SP_GS_EXTENSION", first="2024-01", applied="2020-12-10")
    return facts_of(loan, *taxes, household=household)


@pytest.mark.parametrize(("is_head", "separate", "unobtainable", "persons", "individual"), TABLE)
def test_e5_the_table_of_form_1_1_d_says_who_is_judged(is_head, separate, unobtainable, persons, individual):
    household = Household(is_head, separate, unobtainable)
    found = assessed(extension_of_2023(untaxed(2023), untaxed(2023, "head"), household=household), "2023-07-01")
    ground = outcome(found, Ground.RESIDENCE_TAX)

    judged = {check.facts[0].split(":")[1] for check in ground.checks if check.rule.code == "EX-11"}
    assert judged == persons
    assert found.individual_handling is individual
    assert found.result.value == "eligible"


@pytest.mark.parametrize(("is_head", "separate", "unobtainable", "persons", "individual"), TABLE)
def test_a_taxed_head_counts_only_where_he_is_judged(is_head, separate, unobtainable, persons, individual):
    household = Household(is_head, separate, unobtainable)
    found = assessed(extension_of_2023(untaxed(2023), taxed(2023, "head"), household=household), "2023-07-01")

    assert found.result.value == ("not_eligible" if "head" in persons else "eligible")


THREE = [True, False, None]
NAMES = (
    "household:borrower_is_head",
    "household:head_was_separate_at_loan",
    "household:head_certificate_unobtainable",
    "residence_tax:borrower:2023",
    "residence_tax:head:2023",
)


def holds(is_head: bool, separate: bool, unobtainable: bool, borrower_untaxed: bool, head_untaxed: bool) -> bool:
    """The rule in plain words, for facts that are all known."""
    head_is_judged = not (is_head or separate or unobtainable)
    return borrower_untaxed and (head_untaxed or not head_is_judged)


def record(person: str, is_untaxed: bool | None) -> list[TaxRecord]:
    return [] if is_untaxed is None else [TaxRecord(Person(person), 2023, not is_untaxed, not is_untaxed)]


@pytest.mark.parametrize("values", list(product(THREE, repeat=5)), ids=lambda values: "".join(map(str, values)))
def test_unknown_facts_leave_open_exactly_what_they_could_still_turn(values):
    is_head, separate, unobtainable, borrower, head = values
    taxes = record("borrower", borrower) + record("head", head)
    facts = extension_of_2023(*taxes, household=Household(is_head, separate, unobtainable))
    gaps = [i for i, value in enumerate(values) if value is None]
    filled = []
    for guesses in product([True, False], repeat=len(gaps)):
        full = list(values)
        for i, guess in zip(gaps, guesses, strict=True):
            full[i] = guess
        filled.append(tuple(full))
    outcomes = {holds(*full) for full in filled}
    could_turn = {
        NAMES[i]
        for i in gaps
        if any(holds(*full) != holds(*(not v if j == i else v for j, v in enumerate(full))) for full in filled)
    }

    found = assessed(facts, "2023-07-01")

    if len(outcomes) == 2:
        assert found.result.value == "unknown"
        assert found.missing == tuple(sorted(could_turn))
    else:
        assert found.result.value == ("eligible" if outcomes.pop() else "not_eligible")
        assert found.missing == ()


@pytest.mark.parametrize(
    ("per_capita", "income", "finding"),
    [
        (False, False, Finding.MET),
        (True, False, Finding.NOT_MET),
        (False, True, Finding.NOT_MET),
        (True, True, Finding.NOT_MET),
        (None, None, Finding.UNKNOWN),
        (False, None, Finding.UNKNOWN),
        (None, False, Finding.UNKNOWN),
        (True, None, Finding.NOT_MET),
        (None, True, Finding.NOT_MET),
    ],
)
def test_e3_untaxed_means_both_levies_are_zero(per_capita, income, finding):
    facts = extension_of_2023(
        TaxRecord(Person.BORROWER, 2023, per_capita, income), household=Household(borrower_is_head=True)
    )
    checks = outcome(assessed(facts, "2023-07-01"), Ground.RESIDENCE_TAX).checks

    assert [check.finding for check in checks if check.rule.code == "EX-11"] == [finding]


def test_two_certificates_that_contradict_each_other_establish_nothing():
    facts = extension_of_2023(untaxed(2023), taxed(2023), household=Household(borrower_is_head=True))
    found = assessed(facts, "2023-07-01")

    assert found.result.value == "unknown"
    assert found.missing == ("residence_tax:borrower:2023",)
    assert any("食い違" in check.because for check in found.checks)


def test_two_certificates_that_agree_are_one():
    facts = extension_of_2023(
        untaxed(2023),
        TaxRecord(Person.BORROWER, 2023, None, False),
        household=Household(borrower_is_head=True),
    )

    assert assessed(facts, "2023-07-01").result.value == "eligible"


@pytest.mark.parametrize(
    ("situation", "known"),
    [
        (HouseholdSituation.BORROWER_IS_HEAD, (True, None, None)),
        (HouseholdSituation.HEAD_WAS_SEPARATE, (False, True, False)),
        (HouseholdSituation.HEAD_CERTIFICATE_UNOBTAINABLE, (False, False, True)),
        (HouseholdSituation.NONE_OF_THESE, (False, False, False)),
        (None, (None, None, None)),
    ],
)
def test_the_one_tick_on_the_form_says_all_three_facts(situation, known):
    household = Household.of(situation)

    assert (
        household.borrower_is_head,
        household.head_was_separate_at_loan,
        household.head_certificate_unobtainable,
    ) == known


def test_where_a_value_came_from_travels_with_the_check():
    facts = extension_of_2023(untaxed(2023), household=Household(borrower_is_head=True))
    facts = replace(facts, origins={"residence_tax:borrower:2023": "課税証明書 R5.6.20 みどり市"})
    checks = [check for check in assessed(facts, "2023-07-01").checks if check.rule.code == "EX-11"]

    assert [check.origin for check in checks] == ["課税証明書 R5.6.20 みどり市"]

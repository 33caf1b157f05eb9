"""How grounds add up to one result: the most, the earliest, the consents, and the order of the results."""

from dataclasses import replace

import pytest

from exemptions.enums import EX_OFFICIO_GROUNDS, Composition, Extent, Ground
from exemptions.facts import Household
from rulebook.findings import Finding
from tests.exemptions.situations import (
    ALL_CONSENTS,
    a_certificate,
    a_loan,
    an_event,
    answer,
    assessed,
    day,
    facts_of,
    monthly,
    outcome,
    received,
    taxed,
    untaxed,
)

TAXED = [taxed(2021), taxed(2022), taxed(2023), taxed(2024)]
ASSISTED = {"public_assistance_from": day("2023-08-01")}
DISABLED = {"certificates": (a_certificate("PHYSICAL", "1", "2023-03-01"),)}


@pytest.mark.parametrize(
    ("assistance", "certificate", "wanted"),
    [
        ("2023-08-01", "2023-03-01", "DISABILITY"),
        ("2023-03-01", "2023-08-01", "PUBLIC_ASSISTANCE"),
        ("2023-03-01", "2023-03-01", "PUBLIC_ASSISTANCE"),
    ],
)
def test_of_assistance_and_certificate_the_one_met_earlier_is_ticked(assistance, certificate, wanted):
    facts = facts_of(
        a_loan(),
        *TAXED,
        public_assistance_from=day(assistance),
        certificates=(a_certificate("PHYSICAL", "1", certificate),),
    )
    found = assessed(facts, "2023-09-15")

    assert found.ground == wanted
    assert [check.subject for check in found.checks if check.rule.code == "EX-36"] == [wanted]


def test_a_tax_ground_counts_from_june_of_its_year_when_amounts_are_equal():
    loan = a_loan("SP_GS_EXTENSION", first="2023-06", applied="2020-12-10")
    base = facts_of(loan, untaxed(2023), application=received("2023-06-10"))

    def ground_with(certificate: str) -> Ground | None:
        facts = replace(base, certificates=(a_certificate("PHYSICAL", "1", certificate),))
        found = assessed(facts, "2023-06-28")
        assert found.amount == 600_000
        return found.ground

    assert ground_with("2023-05-31") == Ground.DISABILITY
    assert ground_with("2023-06-02") == Ground.RESIDENCE_TAX
    assert ground_with("2023-06-01") == Ground.RESIDENCE_TAX


def test_the_ground_that_exempts_the_most_is_named_even_if_met_later():
    facts = facts_of(
        a_loan(),
        *TAXED[:2],
        untaxed(2023),
        application=received("2023-09-15"),
        events=(an_event("BANKRUPTCY_DISCHARGE", "2023-09-10"),),
    )

    assert answer(assessed(facts, "2023-09-15"))[1:3] == ("BANKRUPTCY_DISCHARGE", 600_000)


def test_a_ground_that_can_be_decided_now_goes_before_one_that_has_to_wait():
    facts = facts_of(a_loan(), untaxed(2022), certificates=(a_certificate("PHYSICAL", "1", "2015-01-01"),))

    assert answer(assessed(facts, "2022-10-03"))[:2] == ("eligible", "RESIDENCE_TAX")
    taxed_facts = replace(facts, taxes=(taxed(2021), taxed(2022)))
    assert answer(assessed(taxed_facts, "2022-10-03"))[:2] == ("waiting", "DISABILITY")


def test_waiting_goes_before_a_judgement_year_still_to_come():
    loan = a_loan("SP_GS_RELOAN", first="2025-01", applied="2021-04-10")

    assert assessed(facts_of(loan, **DISABLED), "2023-09-15").result.value == "waiting"
    assert assessed(facts_of(loan), "2023-09-15").result.value == "not_yet"


@pytest.mark.parametrize("lacking", range(1, 7))
def test_one_consent_missing_makes_exemption_impossible(lacking):
    consents = ALL_CONSENTS - {lacking}
    facts = facts_of(a_loan(), untaxed(2022), application=received("2022-08-10", consents), **DISABLED)
    found = assessed(facts, "2023-10-03")

    assert answer(found)[:3] == ("not_eligible", None, 0)
    check = next(check for check in found.checks if check.rule.code == "EX-60")
    assert (check.finding, check.value) == (Finding.NOT_MET, f"{'①②③④⑤⑥'[lacking - 1]}の印がない")


@pytest.mark.parametrize("kind", ["DEATH", "DISAPPEARANCE"])
def test_the_dead_and_the_disappeared_need_no_consents(kind):
    facts = facts_of(
        a_loan(), *TAXED, application=received("2023-08-10", frozenset()), events=(an_event(kind, "2023-05-01"),)
    )

    assert answer(assessed(facts, "2023-09-15"))[:3] == ("eligible", kind, 600_000)


@pytest.mark.parametrize("kind", ["BANKRUPTCY_DISCHARGE", "CIVIL_REHABILITATION_DISCHARGE"])
def test_a_discharge_needs_them(kind):
    facts = facts_of(
        a_loan(), *TAXED, application=received("2023-08-10", frozenset()), events=(an_event(kind, "2023-05-01"),)
    )

    assert assessed(facts, "2023-09-15").result.value == "not_eligible"


def test_without_an_application_consents_are_not_judged():
    found = assessed(facts_of(a_loan(), untaxed(2022)), "2022-10-03")

    assert found.result.value == "eligible"
    assert [check for check in found.checks if check.rule.code == "EX-60"] == []
    assert found.received_on == day("2022-10-03")


def test_an_application_of_a_later_day_is_not_known():
    facts = facts_of(a_loan(), untaxed(2022), application=received("2022-10-04", frozenset()))

    assert assessed(facts, "2022-10-03").result.value == "eligible"
    assert assessed(facts, "2022-10-04").result.value == "not_eligible"


def test_lacking_consents_also_close_what_was_open_or_still_to_come():
    application = received("2023-08-10", frozenset({1}))
    reloan = a_loan("SP_GS_RELOAN", first="2025-01", applied="2021-04-10")

    for facts in (facts_of(a_loan(), application=application), facts_of(reloan, application=application)):
        found = assessed(facts, "2023-09-15")
        assert (found.result.value, found.missing, found.known_from) == ("not_eligible", (), None)


def test_every_ground_is_looked_at_and_every_check_cites_its_source():
    found = assessed(facts_of(a_loan(), untaxed(2022)), "2022-10-03")

    assert [item.ground for item in found.grounds] == [it for it in Ground if it not in EX_OFFICIO_GROUNDS]
    assert {check.subject for check in found.checks} >= set(Ground) - set(EX_OFFICIO_GROUNDS)
    assert all(check.rule.source.title and check.rule.source.where for check in found.checks)
    assert all(check.because.endswith("。") and check.value for check in found.checks)


def test_what_is_missing_is_asked_for_only_while_it_matters():
    assert assessed(facts_of(a_loan(), untaxed(2022)), "2022-10-03").missing == ()
    assert assessed(facts_of(a_loan()), "2022-10-03").missing == (
        "residence_tax:borrower:2021",
        "residence_tax:borrower:2022",
    )


def test_only_the_grounds_asked_for_can_carry_the_result():
    from exemptions.assess import assess
    from exemptions.enums import FORM_1_1_GROUNDS
    from rulebook.settings import Settings

    facts = facts_of(a_loan(), *TAXED, **DISABLED)
    found = assess(facts, settings=Settings.defaults(), as_of=day("2023-09-15"), asked=FORM_1_1_GROUNDS)

    assert found.result.value == "not_eligible"
    assert outcome(found, Ground.DISABILITY).holds


@pytest.mark.parametrize(
    ("facts", "extent"),
    [
        (facts_of(a_loan(), untaxed(2022)), Extent.FULL),
        (facts_of(a_loan(), *TAXED[:2], untaxed(2023), application=received("2023-09-15")), Extent.PARTIAL),
        (facts_of(a_loan(), *TAXED), None),
    ],
)
def test_an_exemption_is_full_when_nothing_is_left_to_repay(facts, extent):
    as_of = "2023-09-15" if facts.application else "2022-10-03"

    assert assessed(facts, as_of).extent is extent


GROWING = a_loan(paid=monthly("2023-01", 15, 1_000))
NO_INCOME_LEVY = replace(taxed(2023), income_levy=False)


def test_requirement_4_is_not_examined_beside_2_or_3():
    household = Household(borrower_is_head=True, composition=Composition.SINGLE_PARENT)
    facts = facts_of(GROWING, *TAXED[:2], NO_INCOME_LEVY, household=household, **ASSISTED)
    found = assessed(facts, "2024-03-31")

    assert answer(found)[1:3] == ("PUBLIC_ASSISTANCE", 585_000)
    assert [check.rule.code for check in outcome(found, Ground.LONG_ARREARS).checks] == ["EX-42"]

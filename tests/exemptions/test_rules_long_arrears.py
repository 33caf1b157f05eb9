"""Requirement ④: twelve months' worth, growing although paid, no income levy, a vulnerable household (EX-40 … EX-43)."""

from dataclasses import replace

import pytest

from exemptions.enums import Composition, Ground
from exemptions.facts import Household
from tests.exemptions.situations import (
    a_certificate,
    a_loan,
    answer,
    assessed,
    day,
    facts_of,
    monthly,
    outcome,
    received,
    taxed,
)

NO_INCOME_LEVY = replace(taxed(2023), income_levy=False)
TAXED = [taxed(2021), taxed(2022)]


def struggling(
    loan=None, *taxes, composition: Composition | None = Composition.SINGLE_PARENT, receipt="2024-03-31", **known
):
    """Pays 1,000 of 5,000 yen a month since January 2023: at the end of March 2024, 12 months' worth are overdue."""
    known.setdefault("household", Household(borrower_is_head=True, composition=composition))
    loan = loan or a_loan(paid=monthly("2023-01", 15, 1_000))
    return facts_of(loan, *TAXED, *(taxes or (NO_INCOME_LEVY,)), application=received(receipt), **known)


def test_less_than_twelve_months_worth_is_not_enough():
    facts = struggling(receipt="2024-03-25")  # the debit of March is on the 26th

    found = assessed(facts, "2024-03-31")

    assert found.result.value == "not_eligible"
    assert outcome(found, Ground.LONG_ARREARS).checks[0].value == "56,000円（11か月分）"


@pytest.mark.parametrize(("months", "wanted"), [(11, "eligible"), (12, "eligible"), (13, "not_eligible")])
def test_the_number_of_months_is_a_setting(months, wanted):
    assert assessed(struggling(), "2024-03-31", req4_months=months).result.value == wanted


def test_nobody_who_pays_nothing_meets_the_form():
    found = assessed(struggling(a_loan()), "2024-03-31")

    assert found.result.value == "not_eligible"
    assert "その間の入金はない" in outcome(found, Ground.LONG_ARREARS).checks[1].because


def test_arrears_that_no_longer_grow_are_not_enough():
    # Nothing paid in 2023; since then each instalment in full: 60,000 yen overdue then and now.
    loan = a_loan(paid=monthly("2024-01", 15, 5_000))

    found = assessed(struggling(loan, replace(NO_INCOME_LEVY, fiscal_year=2024), receipt="2025-03-31"), "2025-03-31")

    assert outcome(found, Ground.LONG_ARREARS).checks[0].finding == "met"
    assert outcome(found, Ground.LONG_ARREARS).checks[1].finding == "not_met"


def test_growth_is_measured_over_the_window_of_the_setting():
    loan = a_loan(paid=(("2024-02-27", 1_000),))  # the only payment, a month before receipt

    assert assessed(struggling(loan), "2024-03-31").result.value == "eligible"
    assert assessed(struggling(loan), "2024-03-31", req4_growth_window_months=2).result.value == "eligible"
    assert assessed(struggling(loan), "2024-03-31", req4_growth_window_months=1).result.value == "not_eligible"


def test_months_of_deferral_do_not_count_towards_the_window():
    # Twelve months overdue with one small payment in October 2023, then deferred from January to December 2024.
    loan = a_loan(first="2022-12", paid=(("2023-10-26", 1_000),), deferrals=(("2024-01", 12),))
    facts = struggling(loan, replace(NO_INCOME_LEVY, fiscal_year=2024), receipt="2025-01-10")

    found = assessed(facts, "2025-01-10")

    assert answer(found)[:3] == ("eligible", "LONG_ARREARS", 64_000)
    assert outcome(found, Ground.LONG_ARREARS).checks[1].value.startswith("5,000円→64,000円")


def test_a_payment_that_bounced_is_no_payment():
    from repayment.entries import PAID_REVERSED, Entry

    loan = a_loan(
        paid=(("2023-10-26", 1_000),), entries=(Entry(PAID_REVERSED, 1_000, day("2023-11-01"), "r", reverses="p0"),)
    )

    assert assessed(struggling(loan), "2024-03-31").result.value == "not_eligible"


@pytest.mark.parametrize(
    ("composition", "wanted"),
    [
        (Composition.ELDERLY_ONLY, "eligible"),
        (Composition.WITH_DISABLED, "eligible"),
        (Composition.SINGLE_PARENT, "eligible"),
        (Composition.OTHER, "not_eligible"),
        (None, "unknown"),
    ],
)
def test_the_household_has_to_be_a_vulnerable_one(composition, wanted):
    found = assessed(struggling(composition=composition), "2024-03-31")

    assert found.result.value == wanted
    assert found.missing == (("household:composition",) if composition is None else ())


def test_a_certificate_of_any_grade_shows_a_household_with_a_disabled_person():
    certificates = (a_certificate("PHYSICAL", "6級", "2010-05-01"),)

    found = assessed(struggling(composition=None, certificates=certificates), "2024-03-31")
    assert answer(found)[:2] == ("eligible", "LONG_ARREARS")
    told = assessed(struggling(composition=Composition.OTHER, certificates=certificates), "2024-03-31")
    assert told.result.value == "not_eligible"


def test_here_the_income_levy_alone_decides():
    charged = replace(taxed(2023), per_capita_levy=False)

    assert assessed(struggling(None, NO_INCOME_LEVY), "2024-03-31").result.value == "eligible"
    assert assessed(struggling(None, charged), "2024-03-31").result.value == "not_eligible"


def test_the_head_counts_here_too():
    household = Household(False, False, False, Composition.SINGLE_PARENT)
    facts = struggling(household=household)

    found = assessed(facts, "2024-03-31")

    assert (found.result.value, found.missing) == ("unknown", ("residence_tax:head:2023",))
    head = replace(NO_INCOME_LEVY, person=taxed(2023, "head").person)
    assert assessed(replace(facts, taxes=(*facts.taxes, head)), "2024-03-31").result.value == "eligible"


def test_what_is_paid_between_receipt_and_decision_is_taken_off():
    loan = a_loan(paid=(*monthly("2023-01", 15, 1_000), ("2024-04-10", 20_000)))

    found = assessed(struggling(loan), "2024-04-20")

    assert answer(found) == ("eligible", "LONG_ARREARS", 40_000, 525_000)


def test_instalments_that_fell_due_after_receipt_stay():
    found = assessed(struggling(), "2024-06-30")

    assert answer(found) == ("eligible", "LONG_ARREARS", 60_000, 525_000)
    assert (found.first_no, found.last_no) == (4, 15)


def test_unknown_facts_are_asked_for_only_if_the_arrears_would_suffice():
    facts = struggling(a_loan(paid=monthly("2023-01", 15, 5_000)), composition=None)

    assert assessed(facts, "2024-03-31").missing == ()


@pytest.mark.parametrize(("paid_on", "wanted"), [("2023-01-01", "eligible"), ("2022-12-31", "not_eligible")])
def test_in_a_young_loan_growth_is_measured_from_the_month_repayment_began(paid_on, wanted):
    facts = struggling(a_loan(paid=((paid_on, 1_000),)), receipt="2023-05-31")
    facts = replace(facts, taxes=(taxed(2021), replace(NO_INCOME_LEVY, fiscal_year=2022)))

    assert assessed(facts, "2023-05-31", req4_months=4).result.value == wanted


def test_the_instalment_collected_on_the_day_of_receipt_is_in_arrears_with_the_others():
    found = assessed(struggling(receipt="2024-03-26"), "2024-03-26")

    assert answer(found) == ("eligible", "LONG_ARREARS", 60_000, 525_000)


def test_arrears_paid_off_before_the_decision_leave_nothing_to_exempt():
    loan = a_loan(paid=(*monthly("2023-01", 15, 1_000), ("2024-04-10", 60_000)))

    assert answer(assessed(struggling(loan), "2024-04-20")) == ("not_eligible", None, 0, 525_000)

"""Requirement ①′: a later year exempts from the anniversary month on, to the end of the loan (EX-20 … EX-25)."""

import pytest

from exemptions.enums import Ground
from tests.exemptions.situations import (
    SMALL,
    a_loan,
    answer,
    assessed,
    facts_of,
    month,
    monthly,
    outcome,
    received,
    taxed,
    untaxed,
)

TAXED_IN_JUDGEMENT = [taxed(2021), taxed(2022)]


def later(receipt: str, *taxes, as_of: str | None = None, loan=None, **settings):
    facts = facts_of(loan or a_loan(), *TAXED_IN_JUDGEMENT, *taxes, application=received(receipt))
    return assessed(facts, as_of or receipt, **settings)


@pytest.mark.parametrize(
    ("receipt", "cut_off"),
    [
        ("2023-06-01", "2024-01"),
        ("2023-12-31", "2024-01"),
        ("2024-01-01", "2024-01"),
        ("2024-01-31", "2024-01"),
        ("2024-02-01", "2025-01"),
        ("2024-05-31", "2025-01"),
    ],
)
def test_the_status_of_2023_holds_from_june_to_january_for_january_2024(receipt, cut_off):
    found = later(receipt, untaxed(2023))

    assert (found.result.value, month(found.cut_off)) == ("eligible", cut_off)


def test_a_day_before_june_no_later_year_is_fixed():
    found = later("2023-05-31", untaxed(2023))

    assert found.result.value == "not_eligible"
    assert outcome(found, Ground.RESIDENCE_TAX_LATER_YEAR).cut_off is None


@pytest.mark.parametrize(
    ("receipt", "inclusive", "exclusive"),
    [
        ("2024-01-20", "2024-01", "2025-01"),
        ("2023-12-20", "2024-01", "2024-01"),
    ],
)
def test_an_application_in_the_anniversary_month_counts_for_it_unless_the_council_says_otherwise(
    receipt, inclusive, exclusive
):
    assert month(later(receipt, untaxed(2023)).cut_off) == inclusive
    found = later(receipt, untaxed(2023), later_year_anniversary_inclusive=False)
    assert month(found.cut_off) == exclusive


@pytest.mark.parametrize(
    ("first", "receipt", "cut_off"),
    [
        ("2022-06", "2023-06-30", "2023-06"),
        ("2022-06", "2023-07-01", "2024-06"),
        ("2023-03", "2023-09-15", "2024-03"),
        ("2022-12", "2023-09-15", "2023-12"),
    ],
)
def test_the_anniversary_is_the_month_in_which_repayment_first_began(first, receipt, cut_off):
    found = later(receipt, untaxed(2023), loan=a_loan(first=first))

    assert month(found.cut_off) == cut_off


def test_the_newest_fixed_year_decides_and_not_an_older_one():
    found = later("2024-07-01", untaxed(2023), taxed(2024))

    assert found.result.value == "not_eligible"


def test_a_newest_year_that_is_not_established_leaves_the_question_open():
    found = later("2024-07-01", untaxed(2023))

    assert (found.result.value, found.missing) == ("unknown", ("residence_tax:borrower:2024",))


def test_the_year_is_that_of_the_receipt_even_if_a_newer_one_is_fixed_by_the_decision():
    found = later("2024-05-20", untaxed(2023), taxed(2024), as_of="2024-06-10")

    assert (found.result.value, month(found.cut_off)) == ("eligible", "2025-01")


def test_what_falls_due_before_the_cut_off_stays_paid_or_not():
    unpaid = later("2023-09-15", untaxed(2023))
    some_paid = later("2023-09-15", untaxed(2023), loan=a_loan(paid=monthly("2023-01", 4, 5_000)))

    assert answer(unpaid)[2:] == (540_000, 60_000)
    assert answer(some_paid)[2:] == (540_000, 40_000)


def test_money_paid_ahead_into_the_exempted_months_is_not_exempted():
    found = later("2023-09-15", untaxed(2023), loan=a_loan(paid=(("2023-02-01", 70_000),)))

    assert answer(found)[2:] == (530_000, 0)
    assert (found.first_no, found.last_no) == (15, 120)


def test_of_the_first_cohort_s_small_loans_only_the_next_year_works_and_of_the_second_only_the_one_after():
    first = a_loan(**SMALL)
    second = a_loan(**SMALL, first="2024-01", applied="2022-05-10")

    assert later("2023-09-15", untaxed(2023), loan=first).result.value == "eligible"
    assert later("2024-09-15", untaxed(2024), loan=first).result.value == "not_eligible"
    facts = facts_of(second, taxed(2023), untaxed(2024), application=received("2024-09-15"))
    assert answer(assessed(facts, "2024-09-15"))[:3] == ("eligible", "RESIDENCE_TAX_LATER_YEAR", 200_000 - 12 * 8_330)
    facts = facts_of(second, taxed(2023), taxed(2024), untaxed(2025), application=received("2025-09-15"))
    assert assessed(facts, "2025-09-15").result.value == "not_eligible"


def test_nothing_due_after_the_cut_off_is_no_open_question_either():
    found = later("2024-09-15", loan=a_loan(**SMALL))

    assert (found.result.value, found.missing) == ("not_eligible", ())


def test_a_new_chance_comes_with_each_new_year():
    for year in range(2023, 2031):
        assert later(f"{year}-09-15", untaxed(year)).ground == Ground.RESIDENCE_TAX_LATER_YEAR


def test_the_head_counts_in_later_years_too():
    from exemptions.facts import Household

    household = Household(borrower_is_head=False, head_was_separate_at_loan=False, head_certificate_unobtainable=False)
    taxes = [*TAXED_IN_JUDGEMENT, untaxed(2023)]
    open_question = facts_of(a_loan(), *taxes, household=household)
    barred = facts_of(a_loan(), *taxes, taxed(2023, "head"), household=household)

    assert "residence_tax:head:2023" in assessed(open_question, "2023-09-15").missing
    assert assessed(barred, "2023-09-15").result.value == "not_eligible"


def test_the_judgement_year_takes_more_than_the_later_one_and_is_named():
    facts = facts_of(a_loan(), untaxed(2022), untaxed(2023), application=received("2023-09-15"))
    found = assessed(facts, "2023-09-15")

    assert (found.ground, found.amount, found.cut_off) == (Ground.RESIDENCE_TAX, 560_000, None)

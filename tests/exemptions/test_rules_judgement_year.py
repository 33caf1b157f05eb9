"""Requirement ①: which year judges, when it can be known, and what it takes (EX-10, EX-13 … EX-17)."""

from typing import Any

import pytest

from exemptions.enums import Ground
from repayment.entries import EXEMPTED, EXEMPTION_REVOKED, PAID_REVERSED, Entry
from tests.exemptions.situations import (
    SMALL,
    a_loan,
    answer,
    assessed,
    day,
    facts_of,
    month,
    monthly,
    outcome,
    received,
    taxed,
    untaxed,
)

EXTENSION: dict[str, Any] = {"fund": "SP_GS_EXTENSION", "first": "2024-01", "applied": "2020-12-10"}


@pytest.mark.parametrize("year", [2021, 2022])
def test_of_two_judgement_years_either_suffices(year):
    other = 4043 - year
    found = assessed(facts_of(a_loan(), untaxed(year), taxed(other)), "2022-10-03")

    assert answer(found)[:3] == ("eligible", "RESIDENCE_TAX", 600_000)


def test_borrower_and_head_must_be_untaxed_in_the_same_year():
    from exemptions.facts import Household

    taxes = [untaxed(2021), taxed(2021, "head"), taxed(2022), untaxed(2022, "head")]
    household = Household(borrower_is_head=False, head_was_separate_at_loan=False, head_certificate_unobtainable=False)

    assert assessed(facts_of(a_loan(), *taxes, household=household), "2022-10-03").result.value == "not_eligible"


def test_a_year_before_the_judgement_year_does_not_count():
    found = assessed(facts_of(a_loan(**EXTENSION), untaxed(2022), taxed(2023)), "2023-07-01")

    assert found.result.value == "not_eligible"


@pytest.mark.parametrize(
    ("as_of", "taxes", "wanted"),
    [
        ("2023-05-31", [], ("not_yet", "2023-06", ())),
        ("2023-06-01", [], ("unknown", None, ("residence_tax:borrower:2023",))),
        ("2023-05-31", [untaxed(2022)], ("not_yet", "2023-06", ())),
        ("2023-05-31", [untaxed(2023)], ("not_yet", "2023-06", ())),  # nobody can know it yet
        ("2023-06-01", [untaxed(2023)], ("eligible", None, ())),
    ],
)
def test_a_judgement_year_can_be_known_from_june_on(as_of, taxes, wanted):
    found = assessed(facts_of(a_loan(**EXTENSION), *taxes), as_of)

    assert (found.result.value, month(found.known_from), found.missing) == wanted


@pytest.mark.parametrize(
    ("as_of", "taxes", "wanted"),
    [
        ("2021-05-31", [], ("not_yet", "2021-06")),
        ("2022-05-31", [taxed(2021)], ("not_yet", "2022-06")),
        ("2022-05-31", [], ("unknown", None)),  # the first of the two years can be known
        ("2022-05-31", [untaxed(2021)], ("eligible", None)),
        ("2022-06-01", [taxed(2021), taxed(2022)], ("not_eligible", None)),
    ],
)
def test_with_two_judgement_years_the_second_may_still_be_to_come(as_of, taxes, wanted):
    found = assessed(facts_of(a_loan(), *taxes), as_of)

    assert (found.result.value, month(found.known_from)) == wanted


def test_an_instalment_collected_on_the_day_of_receipt_is_exempted():
    loan = a_loan(**SMALL)

    on_the_day = assessed(facts_of(loan, untaxed(2022), application=received("2023-01-26")), "2023-01-26")
    a_day_late = assessed(facts_of(loan, untaxed(2022), application=received("2023-01-27")), "2023-01-27")

    assert on_the_day.amount == 200_000
    assert a_day_late.amount == 200_000 - 8_330


def test_the_collection_day_counts_not_the_nominal_one():
    # 26 March 2023 is a Sunday: the debit is made on Monday, 27 March.
    facts = facts_of(a_loan(**SMALL), untaxed(2022), application=received("2023-03-27"))

    assert assessed(facts, "2023-03-27").amount == 200_000 - 2 * 8_330
    assert assessed(facts, "2023-03-27", holiday_roll="NONE").amount == 200_000 - 3 * 8_330


def test_the_cut_off_may_be_the_day_of_decision():
    facts = facts_of(a_loan(**SMALL), untaxed(2022), application=received("2022-12-20"))

    assert assessed(facts, "2023-03-10").amount == 200_000
    assert assessed(facts, "2023-03-10", late_application_cutoff="DECISION").amount == 200_000 - 2 * 8_330


def test_what_was_paid_by_the_decision_is_not_exempted():
    loan = a_loan(**SMALL, paid=(("2023-01-26", 8_330), ("2023-02-20", 20_000)))
    found = assessed(facts_of(loan, untaxed(2022), application=received("2023-01-20")), "2023-03-10")

    assert answer(found) == ("eligible", "RESIDENCE_TAX", 200_000 - 28_330, 0)
    assert (found.first_no, found.last_no) == (4, 24)


def test_a_payment_after_the_day_asked_about_is_not_known():
    loan = a_loan(**SMALL, paid=(("2023-01-26", 8_330),))

    assert assessed(facts_of(loan, untaxed(2022)), "2023-01-25").amount == 200_000


def test_a_bounced_payment_counts_as_unpaid_again():
    loan = a_loan(
        **SMALL,
        paid=(("2023-01-26", 8_330),),
        entries=(Entry(PAID_REVERSED, 8_330, day("2023-02-01"), "r0", reverses="p0"),),
    )

    assert assessed(facts_of(loan, untaxed(2022), application=received("2023-01-10")), "2023-03-01").amount == 200_000


def test_instalments_that_a_deferral_moved_past_the_receipt_are_exempted():
    loan = a_loan(**SMALL, deferrals=(("2023-03", 12),))
    facts = facts_of(loan, untaxed(2022), application=received("2023-05-10"))

    assert answer(assessed(facts, "2023-05-10")) == ("eligible", "RESIDENCE_TAX", 200_000 - 2 * 8_330, 2 * 8_330)


def test_nothing_left_to_exempt_is_not_eligible_whatever_the_tax_says():
    paid_off = a_loan(**SMALL, paid=(("2022-09-01", 200_000),))
    over = facts_of(a_loan(**SMALL), untaxed(2022), application=received("2025-02-01"))

    assert answer(assessed(facts_of(paid_off, untaxed(2022)), "2022-10-01")) == ("not_eligible", None, 0, 0)
    assert answer(assessed(facts_of(paid_off), "2022-10-01")) == ("not_eligible", None, 0, 0)
    assert answer(assessed(over, "2025-02-01")) == ("not_eligible", None, 0, 200_000)


@pytest.mark.parametrize(("size", "exempted"), [(1, 450_000), (2, 600_000), (6, 600_000)])
def test_the_cap_goes_by_the_household_size_at_lending(size, exempted):
    loan = a_loan(principal=700_000, count=100, size=size)

    assert answer(assessed(facts_of(loan, untaxed(2022)), "2022-10-03"))[2:] == (exempted, 700_000 - exempted)


def test_what_was_exempted_before_uses_up_the_cap_until_it_is_revoked():
    earlier = Entry(EXEMPTED, 500_000, day("2022-09-01"), "d1", first_no=1, last_no=100, plan_version=1)
    revoked = Entry(EXEMPTION_REVOKED, 500_000, day("2022-09-20"), "d2", reverses="d1")
    loan = a_loan(principal=700_000, count=100, size=2, entries=(earlier,))
    back = a_loan(principal=700_000, count=100, size=2, entries=(earlier, revoked))

    assert answer(assessed(facts_of(loan, untaxed(2022)), "2022-10-03"))[2:] == (100_000, 100_000)
    assert answer(assessed(facts_of(back, untaxed(2022)), "2022-10-03"))[2:] == (600_000, 100_000)


def test_the_regular_loan_has_no_requirement_1():
    loan = a_loan("REG_SMALL", principal=100_000, count=12, first="2023-03", applied="2023-01-10", size=1)
    found = assessed(facts_of(loan, untaxed(2022), untaxed(2023)), "2023-07-01")

    assert answer(found) == ("not_eligible", None, 0, 100_000)
    assert [check.rule.code for check in outcome(found, Ground.RESIDENCE_TAX).checks] == ["EX-10"]


@pytest.mark.parametrize(
    ("receipt", "late"), [("2022-05-01", False), ("2022-07-31", False), ("2022-08-01", True), ("2024-01-01", True)]
)
def test_the_window_of_the_latest_judgement_year_labels_the_application(receipt, late):
    facts = facts_of(a_loan(), untaxed(2021), untaxed(2022), application=received(receipt))

    assert assessed(facts, "2024-03-01").label_late is late


def test_the_window_is_a_label_and_moves_no_yen():
    facts = facts_of(
        a_loan(**SMALL, paid=monthly("2023-01", 2, 8_330)), untaxed(2022), application=received("2023-04-03")
    )
    long_window = {"exemption_window": {"opens": "06-01", "closes": "03-31"}}

    assert assessed(facts, "2023-04-03").amount == assessed(facts, "2023-04-03", **long_window).amount
    earlier = facts_of(a_loan(**SMALL), untaxed(2022), application=received("2023-03-30"))
    assert assessed(earlier, "2023-03-30").label_late
    assert not assessed(earlier, "2023-03-30", **long_window).label_late

"""The worked examples of the exemption rules, EX-A to EX-K, to the yen."""

from exemptions.enums import Composition, Ground
from exemptions.facts import Household
from tests.exemptions.situations import (
    SMALL,
    a_certificate,
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


def test_ex_a_untaxed_in_the_judgement_year_before_repayment_is_exempt_in_full():
    found = assessed(facts_of(a_loan(), untaxed(2022), application=received("2022-08-10")), "2022-10-03")

    assert answer(found) == ("eligible", "RESIDENCE_TAX", 600_000, 0)
    assert (found.first_no, found.last_no) == (1, 120)


def test_e2_ex_b_a_late_application_leaves_what_was_due_before_it():
    facts = facts_of(a_loan(**SMALL), untaxed(2022), application=received("2023-05-10"))

    assert answer(assessed(facts, "2023-05-10")) == ("eligible", "RESIDENCE_TAX", 166_680, 33_320)
    assert answer(assessed(facts, "2023-05-10", late_application_policy="ALL_UNPAID"))[2:] == (200_000, 0)
    assert assessed(facts, "2023-05-10").label_late


def test_ex_c_untaxed_in_a_later_year_exempts_from_the_next_january():
    loan = a_loan(paid=monthly("2023-01", 8, 5_000))
    facts = facts_of(loan, taxed(2021), taxed(2022), untaxed(2023), application=received("2023-09-15"))
    found = assessed(facts, "2023-09-15")

    assert answer(found) == ("eligible", "RESIDENCE_TAX_LATER_YEAR", 540_000, 20_000)
    assert month(found.cut_off) == "2024-01"
    assert (found.first_no, found.last_no) == (13, 120)


def test_ex_d_the_same_for_a_small_loan():
    facts = facts_of(a_loan(**SMALL), taxed(2021), taxed(2022), untaxed(2023), application=received("2023-09-15"))

    assert answer(assessed(facts, "2023-09-15")) == ("eligible", "RESIDENCE_TAX_LATER_YEAR", 100_040, 99_960)


def test_ex_e_a_small_loan_has_nothing_left_after_the_year_after_next():
    taxes = [taxed(2021), taxed(2022), taxed(2023), untaxed(2024)]
    facts = facts_of(a_loan(**SMALL), *taxes, application=received("2024-09-15"))
    found = assessed(facts, "2024-09-15")

    assert answer(found) == ("not_eligible", None, 0, 200_000)
    assert month(outcome(found, Ground.RESIDENCE_TAX_LATER_YEAR).cut_off) == "2025-01"


def test_ex_f_a_certificate_takes_the_arrears_too():
    loan = a_loan(
        "SP_GS_EXTENSION",
        principal=450_000,
        first="2024-01",
        applied="2021-03-20",
        size=1,
        paid=monthly("2024-01", 10, 3_750),
    )
    facts = facts_of(
        loan,
        taxed(2023),
        taxed(2024),
        certificates=(a_certificate("PHYSICAL", "2", "2025-03-10"),),
        application=received("2025-03-15"),
    )
    found = assessed(facts, "2025-03-15")

    assert answer(found) == ("eligible", "DISABILITY", 412_500, 0)
    assert (found.first_no, found.last_no) == (11, 120)


def test_ex_g_twelve_months_of_growing_arrears_are_exempt_and_the_future_stays():
    loan = a_loan(paid=monthly("2023-01", 15, 1_000))
    taxes = [taxed(2021), taxed(2022), taxed(2023)]
    taxes[2] = type(taxes[2])(taxes[2].person, 2023, True, False)
    facts = facts_of(
        loan,
        *taxes,
        household=Household(borrower_is_head=True, composition=Composition.SINGLE_PARENT),
        application=received("2024-03-31"),
    )
    found = assessed(facts, "2024-03-31")

    assert answer(found) == ("eligible", "LONG_ARREARS", 60_000, 525_000)
    assert (found.first_no, found.last_no) == (4, 15)


NOT_HEAD = Household(borrower_is_head=False, head_was_separate_at_loan=False, head_certificate_unobtainable=False)
TAXED_HEAD = [
    untaxed(2021),
    untaxed(2022),
    taxed(2021, "head"),
    taxed(2022, "head"),
]


def test_ex_h_a_taxed_head_of_the_same_household_bars_the_exemption():
    facts = facts_of(a_loan(), *TAXED_HEAD, household=NOT_HEAD, application=received("2022-08-10"))

    assert answer(assessed(facts, "2022-10-03")) == ("not_eligible", None, 0, 600_000)


def test_ex_i_a_head_who_was_in_another_household_at_lending_does_not_count():
    household = Household(borrower_is_head=False, head_was_separate_at_loan=True, head_certificate_unobtainable=False)
    facts = facts_of(a_loan(), *TAXED_HEAD, household=household, application=received("2022-08-10"))

    assert answer(assessed(facts, "2022-10-03")) == ("eligible", "RESIDENCE_TAX", 600_000, 0)


def test_ex_j_a_deferral_moves_the_instalments_but_not_the_anniversary():
    loan = a_loan(**SMALL, deferrals=(("2023-01", 12),))
    facts = facts_of(loan, taxed(2021), taxed(2022), untaxed(2023), application=received("2023-09-15"))
    found = assessed(facts, "2023-09-15")

    assert answer(found) == ("eligible", "RESIDENCE_TAX_LATER_YEAR", 200_000, 0)
    assert month(found.cut_off) == "2024-01"


def test_e1_ex_k_one_borrower_four_kinds_four_answers():
    taxes = [taxed(2021), taxed(2022), untaxed(2023)]
    application = received("2023-09-15")
    loans = {
        "small": a_loan(**SMALL),
        "initial": a_loan(),
        "extension": a_loan("SP_GS_EXTENSION", first="2024-01", applied="2020-12-10"),
        "reloan": a_loan("SP_GS_RELOAN", first="2025-01", applied="2021-04-10"),
    }
    found = {
        name: assessed(facts_of(loan, *taxes, application=application), "2023-09-15") for name, loan in loans.items()
    }

    assert answer(found["small"]) == ("eligible", "RESIDENCE_TAX_LATER_YEAR", 100_040, 99_960)
    assert answer(found["initial"]) == ("eligible", "RESIDENCE_TAX_LATER_YEAR", 540_000, 60_000)
    assert answer(found["extension"]) == ("eligible", "RESIDENCE_TAX", 600_000, 0)
    assert answer(found["reloan"]) == ("not_yet", None, 0, 600_000)
    assert month(found["reloan"].known_from) == "2024-06"
    assert found["reloan"].missing == ()

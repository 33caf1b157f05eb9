"""The five fund kinds as data: the six rows of the Hokkaido exemption guide of 2024, and the regular loan."""

from datetime import date

import pytest

from japan.months import month_text
from loans.enums import FundKind
from loans.funds import FUNDS, cohort_of, fund
from rulebook.sources import DOCUMENTS

TABLE = [
    # kind, loan applied on, judgement years, cap single, cap 2+, repayment starts
    ("SP_SMALL", date(2020, 3, 25), (2021, 2022), 200_000, 200_000, "2023-01"),
    ("SP_SMALL", date(2022, 3, 31), (2021, 2022), 200_000, 200_000, "2023-01"),
    ("SP_SMALL", date(2022, 4, 1), (2023,), 200_000, 200_000, "2024-01"),
    ("SP_GS_INITIAL", date(2022, 3, 31), (2021, 2022), 450_000, 600_000, "2023-01"),
    ("SP_GS_INITIAL", date(2022, 4, 1), (2023,), 450_000, 600_000, "2024-01"),
    ("SP_GS_EXTENSION", date(2020, 7, 2), (2023,), 450_000, 600_000, "2024-01"),
    ("SP_GS_EXTENSION", date(2021, 6, 30), (2023,), 450_000, 600_000, "2024-01"),
    ("SP_GS_RELOAN", date(2021, 2, 19), (2024,), 450_000, 600_000, "2025-01"),
    ("SP_GS_RELOAN", date(2021, 12, 31), (2024,), 450_000, 600_000, "2025-01"),
]


@pytest.mark.parametrize(("kind", "applied_on", "years", "single", "multi", "starts"), TABLE)
def test_kind_and_day_of_application_give_years_cap_and_start(kind, applied_on, years, single, multi, starts):
    cohort = cohort_of(kind, applied_on)

    assert cohort.judgement_years == years
    assert cohort.cap(1) == single
    assert (cohort.cap(2), cohort.cap(5)) == (multi, multi)
    assert cohort.first_month is not None
    assert month_text(cohort.first_month) == starts


def test_the_regular_loan_has_neither_judgement_years_nor_a_cap_nor_a_fixed_start():
    cohort = cohort_of("REG_SMALL", date(2025, 5, 1))

    assert (cohort.judgement_years, cohort.cap(1), cohort.cap(4), cohort.first_month) == ((), None, None, None)
    assert not fund("REG_SMALL").special


@pytest.mark.parametrize(
    ("kind", "most", "instalments"),
    [
        ("SP_SMALL", (200_000, 200_000), 24),
        ("SP_GS_INITIAL", (450_000, 600_000), 120),
        ("SP_GS_EXTENSION", (450_000, 600_000), 120),
        ("SP_GS_RELOAN", (450_000, 600_000), 120),
        ("REG_SMALL", (100_000, 100_000), 12),
    ],
)
def test_the_most_that_is_lent_and_the_longest_term(kind, most, instalments):
    found = fund(kind)

    assert (found.maximum_single, found.maximum_multi) == most
    assert found.most_instalments == instalments


def test_general_support_is_lent_by_the_month_for_three_months():
    found = fund("SP_GS_INITIAL")

    assert (found.monthly_single, found.monthly_multi, found.most_months_lent) == (150_000, 200_000, 3)
    assert fund("SP_SMALL").monthly_single is None


@pytest.mark.parametrize("kind", list(FundKind))
def test_every_day_belongs_to_exactly_one_cohort(kind):
    cohorts = FUNDS[kind].cohorts

    for day in (date(1990, 1, 1), date(2022, 3, 31), date(2022, 4, 1), date(2100, 1, 1)):
        assert sum(cohort.covers(day) for cohort in cohorts) == 1


@pytest.mark.parametrize("kind", list(FundKind))
def test_every_fund_and_cohort_cites_a_document_and_a_place(kind):
    codes = {known.code for known in DOCUMENTS}
    sources = [FUNDS[kind].source, *(cohort.source for cohort in FUNDS[kind].cohorts)]

    assert all(source.code in codes and source.where for source in sources)


def test_fund_codes_tell_the_kinds_apart_and_the_small_loan_has_that_of_the_specimen():
    assert fund("SP_SMALL").fund_code == "KA"
    assert len({found.fund_code for found in FUNDS.values()}) == len(FUNDS)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="SP_LARGE"):
        fund("SP_LARGE")

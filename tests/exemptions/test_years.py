"""Which fiscal year a form may name, by the loan's cohort and the day of receipt (EX-10, EX-21)."""

from datetime import date

import pytest

from exemptions.years import YearsAsked
from loans.funds import cohort_of

FIRST = ("SP_GS_INITIAL", date(2020, 6, 10))
SECOND = ("SP_SMALL", date(2022, 5, 10))
EXTENSION = ("SP_GS_EXTENSION", date(2021, 2, 10))
RELOAN = ("SP_GS_RELOAN", date(2021, 6, 10))
REGULAR = ("REG_SMALL", date(2021, 6, 10))


@pytest.mark.parametrize(
    ("loan", "received_on", "choices", "usual"),
    [
        (FIRST, date(2022, 8, 10), (2021, 2022), 2022),
        (FIRST, date(2023, 5, 31), (2021, 2022), 2022),
        (FIRST, date(2023, 6, 1), (2021, 2022, 2023), 2023),
        (FIRST, date(2024, 7, 1), (2021, 2022, 2024), 2024),
        (SECOND, date(2023, 9, 15), (2023,), 2023),
        (EXTENSION, date(2024, 6, 1), (2023, 2024), 2024),
        (RELOAN, date(2024, 5, 31), (2024,), 2024),
        (RELOAN, date(2025, 6, 1), (2024, 2025), 2025),
        (REGULAR, date(2023, 9, 15), (), None),
    ],
)
def test_a_form_names_a_judgement_year_or_the_newest_year_after_it(
    loan: tuple[str, date], received_on: date, choices: tuple[int, ...], usual: int | None
) -> None:
    years = YearsAsked.of(cohort_of(*loan), received_on)
    assert (years.choices, years.usual) == (choices, usual)


def test_the_label_says_what_the_year_means() -> None:
    years = YearsAsked.of(cohort_of(*FIRST), date(2023, 9, 15))
    assert years.label(2022) == "令和4年度（判定年度）"
    assert years.label(2023) == "令和5年度（判定年度より後。一部免除）"
    early = YearsAsked.of(cohort_of(*RELOAN), date(2024, 5, 31))
    assert early.label(2024) == "令和6年度（判定年度。税額はまだ決まっていません）"

"""What an exemption changes, in months and yen: pure."""

from datetime import date
from typing import Any

import pytest

from exemptions.facts import LoanFacts
from exemptions.portions import Change, Portion, change
from exemptions.review import months_staying
from japan.months import month_of
from rulebook.settings import Settings
from tests.exemptions.situations import SMALL, a_loan, facts_of, monthly

SETTINGS = Settings.defaults()


def changed(loan: LoanFacts, as_of: date, amount: int, first_no: int | None, last_no: int | None) -> Change:
    return change(facts_of(loan), settings=SETTINGS, as_of=as_of, amount=amount, first_no=first_no, last_no=last_no)


def test_the_worked_example_of_a_later_year() -> None:
    """EX-C: 600,000 yen in 120 instalments, eight paid, exempted from January 2024."""
    seen = changed(a_loan(paid=monthly("2023-01", 8, 5_000)), date(2023, 9, 20), 540_000, 13, 120)
    assert seen.exempted == Portion(540_000, month_of(2024, 1), None)
    assert seen.remaining == Portion(20_000, month_of(2023, 9), month_of(2023, 12))
    assert (seen.before.outstanding, seen.after.outstanding) == (560_000, 20_000)
    assert [(line.period, line.each, line.count, line.total) for line in months_staying(seen.after.lines)] == [
        ("令和5年9月分から令和5年12月分まで", 5_000, 4, 20_000)
    ]


def test_the_worked_example_of_a_late_application() -> None:
    """EX-B: a small loan, four instalments overdue at the receipt in May 2023 stay."""
    seen = changed(a_loan(**SMALL), date(2023, 5, 12), 166_680, 5, 24)
    assert seen.exempted == Portion(166_680, month_of(2023, 5), None)
    assert seen.remaining == Portion(33_320, month_of(2023, 1), month_of(2023, 4))
    assert seen.after.arrears == 33_320


def test_all_of_it_leaves_nothing() -> None:
    seen = changed(a_loan(), date(2022, 10, 1), 600_000, 1, 120)
    assert seen.exempted == Portion(600_000, month_of(2023, 1), None)
    assert seen.remaining is None
    assert months_staying(seen.after.lines) == []


def test_nothing_changes_nothing() -> None:
    seen = changed(a_loan(), date(2022, 10, 1), 0, None, None)
    assert seen.before == seen.after
    assert seen.exempted.amount == 0
    assert seen.remaining == Portion(600_000, month_of(2023, 1), month_of(2032, 12))


def test_a_part_in_the_middle_has_both_ends() -> None:
    seen = changed(a_loan(), date(2022, 10, 1), 15_000, 2, 4)
    assert seen.exempted == Portion(15_000, month_of(2023, 2), month_of(2023, 4))


def test_a_month_that_was_deferred_is_named_as_it_falls_due_now() -> None:
    loan = a_loan(deferrals=(("2023-07", 12),))
    seen = changed(loan, date(2023, 9, 1), 570_000, 7, 120)
    assert seen.exempted.first_month == month_of(2024, 7)
    assert seen.remaining == Portion(30_000, month_of(2023, 1), month_of(2023, 6))


def test_runs_of_equal_months_are_told_apart_from_a_part_paid_one() -> None:
    seen = changed(a_loan(paid=(("2023-01-26", 2_000),)), date(2023, 2, 1), 550_000, 11, 120)
    assert [(line.period, line.each, line.count) for line in months_staying(seen.after.lines)] == [
        ("令和5年1月分", 3_000, 1),
        ("令和5年2月分から令和5年10月分まで", 5_000, 9),
    ]


@pytest.mark.parametrize(
    ("portion", "words"),
    [
        ({"first_month": month_of(2024, 1), "last_month": None}, "令和6年1月分以降"),
        ({"first_month": month_of(2023, 9), "last_month": month_of(2023, 12)}, "令和5年9月分から12月分まで"),
        ({"first_month": month_of(2023, 9), "last_month": month_of(2024, 2)}, "令和5年9月分から令和6年2月分まで"),
        ({"first_month": month_of(2023, 9), "last_month": month_of(2023, 9)}, "令和5年9月分"),
        ({"first_month": None, "last_month": month_of(2023, 9)}, "令和5年9月分まで"),
        ({"first_month": None, "last_month": None}, ""),
    ],
)
def test_months_in_words(portion: dict[str, Any], words: str) -> None:
    assert Portion(1, **portion).period_ja == words

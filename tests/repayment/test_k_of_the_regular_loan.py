"""The regular loan's rows K-1, K-2 and K-11: its plan, its late interest to the yen, its life beside a special loan."""

from __future__ import annotations

from datetime import date

import pytest

from japan.months import month_of
from loans.enums import FundKind
from repayment.entries import Entry
from repayment.position import PlanVersion, Position, position
from repayment.schedule import make_plan
from repayment.selectors import positions_of
from tests.desk.builders import a_payment, a_plan
from tests.loans.builders import a_loan
from tests.people.builders import a_person


def stand(paid: int, as_of: str) -> Position:
    """100,000 yen in twelve instalments from January 2025, of which *paid* came in on 26 December 2025."""
    plan = make_plan(principal=100_000, count=12, first_month=month_of(2025, 1))
    return position(
        principal=100_000,
        plans=[PlanVersion(1, date(2024, 11, 20), plan)],
        entries=[Entry("paid", paid, date(2025, 12, 26), "one")] if paid else [],
        as_of=date.fromisoformat(as_of),
    )


def test_k1_a_plan_of_100_000_in_twelve_sums_exactly() -> None:
    plan = make_plan(principal=100_000, count=12, first_month=month_of(2025, 1))
    amounts = [plan.amount(no) for no in range(1, 13)]
    assert (sum(amounts), amounts[0], amounts[-1]) == (100_000, 8_330, 8_370)


@pytest.mark.parametrize(
    ("paid", "as_of", "interest"),
    [
        # 3 % a year, 365 days, fractions of a yen dropped; the deadline is 31 December 2025
        (0, "2025-12-31", 0),
        (0, "2026-01-01", 8),
        (0, "2026-01-12", 98),
        (0, "2026-01-13", 106),
        (0, "2026-01-31", 254),
        (0, "2026-02-28", 484),
        (0, "2026-06-30", 1_487),
        (0, "2026-12-31", 3_000),
        (0, "2028-02-29", 6_493),
        (0, "2028-12-31", 9_008),
        (8_330, "2026-12-31", 2_750),
        (50_000, "2026-12-31", 1_500),
        (91_630, "2026-12-31", 251),
        (99_999, "2026-12-31", 0),
        (99_999, "2060-12-31", 1),
        (99_967, "2026-12-31", 0),
        (99_966, "2026-12-31", 1),
        (12_345, "2026-03-31", 648),
        (66_640, "2026-01-10", 27),
        (100_000, "2026-12-31", 0),
    ],
)
def test_k2_late_interest_to_the_yen(paid: int, as_of: str, interest: int) -> None:
    assert stand(paid, as_of).late_interest == interest


@pytest.mark.parametrize("as_of", ["2025-03-31", "2025-09-30", "2025-12-31"])
def test_k2_no_late_interest_before_the_final_due_date_however_much_is_in_arrears(as_of: str) -> None:
    found = stand(0, as_of)
    assert found.arrears > 0
    assert (found.deadline, found.late_interest) == (date(2025, 12, 31), 0)


@pytest.mark.django_db
def test_k11_a_regular_and_a_special_loan_of_one_borrower_have_ledgers_of_their_own(today: date) -> None:
    borrower = a_person()
    special = a_loan(borrower)
    regular = a_loan(
        borrower, fund=FundKind.REG_SMALL, principal=100_000, instalments=12, first_due_month=month_of(2026, 1),
        applied_on=date(2025, 11, 10), decided_on=date(2025, 11, 13), disbursed_on=date(2025, 11, 20),
    )  # fmt: skip
    for loan in (special, regular):
        a_plan(loan)
    before = positions_of([special, regular], today)
    a_payment(regular, 8_330, date(2026, 1, 26))
    after = positions_of([special, regular], today)
    assert after[regular.pk].outstanding == before[regular.pk].outstanding - 8_330 == 91_670
    assert after[special.pk].ledger == before[special.pk].ledger
    assert after[special.pk].outstanding == 600_000

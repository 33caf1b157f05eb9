"""Months in a row without a payment: the definition by example, and the statement that agrees with it on random lives."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from japan.months import month_of
from repayment.arrears.unpaid import last_payment, unpaid_loans, unpaid_months
from repayment.entries import Entry
from repayment.position import PlanVersion, Position, position
from repayment.schedule import Deferral, make_plan
from tests.people.builders import a_person
from tests.repayment.histories import random_day, random_history, random_policy
from tests.repayment.stored import store

START = month_of(2024, 1)


def stands(as_of: date, *entries: Entry, deferrals: tuple[Deferral, ...] = (), count: int = 24) -> Position:
    """A loan of 5,000 yen a month from January 2024."""
    plan = make_plan(principal=5_000 * count, count=count, first_month=START)
    return position(
        principal=5_000 * count,
        plans=[PlanVersion(1, date(2023, 12, 1), plan)],
        deferrals=deferrals,
        entries=entries,
        as_of=as_of,
    )


def paid(on: date, amount: int = 5_000) -> Entry:
    return Entry("paid", amount, on, f"paid {on}")


@pytest.mark.parametrize(
    ("as_of", "entries", "months"),
    [
        (date(2024, 1, 25), [], 0),  # nothing is due yet
        (date(2024, 1, 26), [], 1),
        (date(2024, 3, 26), [], 3),
        (date(2024, 3, 25), [], 2),  # the third month is not collected yet
        (date(2024, 3, 26), [paid(date(2024, 1, 26))], 2),
        (date(2024, 4, 30), [paid(date(2024, 2, 29), 1_000)], 2),  # however little: the run begins anew
        (date(2024, 4, 10), [paid(date(2024, 4, 9), 1_000)], 0),  # paid since the last month collected
        (date(2024, 4, 30), [paid(date(2024, 4, 9), 1_000)], 0),  # and in the month itself
        (date(2024, 4, 30), [paid(date(2024, 2, 1), 20_000)], 0),  # nothing is in arrears
        (
            date(2024, 4, 30),
            [
                paid(date(2024, 3, 26)),
                Entry("paid_reversed", 5_000, date(2024, 4, 2), "r", reverses="paid 2024-03-26"),
            ],
            4,
        ),  # a payment that bounced is none
    ],
)
def test_months_count_from_the_last_payment(as_of, entries, months):
    assert unpaid_months(stands(as_of, *entries)) == months


def test_a_deferral_pauses_the_count_and_does_not_begin_it_anew():
    shift = (Deferral(month_of(2024, 3), 6),)
    assert [unpaid_months(stands(day, deferrals=shift)) for day in (date(2024, 2, 29), date(2024, 8, 31))] == [2, 2]
    assert unpaid_months(stands(date(2024, 9, 30), deferrals=shift)) == 3


def test_instalments_that_were_exempted_whole_are_no_unpaid_months():
    exempted = Entry("exempted", 15_000, date(2024, 2, 1), "x", 2, 4, 1)
    assert unpaid_months(stands(date(2024, 5, 31), exempted)) == 2  # January and May


def test_the_last_payment_is_one_that_stands():
    first, second = paid(date(2024, 1, 26)), paid(date(2024, 2, 26))
    back = Entry("paid_reversed", 5_000, date(2024, 3, 1), "r", reverses=second.source_key)
    assert last_payment(stands(date(2024, 2, 28), first, second, back).ledger) == date(2024, 2, 26)
    assert last_payment(stands(date(2024, 3, 1), first, second, back).ledger) == date(2024, 1, 26)
    assert last_payment(stands(date(2024, 3, 1)).ledger) is None


@pytest.mark.django_db
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
@example(seed=0)
def test_the_statement_agrees_with_the_definition_on_random_lives(seed):
    random = Random(seed)
    histories = [random_history(Random(f"{seed}/{number}")) for number in range(50)]
    ids = store(histories, a_person())
    for as_of in (random_day(random), random_day(random), histories[0].as_of):
        policy = random_policy(random)
        told = {row.loan_id: row for row in unpaid_loans(as_of=as_of, policy=policy, loans=ids)}
        for loan_id, history in zip(ids, histories, strict=True):
            at = history.position(as_of, policy.at_rate(history.policy.late_interest_rate_bp))
            if not at.arrears:
                assert loan_id not in told
                continue
            row = told[loan_id]
            found = (row.unpaid_months, row.last_paid_on, row.arrears)
            assert found == (unpaid_months(at), last_payment(at.ledger), at.arrears), (as_of, policy, history)

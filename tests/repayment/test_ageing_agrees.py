"""The statement over the portfolio says what the pure function says, for every loan, day and policy."""

from dataclasses import asdict, replace
from datetime import date
from random import Random

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from japan.months import month_of
from loans.models import Loan
from repayment.ageing import age_loans, ageing_statement
from repayment.entries import Entry
from repayment.enums import AllocationOrder
from repayment.position import PlanVersion, Policy
from repayment.schedule import make_plan
from repayment.selectors import positions_of
from repayment.totals import differing_totals
from tests.people.builders import a_person
from tests.repayment.histories import FIGURES, History, figures, random_day, random_history, random_policy
from tests.repayment.stored import store

pytestmark = pytest.mark.django_db

LIVES_AT_ONCE = 60
AFTER_ALL = date(2030, 6, 30)
"""A day by which everything counts, so that most loans are answered from their totals."""


def aged(as_of: date, policy: Policy, loans=None) -> dict[int, dict[str, object]]:
    rows = {row.loan_id: asdict(row) for row in age_loans(as_of=as_of, policy=policy, loans=loans)}
    return {loan_id: {name: row[name] for name in (*FIGURES, "version")} for loan_id, row in rows.items()}


def lives(seed: int, times: int = LIVES_AT_ONCE) -> list[History]:
    return [random_history(Random(f"{seed}/{number}")) for number in range(times)]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
@example(seed=0)
def test_sql_and_python_agree_on_random_lives_of_loans(seed):
    random = Random(seed)
    histories = lives(seed)
    ids = store(histories, a_person())
    asked = [(random_day(random), random_policy(random)) for _ in range(3)]
    asked += [(AFTER_ALL, random_policy(random)), (AFTER_ALL, Policy())]
    assert differing_totals(ids) == []
    for as_of, policy in asked:
        said = aged(as_of, policy, ids)
        for loan_id, history in zip(ids, histories, strict=True):
            by_contract = policy.at_rate(history.policy.late_interest_rate_bp)
            assert said[loan_id] == figures(history.position(as_of, by_contract)), (as_of, by_contract, history)


def test_sql_and_python_agree_that_what_is_reversed_on_its_own_day_does_not_split_the_days():
    plan = make_plan(principal=58_390, count=1, first_month=month_of(2024, 12))
    history = History(
        principal=58_390,
        plans=(PlanVersion(1, date(2023, 1, 1), plan),),
        grants=(),
        entries=(
            Entry("paid", 40_000, date(2025, 1, 31), "payment"),
            Entry("paid_reversed", 40_000, date(2025, 1, 31), "a reversal", reverses="payment"),
        ),
        policy=Policy(late_interest_rounding="FLOOR_EACH"),
        as_of=date(2025, 6, 30),
        is_disordered=False,
    )
    (loan_id,) = store([history], a_person())
    for order in AllocationOrder.values:
        policy = replace(history.policy, allocation_order=order)
        assert aged(history.as_of, policy, [loan_id])[loan_id] == figures(history.position(policy=policy))
    assert history.position().late_interest == 868


def test_positions_read_from_the_database_are_those_of_the_same_lives():
    histories = lives(2023)
    ids = store(histories, a_person())
    as_of, policy = date(2025, 3, 31), Policy()
    found = positions_of(ids, as_of, policy=policy)
    assert [figures(found[loan_id]) for loan_id in ids] == [
        figures(h.position(as_of, policy.at_rate(h.policy.late_interest_rate_bp))) for h in histories
    ]


def test_positions_of_many_loans_take_as_many_queries_as_of_one(django_assert_num_queries):
    ids = store(lives(7, 20), a_person())
    for some in (ids[:1], ids):
        with django_assert_num_queries(4):
            positions_of(some, date(2025, 3, 31), policy=Policy())


def test_a_queryset_of_loans_narrows_the_portfolio():
    ids = store(lives(11, 6), a_person())
    others = store(lives(12, 6), a_person(name="架空%太郎"))
    chosen = Loan.objects.filter(pk__in=ids, borrower__name__contains="花", code__startswith="L").exclude(pk=ids[0])
    assert aged(date(2025, 3, 31), Policy(), chosen).keys() == set(ids[1:])
    wildcard = Loan.objects.filter(borrower__name__contains="%")
    assert aged(date(2025, 3, 31), Policy(), wildcard).keys() == set(others)
    assert aged(date(2025, 3, 31), Policy(), []) == {}
    assert set(ids) | set(others) <= aged(date(2025, 3, 31), Policy()).keys()


def test_the_statement_can_be_summed_in_the_database():
    histories = lives(5, 30)
    ids = store(histories, a_person())
    as_of, policy = date(2025, 3, 31), Policy()
    statement = ageing_statement(as_of=as_of, policy=policy, loans=ids)
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*), sum(arrears) from ({statement.sql}) as aged", statement.params)
        assert cursor.fetchone() == (30, sum(history.position(as_of, policy).arrears for history in histories))

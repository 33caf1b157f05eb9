"""What a check of lending says would change it, does: turning the one fact it names turns its finding, both ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest

from japan.months import first_day, month_index, month_of
from loans.enums import FundKind, IntakeChannel
from loans.lending.assess import assess_lending
from loans.lending.enums import (
    BridgeTo,
    Burden,
    ChildAbsence,
    Condition,
    Exclusion,
    IncomeProof,
    Involvement,
    LendingCause,
    LendingPurpose,
    MinorWay,
    OtherScheme,
    Residence,
    SmallLoanGround,
)
from loans.lending.facts import Bridge, LendingFacts, PriorLoan, RegularFacts
from loans.lending.guide import NAGASAKI
from loans.lending.regular import add_months, ceiling_for
from loans.lending.windows import window_of
from rulebook.findings import Finding
from rulebook.rules import Check
from tests.loans.lending.situations import WITH_CEILING as SETTINGS
from tests.loans.lending.situations import day

SOON = timedelta(days=1)
AS_OF = date(2026, 12, 31)


def turn(check: Check, facts: LendingFacts) -> LendingFacts:
    """Return the same application with the one fact changed that the check names, to what would turn its finding."""
    kind, _, rest = check.change_fact.partition(":")
    return _TURN[kind](check, facts, rest)


def met(check: Check) -> bool:
    return check.finding is Finding.MET


def _applied_on(check: Check, facts: LendingFacts, rest: str) -> LendingFacts:
    code, window = check.rule.code, window_of(facts.fund)
    if code == "LN-01":
        return replace(facts, applied_on=date(2020, 1, 15) if met(check) else date(2020, 3, 25))
    if code == "LA-01":
        assert window is not None
        return replace(facts, applied_on=window.closes_on + SOON if met(check) else window.opens_on)
    if code == "LN-02":
        return replace(facts, applied_on=date(2020, 10, 1))
    if code == "LN-31":
        third = next(loan.last_month for loan in facts.prior if loan.fund == FundKind.SP_GS_INITIAL)
        assert third is not None
        return replace(facts, applied_on=first_day(third))
    if code == "LN-32":
        last = max(loan.last_month for loan in facts.prior if loan.fund == check.facts[1] and loan.last_month)
        return replace(facts, applied_on=first_day(last + 1))
    return replace(facts, applied_on=first_day(month_index(facts.applied_on) + 1))


def _prior(check: Check, facts: LendingFacts, rest: str) -> LendingFacts:
    """Give or take the loan the check is about."""
    month = month_index(facts.applied_on)
    code = check.rule.code
    if code == "LN-32":
        kind = FundKind(rest)
        others = tuple(loan for loan in facts.prior if loan.fund != kind)
        last = month if met(check) else month - 1
        return replace(facts, prior=(*others, PriorLoan(kind, facts.applied_on, last)))
    if code == "LN-31" and check.facts[1] == "applied_on":
        others = tuple(loan for loan in facts.prior if loan.fund != FundKind.SP_GS_INITIAL)
        last = month_of(2021, 7) if met(check) else min(month_of(2021, 6), month)
        return replace(facts, prior=(*others, PriorLoan(FundKind.SP_GS_INITIAL, facts.applied_on, last)))
    kind = {"LN-31": FundKind.SP_GS_EXTENSION, "LN-33": FundKind.SP_GS_RELOAN}.get(code, facts.fund)
    others = tuple(loan for loan in facts.prior if loan.fund != kind)
    return replace(facts, prior=(*others, PriorLoan(kind, facts.applied_on, month)) if met(check) else others)


def _amount(check: Check, facts: LendingFacts, rest: str) -> LendingFacts:
    return replace(facts, amount=200_500 if met(check) else 100_000)


def _grounds(check: Check, facts: LendingFacts, rest: str) -> LendingFacts:
    return replace(facts, grounds=frozenset() if met(check) else frozenset({SmallLoanGround.INFECTED_MEMBER}))


def _monthly(check: Check, facts: LendingFacts, rest: str) -> LendingFacts:
    if check.rule.code == "LA-04":
        return replace(facts, monthly_amount=155_000 if met(check) else 150_000)
    return replace(facts, monthly_amount=210_000 if met(check) else 150_000)


def _income_after(check: Check, facts: LendingFacts, rest: str) -> LendingFacts:
    before = facts.income_before or 0
    return replace(facts, income_after=before if met(check) else before - 1)


def _born(check: Check, facts: LendingFacts, rest: str) -> LendingFacts:
    if check.rule.code == "LN-18":
        return replace(facts, birth_date=add_months(facts.applied_on, -12 * 17))
    return replace(facts, birth_date=add_months(facts.applied_on, -12 * (65 if met(check) else 40)))


def _first_due(check: Check, facts: LendingFacts, rest: str) -> LendingFacts:
    return replace(facts, first_due_month=month_index(facts.applied_on) + (3 if met(check) else 2))


def _agency_consulted(check: Check, facts: LendingFacts, rest: str) -> LendingFacts:
    return replace(facts, agency_consulted_on=None if met(check) else facts.applied_on)


def _residence(check: Check, facts: LendingFacts, rest: str) -> LendingFacts:
    return replace(facts, residence=Residence.ELSEWHERE if met(check) else Residence.REGISTERED)


def _purpose(check: Check, facts: LendingFacts, rest: str) -> LendingFacts:
    return replace(facts, purpose=LendingPurpose.BUSINESS if met(check) else LendingPurpose.LIVING)


def _regular(check: Check, facts: LendingFacts, rest: str) -> LendingFacts:
    told = facts.regular
    assert told is not None
    field, _, key = rest.partition(":")
    yes: Any = met(check)
    if field == "conditions":
        return replace(facts, regular=replace(told, conditions={**told.conditions, Condition(key): not yes}))
    if field == "exclusions":
        return replace(facts, regular=replace(told, exclusions={**told.exclusions, Exclusion(key): yes}))
    if field == "bridge":
        return replace(facts, regular=replace(told, bridge=_bridge(facts, told.bridge, key, yes)))
    ceiling = ceiling_for(SETTINGS.regular_income_ceiling, facts.household_size) or 0
    turned = {
        "cause": LendingCause.DISASTER,
        "cause_on": add_months(facts.applied_on, -3) if yes else facts.applied_on,
        "monthly_income": ceiling + yes,
        "involvement": Involvement.AGENCY,
        "exemption_was_special": not yes,
        "urgent_appliance": not yes,
    }
    return replace(facts, regular=replace(told, **{field: turned[field]}))


def _bridge(facts: LendingFacts, told: Bridge | None, key: str, yes: bool) -> Bridge:
    if told is None:
        return Bridge(BridgeTo.BENEFIT)
    decided = told.hired_on or facts.applied_on
    turned: dict[str, Any] = {
        "held_months": 5 if yes else 6,
        "expected_months": 5 if yes else 6,
        "left_on": add_months(decided, -25) if yes else decided,
    }
    return replace(told, **{key: turned[key]})


def _flag(name: str, when_met: Any, otherwise: Any) -> Callable[[Check, LendingFacts, str], LendingFacts]:
    return lambda check, facts, rest: replace(facts, **{name: when_met if met(check) else otherwise})


_TURN: dict[str, Callable[[Check, LendingFacts, str], LendingFacts]] = {
    "applied_on": _applied_on,
    "prior": _prior,
    "amount": _amount,
    "grounds": _grounds,
    "monthly_amount": _monthly,
    "income_after": _income_after,
    "birth_date": _born,
    "first_due_month": _first_due,
    "agency_consulted_on": _agency_consulted,
    "residence": _residence,
    "purpose": _purpose,
    "regular": _regular,
    "child_absence": _flag("child_absence", None, ChildAbsence.RECOGNISED),
    "months": _flag("months", 4, 3),
    "instalments": _flag("instalments", 121, 12),
    "grace_months": _flag("grace_months", 3, 2),
    "doubt_open": _flag("doubt_open", True, False),
    "on_public_assistance": _flag("on_public_assistance", True, False),
    "other_schemes": _flag("other_schemes", frozenset({OtherScheme.PENSION}), frozenset()),
    "burdens": _flag("burdens", frozenset({Burden.OTHER_DEBTS}), frozenset()),
    "conduct_flag": _flag("conduct_flag", True, False),
    "agency_support_consent": _flag("agency_support_consent", False, True),
    "contract_changed": _flag("contract_changed", False, True),
    "minor_way": _flag("minor_way", None, MinorWay.INTERVIEW),
    "referred_for_housing": _flag("referred_for_housing", False, True),
    "lives_in_prefecture": _flag("lives_in_prefecture", False, True),
    "channel": _flag("channel", IntakeChannel.LABOUR_BANK, IntakeChannel.MAIL),
}


def same_check(checks: tuple[Check, ...], like: Check) -> Check | None:
    """Find the same look at the same rule in another assessment."""
    return next((it for it in checks if (it.rule.code, it.facts) == (like.rule.code, like.facts)), None)


def checks_of(facts: LendingFacts) -> tuple[Check, ...]:
    return assess_lending(facts, settings=SETTINGS, as_of=AS_OF).checks


def flips(facts: LendingFacts) -> set[tuple[str, str, bool]]:
    """Turn every fact that a check names; assert that its finding turns with it, and return what was turned."""
    turned = set()
    for check in checks_of(facts):
        assert bool(check.change_fact) == bool(check.would_change), check
        if not check.change_fact:
            continue
        assert check.would_change.endswith("。")
        after = same_check(checks_of(turn(check, facts)), check)
        if after is None and check.change_fact == "residence":  # LN-19 gives way to LN-20 and back
            continue
        assert after is not None, check
        assert met(after) is not met(check), (check, after)
        turned.add((check.rule.code, check.change_fact.partition(":")[0], met(check)))
    return turned


def maybe_set(random: Random, words: type) -> frozenset[Any]:
    return frozenset(word for word in words if random.random() < 0.15)  # type: ignore[attr-defined]


def an_application(random: Random) -> LendingFacts:
    """An invented application of which much, little or contradictory things are known."""
    pick = random.choice
    fund = pick(list(FundKind))
    special_days = ["2020-01-15", "2020-02-01", "2020-04-01", "2020-09-30", "2020-10-12", "2021-06-20", "2021-12-01"]
    applied = day(pick(["2026-11-20"] if fund == FundKind.REG_SMALL else [*special_days, "2022-05-05", "2022-10-01"]))
    months = [None, *[month_index(applied) - i for i in (-1, 0, 1, 3)]]
    prior = tuple(
        PriorLoan(kind, applied - timedelta(days=pick([5, 90, 400])), pick(months))
        for kind in FundKind
        if random.random() < 0.4
    )
    return LendingFacts(
        fund=fund,
        applied_on=applied,
        household_size=pick([None, 1, 2, 4]),
        amount=pick([None, 0, 99_500, 100_000, 150_000, 200_001]),
        monthly_amount=pick([None, 100_000, 155_000, 210_000]),
        months=pick([None, 0, 3, 4]),
        instalments=pick([None, 12, 200]),
        grace_months=pick([None, 2, 3]),
        first_due_month=pick([None, month_index(applied) + 1, month_index(applied) + 4]),
        income_before=pick([None, 200_000]),
        income_after=pick([None, 200_000, 199_999]),
        income_proof=pick([None, *IncomeProof]),
        doubt_open=pick([True, False]),
        grounds=maybe_set(random, SmallLoanGround),
        child_absence=pick([None, *ChildAbsence]),
        purpose=pick([None, LendingPurpose.LIVING, *LendingPurpose]),
        on_public_assistance=pick([None, True, False]),
        other_schemes=maybe_set(random, OtherScheme),
        burdens=maybe_set(random, Burden),
        conduct_flag=pick([True, False]),
        agency_consulted_on=pick([None, applied, applied + SOON]),
        agency_support_consent=pick([None, True, False]),
        contract_changed=pick([None, True, False]),
        prior=prior,
        birth_date=pick([None, day("1980-01-01"), day("1950-01-01"), add_months(applied, -12 * 16)]),
        married=pick([None, True, False]),
        minor_way=pick([None, *MinorWay]),
        residence=pick([None, *Residence]),
        lives_in_prefecture=pick([None, True, False]),
        referred_for_housing=pick([True, False]),
        regular=pick([None, a_regular_case(random, applied)]),
        channel=pick([None, *IntakeChannel]),
    )


def a_regular_case(random: Random, applied: date) -> RegularFacts:
    pick = random.choice
    bridge = Bridge(
        pick(list(BridgeTo)),
        pick([None, 5, 6]),
        pick([None, add_months(applied, -25), applied]),
        None,
        pick([None, 5, 6]),
    )
    return RegularFacts(
        cause=pick([None, *[LendingCause.BRIDGE_TO_FIRST_PAYMENT] * 6, *LendingCause]),
        cause_on=pick([None, applied, applied + SOON, add_months(applied, -3)]),
        bridge=pick([None, bridge, bridge]),
        monthly_income=pick([None, 100_000, 300_000]),
        conditions={it: pick([True, False]) for it in Condition if random.random() < 0.8},
        exclusions={it: pick([True, False, False]) for it in Exclusion if random.random() < 0.8},
        exemption_was_special=pick([None, True, False]),
        urgent_appliance=pick([None, True, False]),
        involvement=pick([None, *Involvement]),
    )


@cache
def flips_of(seed: int) -> frozenset[tuple[str, str, bool]]:
    """What is turned in a dozen random applications; both tests look at the same ones."""
    return frozenset().union(*(flips(an_application(Random(seed * 12 + i))) for i in range(12)))


SEEDS = range(50)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_check_names_turns_its_finding(seed):
    assert flips_of(seed)


ONE_WAY = {("LN-23", "applied_on"), ("RS-07", "regular"), ("RS-11", "regular"), ("LN-10", "child_absence")}
"""A check that names a fact only while it is not met: turned, nothing single turns it back."""


def test_every_rule_that_can_fail_is_turned_both_ways_and_all_of_them_are_looked_at():
    turned = frozenset().union(*(flips_of(seed) for seed in SEEDS))
    pairs = {(code, fact) for code, fact, _ in turned}
    lacking = {(*pair, way) for pair in pairs - ONE_WAY for way in (True, False)} - turned - EDGES

    assert lacking == set()
    codes = {code for code, _ in pairs}
    assert {
        "LN-01",
        "LN-02",
        "LN-10",
        "LN-11",
        "LN-12",
        "LN-14",
        "LN-15",
        "LN-16",
        "LN-18",
        "LN-19",
        "LN-20",
        "LN-21",
    } <= codes
    assert {"LN-22", "LN-25", "LN-31", "LN-32", "LN-33", "LN-34", "LN-35", "LA-01", "LA-02", "LA-03", "LA-04"} <= codes
    assert {f"RS-{i:02d}" for i in (*range(1, 9), *range(10, 16), *range(21, 33))} <= codes
    assert NAGASAKI.exclusions == tuple(Exclusion)


EDGES = {
    ("LN-02", "applied_on", False),
    ("LN-31", "applied_on", True),
    ("LN-32", "applied_on", True),
    ("LN-18", "birth_date", False),
    ("LN-31", "agency_support_consent", False),
}
"""Named on one side only; on the other side another fact is: the loan before, the way of a minor, the consultation,
the counter."""

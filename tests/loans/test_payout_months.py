"""Which yen go out in which month, on which day, and what may be changed about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from japan.bankdays import is_bank_day
from japan.months import month_of
from loans.deciding.terms import Terms, TermsRefused, asked_for, check_terms
from loans.disbursement.months import MonthsRefused, changed_months, monthly, once, urgent_due
from loans.enums import FundKind
from loans.lending.guide import NAGASAKI, Guide

NOVEMBER, DECEMBER, JANUARY, FEBRUARY = (month_of(2026, 11), month_of(2026, 12), month_of(2027, 1), month_of(2027, 2))


def test_a_small_loan_leaves_once_on_the_first_bank_day() -> None:
    (payout,) = once(100_000, on=date(2026, 11, 21))
    assert (payout.amount, payout.pay_on, payout.month) == (100_000, date(2026, 11, 24), NOVEMBER)


def test_general_support_leaves_month_by_month_on_the_pay_day_rolled_to_a_bank_day() -> None:
    """Question 8-4: never three months at once."""
    payouts = monthly(200_000, 3, from_day=date(2026, 11, 13), pay_day=20)
    assert [out.pay_on for out in payouts] == [date(2026, 11, 13), date(2026, 12, 21), date(2027, 1, 20)]
    assert [out.month for out in payouts] == [NOVEMBER, DECEMBER, JANUARY]
    assert {out.amount for out in payouts} == {200_000}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dates(date(2020, 3, 25), date(2030, 12, 31)), st.integers(1, 3), st.integers(1, 28))
def test_every_month_has_one_payment_on_a_bank_day(day: date, months: int, pay_day: int) -> None:
    payouts = monthly(150_000, months, from_day=day, pay_day=pay_day)
    assert len({out.month for out in payouts}) == months
    assert all(is_bank_day(out.pay_on) for out in payouts)
    assert all(out.pay_on > before.pay_on for before, out in zip(payouts, payouts[1:], strict=False))


@pytest.mark.parametrize(
    ("applied_on", "due"),
    [
        (date(2026, 11, 18), date(2026, 11, 20)),
        (date(2026, 11, 19), date(2026, 11, 24)),  # Friday, a weekend, Labour Thanksgiving Day
        (date(2026, 12, 29), date(2027, 1, 4)),  # the banks' new year
        (date(2026, 11, 21), date(2026, 11, 25)),  # applied for on a Saturday
    ],
)
def test_q21_urgent_money_is_there_by_the_second_business_day(applied_on: date, due: date) -> None:
    assert urgent_due(applied_on) == due


def change(wanted: list[tuple[int, int]], *, fixed: tuple[int, ...] = (), on: date = date(2026, 11, 25)) -> object:
    return changed_months(
        first_month=NOVEMBER, most_months=3, monthly_maximum=200_000, fixed=fixed, wanted=wanted, on=on
    )


def test_q8_7_month_two_may_get_another_amount_within_the_period() -> None:
    assert change([(DECEMBER, 100_000)], fixed=(NOVEMBER,)) == ((DECEMBER, 100_000),)


def test_a_month_may_be_added_within_the_period_and_none_after_it() -> None:
    assert change([(JANUARY, 200_000), (DECEMBER, 1)], fixed=(NOVEMBER,)) == ((DECEMBER, 1), (JANUARY, 200_000))
    with pytest.raises(MonthsRefused, match="貸付期間（令和8年11月～令和9年1月）の外です"):
        change([(FEBRUARY, 200_000)], fixed=(NOVEMBER,))


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ([(DECEMBER, 100_000), (DECEMBER, 100_000)], "同じ月が2回あります"),
        ([(NOVEMBER, 100_000)], "送金済みか手続き中のため"),
        ([(DECEMBER, 200_001)], "200,000円までです"),
        ([(DECEMBER, 0)], "1円から"),
    ],
)
def test_a_change_that_the_fund_does_not_allow_is_refused_in_words(
    wanted: list[tuple[int, int]], sentence: str
) -> None:
    with pytest.raises(MonthsRefused, match=sentence):
        change(wanted, fixed=(NOVEMBER,))


def test_q8_7_after_the_last_month_nothing_is_topped_up() -> None:
    """Question 8-7: room that was not used is gone once the period is over."""
    with pytest.raises(MonthsRefused, match="貸付期間は令和9年1月で終わりました.*問8-7"):
        change([(FEBRUARY, 100_000)], on=date(2027, 2, 1))


def test_a_month_that_is_gone_is_not_lent_for_afterwards() -> None:
    with pytest.raises(MonthsRefused, match="令和8年11月分は過ぎた月のため"):
        change([(NOVEMBER, 100_000)], on=date(2026, 12, 2))


def regular(amount: int = 100_000, **changes: int) -> Terms:
    values = {"amount": amount, "instalments": 12, "grace_months": 2} | changes
    return Terms(**values)


def check(
    terms: Terms,
    kind: str = FundKind.REG_SMALL,
    *,
    asked: int = 100_000,
    ceiling: int | None = None,
    guide: Guide = NAGASAKI,
) -> None:
    check_terms(terms, kind=kind, asked=asked, ceiling=ceiling, guide=guide)


def test_what_was_asked_for_is_the_sum_or_the_months() -> None:
    assert asked_for(80_000, None, None) == 80_000
    assert asked_for(None, 150_000, 3) == 450_000
    assert asked_for(None, None, None) == 0


def test_terms_within_the_fund_pass() -> None:
    check(regular())
    check(regular(50_000, instalments=1, grace_months=0))
    general = Terms(600_000, 120, 0, 200_000, 3)
    check(general, FundKind.SP_GS_INITIAL, asked=600_000, ceiling=600_000)


@pytest.mark.parametrize(
    ("terms", "kind", "asked", "ceiling", "sentence"),
    [
        (regular(100_500), FundKind.REG_SMALL, 200_000, None, "100,000円までです"),
        (regular(99_500), FundKind.REG_SMALL, 100_000, None, "1,000円単位です"),
        (regular(90_000), FundKind.REG_SMALL, 80_000, None, "希望額（80,000円）を超える"),
        (regular(instalments=13), FundKind.REG_SMALL, 100_000, None, "12回までです"),
        (regular(grace_months=3), FundKind.REG_SMALL, 100_000, None, "据置は2か月までです"),
        (Terms(800_000, 120, 0, 200_000, 4), FundKind.SP_GS_INITIAL, 800_000, None, "3か月までの月数"),
        (Terms(600_000, 120, 0, 200_000, 2), FundKind.SP_GS_INITIAL, 600_000, None, "月数を掛けた額と違います"),
        (Terms(600_000, 120, 0, 200_000, 3), FundKind.SP_GS_INITIAL, 600_000, 450_000, "450,000円までです"),
        (Terms(200_000, 24, 0, 200_000, 1), FundKind.SP_SMALL, 200_000, None, "1回で送金します"),
        (regular(0), FundKind.REG_SMALL, 100_000, None, "1円から"),
    ],
)
def test_terms_that_cannot_be_lent_are_refused_in_words(
    terms: Terms, kind: str, asked: int, ceiling: int | None, sentence: str
) -> None:
    with pytest.raises(TermsRefused, match=sentence):
        check(terms, kind, asked=asked, ceiling=ceiling)


ELSEWHERE = replace(NAGASAKI, code="ELSEWHERE", maximum=120_000, unit=10_000, most_grace_months=1, most_instalments=20)
"""Another prefecture's guide, invented."""


def test_another_prefectures_guide_reaches_the_decision() -> None:
    check(regular(120_000, instalments=20, grace_months=1), asked=120_000, guide=ELSEWHERE)
    for terms, sentence in [
        (regular(130_000), "120,000円までです"),
        (regular(99_000), "10,000円単位です"),
        (regular(instalments=21), "20回までです"),
        (regular(grace_months=2), "据置は1か月までです"),
    ]:
        with pytest.raises(TermsRefused, match=sentence):
            check(terms, asked=200_000, guide=ELSEWHERE)
    with pytest.raises(TermsRefused, match="100,000円までです"):
        check(regular(120_000), asked=120_000)


def test_the_guide_does_not_reach_a_special_loan() -> None:
    check(Terms(200_000, 24, 12), FundKind.SP_SMALL, asked=200_000, guide=ELSEWHERE)

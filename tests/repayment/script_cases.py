"""Invented calls for the tests of the call script: one for each thing that can be said, and all of them together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

from japan.months import month_of
from repayment.script.facts import Agreed, Deferred, LoanFacts, Next, ScriptFacts

TODAY = date(2026, 11, 20)
SMALL, INITIAL, RELOAN = "緊急小口資金（特例）", "総合支援資金（初回貸付）", "総合支援資金（再貸付）"

REPAYING = LoanFacts(
    fund=INITIAL, code="0200001", status="repaying", principal=600_000, outstanding=370_000, instalment=5_000,
    first_month=month_of(2023, 1), deadline=date(2032, 12, 31), next=Next(date(2026, 11, 26), 5_000),
)  # fmt: skip
ARREARS = replace(REPAYING, outstanding=450_000, arrears=80_000, months_in_arrears=16, unpaid_months=2)
GRACE = replace(
    REPAYING, fund=RELOAN, code="0300001", status="grace", outstanding=600_000, first_month=month_of(2027, 1),
    next=Next(date(2027, 1, 26), 5_000),
)  # fmt: skip
DEFERRED = replace(
    ARREARS, status="deferred", arrears=10_000, months_in_arrears=2, next=Next(date(2027, 7, 26), 5_000),
    deferred=Deferred(month_of(2026, 7), month_of(2027, 6)), dunning_rests=True,
)  # fmt: skip
AGREED = replace(
    ARREARS, agreed=Agreed(1_000, month_of(2027, 10), date(2027, 9, 1)), unpaid_months=0, dunning_rests=True
)
PAST = LoanFacts(
    fund=SMALL, code="0100001", status="past_deadline", principal=200_000, outstanding=58_390, arrears=58_390,
    months_in_arrears=7, late_interest=868, instalment=8_330, deadline=date(2024, 12, 31), unpaid_months=13,
)  # fmt: skip
EXEMPTED = LoanFacts(
    fund=SMALL, code="0100002", status="exempted", principal=200_000, outstanding=0, exempted=200_000, instalment=8_330
)
COMPLETED = replace(EXEMPTED, code="0100003", status="completed", exempted=0)
SURPLUS = replace(COMPLETED, code="0100004", surplus=8_330)
WAITING = replace(ARREARS, waits=("exemption_pending",), dunning_rests=True)
LEGAL = replace(ARREARS, status="legal", waits=("legal",), dunning_rests=True)
IN_PART = replace(REPAYING, outstanding=20_000, exempted=540_000, arrears=2_000, next=None)
AHEAD = replace(REPAYING, paid_ahead=12_000, next=Next(date(2027, 1, 26), 3_000))


def call(*loans: LoanFacts, name: str = "横山 啓輔", letters: tuple[str, ...] = ()) -> ScriptFacts:
    return ScriptFacts(name=name, today=TODAY, loans=loans, letters=letters)


GOLD_FACTS = {
    "nothing": call(),
    "repaying": call(REPAYING),
    "arrears": call(ARREARS),
    "deferred": call(DEFERRED),
    "agreed": call(AGREED),
    "past_deadline": call(PAST),
    "exempted": call(EXEMPTED),
    "waiting": call(WAITING),
    "legal": call(LEGAL),
    "in_part": call(IN_PART, letters=("償還免除決定通知書（一部）",)),
    "ahead": call(AHEAD),
    "surplus": call(SURPLUS),
    "four": call(EXEMPTED, ARREARS, GRACE, replace(AHEAD, code="0200002"), name="佐々木 花"),
}

EACH = (REPAYING, ARREARS, GRACE, DEFERRED, AGREED, PAST, EXEMPTED, COMPLETED, SURPLUS, WAITING, LEGAL, IN_PART, AHEAD)
CASES: dict[str, ScriptFacts] = GOLD_FACTS | {
    f"{first.status} {first.code} {n}": call(first, second, letters=("償還残額のお知らせ",) if n % 2 else ())
    for n, (first, second) in enumerate(product(EACH, (REPAYING, ARREARS, DEFERRED, EXEMPTED, PAST, WAITING, LEGAL)))
}
"""A hundred and more calls: each kind of loan alone and beside another one."""

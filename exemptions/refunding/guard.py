"""What becomes of a payment on a loan that was exempted: pure, by the four days that decide it, in whole yen.

Paid before the application: never returned (Hokkaido exemption leaflet 2024). Paid up to and including the day of the
decision: reduces what is exempted, and is not returned (table of the same guide; EX-03). Paid after the decision and after
the exemption took effect, beyond what is still owed: comes back (RP-12). What pays instalments that remain is a payment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from japan.eras import era_date


class Verdict(Enum):
    """What becomes of money, with the sentence for the refund task."""

    BEFORE_APPLICATION = "免除の申請より前の入金です。お返しの対象ではありません。"
    BEFORE_DECISION = "免除の決定日までの入金です。お返しの対象ではありません。"
    BEFORE_EFFECT = "免除の効力が生じる日までの入金です。お返しの対象ではありません。"
    COMES_BACK = "免除の決定のあとの入金です。お返しの対象です。"

    @property
    def comes_back(self) -> bool:
        return self is Verdict.COMES_BACK


@dataclass(frozen=True, slots=True)
class Days:
    """The days of one exemption; ``received_on`` is None where nobody applied (ex officio)."""

    received_on: date | None
    decided_on: date
    effective_on: date


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as the ledger has it: its key, yen, the day it counts for."""

    key: int
    amount: int
    paid_on: date


@dataclass(frozen=True, slots=True)
class Share:
    """The part (yen) of a payment that exceeds everything owed, and what becomes of it."""

    payment: Payment
    amount: int
    verdict: Verdict

    @property
    def note(self) -> str:
        return f"{era_date(self.payment.paid_on)}の入金。{self.verdict.value}"


def verdict(paid_on: date, days: Days) -> Verdict:
    """What becomes of money of a day, as far as it exceeds what is owed."""
    if days.received_on is not None and paid_on < days.received_on:
        return Verdict.BEFORE_APPLICATION
    if paid_on <= days.decided_on:
        return Verdict.BEFORE_DECISION
    return Verdict.BEFORE_EFFECT if paid_on <= days.effective_on else Verdict.COMES_BACK


def shares(surplus: int, payments: Iterable[Payment], days: Days) -> list[Share]:
    """Lay a surplus (yen) on the payments it came with, those of the latest day first, then those entered last."""
    found = []
    for payment in sorted(payments, key=lambda one: (one.paid_on, one.key), reverse=True):
        if surplus <= 0:
            break
        amount = min(payment.amount, surplus)
        surplus -= amount
        found.append(Share(payment, amount, verdict(payment.paid_on, days)))
    return found

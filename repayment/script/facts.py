"""What the call script is made of. Frozen facts: whole yen, months as index, days as dates; no address, no reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Next:
    """The next instalment: its collection day and yen."""

    on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Deferred:
    """A deferral that is running: its first and last month."""

    from_month: int
    last_month: int


@dataclass(frozen=True, slots=True)
class Agreed:
    """An agreement to pay less that is running."""

    monthly_amount: int
    last_month: int
    review_on: date


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """One loan on the day of the call. ``status`` is a value of ``RepaymentStatus``, ``waits`` one of ``HoldReason``.

    ``paid_ahead`` counts towards the next instalments, ``surplus`` is owed back. ``unpaid_months`` are months in a row
    without any payment; ``dunning_rests`` says that no letter about arrears goes out now.
    """

    fund: str
    code: str
    status: str
    principal: int
    outstanding: int
    arrears: int = 0
    months_in_arrears: int = 0
    exempted: int = 0
    paid_ahead: int = 0
    surplus: int = 0
    late_interest: int = 0
    instalment: int = 0
    first_month: int = 0
    deadline: date | None = None
    next: Next | None = None
    deferred: Deferred | None = None
    agreed: Agreed | None = None
    waits: tuple[str, ...] = ()
    unpaid_months: int = 0
    dunning_rests: bool = False


@dataclass(frozen=True, slots=True)
class ScriptFacts:
    """One person's loans on a day, and the letters under way (their names).

    ``late_rate`` is the yearly rate in words, ``arrears_notice_months`` after how many months without a payment a letter
    is written, ``deferral_notice_months`` how long before its end a deferral is announced to end, ``balance_month`` the
    calendar month of the yearly letter.
    """

    name: str
    today: date
    loans: tuple[LoanFacts, ...]
    letters: tuple[str, ...] = ()
    late_rate: str = "3%"
    arrears_notice_months: tuple[int, ...] = (3, 12)
    deferral_notice_months: int = 2
    balance_month: int = 7

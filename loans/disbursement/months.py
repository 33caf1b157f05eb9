"""Which sum goes out in which month, and on which day: pure. Amounts in yen, months as index (``japan.months``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from japan.bankdays import add_bank_days, collection_date, next_bank_day
from japan.eras import era_month
from japan.months import month_index
from japan.yen import yen

URGENT_BANK_DAYS = 2
"""Money is there by the second business day after the application (LN-37; Q&A vol. 17, part 1, question 21)."""


class MonthsRefused(ValueError):
    """Months or amounts that the fund does not allow; the text is a Japanese sentence."""


@dataclass(frozen=True, slots=True)
class Payout:
    """One payment: the month it belongs to, its yen, and the day it leaves."""

    month: int
    amount: int
    pay_on: date


def once(amount: int, *, on: date) -> tuple[Payout, ...]:
    """A small loan: paid once, on the first bank day from ``on``."""
    day = next_bank_day(on)
    return (Payout(month_index(day), amount, day),)


def monthly(amount: int, months: int, *, from_day: date, pay_day: int) -> tuple[Payout, ...]:
    """General support: the first month as soon as it is decided, the following ones on the pay day (LN-36).

    ``amount`` is yen a month; ``pay_day`` is 1 to 28 and rolls to the next bank day.
    """
    first = next_bank_day(from_day)
    month = month_index(first)
    later = (Payout(month + n, amount, collection_date(month + n, pay_day)) for n in range(1, months))
    return (Payout(month, amount, first), *later)


def urgent_due(applied_on: date) -> date:
    """The last day on which urgent money is in time: the second bank day after the application."""
    return add_bank_days(applied_on, URGENT_BANK_DAYS)


def changed_months(
    *,
    first_month: int,
    most_months: int,
    monthly_maximum: int,
    fixed: Sequence[int],
    wanted: Sequence[tuple[int, int]],
    on: date,
) -> tuple[tuple[int, int], ...]:
    """Check a change within the period of a loan (LN-35; Q&A vol. 17, question 8-7) and return it in order.

    ``fixed`` are the months already paid or on their way, ``wanted`` are (month, yen) of all others as they shall be.
    ``most_months`` is how many months the fund lends for, counted from ``first_month``. ``MonthsRefused`` for a month
    twice, already gone, beyond the period, or after it; a sum of nothing or above ``monthly_maximum`` yen.
    """
    last_month = first_month + most_months - 1
    this_month = month_index(on)
    if this_month > last_month:
        raise MonthsRefused(
            f"この資金の貸付期間は{era_month(last_month)}で終わりました。"
            "使わなかった枠を、期間が終わったあとで貸し付けることはできません（問答集 問8-7）。"
        )
    months = [month for month, _ in wanted]
    if len(set(months)) < len(months):
        raise MonthsRefused("同じ月が2回あります。1か月分は1回で送金します。")
    for month, amount in wanted:
        if month in fixed:
            raise MonthsRefused(f"{era_month(month)}分は送金済みか手続き中のため、変更できません。")
        if month < this_month:
            raise MonthsRefused(f"{era_month(month)}分は過ぎた月のため、さかのぼって追加できません。")
        if not first_month <= month <= last_month:
            raise MonthsRefused(
                f"{era_month(month)}は貸付期間（{era_month(first_month)}～{era_month(last_month)}）の外です。"
            )
        if not 0 < amount <= monthly_maximum:
            raise MonthsRefused(f"1か月の金額は1円から{yen(monthly_maximum)}までです。")
    return tuple(sorted(wanted))

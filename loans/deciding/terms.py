"""What is lent on which terms, and what a fund allows: pure. Amounts in yen."""

from __future__ import annotations

from dataclasses import dataclass

from japan.yen import yen
from loans.enums import FundKind
from loans.funds import fund
from loans.lending.guide import Guide

SPECIAL_MOST_GRACE = 12
"""Months of grace a special loan could be agreed with (MHLW Q&A vol. 17, table 参考2); later extended for everybody."""


class TermsRefused(ValueError):
    """Terms that the fund or the application does not allow; the text is a Japanese sentence."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is lent: ``amount`` yen in all; for general support ``monthly_amount`` yen in each of ``months`` months.

    ``instalments`` and ``grace_months`` are of the repayment.
    """

    amount: int
    instalments: int
    grace_months: int
    monthly_amount: int | None = None
    months: int = 1


def asked_for(amount: int | None, monthly_amount: int | None, months: int | None) -> int:
    """The yen somebody asked for in all; 0 where nothing was said."""
    if monthly_amount and months:
        return monthly_amount * months
    return amount or 0


def longest_term(kind: str, guide: Guide) -> int:
    """The most instalments a fund may be repaid in; the regular loan's are those of its guide."""
    return guide.most_instalments if kind == FundKind.REG_SMALL else fund(kind).most_instalments


def check_terms(terms: Terms, *, kind: str, asked: int, ceiling: int | None, guide: Guide) -> None:
    """``TermsRefused`` for a sum, a number of months or a term that cannot be lent.

    ``ceiling`` is what the rules found to be the most for this application (None: they were not asked). Nothing is lent
    beyond what was asked for. ``guide`` is the regular loan's, of the day of the application.
    """
    lent, regular = fund(kind), kind == FundKind.REG_SMALL
    maximum = guide.maximum if regular else lent.maximum_multi
    most_instalments = longest_term(kind, guide)
    most_grace = guide.most_grace_months if regular else SPECIAL_MOST_GRACE
    if lent.monthly_multi is not None:
        if not terms.monthly_amount or not 1 <= terms.months <= lent.most_months_lent:
            raise TermsRefused(
                f"{lent.name_ja}は、月額と1か月から{lent.most_months_lent}か月までの月数で貸し付けます。"
            )
        if terms.amount != terms.monthly_amount * terms.months:
            raise TermsRefused("貸付金額が、月額に月数を掛けた額と違います。")
    elif terms.monthly_amount is not None or terms.months != 1:
        raise TermsRefused(f"{lent.name_ja}は1回で送金します。月額と月数は要りません。")
    most = min(maximum, ceiling) if ceiling is not None else maximum
    if not 0 < terms.amount <= most:
        raise TermsRefused(f"貸付金額は1円から{yen(most)}までです。")
    if terms.amount > asked:
        raise TermsRefused(f"希望額（{yen(asked)}）を超える貸付はできません。")
    if regular and terms.amount % guide.unit:
        raise TermsRefused(f"{lent.name_ja}は{yen(guide.unit)}単位です。")
    if not 1 <= terms.instalments <= most_instalments:
        raise TermsRefused(f"{lent.name_ja}の償還回数は1回から{most_instalments}回までです。")
    if not 0 <= terms.grace_months <= most_grace:
        raise TermsRefused(f"{lent.name_ja}の据置は{most_grace}か月までです。")

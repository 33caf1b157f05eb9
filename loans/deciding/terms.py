"""What is lent on which terms, and what a fund allows: pure. Amounts in yen."""

from __future__ import annotations

from dataclasses import dataclass

from japan.yen import yen
from loans.enums import FundKind
from loans.funds import fund

REGULAR_UNIT = 1_000
"""The regular loan is lent in whole thousands of yen (Nagasaki council's guide, table of terms)."""
REGULAR_MOST_GRACE = 2


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


def check_terms(terms: Terms, *, kind: str, asked: int, ceiling: int | None) -> None:
    """``TermsRefused`` for a sum, a number of months or a term that cannot be lent.

    ``ceiling`` is what the rules found to be the most for this application (None: they were not asked). Nothing is lent
    beyond what was asked for.
    """
    lent = fund(kind)
    if lent.monthly_multi is not None:
        if not terms.monthly_amount or not 1 <= terms.months <= lent.most_months_lent:
            raise TermsRefused(
                f"{lent.name_ja}は、月額と1か月から{lent.most_months_lent}か月までの月数で貸し付けます。"
            )
        if terms.amount != terms.monthly_amount * terms.months:
            raise TermsRefused("貸付金額が、月額に月数を掛けた額と違います。")
    elif terms.monthly_amount is not None or terms.months != 1:
        raise TermsRefused(f"{lent.name_ja}は1回で送金します。月額と月数は要りません。")
    most = min(lent.maximum_multi, ceiling) if ceiling is not None else lent.maximum_multi
    if not 0 < terms.amount <= most:
        raise TermsRefused(f"貸付金額は1円から{yen(most)}までです。")
    if terms.amount > asked:
        raise TermsRefused(f"希望額（{yen(asked)}）を超える貸付はできません。")
    if kind == FundKind.REG_SMALL and terms.amount % REGULAR_UNIT:
        raise TermsRefused(f"{lent.name_ja}は{yen(REGULAR_UNIT)}単位です。")
    if not 1 <= terms.instalments <= lent.most_instalments:
        raise TermsRefused(f"{lent.name_ja}の償還回数は1回から{lent.most_instalments}回までです。")
    most_grace = REGULAR_MOST_GRACE if kind == FundKind.REG_SMALL else 12
    if not 0 <= terms.grace_months <= most_grace:
        raise TermsRefused(f"{lent.name_ja}の据置は{most_grace}か月までです。")

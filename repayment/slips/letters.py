"""The slip on paper: one letter for each slip, with its bar code in true size. A reissue is a letter of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from loans.funds import fund
from loans.letter_sources import LendingLetters, programme
from notices.kinds import LetterFacts, LetterKind
from notices.sources import Draft, LetterSource
from repayment.arrears.holding import dunning_held
from repayment.enums import SlipCause, SlipState
from repayment.models import PaymentSlip
from repayment.slips.selecting import NO_SLIP_FOR

ASKED_FOR = timedelta(days=14)
"""A slip that could not be printed in this time is not sent any more: too little of its term would be left."""


@dataclass(frozen=True, kw_only=True)
class SlipFacts(LetterFacts):
    """One slip. Yen, month as index; ``digits`` are the 44 of its bar code."""

    programme: str
    fund_name: str = field(metadata={"label": "資金の種類"})
    fund_code: str = field(metadata={"label": "資金コード"})
    loan_code: str = field(metadata={"label": "貸付コード"})
    slip_number: str = field(metadata={"label": "払込票の番号"})
    month: int = field(metadata={"label": "対象月", "unit": "month"})
    failed_debit: bool
    amount: int = field(metadata={"label": "金額"})
    due_on: date = field(metadata={"label": "支払期限"})
    digits: str = field(metadata={"label": "バーコード番号"})


class Slips(LendingLetters[PaymentSlip]):
    """Slips that wait for payment; those of somebody who asked for relief since, or has died, are not sent."""

    prefix = "slip"

    def rows(self) -> QuerySet[PaymentSlip]:
        return PaymentSlip.objects.filter(state=SlipState.ISSUED).select_related("loan__borrower")

    def on_day(self, rows: QuerySet[PaymentSlip], day: date) -> QuerySet[PaymentSlip]:
        return rows.filter(issued_on__lte=day, issued_on__gt=day - ASKED_FOR)

    def borrower_id(self, row: PaymentSlip) -> int:
        return row.loan.borrower_id

    def content(self, row: PaymentSlip) -> dict[str, Any]:
        """What the slip says; empty where nobody should get one any more."""
        held = dunning_held([row.loan_id], row.issued_on).get(row.loan_id, ())
        if any(reason.cause in NO_SLIP_FOR for reason in held):
            return {}
        loan = row.loan
        return {
            "programme": programme(loan.fund),
            "fund_name": fund(loan.fund).name_ja,
            "fund_code": fund(loan.fund).fund_code,
            "loan_code": loan.code,
            "slip_number": str(row),
            "month": row.month,
            "failed_debit": row.cause == SlipCause.FAILED_DEBIT,
            "amount": row.amount,
            "due_on": row.due_on,
            "digits": row.code.digits,
        }

    def draft(self, occasion: str) -> Draft | None:
        """The slip of one occasion; None where it is paid, expired, written anew, or nobody should get it any more."""
        drafted = super().draft(occasion)
        return drafted if drafted is not None and drafted.content else None

    def about(self, row: PaymentSlip) -> tuple[str, str]:
        return row.loan.borrower.name, f"{fund(row.loan.fund).name_ja}　{row.loan.code}"


KINDS = (LetterKind("payment_slip", "払込票のお届け", 1, SlipFacts, "notices/payment_slip/v1.html"),)
_SLIPS = Slips()
SOURCES = (
    LetterSource(
        "payment_slip",
        "払込票のお届け",
        due=_SLIPS.due,
        due_rows=_SLIPS.due_rows,
        draft=_SLIPS.draft,
        describe=_SLIPS.describe,
    ),
)

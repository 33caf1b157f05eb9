"""The letter that tells what was agreed: the amount, the months, and that the plan and its deadline stay as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from loans.funds import fund
from loans.letter_facts import LoanLetterFacts
from loans.letter_sources import LendingLetters, of_loan
from notices.kinds import LetterKind
from notices.sources import LetterSource
from repayment.agreements.selectors import growth_of, terms_of
from repayment.models import SmallRepaymentAgreement
from repayment.selectors import position_of


@dataclass(frozen=True, kw_only=True)
class SmallRepaymentFacts(LoanLetterFacts):
    """Less than the instalment for a time. Amounts in yen, months as index.

    ``arrears_after`` is what is in arrears at the end if the agreement is kept; ``deadline`` that of the whole loan.
    No field for the ground or the reason: what has no field cannot leak into a letter.
    """

    monthly_amount: int = field(metadata={"label": "約束の月額"})
    instalment: int = field(metadata={"label": "償還計画の月額"})
    from_month: int = field(metadata={"label": "約束の始まり", "unit": "month"})
    last_month: int = field(metadata={"label": "約束の終わり", "unit": "month"})
    review_on: date = field(metadata={"label": "見直し日"})
    arrears_before: int = field(metadata={"label": "始まりの前の滞納額"})
    arrears_after: int = field(metadata={"label": "終わりの滞納額の見込み"})
    deadline: date = field(metadata={"label": "最終償還期限"})


class Agreed(LendingLetters[SmallRepaymentAgreement]):
    """Agreements that a second person agreed to and that nobody ended since."""

    prefix = "agreement"

    def rows(self) -> QuerySet[SmallRepaymentAgreement]:
        return SmallRepaymentAgreement.objects.standing().select_related("loan__borrower", "loan__application")

    def on_day(self, rows: QuerySet[SmallRepaymentAgreement], day: date) -> QuerySet[SmallRepaymentAgreement]:
        return rows.filter(decided_at__date__lte=day)

    def borrower_id(self, row: SmallRepaymentAgreement) -> int:
        return row.loan.borrower_id

    def content(self, row: SmallRepaymentAgreement) -> dict[str, Any]:
        assert row.decided_at is not None  # a check constraint of agreed rows says so
        decided_on = timezone.localtime(row.decided_at).date()
        at = position_of(row.loan_id, decided_on)
        grown = growth_of(row.loan, terms_of(row), on=decided_on)
        return {
            **of_loan(row.loan),
            "decided_on": decided_on,
            "monthly_amount": row.monthly_amount,
            "instalment": at.plan.month_worth,
            "from_month": row.from_month,
            "last_month": row.last_month,
            "review_on": row.review_on,
            "arrears_before": grown.before,
            "arrears_after": grown.after,
            "deadline": at.deadline,
        }

    def about(self, row: SmallRepaymentAgreement) -> tuple[str, str]:
        return row.loan.borrower.name, f"{fund(row.loan.fund).name_ja}　{row.loan.code}"


KINDS = (
    LetterKind("small_repayment", "少額返済承認通知書", 1, SmallRepaymentFacts, "notices/small_repayment/v1.html"),
)
_AGREED = Agreed()
SOURCES = (
    LetterSource(
        KINDS[0].code,
        KINDS[0].label_ja,
        due=_AGREED.due,
        due_rows=_AGREED.due_rows,
        draft=_AGREED.draft,
        describe=_AGREED.describe,
    ),
)

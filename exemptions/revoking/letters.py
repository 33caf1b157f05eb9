"""The letter that tells of a revocation: which exemption is taken back on what ground, and the plan afterwards.

It prints the ground from the closed list of consent 6, and has no field for the council's own reason and proof. That a
refusal gives no reason (rule EX-05) is about refusals; who has to pay again is told why.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from exemptions.models import Revocation
from exemptions.revoking.outlook import restored
from loans.deciding.enums import ProposalState
from loans.funds import fund
from loans.letter_facts import LoanLetterFacts
from loans.letter_sources import LendingLetters, of_loan
from notices.kinds import LetterKind
from notices.sources import LetterSource


@dataclass(frozen=True, kw_only=True)
class ToPay:
    """Months beside each other (index) with the same yen."""

    first_month: int = field(metadata={"label": "最初の月", "unit": "month"})
    last_month: int = field(metadata={"label": "最後の月", "unit": "month"})
    amount: int = field(metadata={"label": "毎月の額"})


@dataclass(frozen=True, kw_only=True)
class ExemptionRevokedFacts(LoanLetterFacts):
    """An exemption is taken back. Amounts in yen.

    ``outstanding`` is all that is owed on the day of the decision, ``at_once`` what of the revoked exemption is due on
    ``due_on``; ``to_pay`` are the instalments after that day, those that were never exempted included.
    """

    approved_on: date = field(metadata={"label": "免除の決定日"})
    ground: str = field(metadata={"label": "取消の事由"})
    revoked_amount: int = field(metadata={"label": "取り消す免除額"})
    outstanding: int = field(metadata={"label": "取消後の残額"})
    due_on: date = field(metadata={"label": "新しい期日"})
    at_once: int = field(metadata={"label": "新しい期日に返済する額"})
    to_pay: tuple[ToPay, ...] = field(metadata={"label": "その後の返済"})
    debit_day: int = field(metadata={"label": "引落日"})
    deadline: date = field(metadata={"label": "最終償還期限"})


class Revoked(LendingLetters[Revocation]):
    """Revocations that a second person decided."""

    prefix = "exemption-revocation"

    def rows(self) -> QuerySet[Revocation]:
        return Revocation.objects.filter(state=ProposalState.AGREED).select_related(
            "decision__application__loan__borrower", "decision__application__loan__application", "entry__loan"
        )

    def on_day(self, rows: QuerySet[Revocation], day: date) -> QuerySet[Revocation]:
        return rows.filter(decided_at__date__lte=day)

    def borrower_id(self, row: Revocation) -> int:
        return row.decision.application.loan.borrower_id

    def content(self, row: Revocation) -> dict[str, Any]:
        found, moment = restored(row), row.decided_at
        assert moment is not None  # a check constraint of decided rows says so
        return {
            **of_loan(row.decision.application.loan),
            "decided_on": timezone.localdate(moment),
            "approved_on": row.decision.decided_on,
            "ground": str(row.get_ground_display()),
            "revoked_amount": found.amount,
            "outstanding": found.after.outstanding,
            "due_on": found.due_on,
            "at_once": found.at_once,
            "to_pay": tuple(
                ToPay(first_month=run.first_month, last_month=run.last_month, amount=run.amount)
                for run in found.runs_after
            ),
            "debit_day": found.after.plan_version.debit_day,
            "deadline": found.after.deadline,
        }

    def about(self, row: Revocation) -> tuple[str, str]:
        loan = row.decision.application.loan
        return loan.borrower.name, f"{fund(loan.fund).name_ja}　{loan.code}"


KINDS = (
    LetterKind(
        code="exemption_revoked",
        label_ja="償還免除取消決定通知書",
        version=1,
        facts_type=ExemptionRevokedFacts,
        template="notices/exemption_revoked/v1.html",
    ),
)
_REVOKED = Revoked()
SOURCES = (
    LetterSource(
        KINDS[0].code,
        KINDS[0].label_ja,
        due=_REVOKED.due,
        due_rows=_REVOKED.due_rows,
        draft=_REVOKED.draft,
        describe=_REVOKED.describe,
    ),
)

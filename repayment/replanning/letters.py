"""The letter that tells a new plan: what is still to pay, in which months, and what it replaces."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from loans.deciding.enums import ProposalState
from loans.funds import fund
from loans.letter_facts import LoanLetterFacts
from loans.letter_sources import LendingLetters, of_loan
from notices.kinds import LetterKind
from notices.sources import LetterSource
from repayment.enums import PlanReason
from repayment.models import PlanChange
from repayment.position import PlanVersion, deadline_of
from repayment.schedule import Plan
from repayment.selectors import policy_on


@dataclass(frozen=True, kw_only=True)
class PlanChangedFacts(LoanLetterFacts):
    """A new plan. Amounts in yen, months as index; ``instalment_before`` is the regular one of the plan it replaces.

    ``early``: the latest instalments were dropped after paying ahead. No field for the reason.
    """

    early: bool
    effective_on: date = field(metadata={"label": "適用日"})
    principal: int = field(metadata={"label": "残っている元金"})
    count: int = field(metadata={"label": "変更後の回数"})
    first_month: int = field(metadata={"label": "変更後の始まり", "unit": "month"})
    last_month: int = field(metadata={"label": "変更後の終わり", "unit": "month"})
    instalment: int = field(metadata={"label": "変更後の月額"})
    first_instalment: int = field(metadata={"label": "変更後の初回の額"})
    last_instalment: int = field(metadata={"label": "変更後の最終回の額"})
    instalment_before: int = field(metadata={"label": "変更前の月額"})
    debit_day: int = field(metadata={"label": "引落日"})
    deadline: date = field(metadata={"label": "最終償還期限"})


class Changed(LendingLetters[PlanChange]):
    """Changes that a second person agreed to."""

    prefix = "plan-change"

    def rows(self) -> QuerySet[PlanChange]:
        return PlanChange.objects.filter(state=ProposalState.AGREED).select_related(
            "loan__borrower", "loan__application", "plan", "replaces"
        )

    def on_day(self, rows: QuerySet[PlanChange], day: date) -> QuerySet[PlanChange]:
        return rows.filter(decided_at__date__lte=day)

    def borrower_id(self, row: PlanChange) -> int:
        return row.loan.borrower_id

    def content(self, row: PlanChange) -> dict[str, Any]:
        assert row.decided_at and row.plan and row.replaces  # check constraints of agreed rows say so
        new, old = (
            Plan(plan.principal, plan.count, plan.first_month, plan.first_amount, plan.regular_amount)
            for plan in (row.plan, row.replaces)
        )
        decided_on = timezone.localtime(row.decided_at).date()
        version = PlanVersion(row.plan.version, row.plan.effective_on, new, row.plan.debit_day)
        return {
            **of_loan(row.loan),
            "decided_on": decided_on,
            "early": row.kind == PlanReason.EARLY_REPAYMENT,
            "effective_on": row.plan.effective_on,
            "principal": new.principal,
            "count": new.count,
            "first_month": new.first_month,
            "last_month": new.last_month,
            "instalment": new.month_worth,
            "first_instalment": new.amount(1),
            "last_instalment": new.last_amount,
            "instalment_before": old.month_worth,
            "debit_day": row.plan.debit_day,
            "deadline": deadline_of(version, (), policy_on(decided_on)),
        }

    def about(self, row: PlanChange) -> tuple[str, str]:
        return row.loan.borrower.name, f"{fund(row.loan.fund).name_ja}　{row.loan.code}"


KINDS = (LetterKind("plan_changed", "償還計画変更決定通知書", 1, PlanChangedFacts, "notices/plan_changed/v1.html"),)
_CHANGED = Changed()
SOURCES = (
    LetterSource(
        KINDS[0].code,
        KINDS[0].label_ja,
        due=_CHANGED.due,
        due_rows=_CHANGED.due_rows,
        draft=_CHANGED.draft,
        describe=_CHANGED.describe,
    ),
)

"""Random lives of loans as rows, written in bulk: the database's side of ``tests.repayment.histories``."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import count

from loans.enums import FundKind
from loans.models import Loan
from people.models import Person
from repayment.models import Deferral, DeferralEnd, LedgerEntry, RepaymentPlan
from tests.people.builders import an_office
from tests.repayment.histories import History

RECORDED = {"recorded_at": datetime(2026, 1, 5, 3, 0, tzinfo=UTC), "recorded_by": "test"}
_number = count(1)


def store(histories: Sequence[History], borrower: Person) -> list[int]:
    """Write loans with their plans, deferrals and ledgers; return the loan ids in the order of the histories."""
    office = an_office()
    loans = Loan.objects.bulk_create(
        Loan(
            code=f"L{next(_number)}",
            fund=FundKind.SP_GS_INITIAL,
            borrower=borrower,
            office=office,
            applied_on=date(2020, 6, 10),
            household_size=2,
            principal=history.principal,
            instalments=history.plans[0].plan.count,
            first_due_month=history.plans[0].plan.first_month,
            late_interest_rate_bp=history.policy.late_interest_rate_bp,
        )
        for history in histories
    )
    lives = list(zip(loans, histories, strict=True))
    plans = {(plan.loan_id, plan.version): plan for plan in RepaymentPlan.objects.bulk_create(_plans(lives))}
    grants = [(loan, number, grant) for loan, history in lives for number, grant in enumerate(history.grants)]
    deferrals = Deferral.objects.bulk_create(
        Deferral(
            loan=loan,
            from_month=grant.from_month,
            months=grant.months,
            granted_on=grant.granted_on,
            source_key=f"{loan.code}/{number}",
            **RECORDED,
        )
        for loan, number, grant in grants
    )
    DeferralEnd.objects.bulk_create(
        DeferralEnd(deferral=row, ends_after=grant.ends_after, reason="test", source_key=row.source_key, **RECORDED)
        for row, (_, _, grant) in zip(deferrals, grants, strict=True)
        if grant.ends_after is not None
    )
    originals = {row.source_key: row for row in LedgerEntry.objects.bulk_create(_entries(lives, plans, {}))}
    LedgerEntry.objects.bulk_create(_entries(lives, plans, originals))
    return [loan.pk for loan in loans]


def _plans(lives: Iterable[tuple[Loan, History]]) -> Iterable[RepaymentPlan]:
    for loan, history in lives:
        for version in history.plans:
            yield RepaymentPlan(
                loan=loan,
                version=version.version,
                effective_on=version.effective_on,
                principal=version.plan.principal,
                count=version.plan.count,
                first_month=version.plan.first_month,
                first_amount=version.plan.first_amount,
                regular_amount=version.plan.regular_amount,
                debit_day=version.debit_day,
                reason="original",
                source_key=f"{loan.code}/{version.version}",
                **RECORDED,
            )


def _entries(
    lives: Iterable[tuple[Loan, History]],
    plans: dict[tuple[int, int], RepaymentPlan],
    originals: dict[str, LedgerEntry],
) -> Iterable[LedgerEntry]:
    """Rows that stand alone while there are no originals yet, then those that point at one."""
    for loan, history in lives:
        for entry in history.entries:
            if bool(entry.reverses) == bool(originals):
                yield LedgerEntry(
                    loan=loan,
                    kind=entry.kind,
                    amount=entry.amount,
                    effective_on=entry.effective_on,
                    source_key=f"{loan.code}/{entry.source_key}",
                    plan=plans[loan.pk, entry.plan_version] if entry.plan_version else None,
                    first_no=entry.first_no,
                    last_no=entry.last_no,
                    reverses=originals.get(f"{loan.code}/{entry.reverses}"),
                    due_on=entry.due_on,
                    **RECORDED,
                )

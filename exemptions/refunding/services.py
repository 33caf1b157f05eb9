"""Opening refund tasks for what was paid on exempted loans, before the night asks about any other surplus.

At the decision itself nothing can be too much: what is exempted is counted under the loan's lock, from the ledger. A surplus
comes of what is entered later, and it may be entered with an earlier day. Once asked about, it is not asked about again:
``repayment.surplus`` counts the tasks that are open, whoever opened them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import QuerySet

from audit.actors import Actor
from audit.services import service
from exemptions.enums import Outcome
from exemptions.models import Decision
from exemptions.refunding.guard import Days, Payment, shares
from loans.models import Loan
from repayment.enums import LedgerKind, RefundCause
from repayment.models import LedgerEntry, RefundTask
from repayment.refunds import open_refund_task
from repayment.surplus import surplus_loans


def guarded_loans(on: date) -> list[int]:
    """Loans with a surplus nobody was asked about, of which a decision of ours that stands exempted something."""
    found = [one.loan_id for one in surplus_loans(on)]
    rows = _standing().filter(application__loan__in=found).order_by("application__loan")
    return list(rows.values_list("application__loan", flat=True).distinct())


@service
def open_guarded_refunds(*, loan_ids: Iterable[int], on: date, by: Actor, at: datetime) -> list[RefundTask]:
    """Open one task for each payment that a surplus lies in, with what becomes of it; again, it opens nothing."""
    wanted = sorted(set(loan_ids))
    loans = {loan.pk: loan for loan in Loan.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    last = {
        row.application.loan_id: row
        for row in _standing()
        .filter(application__loan__in=wanted)
        .select_related("application", "entry")
        .order_by("pk")
    }
    opened = []
    for surplus in surplus_loans(on, loans=wanted):
        decision = last.get(surplus.loan_id)
        if decision is None or decision.entry is None:
            continue
        days = Days(decision.application.received_on, decision.decided_on, decision.entry.effective_on)
        rows = {row.pk: row for row in _entered_since(decision, surplus.loan_id, on)}
        payments = [Payment(row.pk, row.amount, row.effective_on) for row in rows.values()]
        for share in shares(surplus.unasked, payments, days):
            opened.append(
                open_refund_task(
                    loan=loans[surplus.loan_id],
                    amount=share.amount,
                    cause=RefundCause.SURPLUS,
                    source_key=f"exempted:{decision.pk}:{share.payment.key}:{surplus.amount}",
                    payment=rows[share.payment.key],
                    note=share.note,
                    by=by,
                    at=at,
                )
            )
    return opened


def _standing() -> QuerySet[Decision]:
    return Decision.objects.filter(outcome=Outcome.APPROVED, entry__isnull=False, entry__reversed_by__isnull=True)


def _entered_since(decision: Decision, loan_id: int, on: date) -> QuerySet[LedgerEntry]:
    """Payments that were not known when the exemption was decided, not reversed, and not asked about yet."""
    rows = LedgerEntry.objects.filter(loan=loan_id, kind=LedgerKind.PAID, effective_on__lte=on)
    asked = RefundTask.objects.filter(loan=loan_id, payment__isnull=False).values("payment")
    return rows.filter(pk__gt=decision.entry_id, reversed_by__isnull=True).exclude(pk__in=asked)

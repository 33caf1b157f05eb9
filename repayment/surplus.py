"""Money beyond what a loan owes: which loans hold some, and how much of it nobody has been asked about yet.

What is surplus and what is not (RP-12, RP-13): money counts against the instalments due, then against the next ones, also
when the loan is deferred — that is paid ahead, and stays. Only what exceeds everything still owed, exemptions taken off
and late interest paid, is a surplus: a debit after the last instalment, a payment after a full exemption, a slip paid
twice. Paid before a decision it reduces what is exempted and is never returned; paid after it, somebody has to say whether
it goes back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from loans.models import Loan
from repayment.ageing import Loans, ageing_statement
from repayment.enums import LedgerKind, RefundCause, RefundState
from repayment.models import LedgerEntry, RefundTask
from repayment.refunds import open_refund_task, waiting_amounts
from repayment.selectors import policy_on

STAYS = (RefundState.KEPT, RefundState.DROPPED)


@dataclass(frozen=True, slots=True)
class Surplus:
    """A loan that holds more than it owes: yen in all, and yen about which no refund task is open."""

    loan_id: int
    amount: int
    unasked: int


def surplus_loans(as_of: date, *, loans: Loans = None) -> list[Surplus]:
    """Return the loans with a surplus on a day that a refund task has still to be opened for, by loan id; three queries.

    A surplus of which was said that it stays is not asked about again; one that grows is, for what it grew by.
    """
    statement = ageing_statement(as_of=as_of, policy=policy_on(as_of), loans=loans)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select loan_id, surplus from ({statement.sql}) as aged where surplus > 0 order by loan_id",
            statement.params,
        )
        found = dict(cursor.fetchall())
    asked = _asked(found)
    return [
        Surplus(loan_id, amount, amount - asked.get(loan_id, 0))
        for loan_id, amount in found.items()
        if amount > asked.get(loan_id, 0)
    ]


@service
def open_surplus_tasks(*, loan_ids: Iterable[int], by: Actor, at: datetime) -> list[RefundTask]:
    """Open a refund task for what is surplus now and was not asked about, one for each loan; again, it opens nothing."""
    day = timezone.localtime(at).date()
    wanted = sorted(set(loan_ids))
    locked = {loan.pk: loan for loan in Loan.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    last = {
        row.loan_id: row
        for row in LedgerEntry.objects.filter(loan__in=wanted, kind=LedgerKind.PAID, effective_on__lte=day).order_by(
            "pk"
        )
    }
    return [
        open_refund_task(
            loan=locked[found.loan_id],
            amount=found.unasked,
            cause=RefundCause.SURPLUS,
            source_key=f"surplus:{last[found.loan_id].pk}:{found.amount}",
            payment=last[found.loan_id],
            by=by,
            at=at,
        )
        for found in surplus_loans(day, loans=wanted)
        if found.loan_id in last
    ]


def _asked(loan_ids: Iterable[int]) -> dict[int, int]:
    """Yen of each loan about which a task is open, or which a second person agreed to leave where they are."""
    stay = RefundTask.objects.filter(loan__in=set(loan_ids), cause=RefundCause.SURPLUS, state__in=STAYS)
    asked = waiting_amounts(loan_ids)
    for loan_id, amount in stay.order_by().values_list("loan").annotate(yen=Sum("amount")):
        asked[loan_id] = asked.get(loan_id, 0) + amount
    return asked

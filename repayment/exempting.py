"""Exempting many loans at once, and taking that back: the rows of ``post_exemption`` and of the holds, few statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F
from django.db.models.functions import Greatest

from audit.actors import Actor
from audit.services import service
from loans.models import Loan
from repayment.bulk import UNDO, lock_all
from repayment.enums import LedgerKind
from repayment.models import CollectionHold, LedgerEntry, RepaymentPlan


@dataclass(frozen=True, slots=True)
class Exempting:
    """One exemption (yen) over instalments ``first_no`` … ``last_no`` of a plan version of a loan."""

    loan: Loan
    amount: int
    plan_version: int
    first_no: int
    last_no: int
    source_key: str


@service
def post_exemptions(
    *, exemptions: Sequence[Exempting], effective_on: date, by: Actor, at: datetime
) -> list[LedgerEntry]:
    """Write exemptions of a day, in the order given. A source key that is there already raises ``IntegrityError``."""
    loans = {each.loan.pk for each in exemptions}
    lock_all(loans)
    plans = {(plan.loan_id, plan.version): plan for plan in RepaymentPlan.objects.filter(loan__in=loans)}
    return LedgerEntry.objects.bulk_create(
        LedgerEntry(
            loan=each.loan,
            kind=LedgerKind.EXEMPTED,
            amount=each.amount,
            effective_on=effective_on,
            recorded_at=at,
            recorded_by=by.label,
            source_key=each.source_key,
            plan=plans[each.loan.pk, each.plan_version],
            first_no=each.first_no,
            last_no=each.last_no,
        )
        for each in exemptions
    )


@service
def take_back_exemptions(
    *, entries: Sequence[LedgerEntry], reason: str, by: Actor, at: datetime
) -> dict[int, LedgerEntry]:
    """Counter exemptions whole, each on its own day, by the key of the exempting row.

    So a loan stands on every day as if it had not been exempted. Countered once only: again is an ``IntegrityError``.
    """
    lock_all({entry.loan_id for entry in entries})
    counters = LedgerEntry.objects.bulk_create(
        LedgerEntry(
            loan_id=entry.loan_id,
            kind=LedgerKind.EXEMPTION_REVOKED,
            amount=entry.amount,
            effective_on=entry.effective_on,
            recorded_at=at,
            recorded_by=by.label,
            source_key=f"{UNDO}exemption:{entry.pk}",
            reverses=entry,
            note=f"発送前の取消：{reason}"[:120],
        )
        for entry in entries
    )
    return {entry.pk: counter for entry, counter in zip(entries, counters, strict=True)}


@service
def release_holds(*, source_keys: Collection[str], until: date, by: Actor, at: datetime) -> None:
    """End holds with their last day, as ``release_hold`` does; what has ended already stays as it is."""
    standing = CollectionHold.objects.filter(source_key__in=source_keys, until__isnull=True)
    standing.update(until=Greatest(until, F("since")), ended_by=by.label)


@service
def resume_holds(*, source_keys: Collection[str], ended_by: str, by: Actor, at: datetime) -> None:
    """Let holds go on that somebody (a label) had ended with a decision that is taken back."""
    CollectionHold.objects.filter(source_key__in=source_keys, ended_by=ended_by).update(until=None, ended_by="")

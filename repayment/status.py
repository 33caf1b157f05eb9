"""The one word for how the repayment of a loan stands on a day. It is told from the position, never stored.

Domain rules: grace and deferral (RP-01, DF-13), the deadline of the whole loan (RP-05), legal proceedings (a hold).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Q

from japan.months import month_index
from repayment.entries import PAID
from repayment.enums import HoldReason
from repayment.models import CollectionHold
from repayment.position import Policy, Position
from repayment.selectors import Known, positions_of


class RepaymentStatus(models.TextChoices):
    GRACE = "grace", "据置中"
    REPAYING = "repaying", "償還中"
    DEFERRED = "deferred", "猶予中"
    PAST_DEADLINE = "past_deadline", "償還期限経過"
    LEGAL = "legal", "法的手続中"
    EXEMPTED = "exempted", "免除済み"
    COMPLETED = "completed", "完済"

    @property
    def meaning(self) -> str:
        """What the word means for the eye: "", key, caution, stop or done."""
        return _MEANINGS.get(self, "")


_MEANINGS = {
    RepaymentStatus.REPAYING: "key",
    RepaymentStatus.DEFERRED: "caution",
    RepaymentStatus.PAST_DEADLINE: "stop",
    RepaymentStatus.LEGAL: "stop",
    RepaymentStatus.EXEMPTED: "done",
    RepaymentStatus.COMPLETED: "done",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A loan on a day: where its money is, the collection holds in force, and the one word for both."""

    position: Position
    holds: tuple[CollectionHold, ...]
    status: RepaymentStatus


def status_of(at: Position, *, holds: Collection[str] = ()) -> RepaymentStatus:
    """How a loan stands; ``holds`` are the reasons of the collection holds in force on the day of the position.

    What is settled is settled, whatever else holds: "exempted" where an exemption ended the debt, "completed" where
    payments did, also those of what an exemption of a part had left.
    Legal proceedings come before the deadline, the deadline before a deferral, since late interest runs from it.
    """
    if not at.outstanding and not at.late_interest:
        return RepaymentStatus.EXEMPTED if was_ended_by_exemption(at) else RepaymentStatus.COMPLETED
    if HoldReason.LEGAL in holds:
        return RepaymentStatus.LEGAL
    if at.as_of > at.deadline:
        return RepaymentStatus.PAST_DEADLINE
    if is_deferred(at):
        return RepaymentStatus.DEFERRED
    return RepaymentStatus.REPAYING if at.instalments_due else RepaymentStatus.GRACE


def was_ended_by_exemption(at: Position) -> bool:
    """Whether nothing was left to pay of a settled loan once its last standing exemption was decided."""
    decided = [exemption.entry.effective_on for exemption in at.ledger.exemptions if exemption.standing]
    if not decided:
        return False
    by_then = [movement for movement in at.ledger.movements if movement.on <= max(decided)]
    paid = sum(movement.amount if movement.kind == PAID else -movement.amount for movement in by_then)
    return at.principal - at.exempted - paid <= 0


def is_deferred(at: Position) -> bool:
    """Whether the day lies in a month whose instalment was moved away by a deferral (DF-13)."""
    month = month_index(at.as_of)
    return any(deferral.from_month <= month < deferral.from_month + deferral.months for deferral in at.deferrals)


def standings_of(
    loan_ids: Iterable[int], as_of: date, *, policy: Policy | None = None, known_on: Known = None
) -> dict[int, Standing]:
    """How loans stand on a day, by loan id; loans without a plan are left out. One query more than ``positions_of``.

    Holds keep no second clock: those of the day count, whatever ``known_on`` says.
    """
    ids = list(loan_ids)
    held: dict[int, list[CollectionHold]] = {}
    in_force = Q(since__lte=as_of) & (Q(until__isnull=True) | Q(until__gte=as_of))
    for hold in CollectionHold.objects.filter(in_force, loan__in=ids).order_by("since", "pk"):
        held.setdefault(hold.loan_id, []).append(hold)
    return {
        loan_id: Standing(
            position=at,
            holds=tuple(held.get(loan_id, ())),
            status=status_of(at, holds=[hold.reason for hold in held.get(loan_id, ())]),
        )
        for loan_id, at in positions_of(ids, as_of, policy=policy, known_on=known_on).items()
    }

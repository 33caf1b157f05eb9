"""Exemptions that are taken back: who proposed it on what proof, who decided it, and what it wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from exemptions.enums import RevocationGround
from exemptions.models.applications import Application, Decision
from loans.deciding.enums import ProposalState
from loans.models.decisions import Proposed
from repayment.models import LedgerEntry

if TYPE_CHECKING:
    from accounts.models import User


class RevocationQuerySet(models.QuerySet["Revocation"]):
    def visible_to(self, user: User) -> RevocationQuerySet:
        """Revocations of applications this member of staff may know of."""
        return self.filter(decision__application__in=Application.objects.visible_to(user))


class Revocation(Proposed):
    """A proposal to take an exemption back (EX-06), and the decision on it.

    ``evidence`` names what proves it, ``found_on`` the day on which the council learned of it; ``reason`` stays inside.
    Agreed to, it has the counter-row of the ledger, ``entry``, whose ``due_on`` is the new date of what fell due meanwhile.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("state", "ground", "found_on", "entry_id")

    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="revocations", verbose_name="免除の決定"
    )
    ground = models.CharField("取消の事由", max_length=20, choices=RevocationGround)
    evidence = models.CharField("根拠", max_length=400)
    found_on = models.DateField("判明した日")
    entry = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="台帳"
    )

    objects = RevocationQuerySet.as_manager()

    class Meta(Proposed.Meta):
        verbose_name = "免除の取消"
        verbose_name_plural = "免除の取消"
        constraints = [
            *Proposed.Meta.constraints,
            models.CheckConstraint(
                name="revocation_has_ground_and_evidence",
                condition=Q(ground__in=RevocationGround.values) & ~Q(evidence=""),
            ),
            models.CheckConstraint(
                name="revocation_agreed_has_its_entry",
                condition=Q(state=ProposalState.AGREED, entry__isnull=False)
                | (~Q(state=ProposalState.AGREED) & Q(entry__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["decision"],
                condition=~Q(state=ProposalState.DROPPED),
                name="one_revocation_per_decision",
                violation_error_message="この決定の取消は、すでに起案または決定されています。",
            ),
        ]
        indexes = [models.Index("state", "proposed_at", "id", name="revocation_by_state")]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.ground} {self.state}"

"""What restarts the limitation of a debt besides a payment: its acknowledgement, with the paper that proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from loans.models import Loan
from people.models import Paper, Person
from repayment.enums import AcknowledgementKind

if TYPE_CHECKING:
    from accounts.models import User


class AcknowledgementQuerySet(models.QuerySet["DebtAcknowledgement"]):
    def visible_to(self, user: User) -> AcknowledgementQuerySet:
        """Acknowledgements of the loans this member of staff may know of."""
        return self.filter(loan__borrower__in=Person.objects.visible_to(user))


class DebtAcknowledgement(models.Model):
    """The borrower acknowledged the debt on a day (承認); ``evidence`` says what proves it, ``paper`` is it where filed."""

    audit_values: ClassVar[tuple[str, ...]] = ("kind", "acknowledged_on", "withdrawn_on")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="acknowledgements", verbose_name="貸付")
    kind = models.CharField("種類", max_length=12, choices=AcknowledgementKind)
    acknowledged_on = models.DateField("承認した日")
    paper = models.ForeignKey(
        Paper, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="証拠の書類"
    )
    evidence = models.CharField("証拠", max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="記録者"
    )
    recorded_at = models.DateTimeField("記録日時")
    withdrawn_on = models.DateField("取り下げた日", null=True, blank=True)
    withdrawn_reason = models.CharField("取り下げの理由", max_length=200, blank=True)

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        verbose_name = "債務の承認"
        verbose_name_plural = "債務の承認"
        constraints = [
            models.CheckConstraint(condition=~Q(evidence=""), name="acknowledgement_names_its_evidence"),
            models.CheckConstraint(
                name="acknowledgement_withdrawn_with_a_reason",
                condition=Q(withdrawn_on__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_on__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]
        indexes = [models.Index("loan", "acknowledged_on", name="acknowledgement_of_loan")]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.kind} {self.acknowledged_on}"

"""What stops debits and dunning of a loan."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from loans.models import Loan
from repayment.enums import HoldReason


class CollectionHold(models.Model):
    """Stops debits and dunning of a loan for a period (exemption pending, legal proceedings, protected, dispute)."""

    audit_values: ClassVar[tuple[str, ...]] = ("reason", "since", "until")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="holds", verbose_name="貸付")
    reason = models.CharField("理由", max_length=20, choices=HoldReason)
    since = models.DateField("開始日")
    until = models.DateField("終了日", null=True, blank=True)
    source_key = models.CharField("出所", max_length=120, unique=True)
    recorded_by = models.CharField("記録者", max_length=150)
    note = models.CharField("内容", max_length=200, blank=True, default="", db_default="")
    ended_by = models.CharField("終了の記録者", max_length=150, blank=True, default="", db_default="")

    class Meta:
        verbose_name = "請求停止"
        verbose_name_plural = "請求停止"
        constraints = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="hold_period"),
        ]
        indexes = [models.Index("loan", name="hold_open", condition=Q(until__isnull=True))]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.reason}"

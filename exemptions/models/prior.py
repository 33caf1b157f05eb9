"""Exemption decisions that another system had on file on the day of the change. Amounts in yen."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from exemptions.enums import Ground, Outcome
from jobs.models import ImportBatch
from loans.models import Loan
from repayment.models import LedgerEntry, OpeningBalance


class PriorDecision(models.Model):
    """A decision made and told before the change, as the other system has it on file; no letter of ours follows it.

    What it took away stands in the ledger as its ``entry``, or is part of what the loan's ``opening`` balance says was
    exempted. Removed only when its import is taken back, so that the corrected file can be taken in.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("outcome", "amount", "fiscal_year", "decided_on")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="prior_decisions", verbose_name="貸付")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+", verbose_name="取込")
    number = models.CharField("決定番号", max_length=40, unique=True)
    ground = models.CharField("要件", max_length=40, choices=Ground)
    fiscal_year = models.PositiveSmallIntegerField("住民税の年度", null=True)
    outcome = models.CharField("決定", max_length=10, choices=Outcome)
    amount = models.PositiveIntegerField("免除額")
    decided_on = models.DateField("決定日")
    notified_on = models.DateField("通知日", null=True)
    source = models.CharField("出所", max_length=120)
    entry = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="台帳"
    )
    opening = models.ForeignKey(
        OpeningBalance, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="開始残高"
    )
    recorded_at = models.DateTimeField("記録日時")
    recorded_by = models.CharField("記録者", max_length=150)

    class Meta:
        verbose_name = "移行前の免除決定"
        verbose_name_plural = "移行前の免除決定"
        constraints = [
            models.CheckConstraint(
                name="prior_approval_stands_in_the_ledger_once",
                condition=Q(outcome=Outcome.APPROVED, amount__gt=0, entry__isnull=False, opening__isnull=True)
                | Q(outcome=Outcome.APPROVED, amount__gt=0, entry__isnull=True, opening__isnull=False)
                | Q(outcome=Outcome.REFUSED, amount=0, entry__isnull=True, opening__isnull=True),
            ),
            models.CheckConstraint(condition=~Q(source=""), name="prior_decision_has_a_source"),
        ]
        indexes = [models.Index("decided_on", "id", name="prior_decision_by_day")]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.number}"

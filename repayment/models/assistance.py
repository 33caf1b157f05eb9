"""What was found out about a borrower who turned out to receive public assistance after the loan was applied for."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from loans.models import Loan
from repayment.enums import AssistanceBegan


class AssistanceCheck(models.Model):
    """Somebody has looked into it: when the assistance began, in one of three answers (Q&A vol. 17, question 22)."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("began",)

    loan = models.OneToOneField(Loan, on_delete=models.PROTECT, related_name="assistance_check", verbose_name="貸付")
    began = models.CharField("受給の始まり", max_length=10, choices=AssistanceBegan)
    note = models.CharField("確かめた方法", max_length=300)
    by = models.CharField("操作者", max_length=150)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="確かめた職員"
    )
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = "生活保護の受給の確認"
        verbose_name_plural = "生活保護の受給の確認"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(began__in=AssistanceBegan.values), name="assistance_check_is_known"
            ),
            models.CheckConstraint(condition=~models.Q(note=""), name="assistance_check_has_a_note"),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.began}"

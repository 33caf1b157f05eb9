"""Deferrals that were granted, and those that ended early. Months as index (see ``japan.months``)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from loans.models import Loan


class Deferral(models.Model):
    """償還猶予 granted: every instalment not yet due from ``from_month`` shifts by ``months`` (DF-13)."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("from_month", "months", "granted_on")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="deferrals", verbose_name="貸付")
    from_month = models.PositiveIntegerField("開始月")
    months = models.PositiveSmallIntegerField("月数")
    granted_on = models.DateField("決定日")
    recorded_at = models.DateTimeField("記録日時")
    recorded_by = models.CharField("記録者", max_length=150)
    source_key = models.CharField("出所", max_length=120, unique=True)

    class Meta:
        verbose_name = "償還猶予"
        verbose_name_plural = "償還猶予"
        constraints = [
            models.CheckConstraint(condition=Q(months__gte=1), name="deferral_has_months"),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.from_month}+{self.months}"


class DeferralEnd(models.Model):
    """A deferral that ended before its time (DF-18): ``ends_after`` is the last month it still moves instalments out of.

    The month before ``from_month`` says that it was withdrawn before it began, and moves nothing.
    """

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("ends_after",)

    deferral = models.OneToOneField(Deferral, on_delete=models.PROTECT, related_name="end", verbose_name="償還猶予")
    ends_after = models.PositiveIntegerField("最後の月")
    reason = models.CharField("理由", max_length=120)
    recorded_at = models.DateTimeField("記録日時")
    recorded_by = models.CharField("記録者", max_length=150)
    source_key = models.CharField("出所", max_length=120, unique=True)

    class Meta:
        verbose_name = "償還猶予の終了"
        verbose_name_plural = "償還猶予の終了"

    def __str__(self) -> str:
        return f"{self.deferral_id} -{self.ends_after}"

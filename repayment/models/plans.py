"""Versions of a repayment plan and what shifts them. Amounts in yen, months as index (see ``japan.months``).

There is no instalment table: a plan is four numbers and a start month, instalments are expanded when somebody looks,
prints or collects.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from loans.models import Loan
from repayment.enums import PlanReason


class RepaymentPlan(models.Model):
    """One version of a loan's plan (償還計画). Never edited: a plan change is a new version from a day on.

    Instalment 1 is ``first_amount``, the following ``regular_amount``, the last takes what is left of ``principal``.
    """

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = (
        "version", "effective_on", "principal", "count", "first_month", "first_amount", "regular_amount", "debit_day",
    )  # fmt: skip

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, db_index=False, related_name="plans", verbose_name="貸付")
    version = models.PositiveSmallIntegerField("版")
    effective_on = models.DateField("適用日")
    principal = models.PositiveIntegerField("対象元金")
    count = models.PositiveSmallIntegerField("回数")
    first_month = models.PositiveIntegerField("開始月")
    first_amount = models.PositiveIntegerField("初回額")
    regular_amount = models.PositiveIntegerField("月額")
    debit_day = models.PositiveSmallIntegerField("引落日")
    reason = models.CharField("理由", max_length=12, choices=PlanReason)
    recorded_at = models.DateTimeField("記録日時")
    recorded_by = models.CharField("記録者", max_length=150)
    source_key = models.CharField("出所", max_length=120, unique=True)

    class Meta:
        verbose_name = "償還計画"
        verbose_name_plural = "償還計画"
        constraints = [
            models.UniqueConstraint(fields=["loan", "version"], name="one_plan_per_loan_and_version"),
            models.CheckConstraint(condition=Q(version__gte=1, count__gte=1), name="plan_has_instalments"),
            models.CheckConstraint(condition=Q(debit_day__gte=1, debit_day__lte=28), name="plan_debit_day_range"),
            models.CheckConstraint(
                condition=Q(principal__gte=F("first_amount") + F("regular_amount") * (F("count") - 2)) | Q(count=1),
                name="plan_amounts_fit_principal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} v{self.version}"

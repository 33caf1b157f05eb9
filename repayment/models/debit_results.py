"""What the bank answered to a run, what failed, and what it was asked to stop. Amounts in yen."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from repayment.debit.enums import LeftOut, NextStep
from repayment.models.debit import DebitLine, DebitRun


class DebitResult(models.Model):
    """The one result file of a run, kept sealed as it came. ``codes`` holds the result code of each line by its number.

    A result says nothing about a line that the run does not say, except this one digit: so a hundred thousand lines are
    a hundred thousand characters, and what was collected is told by the ledger.
    """

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = (
        "sha256", "collected_count", "collected_total", "failed_count", "failed_total",
    )  # fmt: skip

    run = models.OneToOneField(DebitRun, on_delete=models.PROTECT, related_name="result", verbose_name="口座振替")
    sha256 = models.CharField("照合値", max_length=64, unique=True)
    sealed_content = models.TextField("ファイル", editable=False)
    codes = models.TextField("結果コード", editable=False)
    collected_count = models.PositiveIntegerField("振替済件数")
    collected_total = models.PositiveBigIntegerField("振替済金額")
    failed_count = models.PositiveIntegerField("振替不能件数")
    failed_total = models.PositiveBigIntegerField("振替不能金額")
    warnings = ArrayField(models.CharField(max_length=200), verbose_name="読み取りの注意", default=list)
    taken_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="取り込んだ人"
    )
    taken_in_at = models.DateTimeField("取込日時")

    class Meta:
        verbose_name = "口座振替の結果"
        verbose_name_plural = "口座振替の結果"

    def __str__(self) -> str:
        return f"{self.run_id}"


class DebitFailure(models.Model):
    """A line that was not collected, and what has to follow. Slips are made of it by what makes slips."""

    audit_values: ClassVar[tuple[str, ...]] = ("code", "step", "handled_on")

    line = models.OneToOneField(DebitLine, on_delete=models.PROTECT, related_name="failure", verbose_name="明細")
    run = models.ForeignKey(
        DebitRun, on_delete=models.PROTECT, db_index=False, related_name="failures", verbose_name="口座振替"
    )
    code = models.CharField("振替結果コード", max_length=1)
    step = models.CharField("次にすること", max_length=8, choices=NextStep)
    failed_on = models.DateField("引落日")
    handled_on = models.DateField("対応した日", null=True, blank=True)
    handled_by = models.CharField("対応した人", max_length=150, blank=True)
    handling = models.CharField("対応の内容", max_length=200, blank=True)

    class Meta:
        verbose_name = "振替不能"
        verbose_name_plural = "振替不能"
        constraints = [
            models.CheckConstraint(condition=~Q(code="0"), name="debit_failure_is_no_success"),
            models.CheckConstraint(
                name="debit_failure_handled_completely",
                condition=Q(handled_on__isnull=True, handled_by="", handling="")
                | (Q(handled_on__gte=F("failed_on")) & ~Q(handled_by="") & ~Q(handling="")),
            ),
        ]
        indexes = [
            models.Index("run", "step", name="debit_failure_of_run"),
            models.Index("step", "failed_on", name="debit_failure_open", condition=Q(handled_on__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.code}"


class DebitStop(models.Model):
    """The bank was asked not to debit a line that it already has, and why."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("reason",)

    line = models.OneToOneField(DebitLine, on_delete=models.PROTECT, related_name="stop", verbose_name="明細")
    reason = models.CharField("理由", max_length=24, choices=LeftOut)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="依頼した人"
    )
    requested_at = models.DateTimeField("依頼日時")

    class Meta:
        verbose_name = "引落停止の依頼"
        verbose_name_plural = "引落停止の依頼"

    def __str__(self) -> str:
        return f"{self.line_id} {self.reason}"

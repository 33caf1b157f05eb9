"""Approvals of many applications at one stroke, and decisions taken back before their letter went out. Amounts in yen."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Office
from exemptions.bulk.enums import BulkState, RowState
from exemptions.enums import Ground
from exemptions.models.applications import Application, Assessment, Decision
from jobs.models import Run
from loans.enums import FundKind
from repayment.models import LedgerEntry


class Bulk(models.Model):
    """一括承認: equal applications, looked at together, approved by one supervisor.

    ``ground``, ``fund``, ``fiscal_year`` and ``office`` are the filter it was drawn up with; without an office, all.
    ``looked_on`` is the day as of which the rows were proved equal. ``undo_reason`` is that of the last time it was taken
    back; each decision keeps its own.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("state", "ground", "fund", "fiscal_year")

    ground = models.CharField("要件", max_length=40, choices=Ground)
    fund = models.CharField("資金の種類", max_length=20, choices=FundKind)
    fiscal_year = models.PositiveSmallIntegerField("住民税の年度", null=True)
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="受付事業所"
    )
    state = models.CharField("状態", max_length=12, choices=BulkState, default=BulkState.LOOKING)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="試算した人"
    )
    drawn_at = models.DateTimeField("試算日時")
    looked_on = models.DateField("判定日")
    look = models.OneToOneField(Run, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="試算の処理")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="承認した人"
    )
    approved_at = models.DateTimeField("承認日時", null=True)
    approval = models.OneToOneField(
        Run, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="承認の処理"
    )
    undo_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="取り消した人"
    )
    undo_at = models.DateTimeField("取消日時", null=True)
    undo_reason = models.CharField("取消の理由", max_length=200, blank=True)
    undo = models.OneToOneField(Run, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="取消の処理")

    class Meta:
        verbose_name = "一括承認"
        verbose_name_plural = "一括承認"
        constraints = [
            models.CheckConstraint(
                name="bulk_approved_has_who_and_when",
                condition=Q(state__in=[BulkState.LOOKING, BulkState.LOOKED, BulkState.DISCARDED])
                & Q(approved_by__isnull=True, approved_at__isnull=True)
                | ~Q(state__in=[BulkState.LOOKING, BulkState.LOOKED, BulkState.DISCARDED])
                & Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bulk_taken_back_has_who_and_why",
                condition=~Q(state__in=[BulkState.TAKING_BACK, BulkState.TAKEN_BACK])
                | Q(undo_by__isnull=False, undo_at__isnull=False) & ~Q(undo_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"B-{self.pk:05d}" if self.pk else "B-new"


class BulkRow(models.Model):
    """One application in it: in or out and why, what was seen of it, what it was before it was approved.

    ``version`` and ``fingerprint`` are those of the look; whatever has moved since keeps the row out. ``former_since`` and
    ``former_assessment`` bring the application back as it was when the decision is taken back. ``reasons`` are sentences:
    why the row is out, was left out, or could not be taken back.
    """

    audited: ClassVar[bool] = False

    bulk = models.ForeignKey(
        Bulk, on_delete=models.PROTECT, related_name="rows", db_index=False, verbose_name="一括承認"
    )
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+", verbose_name="免除申請")
    state = models.CharField("状態", max_length=12, choices=RowState, default=RowState.WAITING)
    reasons = ArrayField(models.CharField(max_length=200), verbose_name="理由", default=list)
    amount = models.PositiveIntegerField("免除額", default=0)
    remaining = models.PositiveIntegerField("残る額", default=0)
    version = models.PositiveIntegerField("版", default=0)
    fingerprint = models.CharField("判定の照合値", max_length=20, blank=True)
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="決定"
    )
    former_since = models.DateTimeField("承認前の状態になった日時", null=True)
    former_assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="承認前の判定"
    )

    class Meta:
        verbose_name = "一括承認の行"
        verbose_name_plural = "一括承認の行"
        constraints = [
            models.UniqueConstraint(fields=["bulk", "application"], name="application_once_in_a_bulk"),
            models.CheckConstraint(
                name="bulk_row_approved_has_its_decision",
                condition=Q(state__in=[RowState.APPROVED, RowState.TAKEN_BACK], decision__isnull=False)
                | ~Q(state__in=[RowState.APPROVED, RowState.TAKEN_BACK]) & Q(decision__isnull=True),
            ),
        ]
        indexes = [models.Index("bulk", "state", "id", name="bulk_row_state")]

    def __str__(self) -> str:
        return f"{self.bulk_id}:{self.application_id} {self.state}"


class TakenBack(models.Model):
    """A decision that was taken back before its letter went out: with this row it no longer stands.

    ``counter`` is the ledger row that takes its exemption back on its own day. No decision is ever changed or removed.
    """

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("decision_id", "counter_id")

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="taken_back", verbose_name="決定")
    counter = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="+", verbose_name="台帳の取消")
    reason = models.CharField("理由", max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="取り消した人"
    )
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = "発送前の承認の取消"
        verbose_name_plural = "発送前の承認の取消"
        constraints = [models.CheckConstraint(name="taken_back_has_a_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.decision_id}"

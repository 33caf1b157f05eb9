"""Every long piece of work is a row that people can watch: the night's steps, imports, print runs.

The row is also the outbox: a run that is QUEUED or whose heart stopped is sent to a worker again by the sweeper.
What is done is known from the items, never from memory, so a run killed anywhere goes on where it was.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from jobs.enums import ItemState, RunState


class Run(models.Model):
    """One run of one kind of work for one business day (or one request)."""

    audited: ClassVar[bool] = False

    kind = models.CharField("処理", max_length=60)
    business_date = models.DateField("業務日")
    key = models.CharField("識別", max_length=80, blank=True)
    state = models.CharField("状態", max_length=10, choices=RunState, default=RunState.QUEUED)
    parameters = models.JSONField("条件", default=dict)
    selected = models.PositiveIntegerField("対象", default=0)
    prepared_at = models.DateTimeField("抽出日時", null=True)
    result = models.JSONField("結果", default=dict)
    error = models.CharField("エラー", max_length=300, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="実行者"
    )
    requested_at = models.DateTimeField("登録日時")
    started_at = models.DateTimeField("開始日時", null=True)
    heartbeat_at = models.DateTimeField("更新日時", null=True)
    finished_at = models.DateTimeField("終了日時", null=True)

    class Meta:
        verbose_name = "処理"
        verbose_name_plural = "処理"
        constraints = [
            models.UniqueConstraint(fields=["kind", "business_date", "key"], name="one_run_per_kind_day_and_key"),
            models.CheckConstraint(
                name="run_finished_when_over",
                condition=Q(state__in=["queued", "running"], finished_at__isnull=True)
                | Q(state__in=["done", "partly", "failed", "cancelled"], finished_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index("business_date", "kind", name="run_by_day"),
            models.Index("requested_at", name="run_open", condition=Q(state__in=["queued", "running"])),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.business_date}"

    @property
    def is_over(self) -> bool:
        return self.state not in (RunState.QUEUED, RunState.RUNNING)


class RunItem(models.Model):
    """One thing a run does. Marked done in the transaction that did it."""

    audited: ClassVar[bool] = False

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="items")
    key = models.CharField("対象", max_length=80)
    state = models.CharField("状態", max_length=8, choices=ItemState, default=ItemState.WAITING)
    reason = models.CharField("理由", max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField("試行", default=0)
    done_at = models.DateTimeField("処理日時", null=True)

    class Meta:
        verbose_name = "処理の明細"
        verbose_name_plural = "処理の明細"
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="one_item_per_run_and_key")]
        indexes = [models.Index("run", "id", name="run_item_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.key}"

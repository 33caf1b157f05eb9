"""How the columns of another system's files become ours, kept as data."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class ColumnMapping(models.Model):
    """Which column of a foreign file stands for which of ours, with translated values and defaults.

    ``columns``: our heading → ``{"source": their heading or "", "default": text, "values": {theirs: ours}}``. A draft keeps
    the first lines of the file it is made from (``sample``) for whoever makes it; they go when it is ready, or by night.
    Ready mappings never change: a better one is a new one, and old imports keep theirs.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("kind", "ready_at", "retired_at")

    name = models.CharField("名前", max_length=60)
    kind = models.CharField("種類", max_length=40)
    encoding = models.CharField("文字コード", max_length=10, blank=True)
    headers = ArrayField(models.CharField(max_length=80), verbose_name="元の列", default=list)
    columns = models.JSONField("対応", default=dict)
    sample = models.JSONField("先頭の行", default=list)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="作成者"
    )
    made_at = models.DateTimeField("作成日時")
    ready_at = models.DateTimeField("確定日時", null=True)
    retired_at = models.DateTimeField("使用終了日時", null=True)

    class Meta:
        verbose_name = "列の対応表"
        verbose_name_plural = "列の対応表"
        constraints = [
            models.CheckConstraint(
                condition=Q(ready_at__isnull=True) | Q(sample=[]), name="mapping_ready_holds_no_lines"
            ),
        ]

    def __str__(self) -> str:
        return self.name

"""A file somebody hands in, line by line, until it is committed or put away."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from jobs.enums import ImportState, RowOutcome
from jobs.models.mappings import ColumnMapping
from jobs.models.runs import Run


class ImportBatch(models.Model):
    """One uploaded file: which kind of rows, how it was read, how far it is. The maker is whoever uploaded it."""

    audit_values: ClassVar[tuple[str, ...]] = ("state", "kind")

    kind = models.CharField("種類", max_length=40)
    state = models.CharField("状態", max_length=12, choices=ImportState, default=ImportState.UPLOADED)
    file_name = models.CharField("ファイル名", max_length=200)
    stored_name = models.CharField("保存名", max_length=200)
    sha256 = models.CharField("照合値", max_length=64)
    encoding = models.CharField("文字コード", max_length=20, blank=True)
    columns = ArrayField(models.CharField(max_length=80), verbose_name="列", default=list)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    uploaded_at = models.DateTimeField("登録日時")
    validation = models.OneToOneField(Run, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="点検")
    commit = models.OneToOneField(Run, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="反映")
    mapping = models.ForeignKey(
        ColumnMapping, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="列の対応表"
    )
    problem = models.CharField("読めなかった理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "取込"
        verbose_name_plural = "取込"

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"


class ImportRow(models.Model):
    """One line of a file: as it stood, as it was understood, what would happen or what is wrong with it.

    ``problems`` is a list of ``{"column": …, "reason": …}`` in Japanese. Personal data: rows are removed with the batch
    once it is closed; never audited by value.
    """

    audited: ClassVar[bool] = False

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField("行")
    cells = ArrayField(models.TextField(), verbose_name="原文", default=list)
    values = models.JSONField("値", default=dict)
    key = models.CharField("照合キー", max_length=120, blank=True)
    problems = models.JSONField("問題", default=list)
    outcome = models.CharField("結果", max_length=10, choices=RowOutcome, default=RowOutcome.UNCHECKED)

    class Meta:
        verbose_name = "取込の行"
        verbose_name_plural = "取込の行"
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="one_row_per_batch_and_line")]
        indexes = [
            models.Index("batch", "outcome", "line", name="import_row_outcome"),
            models.Index("batch", "key", name="import_row_key", condition=~Q(key="")),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.line}"

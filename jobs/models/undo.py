"""What an import wrote, row by row, and how it was taken back."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from jobs.enums import EffectAction, UndoOutcome
from jobs.models.imports import ImportBatch
from jobs.models.runs import Run


class ImportEffect(models.Model):
    """One stored row that one line of a file created or changed, in the order in which it happened.

    ``before`` holds the former values of the columns that were changed, and ``mark`` a fingerprint of the row as the line
    left it: a row whose fingerprint is another one has been worked on since. Never an address, nor an account number.
    """

    append_only: ClassVar[bool] = True
    audited: ClassVar[bool] = False

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="effects", verbose_name="取込")
    line = models.PositiveIntegerField("行")
    table = models.CharField("表", max_length=63)
    row_id = models.BigIntegerField("行番号")
    action = models.CharField("操作", max_length=8, choices=EffectAction)
    before = models.JSONField("変更前の値", default=dict)
    mark = models.CharField("照合値", max_length=32)

    class Meta:
        verbose_name = "取込の結果"
        verbose_name_plural = "取込の結果"
        indexes = [
            models.Index("batch", "line", name="import_effect_line"),
            models.Index("table", "row_id", name="import_effect_row"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.line} {self.table} {self.row_id}"


class ImportUndo(models.Model):
    """Somebody asks for a committed import to be taken back; never who handed the file in.

    May be asked for again when lines had to be kept the time before.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("batch_id", "run_id")

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="undos", verbose_name="取込")
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="取り消した人"
    )
    asked_at = models.DateTimeField("取消日時")
    reason = models.CharField("理由", max_length=200)
    run = models.OneToOneField(Run, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="処理")

    class Meta:
        verbose_name = "取込の取消"
        verbose_name_plural = "取込の取消"
        constraints = [
            models.CheckConstraint(
                name="undo_by_a_second_person",
                condition=~Q(asked_by=F("handed_in_by")),
                violation_error_message="登録した人は取り消せません。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.asked_at:%Y-%m-%d %H:%M}"


class ImportUndoLine(models.Model):
    """What became of one line in one undo, with the reason where it was kept."""

    append_only: ClassVar[bool] = True
    audited: ClassVar[bool] = False

    undo = models.ForeignKey(ImportUndo, on_delete=models.PROTECT, related_name="lines", verbose_name="取消")
    line = models.PositiveIntegerField("行")
    key = models.CharField("照合キー", max_length=120, blank=True)
    outcome = models.CharField("結果", max_length=8, choices=UndoOutcome)
    reason = models.CharField("理由", max_length=200, blank=True)

    class Meta:
        verbose_name = "取込の取消の行"
        verbose_name_plural = "取込の取消の行"
        constraints = [models.UniqueConstraint(fields=["undo", "line"], name="one_outcome_per_undo_and_line")]

    def __str__(self) -> str:
        return f"{self.undo_id}:{self.line} {self.outcome}"

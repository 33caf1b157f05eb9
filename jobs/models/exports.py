"""A list somebody took out of the house as a file."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from jobs.enums import ExportFormat, ExportState
from jobs.models.runs import Run


class Export(models.Model):
    """One list as a file: which, with which filters, in which form. Kept for a day, for whoever made it only.

    ``filters`` is the query of the list's page and may hold a name somebody searched for; it goes with the file. ``report``
    lists characters that have no form in Shift_JIS, as ``[line, column, character]``, ``unfit`` counts them all.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("kind", "format", "state", "rows")

    kind = models.CharField("一覧", max_length=40)
    filters = models.TextField("条件", blank=True)
    format = models.CharField("形式", max_length=10, choices=ExportFormat)
    state = models.CharField("状態", max_length=10, choices=ExportState, default=ExportState.MAKING)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="作成者"
    )
    made_at = models.DateTimeField("作成日時")
    rows = models.PositiveIntegerField("行数", default=0)
    report = models.JSONField("表せない文字", default=list)
    unfit = models.PositiveIntegerField("表せない文字の数", default=0)
    replaced_at = models.DateTimeField("置き換えを選んだ日時", null=True)
    stored_name = models.CharField("保存名", max_length=120, blank=True)
    sha256 = models.CharField("照合値", max_length=64, blank=True)
    run = models.OneToOneField(Run, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="処理")

    class Meta:
        verbose_name = "書き出し"
        verbose_name_plural = "書き出し"
        constraints = [
            models.CheckConstraint(
                name="export_ready_has_a_file",
                condition=Q(state=ExportState.READY, stored_name__gt="", sha256__gt="")
                | (~Q(state=ExportState.READY) & Q(stored_name="")),
            ),
        ]
        indexes = [models.Index(fields=["made_by", "-made_at"], name="export_of_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at:%Y-%m-%d %H:%M}"

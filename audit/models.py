"""The audit log, the access log and the disclosure log: append-only, without personal data, without foreign keys.

Rows hold ids and labels only, so that the log neither blocks nor follows a deletion.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from audit.enums import AccessAction, Operation


class AuditRow(models.Model):
    """One row change in one table, written by a database trigger (see ``audit.triggers``).

    ``values`` holds old and new values of the columns a model lists in ``audit_values`` (money, states, roles,
    settings); of every other column only the name is kept.
    """

    append_only: ClassVar[bool] = True
    audited: ClassVar[bool] = False

    at = models.DateTimeField("日時")
    table = models.CharField("表", max_length=63)
    row = models.CharField("行", max_length=64)
    operation = models.CharField("操作", max_length=1, choices=Operation)
    columns = ArrayField(models.CharField(max_length=63), verbose_name="変更した項目", default=list)
    values = models.JSONField("値", null=True)
    actor = models.CharField("操作者", max_length=150)
    actor_id = models.BigIntegerField("操作者番号", null=True)
    request_id = models.CharField("要求番号", max_length=64, blank=True)

    class Meta:
        verbose_name = "監査記録"
        verbose_name_plural = "監査記録"
        indexes = [
            models.Index(fields=["table", "row"], name="audit_row_subject"),
            models.Index(fields=["-at", "-id"], name="audit_row_at"),
        ]

    def __str__(self) -> str:
        return f"{self.table}:{self.row} {self.operation}"


class AccessLog(models.Model):
    """Somebody looked at personal data: one row for a page, with the ids it showed."""

    append_only: ClassVar[bool] = True
    audited: ClassVar[bool] = False

    at = models.DateTimeField("日時")
    actor = models.CharField("操作者", max_length=150)
    actor_id = models.BigIntegerField("操作者番号", null=True)
    action = models.CharField("種別", max_length=10, choices=AccessAction)
    subject = models.CharField("対象", max_length=40)
    ids = ArrayField(models.BigIntegerField(), verbose_name="対象番号", default=list)
    reason = models.CharField("理由", max_length=200, blank=True)
    request_id = models.CharField("要求番号", max_length=64, blank=True)

    class Meta:
        verbose_name = "閲覧記録"
        verbose_name_plural = "閲覧記録"
        indexes = [
            models.Index(fields=["-at", "-id"], name="access_log_at"),
            GinIndex(fields=["ids"], name="access_log_ids"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject} {len(self.ids)}"


class DisclosureLog(models.Model):
    """Personal data were handed to somebody outside: to whom, on what basis, whose, and which items; never their values.

    ``subject`` and ``ids`` name the rows as in the access log; ``items`` are the words for what was handed over
    (「氏名」「生年月日」).
    """

    append_only: ClassVar[bool] = True
    audited: ClassVar[bool] = False

    at = models.DateTimeField("日時")
    actor = models.CharField("操作者", max_length=150)
    actor_id = models.BigIntegerField("操作者番号", null=True)
    recipient = models.CharField("提供先", max_length=120)
    basis = models.CharField("根拠", max_length=200)
    subject = models.CharField("対象", max_length=40)
    ids = ArrayField(models.BigIntegerField(), verbose_name="対象番号")
    items = ArrayField(models.CharField(max_length=40), verbose_name="提供した項目")
    request_id = models.CharField("要求番号", max_length=64, blank=True)

    class Meta:
        verbose_name = "提供記録"
        verbose_name_plural = "提供記録"
        constraints = [
            models.CheckConstraint(
                name="disclosure_says_to_whom_and_why", condition=~models.Q(recipient="") & ~models.Q(basis="")
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="disclosure_log_at"),
            GinIndex(fields=["ids"], name="disclosure_log_ids"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} {self.subject} {len(self.ids)}"

"""Dated settings of the prefecture: what differs from council to council, with its source and two persons."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class SettingRow(models.Model):
    """The value of one setting from a day on. Proposed by one person, in force only once another approved it.

    ``key`` is one of ``rulebook.setting_keys``; a key without an approved row has its default. ``value`` is the value
    as JSON; nothing means "no limit" where a setting may be without one.
    """

    audit_values: ClassVar[tuple[str, ...]] = (
        "key",
        "value",
        "valid_from",
        "proposed_by_id",
        "approved_by_id",
        "approved_at",
        "withdrawn_at",
    )

    key = models.CharField("設定", max_length=60)
    value = models.JSONField("値", null=True, blank=True)
    valid_from = models.DateField("適用開始日")
    source = models.CharField("根拠", max_length=200)
    reason = models.CharField("変更の理由", max_length=200, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="起案者"
    )
    proposed_at = models.DateTimeField("起案日時")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="承認者",
    )
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)
    withdrawn_at = models.DateTimeField("取下日時", null=True, blank=True)

    class Meta:
        verbose_name = "設定"
        verbose_name_plural = "設定"
        constraints = [
            models.UniqueConstraint(
                fields=["key", "valid_from"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_setting_per_key_and_day",
            ),
            models.CheckConstraint(
                name="setting_approval_is_a_pair",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="setting_approved_by_a_second_person",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                violation_error_message="起案した人は承認できません。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.valid_from}"

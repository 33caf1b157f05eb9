"""Ending a 支援措置 takes two."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from people.models.persons import Protection


class ProtectionEnding(models.Model):
    """Somebody asks that a 支援措置 ends on a day; a second person agrees or declines."""

    audit_values: ClassVar[tuple[str, ...]] = ("until", "agreed", "answered_at")

    protection = models.ForeignKey(
        Protection, on_delete=models.PROTECT, related_name="endings", verbose_name="支援措置"
    )
    until = models.DateField("終了日")
    reason = models.CharField("終了を確認した書類・理由", max_length=200)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="依頼者"
    )
    asked_at = models.DateTimeField("依頼日時")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="確認者"
    )
    answered_at = models.DateTimeField("確認日時", null=True)
    agreed = models.BooleanField("認めた", null=True)

    class Meta:
        verbose_name = "支援措置の終了"
        verbose_name_plural = "支援措置の終了"
        constraints = [
            models.CheckConstraint(
                name="ending_is_answered_completely",
                condition=Q(answered_by__isnull=True, answered_at__isnull=True, agreed__isnull=True)
                | Q(answered_by__isnull=False, answered_at__isnull=False, agreed__isnull=False),
            ),
            models.CheckConstraint(
                name="ending_by_a_second_person",
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("asked_by")),
                violation_error_message="依頼した人は確認者になれません。",
            ),
            models.UniqueConstraint(
                name="one_open_ending_of_a_protection",
                fields=["protection"],
                condition=Q(answered_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.protection_id} {self.until}"

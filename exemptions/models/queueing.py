"""What a queue needs besides the applications: who was given which, and what was laid aside until a day."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q

from exemptions.models.applications import Application


class LaidAsideQuerySet(models.QuerySet["LaidAside"]):
    def standing(self, on: date) -> LaidAsideQuerySet:
        """What still rests on a day: not taken up again, and the application has not moved on since.

        For a subquery as well: rows are compared with the application they belong to.
        """
        return self.filter(ended_at__isnull=True, until__gt=on, laid_at__gt=F("application__state_since"))


class LaidAside(models.Model):
    """保留: an application that a reviewer cannot go on with before a day, and why. It is offered to nobody until then."""

    audit_values: ClassVar[tuple[str, ...]] = ("until",)

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+", verbose_name="免除申請")
    reason = models.CharField("保留の理由", max_length=200)
    until = models.DateField("再開日")
    laid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="保留にした人"
    )
    laid_at = models.DateTimeField("保留にした日時")
    ended_at = models.DateTimeField("保留を解いた日時", null=True)

    objects = LaidAsideQuerySet.as_manager()

    class Meta:
        verbose_name = "申請の保留"
        verbose_name_plural = "申請の保留"
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(ended_at__isnull=True), name="laid_aside_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="laid_aside_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.until}"


class Handover(models.Model):
    """割当: a supervisor gives applications to people, in one go, for a reason."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("number",)

    reason = models.CharField("割当の理由", max_length=200)
    number = models.PositiveIntegerField("件数")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="割り当てた人"
    )
    made_at = models.DateTimeField("割当日時")

    class Meta:
        verbose_name = "申請の割当"
        verbose_name_plural = "申請の割当"
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="handed_over_for_a_reason")]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d} {self.number}"


class HandoverLine(models.Model):
    """One application of a handover: from whom (null: from nobody) to whom (null: to nobody)."""

    append_only: ClassVar[bool] = True
    audited: ClassVar[bool] = False
    """The change of the application itself is in the audit log; this row says to which handover it belongs."""

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="lines", verbose_name="割当")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+", verbose_name="免除申請")
    before = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="前の担当者"
    )
    after = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="新しい担当者"
    )

    class Meta:
        verbose_name = "割り当てた申請"
        verbose_name_plural = "割り当てた申請"
        constraints = [
            models.UniqueConstraint(fields=["handover", "application"], name="handed_over_once_in_a_handover")
        ]

    def __str__(self) -> str:
        return f"{self.handover_id} {self.application_id}"


def resting(on: date) -> models.Exists:
    """Whether an application is laid aside on a day, as an expression for its queryset."""
    return models.Exists(LaidAside.objects.standing(on).filter(application=OuterRef("pk")))

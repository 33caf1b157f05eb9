"""What happens while a deferral runs: it is ended early, and the agency's support is offered. Months as index."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from repayment.deferring.enums import EndAnswer, EndReason, OfferOutcome
from repayment.models.deferrals import Deferral


class DeferralEndRequest(models.Model):
    """Somebody asks to end a deferral after ``ends_after`` (its last deferred month); a second person answers (DF-18)."""

    audit_values: ClassVar[tuple[str, ...]] = ("ends_after", "reason", "answer")

    deferral = models.ForeignKey(
        Deferral, on_delete=models.PROTECT, related_name="end_requests", verbose_name="償還猶予"
    )
    ends_after = models.PositiveIntegerField("猶予する最後の月")
    reason = models.CharField("理由", max_length=10, choices=EndReason)
    note = models.CharField("理由の内容", max_length=400)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="依頼者"
    )
    asked_at = models.DateTimeField("依頼日時")
    answer = models.CharField("回答", max_length=10, choices=EndAnswer, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="回答者"
    )
    answered_at = models.DateTimeField("回答日時", null=True)

    class Meta:
        verbose_name = "猶予の終了の依頼"
        verbose_name_plural = "猶予の終了の依頼"
        constraints = [
            models.UniqueConstraint(
                fields=["deferral"],
                condition=Q(answer=""),
                name="one_open_end_request_per_deferral",
                violation_error_message="この猶予には、確認を待っている終了の依頼があります。",
            ),
            models.CheckConstraint(
                name="early_end_agreed_by_a_second_person",
                condition=~Q(answer=EndAnswer.AGREED) | ~Q(answered_by=F("asked_by")),
                violation_error_message="依頼した人は同意できません。",
            ),
            models.CheckConstraint(
                name="end_request_answer_is_whole",
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deferral_id} {self.ends_after}"


class AgencyOffer(models.Model):
    """One time somebody deferred was offered the agency's support, and what became of it (DF-17; the newest row counts)."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("outcome", "on")

    deferral = models.ForeignKey(
        Deferral, on_delete=models.PROTECT, related_name="agency_offers", verbose_name="償還猶予"
    )
    outcome = models.CharField("結果", max_length=10, choices=OfferOutcome)
    on = models.DateField("日付")
    note = models.CharField("メモ", max_length=200, blank=True)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="記録者"
    )
    at = models.DateTimeField("記録日時")

    class Meta:
        verbose_name = "自立相談支援機関の案内"
        verbose_name_plural = "自立相談支援機関の案内"

    def __str__(self) -> str:
        return f"{self.deferral_id} {self.outcome}"

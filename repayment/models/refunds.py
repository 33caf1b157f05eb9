"""Money that may have to go back to somebody who paid. Amounts in yen."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from loans.models import Loan
from repayment.enums import RefundAnswer, RefundCause, RefundState
from repayment.models.ledger import LedgerEntry

AGREED = (RefundState.APPROVED, RefundState.PAID, RefundState.KEPT, RefundState.DROPPED)


class RefundTask(models.Model):
    """Somebody has to say what becomes of money that was paid although it need not have been (RP-12).

    ``source_key`` says what made the task, so that the same thing makes it once. One person proposes the answer, another
    agrees; money that goes back is a ``refunded`` row of the ledger, ``refund``. ``payment`` is the row that brought it.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("amount", "cause", "state", "answer", "paid_on")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="refund_tasks", verbose_name="貸付")
    amount = models.PositiveIntegerField("金額")
    cause = models.CharField("理由", max_length=12, choices=RefundCause)
    source_key = models.CharField("出所", max_length=120, unique=True)
    payment = models.ForeignKey(
        LedgerEntry, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="入金の行"
    )
    note = models.CharField("経緯", max_length=200, blank=True)
    state = models.CharField("状態", max_length=10, choices=RefundState, default=RefundState.OPEN)
    opened_at = models.DateTimeField("発生日時")
    opened_by = models.CharField("発生元", max_length=150)
    answer = models.CharField("対応", max_length=8, choices=RefundAnswer, blank=True)
    reason = models.CharField("対応の理由", max_length=400, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="起案者",
    )
    proposed_at = models.DateTimeField("起案日時", null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="承認者",
    )
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)
    paid_on = models.DateField("返金日", null=True, blank=True)
    refund = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="返金の行"
    )

    class Meta:
        verbose_name = "返金の確認"
        verbose_name_plural = "返金の確認"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_task_has_amount"),
            models.CheckConstraint(condition=Q(state__in=RefundState.values), name="refund_task_state_is_known"),
            models.CheckConstraint(
                name="refund_task_answered_has_who_and_what",
                condition=Q(state=RefundState.OPEN)
                | (Q(proposed_by__isnull=False, proposed_at__isnull=False) & ~Q(answer="") & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="refund_task_agreed_by_a_second_person",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                violation_error_message="起案した人は承認できません。",
            ),
            models.CheckConstraint(
                name="refund_task_agreed_has_who_and_when",
                condition=~Q(state__in=AGREED) | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="refund_task_paid_has_its_row",
                condition=Q(state=RefundState.PAID, paid_on__isnull=False, refund__isnull=False)
                | (~Q(state=RefundState.PAID) & Q(paid_on__isnull=True, refund__isnull=True)),
            ),
        ]
        indexes = [
            models.Index("loan", name="refund_task_of_loan"),
            models.Index("state", "opened_at", name="refund_task_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.cause} {self.amount}"

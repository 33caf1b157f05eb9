"""Letters that the state of a repayment calls for, and what people promised. Amounts in yen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from loans.models import Loan
from people.models import Person
from repayment.enums import HeldCause, NoticeKind, PromiseWay

if TYPE_CHECKING:
    from accounts.models import User


class NoticeQuerySet(models.QuerySet["RepaymentNotice"]):
    def visible_to(self, user: User) -> NoticeQuerySet:
        """Notices of the loans this member of staff may know of."""
        return self.filter(loan__borrower__in=Person.objects.visible_to(user))


class RepaymentNotice(models.Model):
    """A loan that is due a letter about its repayment, or is left out of it for now and why.

    ``mark`` tells one occasion from the next (the start month, the run of unpaid months, the fiscal year …). A row that is
    held is looked at again every night; ``ready_on`` is the day from which the letter may be written, ``lapsed_on`` the day
    on which there was no more occasion for it.
    """

    audited: ClassVar[bool] = False

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="repayment_notices", verbose_name="貸付")
    kind = models.CharField("種類", max_length=12, choices=NoticeKind)
    mark = models.CharField("事由", max_length=30)
    months = models.PositiveSmallIntegerField("月数", default=0)
    amount = models.PositiveIntegerField("金額")
    listed_on = models.DateField("対象になった日")
    held = models.CharField("見合わせの理由", max_length=20, choices=HeldCause, blank=True)
    ready_on = models.DateField("作成できる日", null=True, blank=True)
    lapsed_on = models.DateField("対象でなくなった日", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "償還のお知らせの対象"
        verbose_name_plural = "償還のお知らせの対象"
        constraints = [
            models.UniqueConstraint(fields=["kind", "loan", "mark"], name="one_repayment_notice_per_occasion"),
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="repayment_notice_kind_is_known"),
            models.CheckConstraint(
                name="repayment_notice_ready_or_held",
                condition=Q(held="", ready_on__isnull=False) | (~Q(held="") & Q(ready_on__isnull=True)),
            ),
        ]
        indexes = [
            models.Index("kind", "ready_on", name="repayment_notice_ready", condition=Q(lapsed_on__isnull=True)),
            models.Index("listed_on", name="repayment_notice_listed"),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.kind} {self.mark}"


class PromiseQuerySet(models.QuerySet["PaymentPromise"]):
    def visible_to(self, user: User) -> PromiseQuerySet:
        """Promises on the loans this member of staff may know of."""
        return self.filter(loan__borrower__in=Person.objects.visible_to(user))


class PaymentPromise(models.Model):
    """Somebody said that they will pay an amount by a day. Whether it was kept is told from the ledger, never stored."""

    audit_values: ClassVar[tuple[str, ...]] = ("amount", "due_on", "taken_on", "cancelled_on")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="promises", verbose_name="貸付")
    amount = models.PositiveIntegerField("約束した金額")
    due_on = models.DateField("約束の日")
    taken_on = models.DateField("聞いた日")
    way = models.CharField("聞いた方法", max_length=10, choices=PromiseWay)
    note = models.CharField("メモ", max_length=200, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="聞いた人"
    )
    recorded_at = models.DateTimeField("記録日時")
    cancelled_on = models.DateField("取り消した日", null=True, blank=True)
    cancelled_reason = models.CharField("取消の理由", max_length=200, blank=True)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = "入金の約束"
        verbose_name_plural = "入金の約束"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="promise_amount_positive"),
            models.CheckConstraint(condition=Q(due_on__gte=F("taken_on")), name="promise_lies_ahead"),
            models.CheckConstraint(
                name="promise_cancelled_with_a_reason",
                condition=Q(cancelled_on__isnull=True, cancelled_reason="")
                | (Q(cancelled_on__isnull=False) & ~Q(cancelled_reason="")),
            ),
        ]
        indexes = [models.Index("loan", "due_on", name="promise_of_loan")]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.due_on}"

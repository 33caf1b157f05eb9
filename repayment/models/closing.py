"""Months that were closed: where every loan stood at their end, what moved in them, and who signed. Amounts in yen."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from loans.models import Loan


class MonthClosing(models.Model):
    """One counting of a month, prepared by one person. Never changed: what comes later is listed beside it.

    ``last_entry`` is the newest ledger row it counted. ``ties`` holds what the bank's files and the ledger said of each
    other, as ``repayment.closing.tying`` wrote it. A counting that was sent back is followed by another ``version``.
    """

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("month", "version", "loans", "paid_in_month", "outstanding", "arrears")

    month = models.PositiveIntegerField("対象月")
    version = models.PositiveSmallIntegerField("回")
    counted_at = models.DateTimeField("集計日時")
    last_entry = models.BigIntegerField("最後の台帳の行")
    loans = models.PositiveIntegerField("貸付の数")
    disbursed_in_month = models.BigIntegerField("当月の送金")
    paid_in_month = models.BigIntegerField("当月の入金")
    exempted_in_month = models.BigIntegerField("当月の免除")
    arrears = models.BigIntegerField("滞納額")
    outstanding = models.BigIntegerField("残額")
    difference = models.BigIntegerField("銀行ファイルとの差")
    ties = models.JSONField("照合")
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="作成者"
    )

    class Meta:
        verbose_name = "月の締め"
        verbose_name_plural = "月の締め"
        constraints = [
            models.UniqueConstraint(fields=["month", "version"], name="one_closing_per_month_and_version"),
            models.CheckConstraint(condition=Q(version__gte=1), name="closing_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.version}"

    @property
    def answered(self) -> ClosingAnswer | None:
        """What the second person said, if somebody did."""
        return getattr(self, "answer", None)


class ClosingLine(models.Model):
    """One loan in a closed month: its position at the end of the month, and what moved in it, in whole yen.

    ``paid_*`` are payments of the month by the way they came in; what was taken back, given back, exempted and revoked
    stands beside them as positive amounts.
    """

    append_only: ClassVar[bool] = True
    audited: ClassVar[bool] = False

    closing = models.ForeignKey(MonthClosing, on_delete=models.PROTECT, related_name="lines", verbose_name="締め")
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="+", verbose_name="貸付")
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="+", verbose_name="事業所")
    fund = models.CharField("資金種類", max_length=20)
    state = models.CharField("状態", max_length=14)
    months = models.PositiveSmallIntegerField("滞納月数")
    principal = models.PositiveIntegerField("元金")
    due = models.PositiveIntegerField("期日到来額")
    paid = models.IntegerField("入金済額")
    exempted = models.PositiveIntegerField("免除済額")
    arrears = models.PositiveIntegerField("滞納額")
    outstanding = models.PositiveIntegerField("残額")
    surplus = models.PositiveIntegerField("過入金")
    late_interest = models.PositiveIntegerField("延滞利子")
    disbursed_now = models.PositiveIntegerField("当月の送金")
    paid_debit = models.PositiveIntegerField("当月の口座振替")
    paid_slip = models.PositiveIntegerField("当月の払込票")
    paid_transfer = models.PositiveIntegerField("当月の銀行振込")
    paid_counter = models.PositiveIntegerField("当月の窓口入金")
    paid_other = models.PositiveIntegerField("当月のその他の入金")
    reversed_now = models.PositiveIntegerField("当月の入金の取消")
    refunded_now = models.PositiveIntegerField("当月の返金")
    exempted_now = models.PositiveIntegerField("当月の免除")
    revoked_now = models.PositiveIntegerField("当月の免除の取消")

    class Meta:
        verbose_name = "締めの明細"
        verbose_name_plural = "締めの明細"
        constraints = [models.UniqueConstraint(fields=["closing", "loan"], name="one_closing_line_per_loan")]

    def __str__(self) -> str:
        return f"{self.closing_id} {self.loan_id}"


class ClosingAnswer(models.Model):
    """What a second person said of a counting: signed, or sent back with a reason. A month is signed once."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("closing_id", "month", "signed")

    closing = models.OneToOneField(MonthClosing, on_delete=models.PROTECT, related_name="answer", verbose_name="締め")
    month = models.PositiveIntegerField("対象月")
    signed = models.BooleanField("確認済み")
    remark = models.CharField("理由・所見", max_length=400, blank=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="作成者"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="確認者"
    )
    answered_at = models.DateTimeField("確認日時")

    class Meta:
        verbose_name = "締めの確認"
        verbose_name_plural = "締めの確認"
        constraints = [
            models.UniqueConstraint(fields=["month"], condition=Q(signed=True), name="one_signed_closing_per_month"),
            models.CheckConstraint(
                name="closing_answered_by_a_second_person",
                condition=~Q(answered_by=F("prepared_by")),
                violation_error_message="作成した人は確認者になれません。",
            ),
            models.CheckConstraint(name="closing_sent_back_with_a_reason", condition=Q(signed=True) | ~Q(remark="")),
        ]

    def __str__(self) -> str:
        return f"{self.closing_id} {self.signed}"

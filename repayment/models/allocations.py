"""What a payment was counted against when it was booked, kept for good. Amounts in yen."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from repayment.enums import AllocationOrder
from repayment.models.ledger import LedgerEntry


class PaymentAllocation(models.Model):
    """How one payment was counted (RP-13, RP-14), written down in the night after it was booked.

    ``shares`` holds a list for each instalment it reached: its number, the index of its month, yen, and whether its day
    had come. The parts add up to the payment. It only repeats what the rows say that had been recorded by then
    (``repayment.allocations``); the audit log has the payment itself.
    """

    append_only: ClassVar[bool] = True
    audited: ClassVar[bool] = False

    entry = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, primary_key=True, related_name="allocation", verbose_name="入金"
    )
    order = models.CharField("充当順", max_length=20, choices=AllocationOrder)
    late_interest = models.PositiveIntegerField("延滞利子")
    before_plan = models.PositiveIntegerField("計画の変更までの分")
    surplus = models.PositiveIntegerField("払いすぎ")
    shares = models.JSONField("回ごとの内訳")
    stored_at = models.DateTimeField("記録日時")

    class Meta:
        verbose_name = "入金の充当"
        verbose_name_plural = "入金の充当"

    def __str__(self) -> str:
        return str(self.entry_id)

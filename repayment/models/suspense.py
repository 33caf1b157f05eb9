"""Money that came in and could not be posted to a loan (仮受). Amounts in yen."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from loans.models import Loan
from repayment.enums import PaymentChannel
from repayment.models.debit import DebitLine
from repayment.models.ledger import LedgerEntry
from repayment.suspense.enums import SuspenseReason, SuspenseState


class SuspenseItem(models.Model):
    """One receipt that waits for its loan; ``source_key`` says by which line of which paper it is known, once.

    ``number_hash`` is the keyed hash of the payer's account number where the paper tells it: the number itself is not
    kept. ``loan_code`` is what the paper said. Assigned, it is one payment of the ledger, ``entry``; or it is sent back.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("amount", "received_on", "channel", "reason", "state", "loan_id")

    source_key = models.CharField("出所", max_length=120, unique=True)
    received_on = models.DateField("入金日")
    amount = models.PositiveIntegerField("金額")
    channel = models.CharField("入金経路", max_length=12, choices=PaymentChannel)
    reason = models.CharField("記帳できない理由", max_length=12, choices=SuspenseReason)
    payer_kana = models.CharField("支払人（カナ）", max_length=60, blank=True)
    bank_code = models.CharField("銀行番号", max_length=4, blank=True)
    branch_code = models.CharField("支店番号", max_length=3, blank=True)
    number_hash = models.CharField("照合値", max_length=64, blank=True, editable=False)
    loan_code = models.CharField("書かれていた貸付コード", max_length=12, blank=True)
    note = models.CharField("摘要", max_length=120, blank=True)
    debit_line = models.OneToOneField(
        DebitLine, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="口座振替の明細"
    )
    state = models.CharField("状態", max_length=10, choices=SuspenseState, default=SuspenseState.OPEN)
    opened_at = models.DateTimeField("登録日時")
    opened_by = models.CharField("登録者", max_length=150)
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="貸付"
    )
    entry = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="入金の行"
    )
    settled_reason = models.CharField("整理の理由", max_length=200, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="整理した人",
    )
    settled_at = models.DateTimeField("整理日時", null=True, blank=True)

    class Meta:
        verbose_name = "仮受"
        verbose_name_plural = "仮受"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="suspense_has_amount"),
            models.CheckConstraint(
                name="suspense_state_has_its_facts",
                condition=Q(state=SuspenseState.OPEN, loan__isnull=True, entry__isnull=True, settled_by__isnull=True)
                | (
                    Q(
                        state=SuspenseState.ASSIGNED,
                        loan__isnull=False,
                        entry__isnull=False,
                        settled_by__isnull=False,
                        settled_at__isnull=False,
                    )
                    & ~Q(settled_reason="")
                )
                | (
                    Q(
                        state=SuspenseState.RETURNED,
                        entry__isnull=True,
                        settled_by__isnull=False,
                        settled_at__isnull=False,
                    )
                    & ~Q(settled_reason="")
                ),
            ),
        ]
        indexes = [models.Index("state", "received_on", name="suspense_by_state")]

    def __str__(self) -> str:
        return self.source_key

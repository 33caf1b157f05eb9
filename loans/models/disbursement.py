"""Money on its way out: what is to be paid when (tranches), the files for the bank, and their lines."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from loans.disbursement.enums import LineOutcome, ReturnReason, TrancheEnd, TransferState
from loans.disbursement.workflow import TransferMove
from loans.models.loans import Loan
from people.models import BankAccount

HOLDS_THE_TRANCHE = [LineOutcome.OPEN, LineOutcome.PAID]
AFTER_APPROVAL = [TransferState.APPROVED, TransferState.WRITTEN, TransferState.SENT, TransferState.RECONCILED]
AFTER_WRITING = [TransferState.WRITTEN, TransferState.SENT, TransferState.RECONCILED]
AFTER_SENDING = [TransferState.SENT, TransferState.RECONCILED]


class Tranche(models.Model):
    """One payment to the borrower: yen, and the month it belongs to (index, see ``japan.months``).

    General support goes out month by month, never merged (LN-36; MHLW Q&A vol. 17, part 1, question 8-4): a loan has one
    tranche a month, a line of a file one tranche, a file one line a loan.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("amount", "month", "pay_on", "paid_on", "ended_on", "ended_because")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="tranches", verbose_name="貸付")
    number = models.PositiveSmallIntegerField("回")
    month = models.PositiveIntegerField("対象月")
    amount = models.PositiveIntegerField("金額")
    pay_on = models.DateField("送金予定日")
    paid_on = models.DateField("送金日", null=True, blank=True)
    ended_on = models.DateField("取りやめた日", null=True, blank=True)
    ended_because = models.CharField("取りやめた理由", max_length=10, choices=TrancheEnd, blank=True)

    class Meta:
        verbose_name = "交付予定"
        verbose_name_plural = "交付予定"
        constraints = [
            models.UniqueConstraint(fields=["loan", "number"], name="one_tranche_per_loan_and_number"),
            models.UniqueConstraint(
                fields=["loan", "month"],
                condition=Q(ended_on__isnull=True),
                name="one_tranche_per_loan_and_month",
                violation_error_message="同じ月の送金を2つに分けたり、まとめたりすることはできません。",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0, number__gte=1), name="tranche_has_amount"),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True) | Q(ended_on__isnull=True), name="tranche_paid_or_ended"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_because="")
                | (Q(ended_on__isnull=False) & ~Q(ended_because="")),
                name="tranche_end_has_a_reason",
            ),
        ]
        indexes = [
            models.Index("pay_on", name="tranche_to_pay", condition=Q(paid_on__isnull=True, ended_on__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.loan_id}-{self.number}"


class TransferSender(models.Model):
    """Whose account the money leaves (委託者), from a day on: entered once, frozen into each file by reference."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("valid_from", "bank_code", "branch_code", "consignor_code")

    valid_from = models.DateField("適用開始日")
    consignor_code = models.CharField("委託者コード", max_length=10)
    name_kana = models.CharField("委託者名（カナ）", max_length=40)
    bank_code = models.CharField("仕向銀行番号", max_length=4)
    bank_kana = models.CharField("仕向銀行名（カナ）", max_length=15, blank=True)
    branch_code = models.CharField("仕向支店番号", max_length=3)
    branch_kana = models.CharField("仕向支店名（カナ）", max_length=15, blank=True)
    account_kind = models.CharField("預金種目", max_length=1, choices=[("1", "普通"), ("2", "当座"), ("9", "その他")])
    account_number = models.CharField("口座番号", max_length=7)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    entered_at = models.DateTimeField("登録日時")

    class Meta:
        verbose_name = "送金元"
        verbose_name_plural = "送金元"
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    consignor_code__regex=r"^\d{10}$",
                    bank_code__regex=r"^\d{4}$",
                    branch_code__regex=r"^\d{3}$",
                    account_number__regex=r"^\d{7}$",
                ),
                name="sender_numbers_have_their_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consignor_code} {self.valid_from}"


class TransferFile(models.Model):
    """One file of transfers (総合振込): locked rows, approved by a second person, written, sent, reconciled by line.

    ``sealed_content`` is the file as the bank gets it, sealed in its own row; ``sha256`` is of the bytes in the open.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("state", "pay_on", "count", "total", "sha256")

    pay_on = models.DateField("振込指定日")
    sequence = models.PositiveSmallIntegerField("回")
    state = models.CharField("状態", max_length=10, choices=TransferState, default=TransferState.LOCKED)
    sender = models.ForeignKey(TransferSender, on_delete=models.PROTECT, related_name="+", verbose_name="送金元")
    count = models.PositiveIntegerField("件数")
    total = models.PositiveBigIntegerField("合計金額")
    sha256 = models.CharField("照合値", max_length=64, blank=True)
    sealed_content = models.TextField("ファイル", blank=True, editable=False)
    bank_receipt = models.CharField("銀行の受付番号", max_length=40, blank=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="確定者"
    )
    locked_at = models.DateTimeField("確定日時")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="承認者",
    )
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="作成者",
    )
    written_at = models.DateTimeField("作成日時", null=True, blank=True)
    sent_at = models.DateTimeField("送信日時", null=True, blank=True)
    reconciled_at = models.DateTimeField("消込日時", null=True, blank=True)

    class Meta:
        verbose_name = "送金ファイル"
        verbose_name_plural = "送金ファイル"
        constraints = [
            models.UniqueConstraint(fields=["pay_on", "sequence"], name="one_transfer_per_day_and_sequence"),
            models.CheckConstraint(condition=Q(state__in=TransferState.values), name="transfer_state_is_known"),
            models.CheckConstraint(condition=Q(count__gt=0, total__gt=0), name="transfer_is_not_empty"),
            models.CheckConstraint(
                name="transfer_approved_by_a_second_person",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("locked_by")),
                violation_error_message="確定した人は承認できません。",
            ),
            models.CheckConstraint(
                name="transfer_approved_has_who_and_when",
                condition=~Q(state__in=AFTER_APPROVAL) | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="transfer_written_has_its_bytes",
                condition=~Q(state__in=AFTER_WRITING)
                | (Q(written_by__isnull=False, written_at__isnull=False) & ~Q(sealed_content="") & ~Q(sha256="")),
            ),
            models.CheckConstraint(
                name="transfer_sent_has_its_receipt",
                condition=~Q(state__in=AFTER_SENDING) | (Q(sent_at__isnull=False) & ~Q(bank_receipt="")),
            ),
            models.CheckConstraint(
                name="transfer_reconciled_has_its_moment",
                condition=~Q(state=TransferState.RECONCILED) | Q(reconciled_at__isnull=False),
            ),
        ]
        indexes = [models.Index("state", "pay_on", name="transfer_by_state")]

    def __str__(self) -> str:
        return f"{self.pay_on} {self.sequence}"


class TransferLine(models.Model):
    """One tranche in one file: to which account, how much, what became of it. A returned one is tried again elsewhere."""

    audit_values: ClassVar[tuple[str, ...]] = ("amount", "attempt", "outcome", "outcome_on", "return_reason")

    file = models.ForeignKey(TransferFile, on_delete=models.PROTECT, related_name="lines", verbose_name="送金ファイル")
    number = models.PositiveIntegerField("番号")
    tranche = models.ForeignKey(Tranche, on_delete=models.PROTECT, related_name="lines", verbose_name="交付予定")
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="+", verbose_name="貸付")
    attempt = models.PositiveSmallIntegerField("何回目か")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+", verbose_name="振込先")
    payee_kana = models.CharField("受取人名", max_length=30)
    amount = models.PositiveIntegerField("金額")
    outcome = models.CharField("結果", max_length=10, choices=LineOutcome, default=LineOutcome.OPEN)
    outcome_on = models.DateField("結果の日", null=True, blank=True)
    return_reason = models.CharField("送金不能の理由", max_length=12, choices=ReturnReason, blank=True)

    class Meta:
        verbose_name = "送金明細"
        verbose_name_plural = "送金明細"
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="one_line_per_file_and_number"),
            models.UniqueConstraint(
                fields=["file", "loan"],
                name="one_line_per_file_and_loan",
                violation_error_message="1つの送金ファイルに同じ貸付の送金を2つ入れることはできません。",
            ),
            models.UniqueConstraint(fields=["tranche", "attempt"], name="one_line_per_tranche_and_attempt"),
            models.UniqueConstraint(
                fields=["tranche"], condition=Q(outcome__in=HOLDS_THE_TRANCHE), name="one_line_holds_a_tranche"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0, attempt__gte=1), name="transfer_line_has_amount"),
            models.CheckConstraint(
                name="transfer_line_outcome_has_its_day",
                condition=Q(outcome=LineOutcome.OPEN, outcome_on__isnull=True)
                | (~Q(outcome=LineOutcome.OPEN) & Q(outcome_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="transfer_line_return_has_its_reason",
                condition=Q(outcome=LineOutcome.RETURNED) & ~Q(return_reason="")
                | (~Q(outcome=LineOutcome.RETURNED) & Q(return_reason="")),
            ),
        ]
        indexes = [models.Index("loan", name="transfer_line_of_loan")]

    def __str__(self) -> str:
        return f"{self.file_id}-{self.number}"


class TransferChange(models.Model):
    """One step in the life of a transfer file."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("move", "from_state", "to_state")

    file = models.ForeignKey(
        TransferFile, on_delete=models.PROTECT, related_name="changes", verbose_name="送金ファイル"
    )
    move = models.CharField("操作", max_length=12)
    from_state = models.CharField("前の状態", max_length=10, blank=True)
    to_state = models.CharField("後の状態", max_length=10, choices=TransferState)
    reason = models.CharField("理由", max_length=400, blank=True)
    by = models.CharField("操作者", max_length=150)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="操作した職員"
    )
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = "送金ファイルの経過"
        verbose_name_plural = "送金ファイルの経過"
        indexes = [models.Index("file", "id", name="transfer_change_timeline")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.move}"

    @property
    def move_done(self) -> str:
        """The step in words: 「承認」."""
        return TransferMove(self.move).done

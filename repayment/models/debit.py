"""Direct debit: who debits, from which accounts, and each run with its lines. Amounts in yen, months as index."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from japan.zengin.yucho import Convention
from loans.models import Loan
from people.models import BankAccount
from repayment.debit.enums import DebitState, MandateState
from repayment.debit.workflow import DebitMove

AFTER_APPROVAL = (
    DebitState.APPROVED, DebitState.WRITTEN, DebitState.SENT, DebitState.RESULTED, DebitState.POSTED, DebitState.CLOSED,
)  # fmt: skip
AFTER_WRITING = AFTER_APPROVAL[1:]
AFTER_SENDING = AFTER_APPROVAL[2:]
AFTER_POSTING = AFTER_APPROVAL[4:]
_CONVENTIONS = [
    (Convention.TRANSFER.value, "振込用の店番・口座番号"),
    (Convention.KIGO_2_4.value, "記号の2〜4桁目と番号の上7桁"),
]


class DebitOriginator(models.Model):
    """For whom debits are made (委託者) and how the bank or collection agent wants its files, from a day on.

    ``cut_off_bank_days``: so many bank days before the debit the data are cut; ``crlf``: records end with CR LF.
    """

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = (
        "valid_from", "consignor_code", "bank_code", "branch_code", "yucho", "cut_off_bank_days",
    )  # fmt: skip

    valid_from = models.DateField("適用開始日")
    agent = models.CharField("収納代行会社・銀行", max_length=60)
    consignor_code = models.CharField("委託者コード", max_length=10)
    name_kana = models.CharField("委託者名（カナ）", max_length=40)
    bank_code = models.CharField("取引銀行番号", max_length=4)
    bank_kana = models.CharField("取引銀行名（カナ）", max_length=15, blank=True)
    branch_code = models.CharField("取引支店番号", max_length=3)
    branch_kana = models.CharField("取引支店名（カナ）", max_length=15, blank=True)
    account_kind = models.CharField("預金種目", max_length=1, choices=[("1", "普通"), ("2", "当座"), ("9", "その他")])
    account_number = models.CharField("口座番号", max_length=7)
    yucho = models.CharField("ゆうちょ銀行の書き方", max_length=10, choices=_CONVENTIONS)
    cut_off_bank_days = models.PositiveSmallIntegerField("データの締切（引落日の何営業日前か）")
    crlf = models.BooleanField("レコードを改行で区切る", default=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    entered_at = models.DateTimeField("登録日時")

    class Meta:
        verbose_name = "口座振替の委託者"
        verbose_name_plural = "口座振替の委託者"
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    consignor_code__regex=r"^\d{10}$",
                    bank_code__regex=r"^\d{4}$",
                    branch_code__regex=r"^\d{3}$",
                    account_number__regex=r"^\d{7}$",
                ),
                name="originator_numbers_have_their_length",
            ),
            models.CheckConstraint(
                condition=Q(cut_off_bank_days__gte=1, cut_off_bank_days__lte=60), name="originator_cut_off_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consignor_code} {self.valid_from}"


class BankDebitDay(models.Model):
    """The day of the month on which a bank debits, from a day on, where it is not the day of the plan (RP-04)."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("bank_code", "debit_day", "valid_from")

    bank_code = models.CharField("銀行番号", max_length=4)
    debit_day = models.PositiveSmallIntegerField("引落日")
    valid_from = models.DateField("適用開始日")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    entered_at = models.DateTimeField("登録日時")

    class Meta:
        verbose_name = "銀行の引落日"
        verbose_name_plural = "銀行の引落日"
        ordering = ["bank_code", "-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(debit_day__gte=1, debit_day__lte=28, bank_code__regex=r"^\d{4}$"),
                name="bank_debit_day_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_code} {self.debit_day}"


class DebitMandate(models.Model):
    """The consent to debit one account (預金口座振替依頼書); one registration covers all loans of its holder.

    ``debit_day`` overrides the bank's. ``debited_before``: debits were made before this system, so that the first of ours
    is not "new". After an account was found wanting nothing is debited until ``confirmed_on`` is later than that.
    """

    audit_values: ClassVar[tuple[str, ...]] = (
        "state", "requested_on", "registered_on", "ended_on", "debit_day", "confirmed_on",
    )  # fmt: skip

    account = models.OneToOneField(
        BankAccount, on_delete=models.PROTECT, related_name="mandate", verbose_name="引落口座"
    )
    state = models.CharField("状態", max_length=10, choices=MandateState, default=MandateState.REQUESTED)
    requested_on = models.DateField("依頼書の提出日")
    registered_on = models.DateField("登録日", null=True, blank=True)
    ended_on = models.DateField("終了日", null=True, blank=True)
    debit_day = models.PositiveSmallIntegerField("引落日", null=True, blank=True)
    debited_before = models.BooleanField("以前から引き落としている", default=False)
    confirmed_on = models.DateField("口座を確かめた日", null=True, blank=True)
    recorded_by = models.CharField("登録者", max_length=150)

    class Meta:
        verbose_name = "口座振替依頼"
        verbose_name_plural = "口座振替依頼"
        constraints = [
            models.CheckConstraint(
                name="mandate_state_has_its_day",
                condition=Q(state=MandateState.REQUESTED, registered_on__isnull=True, ended_on__isnull=True)
                | Q(state=MandateState.REGISTERED, registered_on__isnull=False, ended_on__isnull=True)
                | Q(state=MandateState.ENDED, ended_on__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(debit_day__isnull=True) | Q(debit_day__gte=1, debit_day__lte=28),
                name="mandate_debit_day_range",
            ),
            models.CheckConstraint(
                condition=Q(registered_on__isnull=True) | Q(registered_on__gte=F("requested_on")),
                name="mandate_registered_after_request",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.state}"


class DebitRun(models.Model):
    """One debit of many accounts on one day: locked lines, approved by a second person, written, sent, answered, posted.

    ``month`` is the month whose instalments it asks for. ``sealed_content`` is the file as the bank gets it, sealed in
    its own row; ``sha256`` is of the bytes in the open.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("state", "debit_on", "month", "count", "total", "sha256")

    debit_on = models.DateField("引落日")
    month = models.PositiveIntegerField("対象月")
    sequence = models.PositiveSmallIntegerField("回")
    cut_off_on = models.DateField("データの締切日")
    state = models.CharField("状態", max_length=10, choices=DebitState, default=DebitState.LOCKED)
    originator = models.ForeignKey(DebitOriginator, on_delete=models.PROTECT, related_name="+", verbose_name="委託者")
    count = models.PositiveIntegerField("件数")
    total = models.PositiveBigIntegerField("合計金額")
    sha256 = models.CharField("照合値", max_length=64, blank=True)
    sealed_content = models.TextField("ファイル", blank=True, editable=False)
    bank_receipt = models.CharField("受付番号", max_length=40, blank=True)
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
    posted_at = models.DateTimeField("消込日時", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="締めた人",
    )
    closed_at = models.DateTimeField("締め日時", null=True, blank=True)

    class Meta:
        verbose_name = "口座振替"
        verbose_name_plural = "口座振替"
        constraints = [
            models.UniqueConstraint(fields=["debit_on", "sequence"], name="one_debit_per_day_and_sequence"),
            models.CheckConstraint(condition=Q(state__in=DebitState.values), name="debit_state_is_known"),
            models.CheckConstraint(condition=Q(count__gt=0, total__gt=0), name="debit_is_not_empty"),
            models.CheckConstraint(condition=Q(cut_off_on__lt=F("debit_on")), name="debit_cut_off_before_its_day"),
            models.CheckConstraint(
                name="debit_approved_by_a_second_person",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("locked_by")),
                violation_error_message="確定した人は承認できません。",
            ),
            models.CheckConstraint(
                name="debit_approved_has_who_and_when",
                condition=~Q(state__in=AFTER_APPROVAL) | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="debit_written_has_its_bytes",
                condition=~Q(state__in=AFTER_WRITING)
                | (Q(written_by__isnull=False, written_at__isnull=False) & ~Q(sealed_content="") & ~Q(sha256="")),
            ),
            models.CheckConstraint(
                name="debit_sent_has_its_receipt",
                condition=~Q(state__in=AFTER_SENDING) | (Q(sent_at__isnull=False) & ~Q(bank_receipt="")),
            ),
            models.CheckConstraint(
                name="debit_posted_has_its_moment",
                condition=~Q(state__in=AFTER_POSTING) | Q(posted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="debit_closed_has_who_and_when",
                condition=~Q(state=DebitState.CLOSED) | Q(closed_by__isnull=False, closed_at__isnull=False),
            ),
        ]
        indexes = [models.Index("state", "debit_on", name="debit_by_state")]

    def __str__(self) -> str:
        return f"{self.debit_on} {self.sequence}"


class DebitLine(models.Model):
    """One instalment to be debited. Its key is the customer number in the file: that is what the bank sends back.

    A loan is asked once for a month, whatever becomes of it; ``released`` lines belong to a run that was given up.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("amount", "month", "released")

    run = models.ForeignKey(DebitRun, on_delete=models.PROTECT, related_name="lines", verbose_name="口座振替")
    number = models.PositiveIntegerField("番号")
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="+", verbose_name="貸付")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+", verbose_name="引落口座")
    month = models.PositiveIntegerField("対象月")
    instalment = models.PositiveSmallIntegerField("回")
    amount = models.PositiveIntegerField("金額")
    new_code = models.CharField("新規コード", max_length=1, default="0")
    holder_kana = models.CharField("預金者名", max_length=60)
    released = models.BooleanField("取りやめ", default=False)

    class Meta:
        verbose_name = "口座振替の明細"
        verbose_name_plural = "口座振替の明細"
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="one_debit_line_per_run_and_number"),
            models.UniqueConstraint(
                fields=["loan", "month"], condition=Q(released=False), name="one_debit_per_loan_and_month"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, number__gte=1, new_code__in=["0", "1", "2"]), name="debit_line_has_amount"
            ),
        ]
        indexes = [
            models.Index("run", "loan", name="debit_line_of_run"),
            models.Index("account", name="debit_line_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}-{self.number}"


class DebitChange(models.Model):
    """One step in the life of a run."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("move", "from_state", "to_state")

    run = models.ForeignKey(DebitRun, on_delete=models.PROTECT, related_name="changes", verbose_name="口座振替")
    move = models.CharField("操作", max_length=12)
    from_state = models.CharField("前の状態", max_length=10, blank=True)
    to_state = models.CharField("後の状態", max_length=10, choices=DebitState)
    reason = models.CharField("理由", max_length=400, blank=True)
    by = models.CharField("操作者", max_length=150)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="操作した職員"
    )
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = "口座振替の経過"
        verbose_name_plural = "口座振替の経過"
        indexes = [models.Index("run", "id", name="debit_change_timeline")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.move}"

    @property
    def move_done(self) -> str:
        """The step in words: 「承認」."""
        return DebitMove(self.move).done

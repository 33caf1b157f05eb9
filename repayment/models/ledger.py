"""The ledger of a loan: rows that nobody changes. Amounts in yen."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from loans.models import Loan
from repayment.enums import LedgerKind, PaymentChannel
from repayment.models.plans import RepaymentPlan

COUNTER_ROWS = [LedgerKind.PAID_REVERSED, LedgerKind.EXEMPTION_REVOKED]


class LedgerEntry(models.Model):
    """One movement on a loan. The database refuses to change or remove it; a mistake is corrected by a row that points at it.

    ``effective_on`` is the day it counts for, ``recorded_at`` when we learned of it. ``source_key`` says where it comes
    from (bank file and line, decision id …) and is unique, so the same thing cannot be posted twice. An ``exempted`` row
    names the instalments it covers (``first_no`` … ``last_no`` of ``plan``). An ``exemption_revoked`` row may give what it
    brings back a new date, ``due_on``: until then it is owed, but not in arrears and without late interest. ``channel``
    says how a payment came in, where that is known.
    """

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("kind", "amount", "effective_on", "first_no", "last_no")

    # The index of the loan is ledger_by_loan; nobody looks for the rows of a plan.
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, db_index=False, related_name="entries", verbose_name="貸付"
    )
    kind = models.CharField("種別", max_length=20, choices=LedgerKind)
    amount = models.PositiveIntegerField("金額")
    effective_on = models.DateField("発生日")
    recorded_at = models.DateTimeField("記録日時")
    recorded_by = models.CharField("記録者", max_length=150)
    source_key = models.CharField("出所", max_length=120, unique=True)
    plan = models.ForeignKey(
        RepaymentPlan,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="償還計画",
    )
    first_no = models.PositiveSmallIntegerField("対象の最初の回", null=True, blank=True)
    last_no = models.PositiveSmallIntegerField("対象の最後の回", null=True, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="reversed_by", null=True, blank=True, verbose_name="訂正する行"
    )
    due_on = models.DateField("新しい期日", null=True, blank=True)
    channel = models.CharField(
        "入金経路", max_length=12, choices=PaymentChannel, blank=True, default="", db_default=""
    )
    note = models.CharField("摘要", max_length=120, blank=True)

    class Meta:
        verbose_name = "台帳"
        verbose_name_plural = "台帳"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_amount_positive"),
            models.CheckConstraint(condition=Q(kind__in=LedgerKind.values), name="ledger_kind_is_known"),
            models.CheckConstraint(
                name="ledger_exemption_names_its_instalments",
                condition=Q(
                    kind=LedgerKind.EXEMPTED, plan__isnull=False, first_no__isnull=False, last_no__gte=F("first_no")
                )
                | (~Q(kind=LedgerKind.EXEMPTED) & Q(plan__isnull=True, first_no__isnull=True, last_no__isnull=True)),
            ),
            models.CheckConstraint(
                name="ledger_counter_rows_point_at_a_row",
                condition=Q(kind__in=COUNTER_ROWS, reverses__isnull=False)
                | (~Q(kind__in=COUNTER_ROWS) & Q(reverses__isnull=True)),
            ),
            models.CheckConstraint(
                name="ledger_new_date_belongs_to_a_revocation",
                condition=Q(due_on__isnull=True) | Q(kind=LedgerKind.EXEMPTION_REVOKED, due_on__gte=F("effective_on")),
            ),
            models.CheckConstraint(
                name="ledger_channel_belongs_to_a_payment",
                condition=Q(channel="") | Q(kind=LedgerKind.PAID, channel__in=PaymentChannel.values),
            ),
        ]
        indexes = [models.Index("loan", "effective_on", "id", name="ledger_by_loan")]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.kind} {self.amount}"

"""What ageing reads instead of the ledger: one row for each loan, kept by the database. Amounts in yen."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import ExpressionWrapper, F, Q

from loans.models import Loan
from repayment.models.plans import RepaymentPlan


class LoanTotals(models.Model):
    """The plan whose day came last, and what the ledger adds up to. Triggers write it; nobody else does.

    It only ever repeats plans, deferrals and ledger (``repayment.totals`` counts again and compares), so it keeps no
    audit rows. A loan without a plan, or given up, has none. Deferrals that follow one another without a gap are one;
    ``one_shift`` is false where several lie apart. ``late_weight`` is yen times days: each payment after the deadline by the
    days it came later; ``late_odd`` counts the reversals and refunds after it. ``is_plain`` says that the row is
    enough once everything in it counts: then late interest is a product, for the principal only fell after the deadline.
    """

    audited: ClassVar[bool] = False

    loan = models.OneToOneField(
        Loan, on_delete=models.PROTECT, primary_key=True, related_name="totals", db_constraint=False
    )
    lent = models.PositiveIntegerField("貸付金額")
    rate_bp = models.PositiveSmallIntegerField("契約の延滞利子の年率（0.01%単位）")
    plan = models.ForeignKey(
        RepaymentPlan, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    version = models.PositiveSmallIntegerField("版")
    plan_since = models.DateField("この版になった日（版が一つなら0001-01-01）")
    principal = models.PositiveIntegerField("対象元金")
    count = models.PositiveSmallIntegerField("回数")
    first_month = models.PositiveIntegerField("開始月")
    first_amount = models.PositiveIntegerField("初回額")
    regular_amount = models.PositiveIntegerField("月額")
    debit_day = models.PositiveSmallIntegerField("引落日")
    one_shift = models.BooleanField("猶予はなし又は一続き")
    defer_from = models.PositiveIntegerField("猶予の開始月（なければ0）")
    defer_months = models.PositiveSmallIntegerField("猶予の月数（なければ0）")
    deadline_on = models.DateField("最終回の月の末日")
    net = models.BigIntegerField("入金の合計（取消と返金を除く）", default=0)
    exempted = models.BigIntegerField("免除の合計（取消の前）", default=0)
    exemptions = models.PositiveSmallIntegerField("免除の数", default=0)
    revocations = models.PositiveSmallIntegerField("免除の取消の数", default=0)
    exempted_plan = models.ForeignKey(
        RepaymentPlan, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    first_no = models.PositiveSmallIntegerField("免除の最初の回", null=True)
    last_no = models.PositiveSmallIntegerField("免除の最後の回", null=True)
    exempted_on = models.DateField("免除の日", null=True)
    last_on = models.DateField("台帳の最後の日（なければ0001-01-01）")
    late_weight = models.BigIntegerField("期限後の入金×日数", default=0)
    late_odd = models.PositiveIntegerField("期限後の取消と返金の数", default=0)
    is_plain = models.GeneratedField(
        expression=ExpressionWrapper(
            Q(one_shift=True, exemptions__lte=1, revocations=0)
            & (Q(last_on__lte=F("deadline_on")) | Q(late_odd=0, net__lte=F("lent") - F("exempted"))),
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
        verbose_name="この行だけで足りる",
    )

    class Meta:
        verbose_name = "貸付ごとの合計"
        verbose_name_plural = "貸付ごとの合計"

    def __str__(self) -> str:
        return f"{self.loan_id}"

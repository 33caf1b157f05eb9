"""Plans, the ledger and what holds collection back. Amounts in yen, months as index (see ``japan.months``).

There is no instalment table: a plan is four numbers and a start month, instalments are expanded when somebody looks,
prints or collects.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from jobs.models import ImportBatch
from loans.models import Loan
from repayment.enums import HoldReason, LedgerKind, PlanReason

COUNTER_ROWS = [LedgerKind.PAID_REVERSED, LedgerKind.EXEMPTION_REVOKED]


class RepaymentPlan(models.Model):
    """One version of a loan's plan (償還計画). Never edited: a plan change is a new version from a day on.

    Instalment 1 is ``first_amount``, the following ``regular_amount``, the last takes what is left of ``principal``.
    """

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = (
        "version", "effective_on", "principal", "count", "first_month", "first_amount", "regular_amount", "debit_day",
    )  # fmt: skip

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="plans", verbose_name="貸付")
    version = models.PositiveSmallIntegerField("版")
    effective_on = models.DateField("適用日")
    principal = models.PositiveIntegerField("対象元金")
    count = models.PositiveSmallIntegerField("回数")
    first_month = models.PositiveIntegerField("開始月")
    first_amount = models.PositiveIntegerField("初回額")
    regular_amount = models.PositiveIntegerField("月額")
    debit_day = models.PositiveSmallIntegerField("引落日")
    reason = models.CharField("理由", max_length=12, choices=PlanReason)
    recorded_at = models.DateTimeField("記録日時")
    recorded_by = models.CharField("記録者", max_length=150)
    source_key = models.CharField("出所", max_length=120, unique=True)

    class Meta:
        verbose_name = "償還計画"
        verbose_name_plural = "償還計画"
        constraints = [
            models.UniqueConstraint(fields=["loan", "version"], name="one_plan_per_loan_and_version"),
            models.CheckConstraint(condition=Q(version__gte=1, count__gte=1), name="plan_has_instalments"),
            models.CheckConstraint(condition=Q(debit_day__gte=1, debit_day__lte=28), name="plan_debit_day_range"),
            models.CheckConstraint(
                condition=Q(principal__gte=F("first_amount") + F("regular_amount") * (F("count") - 2)) | Q(count=1),
                name="plan_amounts_fit_principal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} v{self.version}"


class Deferral(models.Model):
    """償還猶予 granted: every instalment not yet due from ``from_month`` shifts by ``months`` (DF-13)."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("from_month", "months", "granted_on")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="deferrals", verbose_name="貸付")
    from_month = models.PositiveIntegerField("開始月")
    months = models.PositiveSmallIntegerField("月数")
    granted_on = models.DateField("決定日")
    recorded_at = models.DateTimeField("記録日時")
    recorded_by = models.CharField("記録者", max_length=150)
    source_key = models.CharField("出所", max_length=120, unique=True)

    class Meta:
        verbose_name = "償還猶予"
        verbose_name_plural = "償還猶予"
        constraints = [
            models.CheckConstraint(condition=Q(months__gte=1), name="deferral_has_months"),
            models.UniqueConstraint(fields=["loan", "from_month"], name="one_deferral_per_loan_and_month"),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.from_month}+{self.months}"


class LedgerEntry(models.Model):
    """One movement on a loan. The database refuses to change or remove it; a mistake is corrected by a row that points at it.

    ``effective_on`` is the day it counts for, ``recorded_at`` when we learned of it. ``source_key`` says where it comes
    from (bank file and line, decision id …) and is unique, so the same thing cannot be posted twice. An ``exempted`` row
    names the instalments it covers (``first_no`` … ``last_no`` of ``plan``). An ``exemption_revoked`` row may give what it
    brings back a new date, ``due_on``: until then it is owed, but not in arrears and without late interest.
    """

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("kind", "amount", "effective_on", "first_no", "last_no")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="entries", verbose_name="貸付")
    kind = models.CharField("種別", max_length=20, choices=LedgerKind)
    amount = models.PositiveIntegerField("金額")
    effective_on = models.DateField("発生日")
    recorded_at = models.DateTimeField("記録日時")
    recorded_by = models.CharField("記録者", max_length=150)
    source_key = models.CharField("出所", max_length=120, unique=True)
    plan = models.ForeignKey(
        RepaymentPlan, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="償還計画"
    )
    first_no = models.PositiveSmallIntegerField("対象の最初の回", null=True, blank=True)
    last_no = models.PositiveSmallIntegerField("対象の最後の回", null=True, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="reversed_by", null=True, blank=True, verbose_name="訂正する行"
    )
    due_on = models.DateField("新しい期日", null=True, blank=True)
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
        ]
        indexes = [models.Index("loan", "effective_on", "id", name="ledger_by_loan")]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.kind} {self.amount}"


class CollectionHold(models.Model):
    """Stops debits and dunning of a loan for a period (exemption pending, legal proceedings, protected, dispute)."""

    audit_values: ClassVar[tuple[str, ...]] = ("reason", "since", "until")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="holds", verbose_name="貸付")
    reason = models.CharField("理由", max_length=20, choices=HoldReason)
    since = models.DateField("開始日")
    until = models.DateField("終了日", null=True, blank=True)
    source_key = models.CharField("出所", max_length=120, unique=True)
    recorded_by = models.CharField("記録者", max_length=150)

    class Meta:
        verbose_name = "請求停止"
        verbose_name_plural = "請求停止"
        constraints = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="hold_period"),
        ]
        indexes = [models.Index("loan", name="hold_open", condition=Q(until__isnull=True))]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.reason}"


class OpeningBalance(models.Model):
    """What another system said about a loan on the day of the change; amounts in yen, its ledger rows beside it.

    Removed only when its import is taken back, so that the corrected file can be taken in.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("day", "principal", "paid", "exempted", "arrears")

    loan = models.OneToOneField(Loan, on_delete=models.PROTECT, related_name="opening", verbose_name="貸付")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+", verbose_name="取込")
    day = models.DateField("移行日")
    principal = models.PositiveIntegerField("元金")
    paid = models.PositiveIntegerField("入金済額")
    exempted = models.PositiveIntegerField("免除済額")
    arrears = models.PositiveIntegerField("滞納額")
    recorded_at = models.DateTimeField("記録日時")
    recorded_by = models.CharField("記録者", max_length=150)

    class Meta:
        verbose_name = "開始残高"
        verbose_name_plural = "開始残高"
        constraints = [
            models.CheckConstraint(
                condition=Q(principal__gte=F("paid") + F("exempted") + F("arrears")), name="opening_fits_principal"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.day}"


class CutoverExplanation(models.Model):
    """Why the other system and we differ for one fund and office: the differences it speaks of, in yen, and the words."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("fund", "office_id", "outstanding", "arrears")

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+", verbose_name="取込")
    fund = models.CharField("資金種類", max_length=20)
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="+", verbose_name="事業所")
    outstanding = models.IntegerField("残額の差")
    arrears = models.IntegerField("滞納額の差")
    text = models.CharField("理由", max_length=400)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="記入者"
    )
    explained_at = models.DateTimeField("記入日時")

    class Meta:
        verbose_name = "移行の差の理由"
        verbose_name_plural = "移行の差の理由"
        indexes = [models.Index("batch", "fund", "office", name="cutover_explained")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.fund} {self.office_id}"


class CutoverSignOff(models.Model):
    """A second person has compared both systems: nothing differs, or every difference is explained."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("batch_id", "loans", "outstanding", "differing")

    batch = models.OneToOneField(ImportBatch, on_delete=models.PROTECT, related_name="+", verbose_name="取込")
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="確認者"
    )
    signed_at = models.DateTimeField("確認日時")
    loans = models.PositiveIntegerField("貸付の数")
    outstanding = models.BigIntegerField("残額の合計")
    differing = models.PositiveIntegerField("差のある区分の数")

    class Meta:
        verbose_name = "移行の確認"
        verbose_name_plural = "移行の確認"
        constraints = [
            models.CheckConstraint(
                name="cutover_signed_by_a_second_person",
                condition=~Q(signed_by=F("handed_in_by")),
                violation_error_message="登録した人は確認者になれません。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}"

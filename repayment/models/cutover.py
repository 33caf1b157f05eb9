"""What another system said on the day of the change, and how differences were settled. Amounts in yen."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from jobs.models import ImportBatch
from loans.models import Loan


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


class CutoverControl(models.Model):
    """What the other system's own list says a file must come to: loans, and yen of balances and arrears. The last holds."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("batch_id", "loans", "outstanding", "arrears")

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+", verbose_name="取込")
    loans = models.PositiveIntegerField("貸付の件数")
    outstanding = models.PositiveBigIntegerField("残額の合計")
    arrears = models.PositiveBigIntegerField("滞納額の合計")
    source = models.CharField("確かめた帳票", max_length=120)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    entered_at = models.DateTimeField("登録日時")

    class Meta:
        verbose_name = "移行の合計"
        verbose_name_plural = "移行の合計"
        indexes = [models.Index(fields=["batch", "-id"], name="cutover_control_latest")]
        constraints = [models.CheckConstraint(condition=~Q(source=""), name="cutover_control_has_a_source")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.loans}"


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

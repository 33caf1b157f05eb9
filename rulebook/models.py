"""Dated settings of the prefecture, and what its rules say: each with its source, two persons and its simulation."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Office


class SettingRow(models.Model):
    """The value of one setting from a day on. Proposed by one person, in force only once another approved it.

    ``key`` is one of ``rulebook.setting_keys``; a key without an approved row has its default. ``value`` is the value
    as JSON; nothing means "no limit" where a setting may be without one. A key ``rule-EX-15`` is the sentence of that
    rule (``rulebook.keys``), whose source is then ``source``. What moves held loans (``needs_simulation``) stands only
    with the certificate of the simulation that was seen.
    """

    audit_values: ClassVar[tuple[str, ...]] = (
        "key",
        "value",
        "valid_from",
        "needs_simulation",
        "certificate_id",
        "proposed_by_id",
        "approved_by_id",
        "approved_at",
        "withdrawn_at",
    )

    key = models.CharField("設定", max_length=60)
    value = models.JSONField("値", null=True, blank=True)
    valid_from = models.DateField("適用開始日")
    source = models.CharField("根拠", max_length=200)
    reason = models.CharField("変更の理由", max_length=200, blank=True)
    needs_simulation = models.BooleanField("試算が必要", default=False)
    certificate = models.ForeignKey(
        "SimulationCertificate",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="根拠とした試算",
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="起案者"
    )
    proposed_at = models.DateTimeField("起案日時")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="承認者",
    )
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)
    withdrawn_at = models.DateTimeField("取下日時", null=True, blank=True)

    class Meta:
        verbose_name = "設定"
        verbose_name_plural = "設定"
        constraints = [
            models.UniqueConstraint(
                fields=["key", "valid_from"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_setting_per_key_and_day",
            ),
            models.CheckConstraint(
                name="setting_approval_is_a_pair",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="setting_approved_by_a_second_person",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                violation_error_message="起案した人は承認できません。",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="setting_has_a_source"),
            models.CheckConstraint(
                name="setting_approved_with_its_simulation",
                condition=Q(approved_by__isnull=True) | Q(needs_simulation=False) | Q(certificate__isnull=False),
                violation_error_message="影響を試算してから承認してください。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.valid_from}"


class SimulationCertificate(models.Model):
    """That a draft was simulated over the whole portfolio, upon which base, and what came out; written by upper floors.

    ``number`` is the simulation's own number, ``base`` the digest of what the draft was laid upon
    (``rulebook.certifying.base_of``), ``prediction`` that of every loan's outcome under the draft, ``figures`` the
    totals that were shown.
    """

    append_only: ClassVar[bool] = True
    audited: ClassVar[bool] = False

    draft = models.ForeignKey(SettingRow, on_delete=models.PROTECT, related_name="+", verbose_name="改正案")
    number = models.BigIntegerField("試算の番号", unique=True)
    base = models.CharField("前提", max_length=64)
    prediction = models.CharField("予測", max_length=64)
    figures = models.JSONField("集計")
    made_at = models.DateTimeField("試算日時")

    class Meta:
        verbose_name = "試算の証明"
        verbose_name_plural = "試算の証明"
        indexes = [models.Index(fields=["draft", "-id"], name="certificate_of_draft")]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.number}"


class ChangeReading(models.Model):
    """That an office has read what changes (改正のお知らせ), and who said so."""

    append_only: ClassVar[bool] = True

    change = models.ForeignKey(SettingRow, on_delete=models.PROTECT, related_name="readings", verbose_name="改正")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name="事業所")
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="確認者"
    )
    read_at = models.DateTimeField("確認日時")

    class Meta:
        verbose_name = "改正のお知らせの確認"
        verbose_name_plural = "改正のお知らせの確認"
        constraints = [models.UniqueConstraint(fields=["change", "office"], name="change_read_once_by_an_office")]

    def __str__(self) -> str:
        return f"{self.change_id}@{self.office_id}"

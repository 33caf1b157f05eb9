"""Papers that came in about a person, and what they say."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from people.enums import CertificateKind, EventKind, PaperKind
from people.merging.policy import Moves, Policy
from people.models.persons import Person


class Paper(models.Model):
    """A document that came in about a person, whoever asked for it."""

    on_merge: ClassVar[dict[str, Policy]] = {"person": Moves()}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="papers", verbose_name="人")
    kind = models.CharField("種類", max_length=30, choices=PaperKind)
    received_on = models.DateField("受領日")
    issued_on = models.DateField("発行日", null=True, blank=True)
    note = models.CharField("備考", max_length=200, blank=True)
    recorded_by = models.CharField("登録者", max_length=150)
    source_key = models.CharField("出所", max_length=120, unique=True)

    class Meta:
        verbose_name = "書類"
        verbose_name_plural = "書類"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.received_on}"


class TaxCertificate(models.Model):
    """What a residence-tax certificate says: the fiscal year and whether each levy is charged."""

    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="tax_certificate", verbose_name="書類")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    per_capita_levy = models.BooleanField("均等割が課税")
    income_levy = models.BooleanField("所得割が課税")
    municipality = models.CharField("発行市区町村", max_length=40, blank=True)

    class Meta:
        verbose_name = "課税（非課税）証明書"
        verbose_name_plural = "課税（非課税）証明書"

    def __str__(self) -> str:
        return f"{self.fiscal_year}"


class DisabilityCertificate(models.Model):
    """What a disability certificate says; the day it was issued is the paper's own."""

    audit_values: ClassVar[tuple[str, ...]] = ("kind",)

    paper = models.OneToOneField(
        Paper, on_delete=models.PROTECT, related_name="disability_certificate", verbose_name="書類"
    )
    kind = models.CharField("手帳の種類", max_length=20, choices=CertificateKind)
    grade = models.CharField("等級", max_length=20)

    class Meta:
        verbose_name = "障害者手帳"
        verbose_name_plural = "障害者手帳"

    def __str__(self) -> str:
        return f"{self.kind}"


class AssistanceNotice(models.Model):
    """What a certificate of public assistance says: from which day, and until when where it has ended."""

    paper = models.OneToOneField(
        Paper, on_delete=models.PROTECT, related_name="assistance_notice", verbose_name="書類"
    )
    since = models.DateField("受給の開始日")
    until = models.DateField("受給の終了日", null=True, blank=True)

    class Meta:
        verbose_name = "生活保護の受給"
        verbose_name_plural = "生活保護の受給"
        constraints = [
            models.CheckConstraint(
                name="assistance_ends_after_it_begins", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.since}"


class EventProof(models.Model):
    """What a paper says of a death, a disappearance or a discharge.

    ``on`` is the day of death, or on which adjudication or discharge became final, None while it is not final;
    ``completed_on`` when the payments of a rehabilitation plan were completed.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("kind",)

    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="event_proof", verbose_name="書類")
    kind = models.CharField("できごと", max_length=40, choices=EventKind)
    on = models.DateField("日", null=True, blank=True)
    completed_on = models.DateField("弁済を終えた日", null=True, blank=True)

    class Meta:
        verbose_name = "できごとの証明"
        verbose_name_plural = "できごとの証明"

    def __str__(self) -> str:
        return f"{self.kind}"

"""Papers that came in about a person, and what they say."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from people.enums import PaperKind
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

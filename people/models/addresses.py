"""Where people live.

The parts of an address are private: only ``people.addresses`` reads the ``raw_`` fields, a test holds that.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from accounts.models import period
from people.enums import AddressKind
from people.merging.policy import Periods, Policy, Stays
from people.models.persons import Person


class Address(models.Model):
    """One address of one person for a period. Read it through ``people.addresses`` only."""

    on_merge: ClassVar[dict[str, Policy]] = {"person": Periods(within=("kind",))}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="addresses", verbose_name="人")
    kind = models.CharField("種別", max_length=10, choices=AddressKind)
    raw_postal_code = models.CharField("郵便番号", max_length=8)
    raw_area = models.CharField("都道府県・市区町村", max_length=60)
    raw_street = models.CharField("町名・番地", max_length=80)
    raw_building = models.CharField("建物名", max_length=80, blank=True)
    raw_key = models.CharField(max_length=200, editable=False, default="")
    raw_bigrams = ArrayField(models.CharField(max_length=4), editable=False, default=list)
    since = models.DateField("開始日")
    until = models.DateField("終了日", null=True, blank=True)

    class Meta:
        verbose_name = "住所"
        verbose_name_plural = "住所"
        constraints = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="address_period"),
            ExclusionConstraint(
                name="one_address_of_a_kind_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (period(), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [GinIndex(fields=["raw_bigrams"], name="address_bigrams")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"


class AddressReveal(models.Model):
    """A protected address may be seen once a second person agreed, for ten minutes, by the one who asked."""

    audit_values: ClassVar[tuple[str, ...]] = ("approved_at", "declined_at", "viewed_at")
    on_merge: ClassVar[dict[str, Policy]] = {"person": Stays("who was revealed, and to whom")}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name="人")
    reason = models.CharField("理由", max_length=200)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="依頼者"
    )
    requested_at = models.DateTimeField("依頼日時")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="確認者"
    )
    approved_at = models.DateTimeField("確認日時", null=True)
    declined_at = models.DateTimeField("不可とした日時", null=True)
    expires_at = models.DateTimeField("表示期限", null=True)
    viewed_at = models.DateTimeField("表示日時", null=True)

    class Meta:
        verbose_name = "秘匿住所の表示"
        verbose_name_plural = "秘匿住所の表示"
        constraints = [
            models.CheckConstraint(
                name="reveal_approval_is_a_pair",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True, expires_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False, expires_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reveal_by_a_second_person",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("requested_by")),
                violation_error_message="依頼した人は確認者になれません。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.requested_at:%Y-%m-%d %H:%M}"

"""Who lived with whom, as the residence record says."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.models import period
from people.enums import HouseholdCause
from people.merging.policy import Periods, Policy
from people.models.persons import Person


class Household(models.Model):
    """People on one residence record (住民票). Who belonged and who was head is told by the memberships."""

    number = models.CharField("世帯番号", max_length=12, unique=True)
    same_home = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="同じ住まいの世帯"
    )
    """The record this one was split from while everybody went on living together (世帯分離)."""

    class Meta:
        verbose_name = "世帯"
        verbose_name_plural = "世帯"

    def __str__(self) -> str:
        return self.number


class HouseholdMember(models.Model):
    """A person on a residence record for a period.

    ``is_head`` is as the record says (MHLW Q&A vol. 17, part 2, question 5).
    """

    audit_values: ClassVar[tuple[str, ...]] = ("is_head", "cause", "since", "until")
    on_merge: ClassVar[dict[str, Policy]] = {"person": Periods(covered_goes=True)}

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, db_index=False, related_name="members", verbose_name="世帯"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, db_index=False, related_name="memberships", verbose_name="人"
    )
    relationship = models.CharField("続柄", max_length=20)
    is_head = models.BooleanField("世帯主", default=False)
    cause = models.CharField(
        "異動の理由", max_length=12, choices=HouseholdCause, blank=True, default="", db_default=""
    )
    since = models.DateField("開始日")
    until = models.DateField("終了日", null=True, blank=True)

    class Meta:
        verbose_name = "世帯員"
        verbose_name_plural = "世帯員"
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="membership_period"
            ),
            ExclusionConstraint(
                name="one_residence_record_at_a_time",
                expressions=[("person", RangeOperators.EQUAL), (period(), RangeOperators.OVERLAPS)],
                violation_error_message="同じ期間に二つの世帯に入ることはできません。",
            ),
            ExclusionConstraint(
                name="one_head_at_a_time",
                expressions=[("household", RangeOperators.EQUAL), (period(), RangeOperators.OVERLAPS)],
                condition=Q(is_head=True),
                violation_error_message="同じ期間に世帯主は一人だけです。",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "household"], include=["until"], name="member_of_record"),
            models.Index(fields=["household", "person"], include=["until"], name="record_of_member"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}:{self.person_id}"

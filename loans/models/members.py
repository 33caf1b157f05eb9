"""Who lives in an applicant's household, as told at the desk: before the trouble, and now."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from loans.models.applications import LendingApplication
from people.merging.policy import Moves, Policy
from people.models import Person


class LendingMember(models.Model):
    """One member of the household, the applicant included. Answers nobody gave yet are null.

    A member may have left since (``here_now`` false: after a divorce, say) or come since. ``person`` is set for somebody
    who is registered, so that what the household borrowed before is known (MHLW Q&A vol. 17, question 8-6). The other
    answers decide which papers are asked for (regular loan's guide, list of papers).
    """

    on_merge: ClassVar[dict[str, Policy]] = {"person": Moves()}

    application = models.ForeignKey(
        LendingApplication, on_delete=models.CASCADE, related_name="members", verbose_name="借入申込み"
    )
    label = models.CharField("続柄・呼び名", max_length=40)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="登録されている人"
    )
    birth_date = models.DateField("生年月日", null=True, blank=True)
    here_before = models.BooleanField("減収前に同居", default=True)
    here_now = models.BooleanField("現在同居", default=True)
    in_school = models.BooleanField("就学中", null=True, blank=True)
    earns = models.BooleanField("収入がある", null=True, blank=True)
    has_disability = models.BooleanField("障害がある", null=True, blank=True)
    has_handbook = models.BooleanField("障害者手帳がある", null=True, blank=True)
    needs_care = models.BooleanField("介護を受けている", null=True, blank=True)

    class Meta:
        verbose_name = "申込み時の世帯員"
        verbose_name_plural = "申込み時の世帯員"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "label"], name="one_member_per_label"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.pk}"

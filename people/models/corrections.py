"""What was corrected about a person, why, and what stood there before."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from people.merging.policy import Policy, Stays
from people.models.persons import Person


class PersonCorrection(models.Model):
    """One correction of name, reading, birth date or death. Letters written before keep what they said."""

    append_only: ClassVar[bool] = True
    on_merge: ClassVar[dict[str, Policy]] = {
        "person": Stays("what was corrected in that record; rows are never changed")
    }

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="corrections", verbose_name="人")
    columns = ArrayField(models.CharField(max_length=20), verbose_name="直した項目")
    name_before = models.CharField("前の氏名", max_length=80)
    kana_before = models.CharField("前のカナ氏名", max_length=80)
    birth_date_before = models.DateField("前の生年月日")
    died_on_before = models.DateField("前の死亡日", null=True)
    reason = models.CharField("理由", max_length=200)
    recorded_by = models.CharField("登録者", max_length=150)
    recorded_at = models.DateTimeField("登録日時")

    class Meta:
        verbose_name = "訂正"
        verbose_name_plural = "訂正"
        indexes = [models.Index(fields=["person", "-recorded_at"], name="correction_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.recorded_at:%Y-%m-%d}"

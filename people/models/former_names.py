"""The names a person bore before: who calls themselves so on the telephone is still found."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from japan.kana import bigrams, kana_key, kana_loose, kanji_key
from people.merging.policy import Moves, Policy
from people.models.persons import Person


class FormerName(models.Model):
    """A name and reading that stood in a person's record until they were changed, with the keys the search goes by."""

    on_merge: ClassVar[dict[str, Policy]] = {"person": Moves(doubles_stay=True)}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="former_names", verbose_name="人")
    name = models.CharField("以前の氏名", max_length=80)
    kana = models.CharField("以前のカナ氏名", max_length=80)
    name_key = models.CharField(max_length=80, editable=False)
    kana_key = models.CharField(max_length=80, editable=False)
    kana_loose = models.CharField(max_length=80, editable=False)
    name_bigrams = ArrayField(models.CharField(max_length=4), editable=False, default=list)
    until = models.DateField("変わった日")

    class Meta:
        verbose_name = "以前の氏名"
        verbose_name_plural = "以前の氏名"
        constraints = [models.UniqueConstraint(fields=["person", "name", "kana"], name="one_row_for_a_former_name")]
        indexes = [
            models.Index(OpClass("kana_key", name="text_pattern_ops"), name="former_kana"),
            models.Index(OpClass("kana_loose", name="text_pattern_ops"), name="former_kana_loose"),
            models.Index(OpClass("name_key", name="text_pattern_ops"), name="former_name"),
            GinIndex(fields=["name_bigrams"], name="former_bigrams"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.until}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row with the keys that its name and reading give."""
        self.name_key = kanji_key(self.name)
        self.kana_key = kana_key(self.kana)
        self.kana_loose = kana_loose(self.kana)
        self.name_bigrams = sorted({*bigrams(self.name_key), *bigrams(self.kana_key), *bigrams(self.kana_loose)})
        super().save(*args, **kwargs)

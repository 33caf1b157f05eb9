"""Persons, who looks after them, and what keeps letters and eyes away from them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Reverse
from django.utils import timezone

from accounts.models import Office, period
from accounts.roles import Permission
from japan.kana import bigrams, kana_key, kana_loose, kanji_key
from people.enums import Language, MailBlockReason, PhoneKind, Sex
from people.merging.policy import Moves, Periods, Policy
from people.models.periods import in_force

if TYPE_CHECKING:
    from accounts.models import User


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: User) -> PersonQuerySet:
        """The persons this member of staff may know of today; for everybody else they do not exist.

        A record that was merged into another one is nobody: the person is the record that remained.
        """
        if not user.can(Permission.SEE_CASES):
            return self.none()
        standing = self.filter(merged_into__isnull=True)
        if user.can(Permission.SEE_ALL_OFFICES):
            return standing
        ours = Caseload.objects.filter(in_force(timezone.localdate()), person=OuterRef("pk"), office=user.office_id)
        return standing.filter(Exists(ours))

    def with_protection(self, *, on: date) -> PersonQuerySet:
        """Adds ``protected``: whether a 支援措置 is in force on the day."""
        return self.annotate(protected=Exists(Protection.objects.filter(in_force(on), person=OuterRef("pk"))))


class Person(models.Model):
    """A borrower or somebody in a borrower's household. Names are stored exactly as received, never normalised.

    ``merged_into`` names the record that remained when this one turned out to be the same person's second one.
    """

    on_merge: ClassVar[dict[str, Policy]] = {"merged_into": Moves()}

    number = models.CharField("借受人番号", max_length=12, unique=True)
    name = models.CharField("氏名", max_length=80)
    kana = models.CharField("カナ氏名", max_length=80)
    name_key = models.CharField(max_length=80, editable=False)
    kana_key = models.CharField(max_length=80, editable=False)
    kana_loose = models.CharField(max_length=80, editable=False)
    name_bigrams = ArrayField(models.CharField(max_length=4), editable=False, default=list)
    birth_date = models.DateField("生年月日")
    died_on = models.DateField("死亡日", null=True, blank=True)
    sex = models.CharField("性別", max_length=8, choices=Sex, default=Sex.UNKNOWN)
    language = models.CharField("使用言語", max_length=8, choices=Language, default=Language.JAPANESE)
    needs_interpreter = models.BooleanField("通訳が必要", default=False)
    reachable = models.CharField("つながる時間", max_length=60, blank=True)
    note = models.CharField("備考", max_length=300, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, editable=False, verbose_name="統合先"
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "人"
        verbose_name_plural = "人"
        constraints = [
            models.CheckConstraint(
                condition=Q(died_on__isnull=True) | Q(died_on__gte=F("birth_date")), name="person_dies_after_birth"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="person_is_merged_into_another"
            ),
        ]
        indexes = [
            models.Index(OpClass("kana_key", name="text_pattern_ops"), "id", name="person_kana"),
            models.Index(OpClass("kana_loose", name="text_pattern_ops"), "id", name="person_kana_loose"),
            models.Index(OpClass("name_key", name="text_pattern_ops"), "id", name="person_name"),
            models.Index("birth_date", name="person_birth"),
            GinIndex(fields=["name_bigrams"], name="person_bigrams"),
        ]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_search_keys()
        super().save(*args, **kwargs)

    def set_search_keys(self) -> None:
        """Recompute the search keys from the name and its kana; called on every save and before bulk inserts."""
        self.name_key = kanji_key(self.name)
        self.kana_key = kana_key(self.kana)
        self.kana_loose = kana_loose(self.kana)
        self.name_bigrams = sorted({*bigrams(self.name_key), *bigrams(self.kana_key), *bigrams(self.kana_loose)})


class Caseload(models.Model):
    """Which office looks after a person, from when to when: the only source of row scope."""

    audit_values: ClassVar[tuple[str, ...]] = ("office_id", "since", "until")
    on_merge: ClassVar[dict[str, Policy]] = {"person": Periods(within=("office",))}

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, db_index=False, related_name="caseloads", verbose_name="人"
    )
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name="事業所"
    )
    since = models.DateField("開始日")
    until = models.DateField("終了日", null=True, blank=True)

    class Meta:
        verbose_name = "担当"
        verbose_name_plural = "担当"
        constraints = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="caseload_period"),
            ExclusionConstraint(
                name="caseload_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("office", RangeOperators.EQUAL),
                    (period(), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            models.Index("office", "person", name="caseload_of_office"),
            models.Index(fields=["person", "office"], include=["since", "until"], name="caseload_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}@{self.office_id}"


class Protection(models.Model):
    """支援措置: the person's address is secret for a period (domestic violence, stalking)."""

    audit_values: ClassVar[tuple[str, ...]] = ("since", "until")
    on_merge: ClassVar[dict[str, Policy]] = {"person": Moves(for_both_after_undo=True)}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="protections", verbose_name="人")
    since = models.DateField("開始日")
    until = models.DateField("終了日", null=True, blank=True)
    ground = models.CharField("確認した書類", max_length=120)
    recorded_by = models.CharField("登録者", max_length=150)

    class Meta:
        verbose_name = "支援措置"
        verbose_name_plural = "支援措置"
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="protection_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.since}"


class Phone(models.Model):
    on_merge: ClassVar[dict[str, Policy]] = {"person": Moves(doubles_stay=True)}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="phones", verbose_name="人")
    kind = models.CharField("種別", max_length=8, choices=PhoneKind, default=PhoneKind.MOBILE)
    number = models.CharField("電話番号", max_length=20)
    digits = models.CharField("数字のみ", max_length=15, editable=False)
    since = models.DateField("開始日")
    until = models.DateField("終了日", null=True, blank=True)

    class Meta:
        verbose_name = "電話"
        verbose_name_plural = "電話"
        constraints = [models.UniqueConstraint(fields=["person", "digits"], name="one_phone_per_person_and_number")]
        indexes = [
            models.Index(OpClass("digits", name="text_pattern_ops"), name="phone_digits"),
            models.Index(OpClass(Reverse("digits"), name="text_pattern_ops"), name="phone_last_digits"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"


class MailBlock(models.Model):
    """No letter may be printed for this person while it is in force."""

    audit_values: ClassVar[tuple[str, ...]] = ("reason", "since", "until")
    on_merge: ClassVar[dict[str, Policy]] = {"person": Moves()}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mail_blocks", verbose_name="人")
    reason = models.CharField("理由", max_length=12, choices=MailBlockReason)
    since = models.DateField("開始日")
    until = models.DateField("終了日", null=True, blank=True)

    class Meta:
        verbose_name = "送付停止"
        verbose_name_plural = "送付停止"

    def __str__(self) -> str:
        return f"{self.person_id} {self.reason}"

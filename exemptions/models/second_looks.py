"""Second looks at decisions: the sample, the answers given blind, and like cases that were decided differently."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from exemptions.enums import Outcome
from exemptions.models.applications import Decision
from exemptions.second_looks.enums import Conclusion


class SampleDraw(models.Model):
    """One drawing from the decisions of a period (both days count), with the seed that anybody can draw it again by.

    ``drawn_by`` is None where the night drew.
    """

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("since", "until", "percent", "seed", "decisions", "picked")

    since = models.DateField("決定日（この日から）", unique=True)
    until = models.DateField("決定日（この日まで）")
    percent = models.PositiveSmallIntegerField("抽出率（%）")
    seed = models.CharField("抽出の種", max_length=32)
    decisions = models.PositiveIntegerField("対象の決定")
    picked = models.PositiveIntegerField("抽出した決定")
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="抽出した人"
    )
    drawn_at = models.DateTimeField("抽出日時")

    class Meta:
        verbose_name = "再審査の抽出"
        verbose_name_plural = "再審査の抽出"
        constraints = [models.CheckConstraint(name="draw_period", condition=Q(until__gte=F("since")))]

    def __str__(self) -> str:
        return f"{self.since} – {self.until}"


class Concluded(models.Model):
    """What somebody concluded, when all that can be known is on the table."""

    conclusion = models.CharField("結論", max_length=10, choices=Conclusion, blank=True)
    conclusion_note = models.CharField("結論の内容", max_length=400, blank=True)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="結論を出した人"
    )
    concluded_at = models.DateTimeField("結論の日時", null=True)

    class Meta:
        abstract = True


class SecondLook(Concluded):
    """One decision of the sample, answered by somebody who had no part in it and did not see the first answer.

    The three people of the decision stand here too, so that the database can refuse them as reviewers.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("outcome", "agrees", "conclusion")

    draw = models.ForeignKey(SampleDraw, on_delete=models.PROTECT, related_name="looks", verbose_name="抽出")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="+", verbose_name="決定")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name="登録者"
    )
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name="起案者"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name="決裁者"
    )
    outcome = models.CharField("再審査の答え", max_length=10, choices=Outcome, blank=True)
    agrees = models.BooleanField("最初の決定と同じ", null=True)
    reason = models.CharField("再審査の理由", max_length=400, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="再審査した人"
    )
    given_at = models.DateTimeField("再審査の日時", null=True)

    class Meta:
        verbose_name = "再審査"
        verbose_name_plural = "再審査"
        constraints = [
            models.CheckConstraint(
                name="second_look_by_somebody_else",
                condition=Q(given_by__isnull=True)
                | ~Q(given_by=F("entered_by")) & ~Q(given_by=F("prepared_by")) & ~Q(given_by=F("decided_by")),
                violation_error_message="この決定に関わった人は再審査できません。",
            ),
            models.CheckConstraint(
                name="second_look_is_given_whole",
                condition=Q(
                    outcome="", agrees__isnull=True, given_by__isnull=True, given_at__isnull=True, conclusion=""
                )
                | Q(outcome__in=Outcome.values, agrees__isnull=False, given_by__isnull=False, given_at__isnull=False),
            ),
            models.CheckConstraint(
                name="second_look_concluded_whole",
                condition=Q(conclusion="", concluded_by__isnull=True, concluded_at__isnull=True)
                | Q(conclusion__in=Conclusion.values, concluded_by__isnull=False, concluded_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.outcome}"


class DecisionLikeness(models.Model):
    """The likeness of a decided case (``second_looks.likeness``), worked out once."""

    append_only: ClassVar[bool] = True
    audited: ClassVar[bool] = False

    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, primary_key=True, related_name="likeness", verbose_name="決定"
    )
    key = models.CharField("照合値", max_length=24, db_index=True)

    class Meta:
        verbose_name = "決定の類似"
        verbose_name_plural = "決定の類似"

    def __str__(self) -> str:
        return f"{self.decision_id} {self.key}"


class UnlikePair(Concluded):
    """Two like cases that were decided differently, until somebody concludes what it means."""

    audit_values: ClassVar[tuple[str, ...]] = ("conclusion",)

    first = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name="先の決定"
    )
    second = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+", verbose_name="後の決定")
    found_on = models.DateField("見つけた業務日")

    class Meta:
        verbose_name = "判断の食い違い"
        verbose_name_plural = "判断の食い違い"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="pair_of_decisions_once"),
            models.CheckConstraint(name="pair_of_two", condition=~Q(first=F("second"))),
            models.CheckConstraint(
                name="pair_concluded_whole",
                condition=Q(conclusion="", concluded_by__isnull=True, concluded_at__isnull=True)
                | Q(conclusion__in=Conclusion.values, concluded_by__isnull=False, concluded_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"

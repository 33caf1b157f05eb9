"""Letters are rows first: kind, addressee, occasion, frozen facts; then a PDF; then part of a print run.

The engine knows no loan: an app says in its ``letters.py`` which letters are due and with which facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Office
from notices.enums import HoldCause, LetterState, PrintRunState
from people.merging.policy import Moves, Policy
from people.models import Person

if TYPE_CHECKING:
    from accounts.models import User


class DocumentCounter(models.Model):
    """The last 文書番号 given out by an office in a fiscal year. Locked while a number is given, so there are no gaps."""

    audited: ClassVar[bool] = False

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name="事業所")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    last_number = models.PositiveIntegerField("最終番号", default=0)

    class Meta:
        verbose_name = "文書番号簿"
        verbose_name_plural = "文書番号簿"
        constraints = [
            models.UniqueConstraint(fields=["office", "fiscal_year"], name="one_counter_per_office_and_year")
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.fiscal_year}: {self.last_number}"


class PrintRun(models.Model):
    """One PDF for one office and business day, with a cover sheet. 「発送済み」 is signed off by a second person."""

    audit_values: ClassVar[tuple[str, ...]] = ("state", "pages", "letters_count", "sha256")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="print_runs", verbose_name="発送事業所")
    business_date = models.DateField("業務日")
    sequence = models.PositiveSmallIntegerField("回", default=1)
    state = models.CharField("状態", max_length=10, choices=PrintRunState, default=PrintRunState.BUILDING)
    file_name = models.CharField("ファイル", max_length=200, blank=True)
    sha256 = models.CharField("照合値", max_length=64, blank=True)
    pages = models.PositiveIntegerField("ページ数", default=0)
    letters_count = models.PositiveIntegerField("通数", default=0)
    made_at = models.DateTimeField("作成日時", null=True)
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="印刷者"
    )
    printed_at = models.DateTimeField("印刷日時", null=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="発送確認者"
    )
    posted_at = models.DateTimeField("発送日時", null=True)

    class Meta:
        verbose_name = "印刷便"
        verbose_name_plural = "印刷便"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "business_date", "sequence"], name="one_print_run_per_office_and_day"
            ),
            models.CheckConstraint(
                name="print_run_posted_by_a_second_person",
                condition=Q(posted_by__isnull=True) | (Q(printed_by__isnull=False) & ~Q(posted_by=F("printed_by"))),
                violation_error_message="印刷した人は発送の確認ができません。",
            ),
            models.CheckConstraint(
                name="print_run_posted_has_who_and_when",
                condition=Q(state=PrintRunState.POSTED, posted_by__isnull=False, posted_at__isnull=False)
                | (~Q(state=PrintRunState.POSTED) & Q(posted_by__isnull=True, posted_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.business_date}-{self.sequence}"


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: User) -> LetterQuerySet:
        """Letters to the persons this member of staff may know of."""
        return self.filter(addressee__in=Person.objects.visible_to(user))


class Letter(models.Model):
    """One letter to one person on one occasion; a second night cannot write it twice.

    ``facts`` are frozen when drafted; document number and day of issue join them when the letter is rendered.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("state", "hold_cause", "number", "issued_on", "sha256")
    on_merge: ClassVar[dict[str, Policy]] = {"addressee": Moves()}

    kind = models.CharField("種類", max_length=60)
    occasion = models.CharField("事由", max_length=120)
    addressee = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="letters", verbose_name="宛先")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name="発送事業所")
    language = models.CharField("言語", max_length=8, default="ja")
    template_version = models.PositiveSmallIntegerField("様式の版")
    facts = models.JSONField("記載事項")
    state = models.CharField("状態", max_length=10, choices=LetterState, default=LetterState.DRAFTED)
    hold_cause = models.CharField("保留の理由", max_length=12, choices=HoldCause, blank=True)
    hold_detail = models.CharField("保留の内容", max_length=200, blank=True)
    held_on = models.DateField("保留の業務日", null=True)
    releases = models.PositiveSmallIntegerField("保留解除の回数", default=0)
    fiscal_year = models.PositiveSmallIntegerField("文書番号の年度", null=True)
    number = models.PositiveIntegerField("文書番号", null=True)
    issued_on = models.DateField("施行日", null=True)
    file_name = models.CharField("ファイル", max_length=200, blank=True)
    sha256 = models.CharField("照合値", max_length=64, blank=True)
    pages = models.PositiveSmallIntegerField("ページ数", null=True)
    run = models.ForeignKey(
        PrintRun, on_delete=models.PROTECT, related_name="letters", null=True, blank=True, verbose_name="印刷便"
    )
    first_page = models.PositiveIntegerField("印刷便の最初のページ", null=True)
    drafted_on = models.DateField("作成業務日")
    drafted_at = models.DateTimeField("作成日時")

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "通知"
        verbose_name_plural = "通知"
        constraints = [
            models.UniqueConstraint(fields=["kind", "occasion"], name="one_letter_per_kind_and_occasion"),
            models.UniqueConstraint(fields=["office", "fiscal_year", "number"], name="document_number_once"),
            models.CheckConstraint(condition=Q(state__in=LetterState.values), name="letter_state_is_known"),
            models.CheckConstraint(
                name="letter_held_has_a_cause",
                condition=(Q(state=LetterState.HELD) & ~Q(hold_cause=""))
                | (~Q(state=LetterState.HELD) & Q(hold_cause="")),
            ),
            models.CheckConstraint(
                name="letter_printed_has_number_and_file",
                condition=~Q(state__in=[LetterState.RENDERED, LetterState.IN_RUN, LetterState.POSTED])
                | (Q(number__isnull=False, issued_on__isnull=False, fiscal_year__isnull=False) & ~Q(sha256="")),
            ),
            models.CheckConstraint(
                name="letter_in_run_has_its_run",
                condition=Q(state__in=[LetterState.IN_RUN, LetterState.POSTED], run__isnull=False)
                | (~Q(state__in=[LetterState.IN_RUN, LetterState.POSTED]) & Q(run__isnull=True)),
            ),
        ]
        indexes = [
            models.Index("office", "id", name="letter_to_render", condition=Q(state="drafted")),
            models.Index("office", "id", name="letter_to_print", condition=Q(state="rendered")),
            models.Index(fields=["addressee", "-id"], name="letter_of_person"),
        ]

    def __str__(self) -> str:
        return f"L-{self.pk:07d}" if self.pk else "L-new"

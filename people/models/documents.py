"""Scans of papers. What came in stays as it came; what was a mistake is withdrawn with a reason, never removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from people.enums import FileKind, PaperKind
from people.merging.policy import Moves, Policy
from people.models.papers import Paper
from people.models.persons import Person

if TYPE_CHECKING:
    from accounts.models import User


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: User) -> DocumentQuerySet:
        """The scans of persons this member of staff may know of; for everybody else they do not exist."""
        return self.filter(person__in=Person.objects.visible_to(user).values("pk"))

    def standing(self) -> DocumentQuerySet:
        """Those that were not withdrawn."""
        return self.filter(withdrawal__isnull=True)


class Document(models.Model):
    """The picture of a paper, filed under a person. Where it is filed may be put right; its file is what came in."""

    audit_values: ClassVar[tuple[str, ...]] = ("kind", "person_id", "paper_id")
    on_merge: ClassVar[dict[str, Policy]] = {"person": Moves()}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="documents", verbose_name="人")
    paper = models.ForeignKey(
        Paper, on_delete=models.PROTECT, related_name="documents", null=True, blank=True, verbose_name="書類"
    )
    kind = models.CharField("種類", max_length=30, choices=PaperKind)
    dated_on = models.DateField("書類の日付", null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "スキャン"
        verbose_name_plural = "スキャン"

    def __str__(self) -> str:
        return f"S-{self.pk:07d}" if self.pk else "S-new"


class DocumentFile(models.Model):
    """The file of a scan: what was found in it when it came in. How it was called where it came from is not kept."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("content_type", "size", "pages", "sha256")

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="file", verbose_name="スキャン")
    name = models.CharField("保管名", max_length=80, unique=True, editable=False)
    content_type = models.CharField("形式", max_length=20, choices=FileKind)
    size = models.PositiveIntegerField("大きさ（バイト）")
    pages = models.PositiveSmallIntegerField("ページ数")
    sha256 = models.CharField("照合値（SHA-256）", max_length=64, db_index=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    uploaded_at = models.DateTimeField("登録日時")

    class Meta:
        verbose_name = "スキャンのファイル"
        verbose_name_plural = "スキャンのファイル"
        constraints = [
            models.CheckConstraint(name="scan_has_pages", condition=Q(pages__gte=1, size__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.content_type}"

    @property
    def is_image(self) -> bool:
        """Whether a browser is shown a picture (a TIFF goes out as a PDF of its pages)."""
        return self.content_type in (FileKind.JPEG, FileKind.PNG)

    @property
    def can_be_previewed(self) -> bool:
        return self.content_type != FileKind.PDF


class DocumentWithdrawal(models.Model):
    """A scan was taken in by mistake. It is no longer shown, and no decision can rest on it any more."""

    append_only: ClassVar[bool] = True

    document = models.OneToOneField(
        Document, on_delete=models.PROTECT, related_name="withdrawal", verbose_name="スキャン"
    )
    reason = models.CharField("理由", max_length=200)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="取り下げた職員"
    )
    withdrawn_at = models.DateTimeField("取り下げ日時")

    class Meta:
        verbose_name = "スキャンの取り下げ"
        verbose_name_plural = "スキャンの取り下げ"

    def __str__(self) -> str:
        return f"{self.document_id}"

"""Inquiries at authorities about applications, and the letters they go out with."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from exemptions.enums import Person as Judged
from exemptions.inquiries.enums import Answer, Asked, AuthorityKind, InquiryState, Item
from exemptions.models.applications import Application

if TYPE_CHECKING:
    from accounts.models import User


class InquiryLetterQuerySet(models.QuerySet["InquiryLetter"]):
    def visible_to(self, user: User) -> InquiryLetterQuerySet:
        """Letters with at least one inquiry that this member of staff may know of."""
        return self.filter(pk__in=AuthorityInquiry.objects.visible_to(user).values("letter"))


class InquiryLetter(models.Model):
    """照会書: one sheet to one authority on one day, with everybody who is asked about."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("authority_kind", "sent_on", "answer_due_on")

    authority_kind = models.CharField("照会先の種類", max_length=20, choices=AuthorityKind)
    authority_name = models.CharField("照会先", max_length=60)
    sent_on = models.DateField("送付日")
    answer_due_on = models.DateField("回答期限")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="送付者"
    )
    sent_at = models.DateTimeField("送付日時")

    objects = InquiryLetterQuerySet.as_manager()

    class Meta:
        verbose_name = "照会書"
        verbose_name_plural = "照会書"
        constraints = [
            models.CheckConstraint(condition=~Q(authority_name=""), name="inquiry_letter_names_its_authority"),
            models.CheckConstraint(condition=Q(answer_due_on__gt=F("sent_on")), name="answer_is_due_after_sending"),
        ]

    def __str__(self) -> str:
        return f"S-{self.pk:06d}" if self.pk else "S-new"


class InquiryQuerySet(models.QuerySet["AuthorityInquiry"]):
    def visible_to(self, user: User) -> InquiryQuerySet:
        """Inquiries about the applications this member of staff may know of."""
        return self.filter(application__in=Application.objects.visible_to(user))

    def in_state(self, state: str, on: date) -> InquiryQuerySet:
        """Those that stand like this on a day."""
        return self.filter(_STATES[InquiryState(state)](on))

    def standing(self) -> InquiryQuerySet:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_on__isnull=True)


class AuthorityInquiry(models.Model):
    """One question to one authority about one person of an application.

    ``consent``, ``form`` and ``consented_on`` are the basis, as it stood when the question was listed. ``letter`` is the
    sheet it went out with, ``items`` what that sheet told of the person; both are empty until then.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("authority_kind", "asked", "consent", "answered_on", "withdrawn_on")

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="inquiries", verbose_name="免除申請"
    )
    authority_kind = models.CharField("照会先の種類", max_length=20, choices=AuthorityKind)
    authority_name = models.CharField("照会先", max_length=60)
    asked = models.CharField("照会事項", max_length=20, choices=Asked)
    subject = models.CharField("だれについて", max_length=10, choices=Judged)
    consent = models.PositiveSmallIntegerField("根拠の同意")
    form = models.CharField("様式", max_length=20)
    consented_on = models.DateField("同意の日")
    listed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    listed_at = models.DateTimeField("登録日時")
    letter = models.ForeignKey(
        InquiryLetter, on_delete=models.PROTECT, related_name="inquiries", null=True, blank=True, verbose_name="照会書"
    )
    items = ArrayField(models.CharField(max_length=20, choices=Item), verbose_name="伝えた項目", default=list)
    answered_on = models.DateField("回答日", null=True, blank=True)
    answer = models.CharField("回答", max_length=20, choices=Answer, blank=True)
    answer_note = models.CharField("回答の内容", max_length=300, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="回答の記録者"
    )
    withdrawn_on = models.DateField("取りやめた日", null=True, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = "照会"
        verbose_name_plural = "照会"
        constraints = [
            models.CheckConstraint(
                name="inquiry_rests_on_the_right_consent",
                condition=Q(asked=Asked.ANTI_GANG, consent=4) | (~Q(asked=Asked.ANTI_GANG) & Q(consent=3)),
            ),
            models.CheckConstraint(
                name="head_is_asked_about_on_consent_four_only",
                condition=Q(subject=Judged.BORROWER) | Q(subject=Judged.HEAD, consent=4),
            ),
            models.CheckConstraint(
                name="inquiry_names_authority_and_form", condition=~Q(authority_name="") & ~Q(form="")
            ),
            models.CheckConstraint(
                name="inquiry_answer_is_whole",
                condition=Q(answered_on__isnull=True, answer="", answered_by__isnull=True)
                | (Q(answered_on__isnull=False, answered_by__isnull=False, letter__isnull=False) & ~Q(answer="")),
            ),
            models.CheckConstraint(
                name="inquiry_is_withdrawn_before_sending",
                condition=Q(withdrawn_on__isnull=True) | Q(letter__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["application", "authority_kind", "authority_name", "asked", "subject"],
                condition=Q(answered_on__isnull=True, withdrawn_on__isnull=True),
                name="one_open_inquiry_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(
                "authority_kind",
                "authority_name",
                name="inquiry_to_send",
                condition=Q(letter__isnull=True, withdrawn_on__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"Q-{self.pk:06d}" if self.pk else "Q-new"

    def state_on(self, day: date) -> InquiryState:
        """How it stands on a day; ``letter`` must have been read with it."""
        if self.withdrawn_on is not None:
            return InquiryState.WITHDRAWN
        if self.letter is None:
            return InquiryState.TO_SEND
        if self.answered_on is not None:
            return InquiryState.ANSWERED
        return InquiryState.OVERDUE if self.letter.answer_due_on < day else InquiryState.WAITING


_STATES = {
    InquiryState.TO_SEND: lambda on: Q(letter__isnull=True, withdrawn_on__isnull=True),
    InquiryState.WAITING: lambda on: Q(answered_on__isnull=True, letter__answer_due_on__gte=on),
    InquiryState.OVERDUE: lambda on: Q(answered_on__isnull=True, letter__answer_due_on__lt=on),
    InquiryState.ANSWERED: lambda on: Q(answered_on__isnull=False),
    InquiryState.WITHDRAWN: lambda on: Q(withdrawn_on__isnull=False),
}

"""Letters about how to apply for an exemption: one for a loan and an occasion."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from exemptions.guiding.enums import GuideKind
from loans.models import Loan
from repayment.enums import HeldCause

if TYPE_CHECKING:
    from accounts.models import User


class GuideQuerySet(models.QuerySet["ExemptionGuide"]):
    def visible_to(self, user: User) -> GuideQuerySet:
        """Guides for the loans this member of staff may know of."""
        return self.filter(loan__in=Loan.objects.visible_to(user))


class ExemptionGuide(models.Model):
    """A loan whose borrower is to be sent the forms of exemption, or is left out for now and why.

    ``fiscal_year`` is the year whose tax the form asks for, None on 様式1-2. A guide of the year comes once for a loan and
    year; forms somebody asked for come once for a loan, form and day. A row that is held is looked at again every night;
    ``ready_on`` is the day from which the letter may be written, ``lapsed_on`` the day on which it was given up.
    """

    audited: ClassVar[bool] = False

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="exemption_guides", verbose_name="貸付")
    kind = models.CharField("種類", max_length=12, choices=GuideKind)
    fiscal_year = models.PositiveSmallIntegerField("住民税の年度", null=True, blank=True)
    listed_on = models.DateField("対象になった日")
    held = models.CharField("見合わせの理由", max_length=20, choices=HeldCause, blank=True)
    ready_on = models.DateField("作成できる日", null=True, blank=True)
    lapsed_on = models.DateField("対象でなくなった日", null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="依頼者",
    )

    objects = GuideQuerySet.as_manager()

    class Meta:
        verbose_name = "免除のご案内の対象"
        verbose_name_plural = "免除のご案内の対象"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=GuideKind.values), name="exemption_guide_kind_is_known"),
            models.UniqueConstraint(
                fields=["loan", "kind", "fiscal_year"],
                condition=~Q(kind=GuideKind.ON_REQUEST),
                name="one_exemption_guide_a_loan_and_year",
            ),
            models.UniqueConstraint(
                fields=["loan", "fiscal_year", "listed_on"],
                condition=Q(kind=GuideKind.ON_REQUEST),
                nulls_distinct=False,
                name="one_form_a_loan_and_day",
            ),
            models.CheckConstraint(
                name="exemption_guide_ready_or_held",
                condition=Q(held="", ready_on__isnull=False) | (~Q(held="") & Q(ready_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="who_asked_for_forms_is_known",
                condition=Q(kind=GuideKind.ON_REQUEST, asked_by__isnull=False)
                | (~Q(kind=GuideKind.ON_REQUEST) & Q(asked_by__isnull=True, fiscal_year__isnull=False)),
            ),
        ]
        indexes = [
            models.Index("kind", "ready_on", name="exemption_guide_ready", condition=Q(lapsed_on__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.kind} {self.fiscal_year or '1-2'}"

"""Loans whose borrower may be entitled to an exemption and has not asked for it. Amounts in yen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from exemptions.candidates.enums import CandidateKind, CandidateState
from exemptions.enums import Ground
from loans.models import Loan

if TYPE_CHECKING:
    from accounts.models import User


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def visible_to(self, user: User) -> CandidateQuerySet:
        """Candidates among the loans this member of staff may know of."""
        return self.filter(loan__in=Loan.objects.visible_to(user))

    def open(self) -> CandidateQuerySet:
        """Those that wait for somebody."""
        return self.filter(state=CandidateState.OPEN)


class Candidate(models.Model):
    """A loan that the night found, why, and what became of it.

    ``mark`` tells one occasion of a kind from the next (a fiscal year, a paper, a hold): an occasion is found once, and one
    that was decided or dismissed never again. ``reason`` and ``missing`` are words; they and ``amount`` are brought up to
    date by later nights while it is open. ``ground`` is empty where none can be named yet.
    """

    audited: ClassVar[bool] = False

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="candidates", verbose_name="貸付")
    kind = models.CharField("きっかけ", max_length=16, choices=CandidateKind)
    mark = models.CharField("機会", max_length=40)
    ground = models.CharField("要件", max_length=40, choices=Ground, blank=True)
    reason = models.CharField("理由", max_length=800)
    missing = ArrayField(models.CharField(max_length=120), verbose_name="足りないもの", default=list)
    amount = models.PositiveIntegerField("免除の見込額", null=True)
    found_on = models.DateField("見つかった日")
    state = models.CharField("状態", max_length=10, choices=CandidateState, default=CandidateState.OPEN)
    closed_on = models.DateField("対象でなくなった日", null=True)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        verbose_name = "免除の候補"
        verbose_name_plural = "免除の候補"
        constraints = [
            models.UniqueConstraint(fields=["loan", "kind", "mark"], name="one_candidate_for_each_occasion"),
            models.CheckConstraint(condition=Q(kind__in=CandidateKind.values), name="candidate_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=CandidateState.values), name="candidate_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=CandidateState.OPEN, closed_on__isnull=True)
                | (~Q(state=CandidateState.OPEN) & Q(closed_on__isnull=False)),
                name="candidate_closed_on_a_day",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="candidate_has_a_reason"),
        ]
        indexes = [
            models.Index("found_on", "id", name="candidate_open", condition=Q(state="open")),
            models.Index("kind", "found_on", "id", name="candidate_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.kind} {self.mark}"


class CandidateDismissal(models.Model):
    """Somebody looked into it and says that this occasion is none, and why."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ()

    candidate = models.OneToOneField(
        Candidate, on_delete=models.PROTECT, related_name="dismissal", verbose_name="免除の候補"
    )
    reason = models.CharField("対象外とした理由", max_length=300)
    by = models.CharField("操作者", max_length=150)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="対象外とした職員"
    )
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = "免除の候補を対象外とした記録"
        verbose_name_plural = "免除の候補を対象外とした記録"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="candidate_dismissed_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_id}"

"""Agreements to pay less than the instalment for a time (少額返済). Amounts in yen, months as index (``japan.months``)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from japan.months import last_day, month_index
from loans.deciding.enums import ProposalState
from loans.models import Loan
from loans.models.decisions import Proposed
from people.models import Person
from repayment.enums import AgreementEnd, DeferralGround

if TYPE_CHECKING:
    from accounts.models import User


class AgreementQuerySet(models.QuerySet["SmallRepaymentAgreement"]):
    def visible_to(self, user: User) -> AgreementQuerySet:
        """Agreements about loans of the persons this member of staff may know of."""
        return self.filter(loan__borrower__in=Person.objects.visible_to(user))

    def standing(self) -> AgreementQuerySet:
        """Those agreed to, neither ended nor renewed; their months may be over."""
        return self.filter(state=ProposalState.AGREED, ended_on__isnull=True)

    def in_force(self, on: date) -> AgreementQuerySet:
        """Those that hold on a day."""
        month = month_index(on)
        return self.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gte=on),
            state=ProposalState.AGREED,
            from_month__lte=month,
            from_month__gt=month - F("months"),
        )


class SmallRepaymentAgreement(Proposed):
    """少額返済: ``monthly_amount`` a month instead of the instalment, for ``months`` months from ``from_month``.

    The plan stays as it is and the shortfall becomes arrears (notice of 28 October 2022; requirement ④ presupposes it).
    Whether it is kept is told from the ledger, never stored. ``ended_on`` is the last day of one that was ended early.
    """

    audit_values: ClassVar[tuple[str, ...]] = (
        "state", "monthly_amount", "from_month", "months", "review_on", "ended_on", "ended_because",
    )  # fmt: skip

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="agreements", verbose_name="貸付")
    asked_on = models.DateField("申出日")
    ground = models.CharField("事情", max_length=20, choices=DeferralGround)
    monthly_amount = models.PositiveIntegerField("月額")
    from_month = models.PositiveIntegerField("開始月")
    months = models.PositiveSmallIntegerField("月数")
    review_on = models.DateField("見直し日")
    renews = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="renewals", null=True, blank=True, verbose_name="更新元"
    )
    ended_on = models.DateField("終了日", null=True, blank=True)
    ended_because = models.CharField("終了の理由", max_length=12, choices=AgreementEnd, blank=True)
    end_note = models.CharField("終了の事情", max_length=400, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="終了の記録者",
    )
    ended_at = models.DateTimeField("終了の記録日時", null=True, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta(Proposed.Meta):
        verbose_name = "少額返済"
        verbose_name_plural = "少額返済"
        constraints = [
            *Proposed.Meta.constraints,
            models.CheckConstraint(condition=Q(monthly_amount__gte=1, months__gte=1), name="agreement_asks_something"),
            models.CheckConstraint(condition=Q(ground__in=DeferralGround.values), name="agreement_ground_is_known"),
            models.CheckConstraint(
                name="agreement_ends_with_day_reason_and_name",
                condition=Q(ended_on__isnull=True, ended_because="", ended_by__isnull=True, ended_at__isnull=True)
                | Q(
                    state=ProposalState.AGREED,
                    ended_on__isnull=False,
                    ended_because__in=AgreementEnd.values,
                    ended_by__isnull=False,
                    ended_at__isnull=False,
                ),
            ),
            models.UniqueConstraint(
                fields=["loan"],
                condition=Q(state=ProposalState.PROPOSED),
                name="one_open_agreement_per_loan",
                violation_error_message="この貸付には、決裁を待っている少額返済がすでにあります。",
            ),
            ExclusionConstraint(
                name="agreements_of_a_loan_never_overlap",
                expressions=[
                    ("loan", RangeOperators.EQUAL),
                    (
                        Func(
                            F("from_month"),
                            F("from_month") + F("months"),
                            function="int4range",
                            output_field=IntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state=ProposalState.AGREED, ended_on__isnull=True),
                violation_error_message="同じ期間の少額返済がすでにあります。",
            ),
        ]
        indexes = [models.Index("state", "review_on", name="agreement_review")]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.monthly_amount} {self.from_month}+{self.months}"

    @property
    def last_month(self) -> int:
        """The last month agreed to."""
        return self.from_month + self.months - 1

    @property
    def last_day(self) -> date:
        """The last day on which it holds: the end of its last month, or the day it was ended."""
        over = last_day(self.last_month)
        return over if self.ended_on is None else min(over, self.ended_on)

"""Proposals to rewrite a repayment plan (償還計画の変更). Amounts in yen, months as index (``japan.months``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from loans.deciding.enums import ProposalState
from loans.models import Loan
from loans.models.decisions import Proposed
from people.models import Person
from repayment.enums import PlanReason
from repayment.models.plans import RepaymentPlan

if TYPE_CHECKING:
    from accounts.models import User

CHANGES = (PlanReason.PLAN_CHANGE, PlanReason.EARLY_REPAYMENT)
"""The kinds of change that somebody asks for; the other versions of a plan are written by what happened."""


class PlanChangeQuerySet(models.QuerySet["PlanChange"]):
    def visible_to(self, user: User) -> PlanChangeQuerySet:
        """Changes of loans of the persons this member of staff may know of."""
        return self.filter(loan__borrower__in=Person.objects.visible_to(user))


class PlanChange(Proposed):
    """A new plan that was asked for: how many instalments, or how much each, from which month.

    Exactly one of ``count`` and ``monthly_amount`` is given, but for an early repayment, which keeps the instalment and
    drops the latest ones. The principal spread is what is unpaid on the day of the decision, so it is written only then,
    with the version of the plan it became and the version it replaced.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("state", "kind", "from_month", "count", "monthly_amount", "plan_id")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="plan_changes", verbose_name="貸付")
    kind = models.CharField("種類", max_length=12, choices=[(kind.value, kind.label) for kind in CHANGES])
    asked_on = models.DateField("申出日")
    from_month = models.PositiveIntegerField("開始月")
    count = models.PositiveSmallIntegerField("回数", null=True, blank=True)
    monthly_amount = models.PositiveIntegerField("月額", null=True, blank=True)
    plan = models.OneToOneField(
        RepaymentPlan, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="変更後の計画"
    )
    replaces = models.ForeignKey(
        RepaymentPlan, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="変更前の計画"
    )

    objects = PlanChangeQuerySet.as_manager()

    class Meta(Proposed.Meta):
        verbose_name = "償還計画の変更"
        verbose_name_plural = "償還計画の変更"
        constraints = [
            *Proposed.Meta.constraints,
            models.CheckConstraint(
                name="plan_change_says_one_thing",
                condition=Q(kind=PlanReason.EARLY_REPAYMENT, count__isnull=True, monthly_amount__isnull=True)
                | Q(kind=PlanReason.PLAN_CHANGE, count__gte=1, monthly_amount__isnull=True)
                | Q(kind=PlanReason.PLAN_CHANGE, count__isnull=True, monthly_amount__gte=1),
            ),
            models.CheckConstraint(
                name="plan_change_agreed_has_its_plan",
                condition=Q(state=ProposalState.AGREED, plan__isnull=False, replaces__isnull=False)
                | (~Q(state=ProposalState.AGREED) & Q(plan__isnull=True, replaces__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["loan"],
                condition=Q(state=ProposalState.PROPOSED),
                name="one_open_plan_change_per_loan",
                violation_error_message="この貸付には、決裁を待っている計画の変更がすでにあります。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.kind} {self.state}"

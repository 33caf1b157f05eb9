"""Loans as they were lent: one row for each loan code."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Office
from loans.enums import FundKind, IntakeChannel, LoanState
from people.merging.policy import Moves, Policy
from people.models import Person

if TYPE_CHECKING:
    from accounts.models import User


class LoanQuerySet(models.QuerySet["Loan"]):
    def visible_to(self, user: User) -> LoanQuerySet:
        """Loans of the persons this member of staff may know of."""
        return self.filter(borrower__in=Person.objects.visible_to(user))


class Loan(models.Model):
    """One special or regular loan. Amounts in yen; months as index ``year * 12 + month - 1`` (see ``japan.months``).

    ``first_due_month`` and ``instalments`` are what was agreed when lent; the cohort's table gives only the default
    (Hokkaido exemption guide 2024, note 1). ``late_interest_rate_bp`` (hundredths of a percent a year) belongs to the
    contract: what the settings say later does not change it (LI-03).
    """

    audit_values: ClassVar[tuple[str, ...]] = (
        "state",
        "principal",
        "first_due_month",
        "instalments",
        "late_interest_rate_bp",
    )
    on_merge: ClassVar[dict[str, Policy]] = {"borrower": Moves(money=True)}

    code = models.CharField("貸付コード", max_length=12, unique=True)
    fund = models.CharField("資金種類", max_length=20, choices=FundKind)
    borrower = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="loans", verbose_name="借受人")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name="受付事業所")
    state = models.CharField("状態", max_length=10, choices=LoanState, default=LoanState.LENT)
    applied_on = models.DateField("借入申込日")
    decided_on = models.DateField("貸付決定日", null=True, blank=True)
    disbursed_on = models.DateField("最終交付日", null=True, blank=True)
    household_size = models.PositiveSmallIntegerField("貸付時の世帯人数")
    principal = models.PositiveIntegerField("貸付金額")
    instalments = models.PositiveSmallIntegerField("償還回数")
    first_due_month = models.PositiveIntegerField("償還開始月")
    late_interest_rate_bp = models.PositiveSmallIntegerField(
        "契約の延滞利子の年率（0.01%単位）", default=300, db_default=300
    )
    channel = models.CharField(
        "受付経路", max_length=20, choices=IntakeChannel, default=IntakeChannel.MUNICIPAL_COUNCIL
    )

    objects = LoanQuerySet.as_manager()

    class Meta:
        verbose_name = "貸付"
        verbose_name_plural = "貸付"
        constraints = [
            models.CheckConstraint(condition=Q(fund__in=FundKind.values), name="loan_fund_is_known"),
            models.CheckConstraint(condition=Q(state__in=LoanState.values), name="loan_state_is_known"),
            models.CheckConstraint(condition=Q(principal__gt=0), name="loan_principal_positive"),
            models.CheckConstraint(
                condition=Q(instalments__gte=1, instalments__lte=600), name="loan_instalments_range"
            ),
            models.CheckConstraint(condition=Q(late_interest_rate_bp__lte=1500), name="loan_late_interest_rate_range"),
            models.CheckConstraint(condition=Q(household_size__gte=1), name="loan_household_has_somebody"),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True) | Q(decided_on__gte=F("applied_on")),
                name="loan_decided_after_application",
            ),
        ]
        indexes = [models.Index("fund", "state", name="loan_fund_state")]

    def __str__(self) -> str:
        return self.code

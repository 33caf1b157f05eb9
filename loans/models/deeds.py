"""借用書: where the signed deed of an application is, from the day it is handed out to the day it goes back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from loans.enums import DeedState, LendingState
from loans.models.applications import LendingApplication
from loans.models.disbursement import Tranche
from people.models import Person

if TYPE_CHECKING:
    from accounts.models import User

FRUITLESS = [LendingState.REFUSED, LendingState.WITHDRAWN]


class LoanDeedQuerySet(models.QuerySet["LoanDeed"]):
    def visible_to(self, user: User) -> LoanDeedQuerySet:
        """Deeds of the persons this member of staff may know of."""
        return self.filter(application__applicant__in=Person.objects.visible_to(user))

    def to_return(self, *, by_day: date | None = None) -> LoanDeedQuerySet:
        """Held although nothing is lent: the application was refused or withdrawn (LN-38), by a day if one is given."""
        found = self.filter(state=DeedState.RECEIVED, application__state__in=FRUITLESS, application__history=False)
        return found if by_day is None else found.filter(application__state_since__date__lte=by_day)

    def to_date(self) -> LoanDeedQuerySet:
        """Held undated although money has been paid: the day is to be written on the paper (K-9)."""
        paid = Tranche.objects.filter(loan=OuterRef("application__loan"), paid_on__isnull=False)
        return self.filter(Exists(paid), state=DeedState.RECEIVED)


class LoanDeed(models.Model):
    """One paper. It is handed out and comes back without a date; the date is written on it when the money is paid.

    ``amount`` is what it was printed for, in yen; empty where nothing was printed. ``dated_on`` is the day written on the
    paper. At most one paper of an application is not returned; after a return another one may be handed out.
    """

    audit_values: ClassVar[tuple[str, ...]] = (
        "state", "amount", "printed_on", "received_on", "dated_on", "returned_on",
    )  # fmt: skip

    application = models.ForeignKey(
        LendingApplication, on_delete=models.PROTECT, related_name="deeds", verbose_name="借入申込み"
    )
    state = models.CharField("状態", max_length=10, choices=DeedState, default=DeedState.PRINTED)
    amount = models.PositiveIntegerField("借用金額", null=True, blank=True)
    printed_on = models.DateField("渡した日")
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="渡した職員"
    )
    received_on = models.DateField("受け取った日", null=True, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="受け取った職員",
    )
    dated_on = models.DateField("借用書の日付", null=True, blank=True)
    dated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="日付を記入した職員",
    )
    returned_on = models.DateField("返した日", null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="返した職員",
    )

    objects = LoanDeedQuerySet.as_manager()

    class Meta:
        verbose_name = "借用書"
        verbose_name_plural = "借用書"
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=~Q(state=DeedState.RETURNED),
                name="one_deed_out_per_application",
                violation_error_message="この申込みの借用書は、すでに記録されています。",
            ),
            models.CheckConstraint(condition=Q(state__in=DeedState.values), name="deed_state_is_known"),
            models.CheckConstraint(
                name="deed_state_has_its_days",
                condition=Q(
                    state=DeedState.PRINTED, received_on__isnull=True, dated_on__isnull=True, returned_on__isnull=True
                )
                | Q(
                    state=DeedState.RECEIVED,
                    received_on__isnull=False,
                    dated_on__isnull=True,
                    returned_on__isnull=True,
                )
                | Q(state=DeedState.DATED, received_on__isnull=False, dated_on__isnull=False, returned_on__isnull=True)
                | Q(state=DeedState.RETURNED, received_on__isnull=False, returned_on__isnull=False),
            ),
            models.CheckConstraint(
                name="deed_steps_have_their_people",
                condition=Q(received_on__isnull=True, received_by__isnull=True)
                | Q(received_on__isnull=False, received_by__isnull=False)
                & (Q(dated_on__isnull=True, dated_by__isnull=True) | Q(dated_on__isnull=False, dated_by__isnull=False))
                & (
                    Q(returned_on__isnull=True, returned_by__isnull=True)
                    | Q(returned_on__isnull=False, returned_by__isnull=False)
                ),
            ),
        ]
        indexes = [models.Index("state", "received_on", "id", name="deed_held", condition=~Q(state="returned"))]

    def __str__(self) -> str:
        return f"{self.application_id} {self.state}"

"""Payment slips for convenience stores. Amounts in yen, months as index (see ``japan.months``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from japan.gs1 import FREE_LENGTH, MOST_YEN, SlipCode
from loans.models import Loan
from people.models import Person
from repayment.enums import SlipCause, SlipState
from repayment.models.ledger import LedgerEntry

if TYPE_CHECKING:
    from accounts.models import User


class PaymentSlipQuerySet(models.QuerySet["PaymentSlip"]):
    def visible_to(self, user: User) -> PaymentSlipQuerySet:
        """Slips of the loans this member of staff may know of."""
        return self.filter(loan__borrower__in=Person.objects.visible_to(user))


class PaymentSlip(models.Model):
    """One slip for one loan and month (RP-10): payable until ``due_on``, after that stores refuse it.

    A slip that is written anew keeps its row as ``reissued`` and points to nothing; the new one names it in
    ``reissue_of`` and counts up ``reissue``. ``entry`` is the payment that settled it. Money that comes on a slip in any
    other state is posted all the same (RP-11).
    """

    audit_values: ClassVar[tuple[str, ...]] = ("month", "cause", "amount", "due_on", "state", "reissue", "paid_on")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="slips", verbose_name="貸付")
    month = models.PositiveIntegerField("対象月")
    cause = models.CharField("理由", max_length=12, choices=SlipCause)
    amount = models.PositiveIntegerField("金額")
    company_code = models.CharField("収納企業コード", max_length=6)
    issued_on = models.DateField("作成日")
    due_on = models.DateField("支払期限")
    reissue = models.PositiveSmallIntegerField("再発行の回数", default=0)
    reissue_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="reissued_as", null=True, blank=True, verbose_name="元の払込票"
    )
    state = models.CharField("状態", max_length=10, choices=SlipState, default=SlipState.ISSUED)
    paid_on = models.DateField("収納日", null=True, blank=True)
    entry = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="入金の行"
    )
    created_at = models.DateTimeField("記録日時")
    created_by = models.CharField("記録者", max_length=150)

    objects = PaymentSlipQuerySet.as_manager()

    class Meta:
        verbose_name = "払込票"
        verbose_name_plural = "払込票"
        constraints = [
            models.UniqueConstraint(fields=["loan", "month", "cause", "reissue"], name="one_slip_per_month_and_cause"),
            models.CheckConstraint(condition=Q(amount__gte=1, amount__lte=MOST_YEN), name="slip_amount_fits_its_code"),
            models.CheckConstraint(condition=Q(reissue__lte=9), name="slip_reissue_fits_its_code"),
            models.CheckConstraint(condition=Q(state__in=SlipState.values), name="slip_state_is_known"),
            models.CheckConstraint(
                name="slip_paid_has_its_payment",
                condition=Q(state=SlipState.PAID, paid_on__isnull=False, entry__isnull=False)
                | (~Q(state=SlipState.PAID) & Q(paid_on__isnull=True, entry__isnull=True)),
            ),
        ]
        indexes = [
            models.Index("due_on", name="slip_open", condition=Q(state=SlipState.ISSUED)),
            models.Index("month", "state", name="slip_by_month"),
        ]

    def __str__(self) -> str:
        return f"S-{self.pk:08d}" if self.pk else "S-new"

    @property
    def code(self) -> SlipCode:
        """What its bar code says; the free field is the number of the slip."""
        return SlipCode(
            company=self.company_code,
            free=f"{self.pk:0{FREE_LENGTH}d}",
            reissue=self.reissue,
            due_on=self.due_on,
            amount=self.amount,
        )

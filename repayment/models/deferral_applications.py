"""Applications for deferral: what was asked for each loan, the interview, the papers, the steps, the decisions.

Months as index (see ``japan.months``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Office
from loans.models import Loan
from people.enums import PaperKind
from people.merging.policy import Moves, Policy
from people.models import Paper, Person
from repayment.deferring.enums import (
    AgencyConsent,
    DeferralChannel,
    DeferralOutcome,
    DeferralState,
    Hardship,
    Reachable,
    SpokeWith,
)
from repayment.deferring.workflow import OPEN, Move
from repayment.enums import DeferralGround
from repayment.models.deferrals import Deferral

if TYPE_CHECKING:
    from accounts.models import User


class DeferralApplicationQuerySet(models.QuerySet["DeferralApplication"]):
    def visible_to(self, user: User) -> DeferralApplicationQuerySet:
        """Applications of the persons this member of staff may know of."""
        return self.filter(borrower__in=Person.objects.visible_to(user))


class DeferralApplication(models.Model):
    """One application (償還猶予申請), on paper or by telephone, for one or several loans of one borrower.

    ``situation`` is what is hard now, in words; there is no field for what could be paid later (DF-02).
    ``other_debt_is_housing`` belongs to the ground of other debts alone: a housing loan does not count.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("state", "ground", "received_on", "channel")
    on_merge: ClassVar[dict[str, Policy]] = {"borrower": Moves()}

    borrower = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="deferral_applications", verbose_name="借受人"
    )
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name="受付事業所")
    channel = models.CharField("受付方法", max_length=10, choices=DeferralChannel)
    state = models.CharField("状態", max_length=12, choices=DeferralState)
    received_on = models.DateField("受付日")
    ground = models.CharField("事由", max_length=20, choices=DeferralGround)
    other_debt_is_housing = models.BooleanField("猶予されているのは住宅ローン", null=True, blank=True)
    situation = models.CharField("いまの状況", max_length=400)
    exemption_explained = models.BooleanField("免除を先に案内した", default=False)
    agency_consent = models.CharField(
        "機関に伝えることへの同意", max_length=10, choices=AgencyConsent, default=AgencyConsent.NOT_ASKED
    )
    note = models.CharField("受付メモ", max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    entered_at = models.DateTimeField("登録日時")
    state_since = models.DateTimeField("現在の状態になった日時")
    version = models.PositiveIntegerField("版", default=1)

    objects = DeferralApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "猶予申請"
        verbose_name_plural = "猶予申請"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DeferralState.values), name="deferral_application_state_is_known"
            ),
            models.CheckConstraint(condition=Q(ground__in=DeferralGround.values), name="deferral_ground_is_known"),
            models.CheckConstraint(condition=~Q(situation=""), name="deferral_situation_was_told"),
            models.CheckConstraint(
                condition=Q(ground=DeferralGround.OTHER_DEFERRAL) | Q(other_debt_is_housing__isnull=True),
                name="housing_loan_only_with_other_debts",
            ),
        ]
        indexes = [models.Index("state", "received_on", name="deferral_by_state")]

    def __str__(self) -> str:
        return f"Y-{self.pk:07d}" if self.pk else "Y-new"

    @property
    def is_open(self) -> bool:
        """Whether nothing was decided yet."""
        return self.state in OPEN


class DeferralRequest(models.Model):
    """What an application asks for one loan: from which month, for how many. ``is_open`` while nothing was decided."""

    audit_values: ClassVar[tuple[str, ...]] = ("from_month", "months", "is_open")

    application = models.ForeignKey(
        DeferralApplication, on_delete=models.PROTECT, related_name="requests", verbose_name="猶予申請"
    )
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="deferral_requests", verbose_name="貸付")
    from_month = models.PositiveIntegerField("希望する開始月")
    months = models.PositiveSmallIntegerField("希望する月数")
    is_open = models.BooleanField("審査中", default=True)

    class Meta:
        verbose_name = "猶予を希望する貸付"
        verbose_name_plural = "猶予を希望する貸付"
        constraints = [
            models.UniqueConstraint(fields=["application", "loan"], name="each_loan_once_in_a_deferral_application"),
            models.UniqueConstraint(
                fields=["loan"],
                condition=Q(is_open=True),
                name="one_open_deferral_request_per_loan",
                violation_error_message="この貸付には、審査中の猶予申請がすでにあります。",
            ),
            models.CheckConstraint(condition=Q(months__gte=1), name="deferral_request_has_months"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.loan_id}"


class DeferralPaper(models.Model):
    """A paper that was filed with an application."""

    audit_values: ClassVar[tuple[str, ...]] = ("kind",)

    application = models.ForeignKey(
        DeferralApplication, on_delete=models.PROTECT, related_name="papers", verbose_name="猶予申請"
    )
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="+", verbose_name="書類")
    kind = models.CharField("種類", max_length=30, choices=PaperKind)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    filed_at = models.DateTimeField("登録日時")

    class Meta:
        verbose_name = "猶予申請の書類"
        verbose_name_plural = "猶予申請の書類"
        constraints = [
            models.UniqueConstraint(fields=["application", "paper"], name="each_paper_once_in_a_deferral_application")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"


class DeferralInterview(models.Model):
    """What was heard on the telephone, kept as it was heard. It ended in the application it points at.

    ``papers_told`` are the papers the borrower was told to send; ``phone`` is the number that reached somebody.
    """

    append_only: ClassVar[bool] = True

    application = models.OneToOneField(
        DeferralApplication, on_delete=models.PROTECT, related_name="interview", verbose_name="猶予申請"
    )
    spoke_with = models.CharField("話した相手", max_length=10, choices=SpokeWith)
    phone = models.CharField("つながった電話番号", max_length=20, blank=True)
    reachable = ArrayField(
        models.CharField(max_length=10, choices=Reachable), verbose_name="つながりやすい時間", default=list
    )
    hardships = ArrayField(
        models.CharField(max_length=12, choices=Hardship), verbose_name="困っていること", default=list
    )
    situation = models.CharField("いまの状況", max_length=400)
    papers_told = ArrayField(
        models.CharField(max_length=30, choices=PaperKind), verbose_name="送るよう案内した書類", default=list
    )
    agency_consent = models.CharField("機関に伝えることへの同意", max_length=10, choices=AgencyConsent)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="聞き取った人"
    )
    at = models.DateTimeField("聞き取り日時")

    class Meta:
        verbose_name = "猶予の聞き取り"
        verbose_name_plural = "猶予の聞き取り"

    def __str__(self) -> str:
        return f"{self.application_id} {self.at:%Y-%m-%d}"


class DeferralStateChange(models.Model):
    """One step in the life of an application. ``missing`` are the papers that were asked for, in words."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("move", "from_state", "to_state")

    application = models.ForeignKey(
        DeferralApplication, on_delete=models.PROTECT, related_name="changes", verbose_name="猶予申請"
    )
    move = models.CharField("操作", max_length=10, choices=Move)
    from_state = models.CharField("前の状態", max_length=12, blank=True)
    to_state = models.CharField("後の状態", max_length=12, choices=DeferralState)
    reason = models.CharField("理由", max_length=400, blank=True)
    missing = ArrayField(models.CharField(max_length=200), verbose_name="足りない書類", default=list)
    by = models.CharField("操作した人", max_length=150)
    by_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = "猶予申請の経過"
        verbose_name_plural = "猶予申請の経過"
        indexes = [models.Index("application", "at", name="deferral_changes")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.move}"

    @property
    def done(self) -> str:
        """What was done, in words."""
        return Move(self.move).done


class DeferralDecision(models.Model):
    """What was decided for one loan. Granted: the month it really begins, and the row that shifts the plan.

    ``internal_reason`` stays inside the council; no letter has a field for it.
    """

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("outcome", "from_month", "months", "decided_on")

    request = models.OneToOneField(
        DeferralRequest, on_delete=models.PROTECT, related_name="decision", verbose_name="猶予を希望する貸付"
    )
    outcome = models.CharField("決定", max_length=10, choices=DeferralOutcome)
    from_month = models.PositiveIntegerField("開始月", null=True, blank=True)
    months = models.PositiveSmallIntegerField("月数", null=True, blank=True)
    deferral = models.OneToOneField(
        Deferral, on_delete=models.PROTECT, related_name="decision", null=True, blank=True, verbose_name="償還猶予"
    )
    internal_reason = models.CharField("不承認の理由（内部）", max_length=400, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="決裁者"
    )
    decided_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="代決された決裁者",
    )
    decided_on = models.DateField("決定日")
    decided_at = models.DateTimeField("決定日時")

    class Meta:
        verbose_name = "猶予の決定"
        verbose_name_plural = "猶予の決定"
        constraints = [
            models.CheckConstraint(
                name="deferral_decided_by_a_second_person",
                condition=~Q(decided_by=F("entered_by"))
                & (Q(decided_for__isnull=True) | ~Q(decided_for=F("entered_by"))),
                violation_error_message="登録した人は決裁者になれません。",
            ),
            models.CheckConstraint(
                name="granted_deferral_shifts_the_plan",
                condition=Q(
                    outcome=DeferralOutcome.GRANTED,
                    deferral__isnull=False,
                    from_month__isnull=False,
                    months__gte=1,
                    internal_reason="",
                )
                | (
                    Q(
                        outcome=DeferralOutcome.REFUSED,
                        deferral__isnull=True,
                        from_month__isnull=True,
                        months__isnull=True,
                    )
                    & ~Q(internal_reason="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.outcome}"

"""Exemption applications, what the rules said about them, and what was decided. Amounts in yen, months as index."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Office
from exemptions.enums import (
    CONSENT_NUMBERS,
    ApplicationForm,
    ApplicationState,
    Composition,
    Flag,
    Ground,
    HouseholdSituation,
    Outcome,
    PaperSlot,
    Result,
)
from exemptions.filed_for import asked_of
from exemptions.models.completeness import COMPLETE_FORM, FORM_AND_GROUND, FORM_AND_YEAR
from exemptions.workflow import DONE, Move
from japan.eras import fiscal_year_text
from loans.models import Loan
from people.merging.policy import Moves, Policy
from people.models import Paper, Person
from repayment.models import LedgerEntry

if TYPE_CHECKING:
    from accounts.models import User

OPEN_STATES = [
    ApplicationState.DRAFT,
    ApplicationState.RECEIVED,
    ApplicationState.INCOMPLETE,
    ApplicationState.UNDER_REVIEW,
    ApplicationState.WAITING_FOR_START,
]
PREPARED_STATES = [ApplicationState.UNDER_REVIEW, ApplicationState.WAITING_FOR_START]
FRUITLESS_STATES = [ApplicationState.REFUSED, ApplicationState.WITHDRAWN, ApplicationState.REVOKED]
BY_NIGHT = "夜間処理"
DECIDED_STATES = [ApplicationState.APPROVED, ApplicationState.REFUSED, ApplicationState.REVOKED]


def is_assigned() -> Q:
    """Applications whose present step was given to somebody who is still there."""
    return Q(assigned_to__is_active=True, assigned_at__gt=F("state_since"))


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: User) -> ApplicationQuerySet:
        """Applications for loans of the persons this member of staff may know of."""
        return self.filter(loan__in=Loan.objects.visible_to(user))


class Application(models.Model):
    """Asking to be exempted from one loan: on form 1-1-x or 1-2, by a notification with its evidence, or ex officio.

    ``ground`` is what it is filed for: on form 1-1-x ① or ①′ by its ``fiscal_year`` (no other form has one), on form 1-2
    of the ``ticked`` grounds the one met earliest (EX-36), and once the rules have found one of those asked for, that
    one. ``in_part``: a notification or the council asks for ``requested_amount`` yen only, not for the whole.
    ``notifier`` is who told of a death or disappearance, ``unknown_since`` the day from which nobody knows where the
    borrower is, ``waits_until`` the day from which a proposal that waits for repayment to begin may be decided.

    ``situation`` is the one tick about the household (``several_situations``: the paper has more than one), ``consents``
    the ticked consents 1 … 6, ``head`` the present head of household where that is somebody else and has to be judged.
    ``assessment`` is the newest one, ``deficiency_count`` what was wrong with the papers when they were last looked at;
    both are there for the queue, the decision looks at everything anew. ``state_since`` is when the present state began,
    ``answered_on`` the day on which papers that had been sent back came in again. ``assigned_to`` is who was given the step
    that waits; it counts only since ``assigned_at``, so that the next step is nobody's again (``is_assigned``).
    """

    audit_values: ClassVar[tuple[str, ...]] = (
        "state", "form", "ground", "fiscal_year", "received_on", "requested_amount", "in_part",
    )  # fmt: skip
    on_merge: ClassVar[dict[str, Policy]] = {"head": Moves()}

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="applications", verbose_name="貸付")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name="受付事業所")
    form = models.CharField("様式", max_length=20, choices=ApplicationForm, default=ApplicationForm.FORM_1_1)
    ground = models.CharField("申請の要件", max_length=40, choices=Ground, default=Ground.RESIDENCE_TAX)
    ticked = ArrayField(models.CharField(max_length=40, choices=Ground), verbose_name="印のある要件", default=list)
    fiscal_year = models.PositiveSmallIntegerField("住民税の年度", null=True, blank=True)
    state = models.CharField("状態", max_length=20, choices=ApplicationState, default=ApplicationState.DRAFT)
    received_on = models.DateField("受付日")
    signed_on = models.DateField("記入日", null=True, blank=True)
    signed = models.BooleanField("署名あり", default=False)
    phone = models.CharField("日中の電話番号", max_length=20, blank=True)
    erasable_ink = models.BooleanField("消せる筆記具で記入", default=False)
    requested_amount = models.PositiveIntegerField("免除申請額", null=True, blank=True)
    in_part = models.BooleanField("一部だけの免除", default=False)
    composition = models.CharField("世帯の種類", max_length=20, choices=Composition, blank=True)
    notifier = models.CharField("届出人", max_length=80, blank=True)
    notifier_relation = models.CharField("届出人の続柄", max_length=30, blank=True)
    unknown_since = models.DateField("所在が分からなくなった日", null=True, blank=True)
    waits_until = models.DateField("決定できる日（償還開始）", null=True, blank=True)
    situation = models.CharField("世帯の状況", max_length=30, choices=HouseholdSituation, blank=True)
    several_situations = models.BooleanField("世帯の状況に複数の印", default=False)
    head = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="現在の世帯主"
    )
    consents = ArrayField(models.PositiveSmallIntegerField(), verbose_name="同意欄", default=list)
    note = models.CharField("受付メモ", max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    entered_at = models.DateTimeField("登録日時")
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="起案者"
    )
    prepared_at = models.DateTimeField("起案日時", null=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="審査中の人"
    )
    claimed_until = models.DateTimeField("確保の期限", null=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="担当者"
    )
    assigned_at = models.DateTimeField("割当日時", null=True)
    state_since = models.DateTimeField("現在の状態になった日時")
    answered_on = models.DateField("不備への回答日", null=True, blank=True)
    deficiency_count = models.PositiveSmallIntegerField("不備の数", default=0)
    assessment = models.ForeignKey(
        "Assessment", on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="最新の判定"
    )
    version = models.PositiveIntegerField("版", default=1)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "免除申請"
        verbose_name_plural = "免除申請"
        constraints = [
            models.UniqueConstraint(
                fields=["loan", "fiscal_year"],
                condition=~Q(state__in=FRUITLESS_STATES),
                name="one_application_per_loan_and_year",
                violation_error_message="この貸付には、同じ年度の申請がすでにあります。",
            ),
            models.UniqueConstraint(
                fields=["loan"],
                condition=Q(state__in=OPEN_STATES),
                name="one_open_application_per_loan",
                violation_error_message="この貸付には、審査中の申請がすでにあります。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ApplicationState.values), name="exemption_application_state_is_known"
            ),
            models.CheckConstraint(name="a_fiscal_year_where_the_form_has_one", condition=FORM_AND_YEAR),
            models.CheckConstraint(name="ground_is_one_of_the_form", condition=FORM_AND_GROUND),
            models.CheckConstraint(
                name="waiting_has_its_day",
                condition=~Q(state=ApplicationState.WAITING_FOR_START) | Q(waits_until__isnull=False),
            ),
            models.CheckConstraint(
                name="claim_is_a_pair",
                condition=Q(claimed_by__isnull=True, claimed_until__isnull=True)
                | Q(claimed_by__isnull=False, claimed_until__isnull=False),
            ),
            models.CheckConstraint(
                name="assignment_is_a_pair",
                condition=Q(assigned_to__isnull=True, assigned_at__isnull=True)
                | Q(assigned_to__isnull=False, assigned_at__isnull=False),
            ),
            models.CheckConstraint(
                name="prepared_when_under_review_or_decided",
                condition=~Q(state__in=[*PREPARED_STATES, *DECIDED_STATES])
                | Q(prepared_by__isnull=False, prepared_at__isnull=False),
            ),
            models.CheckConstraint(
                name="consents_are_one_to_six", condition=Q(consents__contained_by=list(CONSENT_NUMBERS))
            ),
            models.CheckConstraint(
                name="exactly_one_household_situation",
                condition=Q(situation="") | Q(situation__in=HouseholdSituation.values, several_situations=False),
                violation_error_message="世帯の状況は一つだけ選んでください。",
            ),
            models.CheckConstraint(
                name="approved_form_is_complete",
                condition=~Q(state__in=[ApplicationState.APPROVED, ApplicationState.REVOKED]) | COMPLETE_FORM,
                violation_error_message="記入や同意のそろっていない申請は承認できません。",
            ),
        ]
        indexes = [
            models.Index(
                "received_on", "id", name="application_queue", condition=Q(state__in=["RECEIVED", "UNDER_REVIEW"])
            ),
            models.Index("state", "received_on", "id", name="application_by_state"),
            models.Index("office", "state", name="application_of_office"),
            models.Index(
                "waits_until", "id", name="application_waiting", condition=Q(state=ApplicationState.WAITING_FOR_START)
            ),
        ]

    def __str__(self) -> str:
        return f"E-{self.pk:07d}" if self.pk else "E-new"

    @property
    def decision(self) -> Decision:
        """The decision that stands. ``Decision.DoesNotExist`` before there is one, and after it was taken back."""
        return Decision.objects.get(application=self)

    @property
    def asked(self) -> tuple[Ground, ...]:
        """The grounds its assessment may rest on."""
        return asked_of(self.form, self.ground, self.ticked)

    @property
    def subject(self) -> str:
        """What it asks for in short: its fiscal year, or its ground."""
        return fiscal_year_text(self.fiscal_year) if self.fiscal_year else str(Ground(self.ground).label)


class ApplicationPaper(models.Model):
    """A paper laid to an application, in the slot it fills.

    ``replaced_on`` is the day on which another paper took its place after it had been sent back.
    """

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, db_index=False, related_name="papers", verbose_name="免除申請"
    )
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="+", verbose_name="書類")
    slot = models.CharField("区分", max_length=30, choices=PaperSlot)
    replaced_on = models.DateField("差し替え日", null=True, blank=True)

    class Meta:
        verbose_name = "申請の添付書類"
        verbose_name_plural = "申請の添付書類"
        constraints = [
            models.UniqueConstraint(fields=["application", "paper"], name="paper_once_per_application"),
            models.UniqueConstraint(
                fields=["application", "slot"], condition=Q(replaced_on__isnull=True), name="one_paper_in_a_slot"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.slot}"


class Assessment(models.Model):
    """What the rules said about an application on a day: facts, findings, settings. Never recomputed in place."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("result", "ground", "amount", "remaining", "as_of")

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, db_index=False, related_name="assessments", verbose_name="免除申請"
    )
    as_of = models.DateField("判定日")
    made_at = models.DateTimeField("判定日時")
    made_by = models.CharField("判定者", max_length=150)
    facts = models.JSONField("事実")
    settings_used = models.JSONField("設定")
    result = models.CharField("結果", max_length=20, choices=Result)
    ground = models.CharField("要件", max_length=40, choices=Ground, blank=True)
    cut_off = models.PositiveIntegerField("免除の開始月", null=True)
    first_no = models.PositiveSmallIntegerField("対象の最初の回", null=True)
    last_no = models.PositiveSmallIntegerField("対象の最後の回", null=True)
    amount = models.PositiveIntegerField("免除額")
    remaining = models.PositiveIntegerField("残る額")
    missing = ArrayField(models.CharField(max_length=80), verbose_name="不足", default=list)
    flags = ArrayField(models.CharField(max_length=30, choices=Flag), verbose_name="注意", default=list)
    checks = models.JSONField("判定の内訳")

    class Meta:
        verbose_name = "判定"
        verbose_name_plural = "判定"
        indexes = [models.Index(fields=["application", "-id"], name="assessment_latest")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.result}"


class StandingDecisions(models.Manager["Decision"]):
    """The decisions that stand. One taken back with its bulk approval, before its letter went out, is not among them."""

    def get_queryset(self) -> models.QuerySet[Decision]:
        return super().get_queryset().filter(taken_back__isnull=True)


class Decision(models.Model):
    """承認・不承認: one for an application, resting on one assessment, by somebody who neither entered nor prepared it.

    One that was taken back (``TakenBack``) stays in the table and no longer counts: ``objects`` leaves it out, ``ever`` does
    not. ``round`` is 1, and one more for each decision of the application that was taken back before.

    ``internal_reason`` stays inside the council: it is in no letter (consent ⑤). ``notified_elsewhere_on`` is set for a
    decision that was taken over from an earlier system, whose letter went out there; ours writes none for it.
    """

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("outcome", "amount", "remaining", "decided_on")

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="decisions", db_index=False, verbose_name="免除申請"
    )
    round = models.PositiveSmallIntegerField("決定の回", default=1, db_default=1)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="+", verbose_name="判定")
    outcome = models.CharField("決定", max_length=10, choices=Outcome)
    amount = models.PositiveIntegerField("免除額")
    remaining = models.PositiveIntegerField("残る額")
    entry = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="台帳"
    )
    internal_reason = models.CharField("内部の理由", max_length=400, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="起案者"
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
        verbose_name="代決",
    )
    decided_on = models.DateField("決定日")
    decided_at = models.DateTimeField("決定日時")
    notified_elsewhere_on = models.DateField("移行前の通知日", null=True, blank=True)

    objects = StandingDecisions()
    ever = models.Manager["Decision"]()

    class Meta:
        verbose_name = "免除の決定"
        verbose_name_plural = "免除の決定"
        constraints = [
            models.UniqueConstraint(fields=["application", "round"], name="one_decision_per_application_and_round"),
            models.CheckConstraint(
                name="decided_by_a_second_person",
                condition=~Q(decided_by=F("entered_by")) & ~Q(decided_by=F("prepared_by")),
                violation_error_message="登録または起案した人は決裁できません。",
            ),
            models.CheckConstraint(
                name="approval_has_amount_and_entry",
                condition=Q(outcome=Outcome.APPROVED, amount__gt=0, entry__isnull=False)
                | Q(outcome=Outcome.REFUSED, amount=0, entry__isnull=True),
            ),
        ]
        indexes = [models.Index("decided_on", "id", name="decision_by_day")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.outcome}"


class StateChange(models.Model):
    """One step in the life of an application, for its timeline; ``by_user`` is None for the night's own."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("move", "from_state", "to_state")

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, db_index=False, related_name="changes", verbose_name="免除申請"
    )
    move = models.CharField("操作", max_length=20, choices=[(move.value, done) for move, done in DONE.items()])
    from_state = models.CharField("前の状態", max_length=20, choices=ApplicationState, blank=True)
    to_state = models.CharField("後の状態", max_length=20, choices=ApplicationState)
    reason = models.CharField("理由", max_length=400, blank=True)
    deficiencies = models.JSONField("不備", default=list)
    by = models.CharField("操作者", max_length=150)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="操作した職員"
    )
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = "申請の経過"
        verbose_name_plural = "申請の経過"
        indexes = [
            models.Index("application", "id", name="state_change_timeline"),
            models.Index("at", name="state_change_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.move}"

    @property
    def move_done(self) -> str:
        """The step in words: 「起案」."""
        return Move(self.move).done

    @property
    def who(self) -> str:
        """Who took it, for people."""
        return self.by_user.name if self.by_user is not None else BY_NIGHT

"""Applications for loans: what was said at the desk, what the rules found, and every step. Amounts in yen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Office
from loans.enums import AgencyContact, FundKind, IncomeKind, IntakeChannel, LendingState
from loans.lending.enums import Acceptable
from loans.lending.workflow import Move
from loans.models.loans import Loan
from people.merging.policy import Moves, Policy
from people.models import BankAccount, Household, Person

if TYPE_CHECKING:
    from accounts.models import User

OPEN_STATES = [LendingState.DRAFT, LendingState.RECEIVED, LendingState.INCOMPLETE, LendingState.UNDER_REVIEW]
PREPARED_STATES = [LendingState.UNDER_REVIEW, LendingState.APPROVED, LendingState.REFUSED]


class LendingApplicationQuerySet(models.QuerySet["LendingApplication"]):
    def visible_to(self, user: User) -> LendingApplicationQuerySet:
        """Applications of the persons this member of staff may know of."""
        return self.filter(applicant__in=Person.objects.visible_to(user))


class LendingApplication(models.Model):
    """One application for one fund, as a person told it; absent answers are null or empty, never assumed.

    ``amount_asked`` is for the small loans, ``monthly_amount`` and ``months`` for general support. ``grounds`` are those
    of LN-10, ``cause`` one of the regular loan's nine (K-4) with the day it happened. ``answers`` holds the answers of the
    guided questions by group (involvement, five_points, conditions, exclusions), each question's key with its answer.
    ``residence`` says whether the applicant lives where registered (Q25, Q26); without any address, letters go care of
    ``care_of``. ``history``: taken over from before this system; it was decided elsewhere and is only held.
    """

    audit_values: ClassVar[tuple[str, ...]] = (
        "state", "fund", "applied_on", "amount_asked", "monthly_amount", "months",
    )  # fmt: skip
    on_merge: ClassVar[dict[str, Policy]] = {"applicant": Moves(money=True)}

    fund = models.CharField("資金種類", max_length=20, choices=FundKind)
    applicant = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="lending_applications", verbose_name="申込人"
    )
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name="受付事業所")
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="世帯"
    )
    channel = models.CharField(
        "受付経路", max_length=20, choices=IntakeChannel, default=IntakeChannel.MUNICIPAL_COUNCIL
    )
    applied_on = models.DateField("借入申込日")
    state = models.CharField("状態", max_length=20, choices=LendingState, default=LendingState.DRAFT)
    state_since = models.DateTimeField("現在の状態になった日時")
    version = models.PositiveIntegerField("版", default=1)
    household_size = models.PositiveSmallIntegerField("世帯人数", null=True, blank=True)
    household_size_before = models.PositiveSmallIntegerField("減収前の世帯人数", null=True, blank=True)
    amount_asked = models.PositiveIntegerField("借入希望額", null=True, blank=True)
    monthly_amount = models.PositiveIntegerField("月額", null=True, blank=True)
    months = models.PositiveSmallIntegerField("貸付月数", null=True, blank=True)
    instalments = models.PositiveSmallIntegerField("償還回数", null=True, blank=True)
    grace_months = models.PositiveSmallIntegerField("据置月数", null=True, blank=True)
    purpose = models.CharField("使いみち", max_length=30, blank=True)
    purpose_note = models.CharField("使いみちの内容", max_length=300, blank=True)
    cause = models.CharField("貸付対象理由", max_length=40, blank=True)
    cause_on = models.DateField("理由が生じた日", null=True, blank=True)
    cause_note = models.CharField("理由の内容", max_length=400, blank=True)
    grounds = ArrayField(models.CharField(max_length=30), verbose_name="20万円以内の要件", default=list, blank=True)
    other_ground = models.CharField("カの内容", max_length=300, blank=True)
    income_proof = models.CharField("収入減少の確認方法", max_length=30, blank=True)
    other_schemes = ArrayField(
        models.CharField(max_length=30), verbose_name="利用中の他制度", default=list, blank=True
    )
    on_public_assistance = models.BooleanField("生活保護を受給", null=True, blank=True)
    agency_consulted_on = models.DateField("自立相談支援機関への相談日", null=True, blank=True)
    agency_contact = models.CharField("相談の方法", max_length=10, choices=AgencyContact, blank=True)
    agency_support_consent = models.BooleanField("自立相談支援機関の支援への同意", null=True, blank=True)
    agency_consent_on = models.DateField("同意日", null=True, blank=True)
    minor_way = models.CharField("未成年者の確認方法", max_length=30, blank=True)
    residence = models.CharField("居住の状況", max_length=20, blank=True)
    care_of = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="気付とする事業所"
    )
    urgent = models.BooleanField("至急の送金", default=False)
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="送金先の口座"
    )
    answers = models.JSONField("確認事項の回答", default=dict, blank=True)
    note = models.CharField("受付メモ", max_length=400, blank=True)
    history = models.BooleanField("過去の申込みの登録", default=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    entered_at = models.DateTimeField("登録日時")
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="起案者"
    )
    prepared_at = models.DateTimeField("起案日時", null=True)
    deficiency_count = models.PositiveSmallIntegerField("不備の数", default=0)
    assessment = models.ForeignKey(
        "LendingAssessmentRow", on_delete=models.PROTECT, related_name="+", null=True, verbose_name="最新の判定"
    )
    loan = models.OneToOneField(
        Loan, on_delete=models.PROTECT, related_name="application", null=True, blank=True, verbose_name="貸付"
    )

    objects = LendingApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "借入申込み"
        verbose_name_plural = "借入申込み"
        constraints = [
            models.UniqueConstraint(
                fields=["applicant", "fund"],
                condition=Q(state__in=OPEN_STATES),
                name="one_open_lending_application",
                violation_error_message="この人には、同じ資金の手続き中の申込みがすでにあります。",
            ),
            models.CheckConstraint(condition=Q(state__in=LendingState.values), name="lending_state_is_known"),
            models.CheckConstraint(condition=Q(fund__in=FundKind.values), name="lending_fund_is_known"),
            models.CheckConstraint(
                condition=~Q(state__in=PREPARED_STATES)
                | Q(history=True)
                | Q(prepared_by__isnull=False, prepared_at__isnull=False),
                name="lending_prepared_before_decision",
            ),
            models.CheckConstraint(
                condition=Q(loan__isnull=True) | Q(state=LendingState.APPROVED) | Q(urgent=True),
                name="lending_loan_only_if_approved",
            ),
            models.CheckConstraint(
                condition=Q(household_size__isnull=True) | Q(household_size__gte=1), name="lending_household_size"
            ),
        ]
        indexes = [
            models.Index("applied_on", "id", name="lending_worklist", condition=Q(state__in=OPEN_STATES)),
            models.Index("state", "applied_on", "id", name="lending_by_state"),
            models.Index("office", "state", name="lending_of_office"),
            models.Index(
                "applicant",
                "loan",
                name="lending_consented",
                condition=Q(agency_support_consent=True, state=LendingState.APPROVED),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What the application is called on paper and on the telephone: 「L-0000123」."""
        return f"L-{self.pk:07d}" if self.pk else "L-new"


class IncomeLine(models.Model):
    """What one member had of one kind in a month before and in a month after: take-home yen, as on forms 参考1-1, 1-2.

    The month after may be any later one (Q&A vol. 17, question 2-11); months as index. ``employer`` and its address and
    telephone number are asked for by the forms. A member who has left the household has nothing after.
    """

    application = models.ForeignKey(
        LendingApplication, on_delete=models.CASCADE, related_name="income_lines", verbose_name="借入申込み"
    )
    member = models.CharField("世帯員", max_length=40)
    kind = models.CharField("収入の種類", max_length=24, choices=IncomeKind)
    before_month = models.PositiveIntegerField("減収前の月", null=True, blank=True)
    before_amount = models.PositiveIntegerField("減収前の手取り月額", null=True, blank=True)
    after_month = models.PositiveIntegerField("減収後の月", null=True, blank=True)
    after_amount = models.PositiveIntegerField("減収後の手取り月額", null=True, blank=True)
    employer = models.CharField("勤務先・職業", max_length=80, blank=True)
    employer_address = models.CharField("勤務先の所在地", max_length=120, blank=True)
    employer_phone = models.CharField("勤務先の電話番号", max_length=20, blank=True)

    class Meta:
        verbose_name = "収入"
        verbose_name_plural = "収入"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"


class LendingAssessmentRow(models.Model):
    """What the rules said about an application on a day. Never recomputed in place; a decision refers to one."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("acceptable", "ceiling", "as_of")

    application = models.ForeignKey(
        LendingApplication, on_delete=models.PROTECT, related_name="assessments", verbose_name="借入申込み"
    )
    as_of = models.DateField("判定日")
    made_at = models.DateTimeField("判定日時")
    made_by = models.CharField("判定者", max_length=150)
    facts = models.JSONField("事実")
    settings_used = models.JSONField("設定")
    acceptable = models.CharField("結果", max_length=10)
    ceiling = models.PositiveIntegerField("貸付上限額")
    overridden = ArrayField(models.CharField(max_length=20), verbose_name="例外とした規則", default=list)
    checks = models.JSONField("判定の内訳")
    fingerprint = models.CharField("判定の要約値", max_length=20)

    class Meta:
        verbose_name = "貸付の判定"
        verbose_name_plural = "貸付の判定"
        indexes = [models.Index(fields=["application", "-id"], name="lending_assessment_latest")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.acceptable}"

    @property
    def result_ja(self) -> str:
        """The result in words."""
        return str(Acceptable(self.acceptable).label)


class LendingStateChange(models.Model):
    """One step in the life of an application, for its timeline."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("move", "from_state", "to_state")

    application = models.ForeignKey(
        LendingApplication, on_delete=models.PROTECT, related_name="changes", verbose_name="借入申込み"
    )
    move = models.CharField("操作", max_length=20, choices=Move)
    from_state = models.CharField("前の状態", max_length=20, choices=LendingState, blank=True)
    to_state = models.CharField("後の状態", max_length=20, choices=LendingState)
    reason = models.CharField("理由", max_length=400, blank=True)
    deficiencies = models.JSONField("不備", default=list)
    by = models.CharField("操作者", max_length=150)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="操作した職員"
    )
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = "申込みの経過"
        verbose_name_plural = "申込みの経過"
        indexes = [models.Index("application", "id", name="lending_timeline")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.move}"

    @property
    def who(self) -> str:
        """Who took it, for people."""
        return self.by_user.name

    @property
    def move_done(self) -> str:
        """The step in words: 「起案」."""
        return Move(self.move).done

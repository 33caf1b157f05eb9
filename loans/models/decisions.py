"""What a council decided about an application, and what it agreed to before and after. Amounts in yen."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from loans.deciding.enums import DecisionOutcome, ProposalState, SanctionKind
from loans.enums import FundKind
from loans.models.applications import LendingApplication, LendingAssessmentRow
from loans.models.loans import Loan

STAFF = settings.AUTH_USER_MODEL


class LoanCodeCounter(models.Model):
    """The last running number given to a loan of a fund. Locked while one is given."""

    audited: ClassVar[bool] = False

    fund = models.CharField("資金種類", max_length=20, choices=FundKind, unique=True)
    last_number = models.PositiveIntegerField("最終番号", default=0)

    class Meta:
        verbose_name = "貸付コード簿"
        verbose_name_plural = "貸付コード簿"

    def __str__(self) -> str:
        return f"{self.fund}: {self.last_number}"


class LendingProposal(models.Model):
    """起案: what one person proposes to decide. A later proposal for the same application replaces it.

    ``monthly_amount`` and ``months`` are for general support; ``amount`` is the whole sum (0 where refusal is proposed).
    ``internal_reason`` stays on the internal sheet: why less than asked (MHLW Q&A vol. 17, part 1, question 6), or why no.
    """

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("outcome", "amount", "monthly_amount", "months", "instalments")

    application = models.ForeignKey(
        LendingApplication, on_delete=models.PROTECT, related_name="proposals", verbose_name="借入申込み"
    )
    outcome = models.CharField("起案の内容", max_length=10, choices=DecisionOutcome)
    amount = models.PositiveIntegerField("貸付金額")
    amount_asked = models.PositiveIntegerField("借入希望額")
    monthly_amount = models.PositiveIntegerField("月額", null=True, blank=True)
    months = models.PositiveSmallIntegerField("貸付月数", default=1)
    instalments = models.PositiveSmallIntegerField("償還回数")
    grace_months = models.PositiveSmallIntegerField("据置月数", default=0)
    internal_reason = models.CharField("内部の理由", max_length=400, blank=True)
    prepared_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", verbose_name="起案者")
    prepared_at = models.DateTimeField("起案日時")

    class Meta:
        verbose_name = "貸付の起案"
        verbose_name_plural = "貸付の起案"
        constraints = [
            models.CheckConstraint(
                name="proposal_amount_fits_outcome",
                condition=Q(outcome=DecisionOutcome.APPROVED, amount__gt=0, months__gte=1, instalments__gte=1)
                | Q(outcome=DecisionOutcome.REFUSED, amount=0),
            ),
            models.CheckConstraint(
                name="proposal_below_what_was_asked_has_a_reason",
                condition=Q(outcome=DecisionOutcome.APPROVED, amount__gte=F("amount_asked")) | ~Q(internal_reason=""),
                violation_error_message="希望額より少なくするとき、不承認とするときは、内部の理由が必要です。",
            ),
        ]
        indexes = [models.Index(fields=["application", "-id"], name="proposal_latest")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.outcome}"


class FirstApproval(models.Model):
    """The first of two approvals that large amounts need (G-11): of exactly this proposal."""

    append_only: ClassVar[bool] = True

    proposal = models.OneToOneField(
        LendingProposal, on_delete=models.PROTECT, related_name="first_approval", verbose_name="起案"
    )
    approved_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", verbose_name="決裁者")
    approved_for = models.ForeignKey(
        STAFF, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="代決"
    )
    approved_at = models.DateTimeField("決裁日時")

    class Meta:
        verbose_name = "一人目の決裁"
        verbose_name_plural = "一人目の決裁"

    def __str__(self) -> str:
        return f"{self.proposal_id}"


class LendingDecision(models.Model):
    """決裁: how an application was decided, by whom, on which proposal and assessment. Written once, never changed.

    ``two_needed_from`` is the band in force that day (yen; null: no band). Where the amount reaches it, ``first_by`` is
    the first of the two who approved.
    """

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("outcome", "amount", "amount_asked", "two_needed_from")

    application = models.OneToOneField(
        LendingApplication, on_delete=models.PROTECT, related_name="decision", verbose_name="借入申込み"
    )
    proposal = models.OneToOneField(LendingProposal, on_delete=models.PROTECT, related_name="+", verbose_name="起案")
    assessment = models.ForeignKey(
        LendingAssessmentRow, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="判定"
    )
    outcome = models.CharField("決定", max_length=10, choices=DecisionOutcome)
    amount = models.PositiveIntegerField("貸付金額")
    amount_asked = models.PositiveIntegerField("借入希望額")
    loan = models.OneToOneField(
        Loan, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="貸付"
    )
    internal_reason = models.CharField("内部の理由", max_length=400, blank=True)
    two_needed_from = models.PositiveIntegerField("2人の決裁を要する金額", null=True, blank=True)
    entered_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", verbose_name="登録者")
    prepared_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", verbose_name="起案者")
    first_by = models.ForeignKey(
        STAFF, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="一人目の決裁者"
    )
    decided_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", verbose_name="決裁者")
    decided_for = models.ForeignKey(
        STAFF, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="代決"
    )
    decided_on = models.DateField("決定日")
    decided_at = models.DateTimeField("決定日時")

    class Meta:
        verbose_name = "貸付の決定"
        verbose_name_plural = "貸付の決定"
        constraints = [
            models.CheckConstraint(
                name="lending_decided_by_a_second_person",
                condition=~Q(decided_by=F("entered_by"))
                & ~Q(decided_by=F("prepared_by"))
                & (
                    Q(first_by__isnull=True)
                    | (~Q(first_by=F("entered_by")) & ~Q(first_by=F("prepared_by")) & ~Q(first_by=F("decided_by")))
                ),
                violation_error_message="登録または起案した人、一人目の決裁者は決裁できません。",
            ),
            models.CheckConstraint(
                name="lending_decided_by_two_in_the_band",
                condition=~Q(outcome=DecisionOutcome.APPROVED)
                | Q(two_needed_from__isnull=True)
                | Q(amount__lt=F("two_needed_from"))
                | Q(first_by__isnull=False),
                violation_error_message="この金額の貸付には、2人の決裁が必要です。",
            ),
            models.CheckConstraint(
                name="lending_approval_has_amount_and_loan",
                condition=Q(outcome=DecisionOutcome.APPROVED, amount__gt=0, loan__isnull=False)
                | Q(outcome=DecisionOutcome.REFUSED, amount=0),
            ),
            models.CheckConstraint(
                name="lending_decision_below_asked_has_a_reason",
                condition=Q(outcome=DecisionOutcome.APPROVED, amount__gte=F("amount_asked")) | ~Q(internal_reason=""),
            ),
        ]
        indexes = [models.Index("decided_on", "id", name="lending_decision_by_day")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.outcome}"


class UrgentPayment(models.Model):
    """Money before the decision (LN-37; MHLW Q&A vol. 17, part 1, question 21): asked by one, agreed to by another.

    ``due_on`` is the second business day after the application. ``bridges`` are the helps for the days until then that
    were offered. Papers and the review are tasks of the application.
    """

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("amount", "due_on")

    application = models.OneToOneField(
        LendingApplication, on_delete=models.PROTECT, related_name="urgent_payment", verbose_name="借入申込み"
    )
    loan = models.OneToOneField(Loan, on_delete=models.PROTECT, related_name="+", verbose_name="貸付")
    amount = models.PositiveIntegerField("金額")
    due_on = models.DateField("送金の期限")
    bridges = models.JSONField("送金までの支援", default=list)
    reason = models.CharField("急を要する事情", max_length=400)
    entered_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", verbose_name="登録者")
    agreed_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", verbose_name="決裁者")
    agreed_for = models.ForeignKey(
        STAFF, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="代決"
    )
    agreed_at = models.DateTimeField("決裁日時")

    class Meta:
        verbose_name = "先行送金"
        verbose_name_plural = "先行送金"
        constraints = [
            models.CheckConstraint(
                name="urgent_payment_agreed_by_a_second_person",
                condition=~Q(agreed_by=F("entered_by")),
                violation_error_message="登録した人は決裁できません。",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(reason=""), name="urgent_payment_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.due_on}"


class Proposed(models.Model):
    """What one person proposes about a loan and another one agrees to, or drops."""

    state = models.CharField("状態", max_length=10, choices=ProposalState, default=ProposalState.PROPOSED)
    reason = models.CharField("理由", max_length=400)
    proposed_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", verbose_name="起案者")
    proposed_at = models.DateTimeField("起案日時")
    decided_by = models.ForeignKey(
        STAFF, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="決裁者"
    )
    decided_for = models.ForeignKey(
        STAFF, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="代決"
    )
    decided_at = models.DateTimeField("決裁日時", null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_agreed_by_a_second_person",
                condition=Q(state=ProposalState.PROPOSED, decided_by__isnull=True, decided_at__isnull=True)
                | Q(state=ProposalState.DROPPED, decided_by__isnull=False, decided_at__isnull=False)
                | Q(state=ProposalState.AGREED, decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=F("proposed_by")),
                violation_error_message="起案した人は決裁できません。",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="%(class)s_has_a_reason"),
        ]


class LendingSanction(Proposed):
    """What is done about a loan obtained by deceit (LN-39). While it is proposed or agreed, no tranche is selected."""

    audit_values: ClassVar[tuple[str, ...]] = ("kind", "state", "pay_back_by")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="sanctions", verbose_name="貸付")
    kind = models.CharField("措置", max_length=10, choices=SanctionKind)
    pay_back_by = models.DateField("一括償還の期限", null=True, blank=True)

    class Meta(Proposed.Meta):
        verbose_name = "不正への措置"
        verbose_name_plural = "不正への措置"
        constraints = [
            *Proposed.Meta.constraints,
            models.UniqueConstraint(
                fields=["loan", "kind"],
                condition=~Q(state=ProposalState.DROPPED),
                name="one_sanction_of_a_kind",
                violation_error_message="この貸付には、同じ措置がすでに起案されています。",
            ),
            models.CheckConstraint(
                name="lump_sum_has_its_day",
                condition=~Q(kind__in=[SanctionKind.LUMP_SUM, SanctionKind.CANCEL]) | Q(pay_back_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.kind}"


class LendingChange(Proposed):
    """Another amount or another number of months, within the period of the loan (LN-35; Q&A vol. 17, question 8-7).

    ``months_after`` lists every month not paid out yet with its yen, as agreed; ``months_before`` as it was.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("state", "months_before", "months_after")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="changes_within_period", verbose_name="貸付")
    months_before = models.JSONField("変更前")
    months_after = models.JSONField("変更後")

    class Meta(Proposed.Meta):
        verbose_name = "貸付内容の変更"
        verbose_name_plural = "貸付内容の変更"
        constraints = [
            *Proposed.Meta.constraints,
            models.UniqueConstraint(
                fields=["loan"],
                condition=Q(state=ProposalState.PROPOSED),
                name="one_open_change_per_loan",
                violation_error_message="この貸付には、決裁を待っている変更がすでにあります。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.state}"

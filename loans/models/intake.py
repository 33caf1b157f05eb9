"""What is agreed, open or handed over about an application besides its form."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from loans.enums import FundKind, GuidanceKind, TaskKind
from loans.models.applications import LendingApplication
from loans.models.loans import Loan
from people.merging.policy import Moves, Policy
from people.models import Person


class LendingOverride(models.Model):
    """An exception to a rule that holds "in principle": a reason by one person, agreed to by another (K-3)."""

    audit_values: ClassVar[tuple[str, ...]] = ("rule",)

    application = models.ForeignKey(
        LendingApplication, on_delete=models.PROTECT, related_name="overrides", verbose_name="借入申込み"
    )
    rule = models.CharField("規則", max_length=20)
    reason = models.CharField("理由", max_length=400)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="申出者"
    )
    asked_at = models.DateTimeField("申出日時")
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="確認者"
    )
    agreed_at = models.DateTimeField("確認日時", null=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="不可とした人"
    )
    declined_at = models.DateTimeField("不可とした日時", null=True)

    class Meta:
        verbose_name = "原則の例外"
        verbose_name_plural = "原則の例外"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "rule"],
                condition=Q(declined_at__isnull=True),
                name="one_override_per_rule",
                violation_error_message="この規則の例外は、すでに申し出られています。",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | Q(agreed_by__isnull=False, agreed_at__isnull=False),
                name="override_agreement_is_a_pair",
            ),
            models.CheckConstraint(
                condition=Q(declined_by__isnull=True, declined_at__isnull=True)
                | Q(declined_by__isnull=False, declined_at__isnull=False, agreed_by__isnull=True),
                name="override_is_agreed_or_declined",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("asked_by")),
                name="override_by_a_second_person",
                violation_error_message="申し出た人は確認者になれません。",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.rule}"


class LendingTask(models.Model):
    """Something open about an application: a doubt to clear, a paper that follows, a review after payment.

    ``subject`` says what of its kind it is about (a paper kind, say), so the same thing is open only once. A doubt keeps
    the application from being decided until it is answered (Q&A vol. 17, question 2-1).
    """

    audit_values: ClassVar[tuple[str, ...]] = ("kind", "subject", "due_on")

    application = models.ForeignKey(
        LendingApplication, on_delete=models.PROTECT, related_name="tasks", verbose_name="借入申込み"
    )
    kind = models.CharField("種類", max_length=20, choices=TaskKind)
    subject = models.CharField("対象", max_length=40, blank=True)
    text = models.CharField("内容", max_length=300)
    due_on = models.DateField("期日", null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    opened_at = models.DateTimeField("登録日時")
    answer = models.CharField("結果", max_length=400, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="完了者"
    )
    done_at = models.DateTimeField("完了日時", null=True)

    class Meta:
        verbose_name = "申込みの課題"
        verbose_name_plural = "申込みの課題"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind", "subject"],
                condition=Q(done_at__isnull=True),
                name="one_open_lending_task",
                violation_error_message="同じ課題がすでに登録されています。",
            ),
            models.CheckConstraint(
                condition=Q(done_by__isnull=True, done_at__isnull=True)
                | Q(done_by__isnull=False, done_at__isnull=False) & ~Q(answer=""),
                name="lending_task_done_with_an_answer",
            ),
        ]
        indexes = [
            models.Index("due_on", "id", name="lending_task_open", condition=Q(done_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"


class Guidance(models.Model):
    """That somebody was pointed elsewhere or connected: what a refusal needs (Q&A vol. 17, question 2-9)."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("kind", "given_on")

    application = models.ForeignKey(
        LendingApplication, on_delete=models.PROTECT, related_name="guidance", verbose_name="借入申込み"
    )
    kind = models.CharField("案内・つなぎ", max_length=20, choices=GuidanceKind)
    given_on = models.DateField("案内した日")
    place = models.CharField("案内先", max_length=120, blank=True)
    note = models.CharField("内容", max_length=300, blank=True)
    by = models.CharField("操作者", max_length=150)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="案内した職員"
    )
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = "案内・つなぎ"
        verbose_name_plural = "案内・つなぎ"

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"


class PriorLoanElsewhere(models.Model):
    """A special loan that another prefecture's council lent, as its paper says (Q&A vol. 17, question 8-5).

    It is history for the rules of sequence, nothing more: the other council stays its creditor. ``last_month`` is the
    last month lent for, as index.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("fund", "applied_on", "last_month")
    on_merge: ClassVar[dict[str, Policy]] = {"person": Moves(doubles_stay=True)}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="loans_elsewhere", verbose_name="借受人")
    council = models.CharField("貸し付けた社協", max_length=60)
    fund = models.CharField("資金種類", max_length=20, choices=FundKind)
    applied_on = models.DateField("借入申込日")
    last_month = models.PositiveIntegerField("貸付の最後の月", null=True, blank=True)
    amount = models.PositiveIntegerField("貸付金額", null=True, blank=True)
    proof = models.CharField("確認した書類", max_length=120)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登録者"
    )
    recorded_at = models.DateTimeField("登録日時")

    class Meta:
        verbose_name = "他の都道府県の貸付"
        verbose_name_plural = "他の都道府県の貸付"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "fund", "applied_on"],
                name="one_loan_elsewhere_per_fund_and_day",
                violation_error_message="同じ資金・同じ申込日の貸付がすでに登録されています。",
            ),
            models.CheckConstraint(condition=Q(fund__startswith="SP_"), name="loan_elsewhere_is_special"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.fund}"


class LoanCorrection(models.Model):
    """One fact of a historic loan that was put right: which, before, after, and why."""

    append_only: ClassVar[bool] = True
    audit_values: ClassVar[tuple[str, ...]] = ("field", "before", "after")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="corrections", verbose_name="貸付")
    field = models.CharField("項目", max_length=30)
    before = models.CharField("訂正前", max_length=40, blank=True)
    after = models.CharField("訂正後", max_length=40, blank=True)
    reason = models.CharField("理由", max_length=400)
    by = models.CharField("操作者", max_length=150)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="訂正した職員"
    )
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = "貸付の訂正"
        verbose_name_plural = "貸付の訂正"
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="loan_correction_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.field}"

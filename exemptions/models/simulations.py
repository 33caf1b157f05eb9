"""Simulations of changed settings and rules: who asked, how far, and every loan that would come out differently. Yen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Office
from exemptions.enums import Ground, Result
from exemptions.simulating.enums import Sign, SimulationKind, SimulationState
from jobs.models import Run
from loans.enums import FundKind
from loans.models import Loan
from rulebook.models import SettingRow
from rulebook.moves import Moves

if TYPE_CHECKING:
    from accounts.models import User


class Simulation(models.Model):
    """One question to the whole portfolio: the settings of ``as_of`` before and after a draft, and what came out.

    ``base`` is ``rulebook.certifying.base_of`` when it was asked. The digests are empty until it is done; a cancelled one
    keeps nothing but that word. These rows are the simulation's own work list: they keep no audit rows, so that a
    simulation writes nothing outside itself.
    """

    audited: ClassVar[bool] = False

    draft = models.ForeignKey(SettingRow, on_delete=models.PROTECT, related_name="+", verbose_name="改正案")
    kind = models.CharField("種別", max_length=8, choices=SimulationKind)
    state = models.CharField("状態", max_length=10, choices=SimulationState, default=SimulationState.RUNNING)
    as_of = models.DateField("基準日")
    moves = models.CharField("動かすもの", max_length=12, choices=[(each.value, each.label_ja) for each in Moves])
    base = models.CharField("前提", max_length=64)
    settings_before = models.JSONField("変更前の設定")
    settings_after = models.JSONField("変更後の設定")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="処理")
    loans = models.PositiveIntegerField("貸付", default=0)
    asked = models.PositiveIntegerField("判定した貸付", default=0)
    before = models.CharField("変更前の照合値", max_length=64, blank=True)
    after = models.CharField("変更後の照合値", max_length=64, blank=True)
    problem = models.CharField("できなかった理由", max_length=200, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="依頼者"
    )
    requested_at = models.DateTimeField("依頼日時")
    finished_at = models.DateTimeField("終了日時", null=True)

    class Meta:
        verbose_name = "試算"
        verbose_name_plural = "試算"
        constraints = [
            models.UniqueConstraint(
                fields=["draft"],
                condition=Q(state=SimulationState.RUNNING),
                name="one_simulation_of_a_draft_at_a_time",
            ),
            models.CheckConstraint(
                name="simulation_done_with_its_digests",
                condition=Q(state=SimulationState.DONE, finished_at__isnull=False) & ~Q(after="")
                | ~Q(state=SimulationState.DONE) & Q(after=""),
            ),
        ]
        indexes = [models.Index(fields=["draft", "-id"], name="simulation_of_draft")]

    def __str__(self) -> str:
        return f"S-{self.pk:05d}" if self.pk else "S-new"


class SimulationBlock(models.Model):
    """A block of loans by their keys, once it is done: digests of what is held and of what comes out."""

    audited: ClassVar[bool] = False

    simulation = models.ForeignKey(Simulation, on_delete=models.CASCADE, related_name="blocks", verbose_name="試算")
    number = models.PositiveIntegerField("区画")
    loans = models.PositiveIntegerField("貸付")
    asked = models.PositiveIntegerField("判定した貸付")
    held = models.CharField("事実の照合値", max_length=64)
    before = models.CharField("変更前の照合値", max_length=64)
    after = models.CharField("変更後の照合値", max_length=64)

    class Meta:
        verbose_name = "試算の区画"
        verbose_name_plural = "試算の区画"
        constraints = [models.UniqueConstraint(fields=["simulation", "number"], name="one_block_per_simulation")]

    def __str__(self) -> str:
        return f"{self.simulation_id}:{self.number}"


class SimulationLineQuerySet(models.QuerySet["SimulationLine"]):
    def visible_to(self, user: User) -> SimulationLineQuerySet:
        """Lines about the persons this member of staff may know of."""
        return self.filter(loan__in=Loan.objects.visible_to(user))


class SimulationLine(models.Model):
    """One loan that would come out differently. ``told``: its borrower would have to be told (a letter)."""

    audited: ClassVar[bool] = False

    simulation = models.ForeignKey(Simulation, on_delete=models.CASCADE, related_name="lines", verbose_name="試算")
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="+", verbose_name="貸付")
    fund = models.CharField("資金種類", max_length=20, choices=FundKind)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name="受付事業所")
    sign = models.CharField("変わり方", max_length=8, choices=Sign)
    told = models.BooleanField("お知らせが必要")
    applied = models.BooleanField("審査中の申請あり")
    result_before = models.CharField("変更前の結果", max_length=20, choices=Result)
    result_after = models.CharField("変更後の結果", max_length=20, choices=Result)
    ground_before = models.CharField("変更前の要件", max_length=40, choices=Ground, blank=True)
    ground_after = models.CharField("変更後の要件", max_length=40, choices=Ground, blank=True)
    amount_before = models.PositiveIntegerField("変更前の免除額")
    amount_after = models.PositiveIntegerField("変更後の免除額")
    late_before = models.BooleanField("変更前は受付期間後")
    late_after = models.BooleanField("変更後は受付期間後")
    arrears_before = models.PositiveIntegerField("変更前の滞納額", null=True)
    arrears_after = models.PositiveIntegerField("変更後の滞納額", null=True)
    outstanding_before = models.PositiveIntegerField("変更前の残額", null=True)
    outstanding_after = models.PositiveIntegerField("変更後の残額", null=True)
    late_interest_before = models.PositiveIntegerField("変更前の延滞利子", null=True)
    late_interest_after = models.PositiveIntegerField("変更後の延滞利子", null=True)

    objects = SimulationLineQuerySet.as_manager()

    class Meta:
        verbose_name = "試算で変わる貸付"
        verbose_name_plural = "試算で変わる貸付"
        constraints = [models.UniqueConstraint(fields=["simulation", "loan"], name="one_line_per_loan_simulated")]
        indexes = [models.Index("simulation", "sign", "id", name="simulation_line_list")]

    def __str__(self) -> str:
        return f"{self.simulation_id}:{self.loan_id}"

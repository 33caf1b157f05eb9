"""Persons recorded twice: pairs that may be one, merges with every row they moved, and merges taken back."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from people.enums import PairReason, PairState, RowChange
from people.merging.policy import Policy, Stays
from people.models.persons import Person


class PersonPair(models.Model):
    """Two persons who may be one. There is one row for two persons ever: a pair that was told apart never comes back."""

    audit_values: ClassVar[tuple[str, ...]] = ("state", "score", "reasons")
    on_merge: ClassVar[dict[str, Policy]] = {
        "low": Stays("the pair is about these two records"),
        "high": Stays("the pair is about these two records"),
        "survivor": Stays("what was proposed then"),
    }

    low = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name="一人目")
    high = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name="二人目")
    reasons = ArrayField(models.CharField(max_length=16, choices=PairReason), verbose_name="似ている点")
    score = models.PositiveSmallIntegerField("確からしさ")
    state = models.CharField("状態", max_length=10, choices=PairState, default=PairState.OPEN)
    found_at = models.DateTimeField("見つけた日時")
    survivor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="残す方")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="起案者"
    )
    proposed_at = models.DateTimeField("起案日時", null=True)
    closed_by = models.CharField("処理した人", max_length=150, blank=True)
    closed_at = models.DateTimeField("処理日時", null=True)
    reason = models.CharField("別人とした理由", max_length=200, blank=True)
    undo_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="取消しの起案者"
    )
    undo_whose = models.JSONField("統合の後の記録の持ち主", default=dict, blank=True)

    class Meta:
        verbose_name = "重複の候補"
        verbose_name_plural = "重複の候補"
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="one_row_for_a_pair"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="pair_is_in_order"),
            models.CheckConstraint(condition=Q(state__in=PairState.values), name="pair_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state=PairState.PROPOSED)
                | Q(survivor__isnull=False, proposed_by__isnull=False, proposed_at__isnull=False),
                name="proposed_pair_says_who_remains",
            ),
            models.CheckConstraint(
                condition=~Q(state=PairState.UNDOING) | (~Q(reason="") & Q(undo_asked_by__isnull=False)),
                name="undoing_pair_says_who_asks_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(state=PairState.DIFFERENT) | (~Q(reason="") & Q(closed_at__isnull=False)),
                name="different_pair_has_a_reason",
            ),
        ]
        indexes = [models.Index("state", F("score").desc(), "id", name="pair_by_score")]

    def __str__(self) -> str:
        return f"{self.low_id}-{self.high_id}"


class Merge(models.Model):
    """Two records became one. ``kept_rows`` are the keys of the rows the remaining person had before, by relation."""

    append_only: ClassVar[bool] = True
    on_merge: ClassVar[dict[str, Policy]] = {
        "survivor": Stays("who remained then"),
        "gone": Stays("who went then"),
    }

    survivor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name="残した方")
    gone = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name="統合した方")
    pair = models.ForeignKey(PersonPair, on_delete=models.PROTECT, related_name="merges", verbose_name="候補")
    money_on_both_sides = models.BooleanField("双方に貸付あり")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="起案者"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="確認者"
    )
    at = models.DateTimeField("統合日時")
    kept_rows = models.JSONField("統合前からの記録", default=dict)

    class Meta:
        verbose_name = "統合"
        verbose_name_plural = "統合"
        constraints = [
            models.CheckConstraint(condition=~Q(survivor=F("gone")), name="merge_of_two"),
            models.CheckConstraint(
                condition=Q(money_on_both_sides=False) | Q(confirmed_by__isnull=False),
                name="merge_of_money_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="merge_by_a_second_person",
                violation_error_message="起案した人は確認者になれません。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id}→{self.survivor_id}"


class MergedRow(models.Model):
    """One row that a merge touched, with the columns it wrote: before, and after."""

    append_only: ClassVar[bool] = True

    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="rows", verbose_name="統合")
    relation = models.CharField("項目", max_length=100)
    row = models.BigIntegerField("行")
    change = models.CharField("変更", max_length=8, choices=RowChange)
    before = models.JSONField("変更前", encoder=DjangoJSONEncoder, null=True)
    after = models.JSONField("変更後", encoder=DjangoJSONEncoder, null=True)

    class Meta:
        verbose_name = "統合で動いた記録"
        verbose_name_plural = "統合で動いた記録"

    def __str__(self) -> str:
        return f"{self.relation}:{self.row}"


class MergeUndo(models.Model):
    """A merge was taken back; ``given_back`` are the rows written since that went to the returned person."""

    append_only: ClassVar[bool] = True

    merge = models.OneToOneField(Merge, on_delete=models.PROTECT, related_name="undo", verbose_name="統合")
    reason = models.CharField("理由", max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="取り消した人"
    )
    money_on_both_sides = models.BooleanField("双方に貸付あり", default=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="確認者"
    )
    at = models.DateTimeField("取消日時")
    given_back = models.JSONField("戻した方に移した記録", default=list)

    class Meta:
        verbose_name = "統合の取消し"
        verbose_name_plural = "統合の取消し"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="undo_has_a_reason"),
            models.CheckConstraint(
                condition=Q(money_on_both_sides=False) | Q(confirmed_by__isnull=False),
                name="merge_undo_of_money_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("by")),
                name="merge_undo_by_a_second_person",
                violation_error_message="起案した人は確認者になれません。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merge_id}"

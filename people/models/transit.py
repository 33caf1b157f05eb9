"""Batches of paper between two councils. A piece of paper is in one open batch at most: the database holds that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Office
from accounts.roles import Permission
from people.enums import ItemState, PaperKind, TransitState
from people.merging.policy import Moves, Policy
from people.models.papers import Paper
from people.models.persons import Person

if TYPE_CHECKING:
    from accounts.models import User

BATCH_NUMBER: Final = re.compile(r"T(\d{6,9})")
ITEM_NUMBER: Final = re.compile(r"T(\d{6,9})-(\d{2,3})")


class TransitBatchQuerySet(models.QuerySet["TransitBatch"]):
    def visible_to(self, user: User) -> TransitBatchQuerySet:
        """The batches that the own office sends or awaits; whoever sees all offices sees all batches."""
        if not user.can(Permission.SEE_CASES):
            return self.none()
        if user.can(Permission.SEE_ALL_OFFICES):
            return self
        return self.filter(Q(sender=user.office_id) | Q(receiver=user.office_id))


class TransitBatch(models.Model):
    """One parcel between a municipal council and the prefectural one. Its number stands on the slip and in its QR code."""

    audit_values: ClassVar[tuple[str, ...]] = ("state", "sender_id", "receiver_id", "sent_on")

    sender = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name="送る事業所")
    receiver = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name="受け取る事業所")
    state = models.CharField("状態", max_length=10, choices=TransitState, default=TransitState.PACKING)
    packed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="作成者"
    )
    packed_at = models.DateTimeField("作成日時")
    carrier = models.CharField("送り方", max_length=60, blank=True)
    sent_on = models.DateField("送付日", null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="送付者"
    )
    checked_on = models.DateField("照合日", null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="照合者"
    )

    objects = TransitBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "送付便"
        verbose_name_plural = "送付便"
        constraints = [
            models.CheckConstraint(
                name="transit_goes_to_another_office",
                condition=~Q(sender=F("receiver")),
                violation_error_message="送る事業所と受け取る事業所が同じです。",
            ),
            models.CheckConstraint(
                name="transit_sent_says_who_when_and_how",
                condition=Q(state__in=(TransitState.PACKING, TransitState.DISCARDED))
                | (Q(sent_on__isnull=False, sent_by__isnull=False) & ~Q(carrier="")),
            ),
            models.CheckConstraint(
                name="transit_checked_says_who_and_when",
                condition=~Q(state=TransitState.CHECKED) | Q(checked_on__isnull=False, checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="transit_checked_by_a_second_person",
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("sent_by")),
                violation_error_message="送った人は受け取りの照合ができません。",
            ),
            models.UniqueConstraint(
                fields=["sender", "receiver"],
                condition=Q(state=TransitState.PACKING),
                name="one_parcel_packed_at_a_time",
                violation_error_message="この宛先の梱包中の送付便がすでにあります。",
            ),
        ]
        indexes = [
            models.Index(fields=["sender", "-id"], name="transit_of_sender"),
            models.Index(fields=["receiver", "-id"], name="transit_of_receiver"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """``T000123``: what the slip and its QR code say, and what may be typed."""
        return f"T{self.pk:06d}" if self.pk else "T-new"


class TransitItem(models.Model):
    """One piece of paper (or one file of sheets that belong together) in a batch.

    ``label`` says what it belongs to (an application, a loan code). It is open while nobody has said that they have it;
    what was taken out before sending stays as a row, so that numbers are never used twice.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("state", "batch_id", "sheets")
    on_merge: ClassVar[dict[str, Policy]] = {"person": Moves()}

    batch = models.ForeignKey(TransitBatch, on_delete=models.PROTECT, related_name="items", verbose_name="送付便")
    number = models.PositiveSmallIntegerField("番号")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="transit_items", verbose_name="人")
    paper = models.ForeignKey(
        Paper, on_delete=models.SET_NULL, related_name="transit_items", null=True, blank=True, verbose_name="書類"
    )
    kind = models.CharField("種類", max_length=30, choices=PaperKind)
    label = models.CharField("申請・貸付", max_length=60, blank=True)
    sheets = models.PositiveSmallIntegerField("枚数")
    state = models.CharField("状態", max_length=10, choices=ItemState, default=ItemState.ON_THE_WAY)
    settled_on = models.DateField("確認日", null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="確認者"
    )
    found_where = models.CharField("見つかった場所", max_length=120, blank=True)

    class Meta:
        verbose_name = "送付便の書類"
        verbose_name_plural = "送付便の書類"
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="transit_item_number"),
            models.UniqueConstraint(
                fields=["paper"],
                condition=Q(state=ItemState.ON_THE_WAY),
                name="paper_in_one_open_batch",
                violation_error_message="この書類は、まだ届いていない別の送付便に入っています。",
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "label"],
                condition=Q(state=ItemState.ON_THE_WAY, paper__isnull=True),
                name="piece_in_one_open_batch",
                violation_error_message="この書類は、まだ届いていない別の送付便に入っています。",
            ),
            models.CheckConstraint(
                name="transit_item_settled_says_who_and_when",
                condition=Q(state=ItemState.ON_THE_WAY, settled_on__isnull=True, settled_by__isnull=True)
                | (~Q(state=ItemState.ON_THE_WAY) & Q(settled_on__isnull=False, settled_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="transit_item_found_says_where",
                condition=Q(state=ItemState.FOUND) ^ Q(found_where=""),
            ),
            models.CheckConstraint(name="transit_item_has_sheets", condition=Q(sheets__gte=1)),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """``T000123-07``: the batch's number and the item's own, as the QR code beside it says."""
        return f"T{self.batch_id:06d}-{self.number:02d}"


class TransitExtra(models.Model):
    """Something lay in the parcel that the slip does not name."""

    append_only: ClassVar[bool] = True

    batch = models.ForeignKey(TransitBatch, on_delete=models.PROTECT, related_name="extras", verbose_name="送付便")
    what = models.CharField("入っていたもの", max_length=120)
    sheets = models.PositiveSmallIntegerField("枚数")
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="記録者"
    )
    noted_on = models.DateField("記録日")

    class Meta:
        verbose_name = "送付便の余り"
        verbose_name_plural = "送付便の余り"
        constraints = [models.CheckConstraint(name="transit_extra_has_sheets", condition=Q(sheets__gte=1))]

    def __str__(self) -> str:
        return f"{self.batch_id} +{self.sheets}"


class TransitStep(models.Model):
    """What happened to a batch or to one item of it, when and by whom: its timeline."""

    append_only: ClassVar[bool] = True

    batch = models.ForeignKey(TransitBatch, on_delete=models.PROTECT, related_name="steps", verbose_name="送付便")
    item = models.ForeignKey(
        TransitItem, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="書類"
    )
    move = models.CharField("操作", max_length=12)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="操作者"
    )
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = "送付便の経過"
        verbose_name_plural = "送付便の経過"
        indexes = [models.Index(fields=["batch", "id"], name="transit_timeline")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.move}"


def batch_of_number(text: str) -> int | None:
    """The key of the batch that a scanned or typed number names (its own, or one of its items')."""
    found = BATCH_NUMBER.fullmatch(text) or ITEM_NUMBER.fullmatch(text)
    return int(found[1]) if found else None

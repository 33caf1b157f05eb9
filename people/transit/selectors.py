"""Where parcels and their papers are: what the own office packs, sent and awaits, and what did not arrive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, F, Q, QuerySet

from accounts.enums import OfficeKind
from accounts.models import Office
from people.enums import ItemState, TransitState
from people.models import TransitBatch, TransitItem
from people.transit.overdue import last_red_day, red_from
from rulebook.selectors import settings_on

if TYPE_CHECKING:
    from accounts.models import User

SHOWN: Final = 50
UNDER_WAY: Final = (TransitState.SENT, TransitState.CHECKED)


@dataclass(frozen=True, slots=True)
class Missing:
    """A piece of paper that was sent and has not arrived. ``red_on``: the day it turns, or turned, red."""

    item: TransitItem
    red_on: date
    is_red: bool
    is_ours: bool

    @property
    def after_check(self) -> bool:
        """Whether the other side opened the parcel and did not find it, rather than has not looked yet."""
        return bool(self.item.batch.state == TransitState.CHECKED)


def batches_for(user: User) -> QuerySet[Any]:
    """The batches this person may know of, with how many pieces they hold (``pieces``) and how many are open (``open``)."""
    there = ~Q(items__state=ItemState.TAKEN_OUT)
    return (
        TransitBatch.objects.visible_to(user)
        .select_related("sender", "receiver", "sent_by", "checked_by")
        .annotate(
            pieces=Count("items", filter=there), open=Count("items", filter=Q(items__state=ItemState.ON_THE_WAY))
        )
        .order_by("-pk")
    )


def missing_for(user: User, *, on: date) -> list[Missing]:
    """What did not arrive, of all batches this person may know of: red first, the oldest first. Two queries.

    Before the parcel was counted and before its red day a piece is simply on its way, and not named here.
    """
    days = settings_on(on).transit_red_bank_days
    last = last_red_day(on, days)
    rows = (
        TransitItem.objects.filter(
            Q(batch__state=TransitState.CHECKED) | Q(batch__sent_on__lte=last),
            state=ItemState.ON_THE_WAY,
            batch__state__in=UNDER_WAY,
            batch__in=TransitBatch.objects.visible_to(user).values("pk"),
        )
        .select_related("batch__sender", "batch__receiver", "person")
        .order_by("batch__sent_on", "batch", "number")
    )
    found = [_missing(row, days, last, user) for row in rows]
    return sorted(found, key=lambda each: not each.is_red)


def _missing(row: TransitItem, days: int, last: date, user: User) -> Missing:
    sent_on = row.batch.sent_on
    assert sent_on is not None
    ours = user.office_id in (row.batch.sender_id, row.batch.receiver_id)
    return Missing(row, red_from(sent_on, days), is_red=sent_on <= last, is_ours=ours)


def red_count(user: User, *, on: date) -> int:
    """How many pieces of paper are red for the own office, on either side: a number for today's page."""
    last = last_red_day(on, settings_on(on).transit_red_bank_days)
    return (
        TransitItem.objects.filter(state=ItemState.ON_THE_WAY, batch__state__in=UNDER_WAY, batch__sent_on__lte=last)
        .filter(Q(batch__sender=user.office_id) | Q(batch__receiver=user.office_id))
        .count()
    )


def to_receive_count(user: User) -> int:
    """How many parcels on their way to the own office have not been counted yet."""
    return TransitBatch.objects.filter(receiver=user.office_id, state=TransitState.SENT).count()


def open_items_of(person_ids: Iterable[int]) -> list[TransitItem]:
    """The pieces of these persons that lie in a parcel nobody has ticked yet; one query."""
    return list(
        TransitItem.objects.filter(person__in=set(person_ids), state=ItemState.ON_THE_WAY)
        .select_related("batch__sender", "batch__receiver")
        .annotate(sent_on=F("batch__sent_on"))
        .order_by("pk")
    )


def counterparts(user: User) -> list[Office]:
    """The offices to which the own one may send papers."""
    kinds = {OfficeKind.PREFECTURAL: OfficeKind.MUNICIPAL, OfficeKind.MUNICIPAL: OfficeKind.PREFECTURAL}
    wanted = kinds.get(OfficeKind(user.office.kind))
    return list(Office.objects.filter(kind=wanted, closed_on__isnull=True)) if wanted else []

"""Which pairs wait for a decision, for those who see both persons. Nothing here tells where somebody hidden lives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.db.models import Count, Q, QuerySet

from people.addresses import withheld_people
from people.enums import PairReason, PairState
from people.models import Merge, Person, PersonPair

if TYPE_CHECKING:
    from accounts.models import User

PAGE_SIZE: Final = 50
WAITING: Final = (PairState.OPEN, PairState.PROPOSED)


@dataclass(frozen=True, slots=True)
class PairLine:
    """One pair in the list, with the reasons that may be told."""

    pair: PersonPair
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairPage:
    """At most ``PAGE_SIZE`` pairs, the likeliest first. ``after`` continues the list, empty at its end."""

    lines: tuple[PairLine, ...]
    after: str = ""


def pairs_for(user: User, *, on: date) -> QuerySet[PersonPair]:
    """Pairs of which this reader may know both persons, without those that only a hidden address would explain."""
    visible = Person.objects.visible_to(user).values("pk")
    waiting = Q(state__in=WAITING)
    either = Q(low__in=visible, high__in=visible) | (~waiting & (Q(low__in=visible) | Q(high__in=visible)))
    by_home = PersonPair.objects.filter(reasons=[PairReason.RENAMED_HOME]).values_list("pk", "low_id", "high_id")
    rows = list(by_home)
    hidden = withheld_people({key for _, low, high in rows for key in (low, high)}, on=on) if rows else {}
    secret = [pk for pk, low, high in rows if low in hidden or high in hidden]
    return PersonPair.objects.filter(either).exclude(pk__in=secret)


def numbers_of(user: User, *, on: date) -> dict[str, int]:
    """How many pairs there are in each state."""
    counted = pairs_for(user, on=on).values_list("state").annotate(Count("pk"))
    return {str(state): 0 for state in PairState} | dict(counted)


def pair_page(user: User, *, state: PairState, after: str, on: date) -> PairPage:
    """A page of the list of one state."""
    pairs = pairs_for(user, on=on).filter(state=state)
    if (place := _place(after)) is not None:
        last_score, last = place
        pairs = pairs.filter(Q(score__lt=last_score) | Q(score=last_score, pk__gt=last))
    rows = list(
        pairs.select_related("low", "high", "proposed_by", "undo_asked_by").order_by("-score", "pk")[: PAGE_SIZE + 1]
    )
    shown = rows[:PAGE_SIZE]
    hidden = withheld_people({key for row in shown for key in (row.low_id, row.high_id)}, on=on)
    lines = tuple(PairLine(row, told(row, hidden=bool({row.low_id, row.high_id} & hidden.keys()))) for row in shown)
    more = f"{shown[-1].score}.{shown[-1].pk}" if len(rows) > PAGE_SIZE else ""
    return PairPage(lines=lines, after=more)


def told(pair: PersonPair, *, hidden: bool) -> tuple[str, ...]:
    """The reasons in words; that two live at one address is not told where one of them is hidden."""
    return tuple(
        str(PairReason(reason).label) for reason in pair.reasons if not (hidden and reason == PairReason.RENAMED_HOME)
    )


def merges_for(user: User) -> QuerySet[Merge]:
    """Merges whose remaining person this reader may know of, also where that one was merged again."""
    visible = Person.objects.visible_to(user).values("pk")
    return Merge.objects.filter(Q(survivor__in=visible) | Q(survivor__merged_into__in=visible)).select_related(
        "survivor", "gone", "proposed_by", "confirmed_by", "pair__undo_asked_by", "undo__by", "undo__confirmed_by"
    )


def waiting_for(user: User, *, on: date) -> tuple[int, int]:
    """How many pairs nobody has looked at, and how many wait for this person's confirmation."""
    pairs = pairs_for(user, on=on)
    proposed = pairs.filter(state=PairState.PROPOSED).exclude(proposed_by=user)
    return pairs.filter(state=PairState.OPEN).count(), proposed.count()


def undoings_for(user: User, *, on: date) -> int:
    """How many merges are to be taken back once this person has confirmed it."""
    return pairs_for(user, on=on).filter(state=PairState.UNDOING).exclude(undo_asked_by=user).count()


def _place(after: str) -> tuple[int, int] | None:
    score, _, key = after.partition(".")
    digits = score.isascii() and score.isdigit() and key.isascii() and key.isdigit()
    return (int(score), int(key)) if digits and len(score) <= 3 and len(key) <= 18 else None

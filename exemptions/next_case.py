"""Which application is next for whom: what 「次の申請を取る」 gives, and what lies before and after the case in hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.roles import Permission
from accounts.selectors import deputised_supervisor
from exemptions.enums import ApplicationState as State
from exemptions.filters import Filters
from exemptions.models import Application, StateChange, is_assigned, resting
from exemptions.queue import beyond
from exemptions.services.claims import free_or_held_by
from exemptions.workflow import MAKING

if TYPE_CHECKING:
    from accounts.models import User


def decides(user: User, *, on: date) -> bool:
    """Whether somebody decides on applications that day, for themselves or in a supervisor's place."""
    return user.can(Permission.DECIDE_EXEMPTIONS) or deputised_supervisor(user, on) is not None


def reviews(user: User, *, at: datetime) -> bool:
    """Whether somebody can take applications in hand at a moment."""
    return user.can(Permission.REVIEW_EXEMPTIONS) or decides(user, on=timezone.localtime(at).date())


def own_work(user: User) -> Q:
    """Applications that somebody entered, corrected or prepared: others decide on them."""
    touched = StateChange.objects.filter(by_user=user, move__in=MAKING).values("application")
    return Q(entered_by=user) | Q(prepared_by=user) | Q(pk__in=touched)


def waiting_for(user: User, filters: Filters, *, at: datetime) -> QuerySet[Application]:
    """What 「次の申請を取る」 chooses from: the filtered queue, as far as this person can take the next step.

    Deciders get proposals that are not their own work, and received ones only where they ask for those; whoever prepares
    gets the received ones. What was given to somebody else is theirs, unless this person is their deputy that day or asks
    for that person's cases; what was laid aside rests until its day, unless somebody asks for those.
    """
    on = timezone.localtime(at).date()
    rows = filters.apply(Application.objects.visible_to(user), user=user, at=at)
    supervisor = deputised_supervisor(user, on)
    mine = Q(pk__in=[])
    if user.can(Permission.DECIDE_EXEMPTIONS) or supervisor is not None:
        mine |= Q(state=State.UNDER_REVIEW) & ~own_work(user)
    prepares = not user.can(Permission.DECIDE_EXEMPTIONS) or filters.state == State.RECEIVED
    if user.can(Permission.REVIEW_EXEMPTIONS) and prepares:
        mine |= Q(state=State.RECEIVED)
    rows = rows.filter(mine)
    if not filters.assigned:
        owners = [user.pk] if supervisor is None else [user.pk, supervisor.pk]
        rows = rows.exclude(is_assigned() & ~Q(assigned_to__in=owners))
    return rows if filters.aside else rows.exclude(resting(on))


def in_turn(user: User, filters: Filters, *, at: datetime) -> tuple[QuerySet[Application], QuerySet[Application]]:
    """The same in the order in which it is offered: first what this person was given, then everything."""
    waiting = waiting_for(user, filters, at=at)
    return waiting.filter(assigned_to=user, assigned_at__gt=F("state_since")), waiting


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The keys of the applications before and after one in the queue, None at its ends."""

    previous: int | None
    following: int | None


def neighbours(application: Application, user: User, filters: Filters, *, at: datetime) -> Neighbours:
    """What 「前の申請」 and 「次の申請」 lead to: rows this person can take on that nobody else has in hand; two queries."""
    rows = waiting_for(user, filters, at=at).filter(free_or_held_by(user.pk, at)).exclude(pk=application.pk)
    here = (application.received_on, application.pk)
    before = rows.filter(beyond(here, backwards=True)).order_by("-received_on", "-pk")
    after = rows.filter(beyond(here, backwards=False)).order_by("received_on", "pk")
    return Neighbours(
        previous=before.values_list("pk", flat=True).first(), following=after.values_list("pk", flat=True).first()
    )


def coming_up(user: User, filters: Filters, *, at: datetime, limit: int = 12) -> list[Application]:
    """The head of the queue, for the column beside the case in hand."""
    rows = waiting_for(user, filters, at=at).filter(free_or_held_by(user.pk, at))
    return list(rows.select_related("loan__borrower", "assessment").order_by("received_on", "pk")[:limit])

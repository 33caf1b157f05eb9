"""Who has an application in hand, so that two reviewers never get the same one (features G-10).

A claim lasts half an hour and is renewed by its owner; whatever step is taken ends it. Claims are no steps in the life of
an application: they leave its version and its timeline alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from exemptions.models import Application
from exemptions.refusals import NotAllowed
from exemptions.services.moves import check_not_held_by_another, member_of_staff, refuse_without_review

CLAIM_LASTS = timedelta(minutes=30)


def free_or_held_by(user_id: int, at: datetime) -> Q:
    """Applications that nobody has in hand at a moment, or this person has."""
    return Q(claimed_by__isnull=True) | Q(claimed_until__lte=at) | Q(claimed_by=user_id)


@service
def claim(*, application_id: int, by: Actor, at: datetime) -> Application:
    """Take an application in hand for half an hour, or go on having it. ``HeldByAnother`` while somebody else does."""
    person = member_of_staff(by)
    refuse_without_review(person, on=timezone.localtime(at).date())
    application = (
        Application.objects.visible_to(person)
        .select_for_update(of=("self",))
        .select_related("claimed_by")
        .filter(pk=application_id)
        .first()
    )
    if application is None:
        raise NotAllowed("この申請は見つかりません。")
    check_not_held_by_another(application, person, at)
    return _hand_over(application, person.pk, at)


@service
def claim_next(*, waiting: QuerySet[Application], by: Actor, at: datetime) -> Application | None:
    """Take the oldest application of a queue that nobody has in hand; None when there is none.

    Rows that another reviewer is taking at this very moment are stepped over, so two get two different ones.
    """
    person = member_of_staff(by)
    refuse_without_review(person, on=timezone.localtime(at).date())
    application = (
        waiting.filter(free_or_held_by(person.pk, at))
        .order_by("received_on", "pk")
        .select_for_update(of=("self",), skip_locked=True)
        .first()
    )
    return _hand_over(application, person.pk, at) if application is not None else None


@service
def release(*, application_id: int, by: Actor, at: datetime) -> None:
    """Lay an application back into the queue; nothing happens where this person does not have it."""
    person = member_of_staff(by)
    application = (
        Application.objects.select_for_update(of=("self",)).filter(pk=application_id, claimed_by=person).first()
    )
    if application is not None:
        application.claimed_by, application.claimed_until = None, None
        application.save(update_fields=["claimed_by", "claimed_until"])


def _hand_over(application: Application, person_id: int, at: datetime) -> Application:
    application.claimed_by_id, application.claimed_until = person_id, at + CLAIM_LASTS
    application.save(update_fields=["claimed_by", "claimed_until"])
    return application

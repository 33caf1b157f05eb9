"""Who has an application in hand, so that two reviewers never get the same one (features G-10).

A claim lasts half an hour and is renewed by its owner; whatever step is taken ends it. Claims are no steps in the life of
an application: they leave its version and its timeline alone.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from audit.actors import Actor
from audit.services import service
from exemptions.filters import WAITING
from exemptions.models import Application, LaidAside
from exemptions.refusals import MovedMeanwhile, NotAllowed, NotReady, ReasonMissing
from exemptions.services.moves import check_not_held_by_another, member_of_staff, refuse_without_review
from exemptions.wording import how_it_stands

CLAIM_LASTS = timedelta(minutes=30)
LONGEST_REST = timedelta(days=60)


def free_or_held_by(user_id: int, at: datetime) -> Q:
    """Applications that nobody has in hand at a moment, or this person has."""
    return Q(claimed_by__isnull=True) | Q(claimed_until__lte=at) | Q(claimed_by=user_id)


@service
def claim(*, application_id: int, by: Actor, at: datetime) -> Application:
    """Take an application in hand for half an hour, or go on having it. ``HeldByAnother`` while somebody else does."""
    person = member_of_staff(by)
    refuse_without_review(person, on=timezone.localtime(at).date())
    application = _visible(application_id, person)
    check_not_held_by_another(application, person, at)
    return _hand_over(application, person.pk, at)


@service
def claim_next(
    *, waiting: QuerySet[Application], first: QuerySet[Application] | None = None, by: Actor, at: datetime
) -> Application | None:
    """Take the oldest application of a queue that nobody has in hand; None when there is none.

    ``first`` is the part of the queue that comes before all the rest, such as what this person was given.

    Rows that another reviewer is taking at this very moment are stepped over, so two get two different ones.
    """
    person = member_of_staff(by)
    refuse_without_review(person, on=timezone.localtime(at).date())
    for rows in (first, waiting):
        if rows is None:
            continue
        free = rows.filter(free_or_held_by(person.pk, at)).order_by("received_on", "pk")
        application = free.select_for_update(of=("self",), skip_locked=True).first()
        if application is not None:
            return _hand_over(application, person.pk, at)
    return None


@service
def release(*, application_id: int, by: Actor, at: datetime) -> None:
    """Lay an application back into the queue; nothing happens where this person does not have it."""
    person = member_of_staff(by)
    application = (
        Application.objects.select_for_update(of=("self",)).filter(pk=application_id, claimed_by=person).first()
    )
    if application is not None:
        _let_go(application)


@service
def lay_aside(*, application_id: int, reason: str, until: date, by: Actor, at: datetime) -> LaidAside:
    """保留: let an application rest until a day, because nobody can go on with it before; ends a claim of one's own.

    Refused without a reason, for a day that is not to come, and while another reviewer has it in hand.
    """
    person = member_of_staff(by)
    today = timezone.localtime(at).date()
    refuse_without_review(person, on=today)
    application = _visible(application_id, person)
    check_not_held_by_another(application, person, at)
    if application.state not in WAITING:
        raise MovedMeanwhile(f"{how_it_stands(application)}そのため保留にはできません。")
    if not reason.strip():
        raise ReasonMissing("保留の理由を入力してください。")
    if not today < until <= today + LONGEST_REST:
        raise NotReady(f"再開日は、明日から{LONGEST_REST.days}日以内の日を入力してください。")
    LaidAside.objects.filter(application=application, ended_at__isnull=True).update(ended_at=at)
    _let_go(application)
    return LaidAside.objects.create(
        application=application, reason=reason.strip()[:200], until=until, laid_by=person, laid_at=at
    )


@service
def take_up(*, application_id: int, by: Actor, at: datetime) -> Application:
    """End the rest of an application, and take it in hand."""
    person = member_of_staff(by)
    refuse_without_review(person, on=timezone.localtime(at).date())
    application = _visible(application_id, person)
    check_not_held_by_another(application, person, at)
    LaidAside.objects.filter(application=application, ended_at__isnull=True).update(ended_at=at)
    return _hand_over(application, person.pk, at)


def _visible(application_id: int, person: User) -> Application:
    application = (
        Application.objects.visible_to(person)
        .select_for_update(of=("self",))
        .select_related("claimed_by")
        .filter(pk=application_id)
        .first()
    )
    if application is None:
        raise NotAllowed("この申請は見つかりません。")
    return application


def _let_go(application: Application) -> None:
    application.claimed_by, application.claimed_until = None, None
    application.save(update_fields=["claimed_by", "claimed_until"])


def _hand_over(application: Application, person_id: int, at: datetime) -> Application:
    application.claimed_by_id, application.claimed_until = person_id, at + CLAIM_LASTS
    application.save(update_fields=["claimed_by", "claimed_until"])
    return application

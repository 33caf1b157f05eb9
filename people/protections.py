"""Ending a 支援措置: one asks and says what confirms it, a second person agrees. Never backdated, never alone.

Beginning one is one person's call (``people.services.set_protection``): waiting for a second would leave an address
open that can cost a life.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from audit.actors import Actor
from audit.services import service
from people.models import Person, Protection, ProtectionEnding
from people.services import PersonRefused


@service
def ask_to_end(*, protection: Protection, until: date, reason: str, by: Actor, at: datetime) -> ProtectionEnding:
    """Ask that a 支援措置 ends with a last day; one request at a time."""
    protection = Protection.objects.select_for_update().get(pk=protection.pk)
    if by.user_id is None:
        raise PersonRefused("支援措置を終える依頼は、職員が行ってください。")
    if not reason.strip():
        raise PersonRefused("終了を確認した書類か理由を入力してください。")
    if protection.until is not None:
        raise PersonRefused("この支援措置には、すでに終了日が入っています。")
    refuse_backdated(until, at)
    if ProtectionEnding.objects.filter(protection=protection, answered_at__isnull=True).exists():
        raise PersonRefused("終了の依頼がすでに確認を待っています。")
    return ProtectionEnding.objects.create(
        protection=protection, until=until, reason=reason.strip(), asked_by_id=by.user_id, asked_at=at
    )


@service
def agree_to_end(*, ending: ProtectionEnding, by: Actor, at: datetime) -> ProtectionEnding:
    """Agree as the second person; the 支援措置 gets its last day, today at the earliest."""
    ending = _answered(ending, True, by=by, at=at)
    day = max(ending.until, timezone.localtime(at).date())
    Protection.objects.filter(pk=ending.protection_id).update(until=day)
    return ending


@service
def decline_to_end(*, ending: ProtectionEnding, by: Actor, at: datetime) -> ProtectionEnding:
    """Answer a request with no; the 支援措置 stands."""
    return _answered(ending, False, by=by, at=at)


def endings_to_answer(user: User) -> QuerySet[ProtectionEnding]:
    """Requests to end a 支援措置 that this person may answer, oldest first."""
    return (
        ProtectionEnding.objects.filter(answered_at__isnull=True)
        .filter(protection__person__in=Person.objects.visible_to(user))
        .exclude(asked_by=user)
        .select_related("protection__person", "asked_by__office")
        .order_by("asked_at", "pk")
    )


def open_ending(person: Person) -> ProtectionEnding | None:
    """The request about a person that still waits for an answer."""
    waiting = ProtectionEnding.objects.filter(protection__person=person, answered_at__isnull=True)
    return waiting.select_related("asked_by").first()


def refuse_backdated(until: date, at: datetime) -> None:
    if until < timezone.localtime(at).date():
        raise PersonRefused("支援措置を過去の日付で終えることはできません。")


def _answered(ending: ProtectionEnding, agreed: bool, *, by: Actor, at: datetime) -> ProtectionEnding:
    Protection.objects.select_for_update().get(pk=ending.protection_id)
    ending = ProtectionEnding.objects.select_for_update().get(pk=ending.pk)
    if ending.answered_at is not None:
        raise PersonRefused("この依頼にはすでに返事がされています。")
    if by.user_id is None or by.user_id == ending.asked_by_id:
        raise PersonRefused("依頼した人は確認者になれません。別の職員が確認してください。")
    ending.answered_by_id, ending.answered_at, ending.agreed = by.user_id, at, agreed
    ending.save(update_fields=["answered_by", "answered_at", "agreed"])
    return ending

"""Seeing a protected address: one asks and says why, a second person agrees, and for ten minutes the one may look.

Every look is written to the access log with who, why and who agreed (features N-8, G-13).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access, service
from people.addresses import AddressView, revealed_address, withheld_people
from people.models import AddressReveal, Person

SHOWN_FOR: Final = timedelta(minutes=10)


class RevealRefused(Exception):
    """A protected address is not shown; the text is a sentence for whoever asked."""


@service
def request_reveal(*, person: Person, reason: str, by: Actor, at: datetime) -> AddressReveal:
    """Ask to see the address of a protected person. A request of one's own that still waits is given back."""
    user = staff(by)
    if not user.can(Permission.REQUEST_REVEAL) or not Person.objects.visible_to(user).filter(pk=person.pk).exists():
        raise RevealRefused("この方の住所の表示を依頼できる役割ではありません。")
    reason = reason.strip()
    if not reason:
        raise RevealRefused("住所が必要な理由を入力してください。")
    if not withheld_people([person.pk], on=timezone.localtime(at).date()):
        raise RevealRefused("この方の住所は秘匿されていません。借受人のページで確認できます。")
    Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    waiting = AddressReveal.objects.filter(
        person=person, requested_by=user, approved_at__isnull=True, declined_at__isnull=True
    ).first()
    if waiting is not None:
        return waiting
    return AddressReveal.objects.create(person=person, reason=reason, requested_by=user, requested_at=at)


@service
def approve_reveal(*, reveal: AddressReveal, by: Actor, at: datetime) -> AddressReveal:
    """Agree as the second person; the ten minutes begin now."""
    reveal = open_request(reveal, answered_by=by)
    reveal.approved_by_id = by.user_id
    reveal.approved_at = at
    reveal.expires_at = at + SHOWN_FOR
    reveal.save(update_fields=["approved_by", "approved_at", "expires_at"])
    return reveal


@service
def decline_reveal(*, reveal: AddressReveal, by: Actor, at: datetime) -> AddressReveal:
    """Answer a request with no."""
    reveal = open_request(reveal, answered_by=by)
    reveal.declined_at = at
    reveal.save(update_fields=["declined_at"])
    return reveal


@service
def view_reveal(*, reveal: AddressReveal, by: Actor, at: datetime) -> AddressView:
    """The address itself, for the one who asked, while the ten minutes last. Writes the access row."""
    reveal = AddressReveal.objects.select_for_update(of=("self",)).select_related("approved_by").get(pk=reveal.pk)
    if reveal.requested_by_id != by.user_id:
        raise RevealRefused("依頼した本人だけが表示できます。")
    if reveal.approved_by is None or reveal.expires_at is None:
        raise RevealRefused("確認者の返事をお待ちください。")
    if at >= reveal.expires_at:
        raise RevealRefused("表示できる10分間が過ぎました。必要なときはもう一度依頼してください。")
    if reveal.viewed_at is None:
        reveal.viewed_at = at
        reveal.save(update_fields=["viewed_at"])
    record_access(
        by=by, action=AccessAction.REVEAL, subject="person", ids=[reveal.person_id], reason=why(reveal), at=at
    )
    return revealed_address(reveal.person_id, on=timezone.localtime(at).date())


def why(reveal: AddressReveal) -> str:
    """What the access log keeps beside a look: who agreed, and the reason."""
    agreed = reveal.approved_by.get_username() if reveal.approved_by else ""
    return f"確認者 {agreed}：{reveal.reason}"[:200]


def reveals_in_force(user: User, person_ids: Iterable[int], *, at: datetime) -> dict[int, AddressReveal]:
    """For each of these persons the reveal under which this one reader may look at a moment; missing where none."""
    rows = AddressReveal.objects.filter(requested_by=user, person__in=set(person_ids), expires_at__gt=at)
    return {row.person_id: row for row in rows.select_related("approved_by").order_by("expires_at")}


def staff(by: Actor) -> User:
    """The member of staff who acts; a machine never reveals an address."""
    if by.user_id is None:
        raise RevealRefused("職員だけが行えます。")
    return User.objects.get(pk=by.user_id)


def open_request(reveal: AddressReveal, *, answered_by: Actor) -> AddressReveal:
    """The request, locked, if this person may answer it and nobody else has."""
    user = staff(answered_by)
    reveal = AddressReveal.objects.select_for_update(of=("self",)).get(pk=reveal.pk)
    known = Person.objects.visible_to(user).filter(pk=reveal.person_id)
    if not user.can(Permission.APPROVE_REVEAL) or not known.exists():
        raise RevealRefused("住所の表示を確認できる役割ではありません。")
    if reveal.requested_by_id == user.pk:
        raise RevealRefused("依頼した人は確認者になれません。別の方が確認してください。")
    if reveal.approved_at is not None or reveal.declined_at is not None:
        raise RevealRefused("この依頼にはすでに返事がされています。")
    return reveal

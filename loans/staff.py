"""The person behind an actor, for steps that only people take."""

from __future__ import annotations

from accounts.models import User
from audit.actors import Actor


def acting_person(by: Actor) -> User | None:
    """The active member of staff behind an actor; None for machines and for whoever has left."""
    if by.user_id is None:
        return None
    return User.objects.filter(pk=by.user_id, is_active=True).select_related("office").first()

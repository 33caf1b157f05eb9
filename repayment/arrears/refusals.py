"""Why a step at the dunning desk was not taken, and who may take one."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from loans.staff import acting_person


class DunningRefused(Exception):
    """Nothing was written; the text is a Japanese sentence for the person who tried. ``field`` names the form's field."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class DunningNotAllowed(DunningRefused):
    """This person may not take this step."""


def must_may(by: Actor, permission: Permission, *, at: datetime) -> User:
    """The member of staff behind an actor; ``DunningNotAllowed`` without the permission on that day."""
    person = acting_person(by)
    if person is None:
        raise DunningNotAllowed("職員としてログインしてから操作してください。")
    if permission not in permissions_of(person.roles_on(timezone.localtime(at).date())):
        raise DunningNotAllowed("この操作の権限がありません。")
    return person

"""What the views of applications ask of every request: who, which application, which version."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import User
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from loans.models import LendingApplication


def staff(request: HttpRequest) -> User:
    """Who is signed in."""
    return cast(User, request.user)


def actor(request: HttpRequest) -> Actor:
    """The same as the record of changes knows them."""
    return Actor.person(staff(request))


def visible_application(request: HttpRequest, pk: int) -> LendingApplication:
    """The application, if this person may know of it; 404 otherwise."""
    rows = LendingApplication.objects.visible_to(staff(request)).select_related(
        "applicant", "office", "care_of", "entered_by", "prepared_by", "assessment", "loan"
    )
    return get_object_or_404(rows, pk=pk)


def record_seen(request: HttpRequest, action: AccessAction, *ids: int, subject: str = "lending_application") -> None:
    """Write down that applications (or persons) were shown."""
    record_access(by=actor(request), action=action, subject=subject, ids=ids, at=timezone.now())


def looked_at_version(request: HttpRequest) -> int:
    """The version somebody looked at; a form without one looked at none."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else -1

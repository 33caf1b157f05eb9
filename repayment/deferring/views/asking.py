"""What the views of deferral ask of every request: who, which row, which version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from people.models import Person
from repayment.deferring.selectors import deferrals_of
from repayment.models import Deferral, DeferralApplication

WORKING = (Permission.ENTER_REPAYMENT, Permission.DECIDE_REPAYMENT)


def staff(request: HttpRequest) -> User:
    """Who is signed in."""
    return cast(User, request.user)


def visible_person(request: HttpRequest, pk: int) -> Person:
    """The borrower, if this person may know of them; 404 otherwise."""
    return get_object_or_404(Person.objects.visible_to(staff(request)), pk=pk)


def visible_application(request: HttpRequest, pk: int) -> DeferralApplication:
    """The application, if this person may know of it; 404 otherwise."""
    rows = DeferralApplication.objects.visible_to(staff(request)).select_related("borrower", "office", "entered_by")
    return get_object_or_404(rows, pk=pk)


def visible_deferral(request: HttpRequest, pk: int) -> Deferral:
    """The granted deferral, if this person may know of it; 404 otherwise."""
    rows = deferrals_of(staff(request)).select_related("loan__borrower", "end", "decision__request")
    return get_object_or_404(rows, pk=pk)


def record_seen(request: HttpRequest, action: AccessAction, ids: Iterable[int], *, subject: str) -> None:
    """Write down what was shown."""
    record_access(by=Actor.person(staff(request)), action=action, subject=subject, ids=ids, at=timezone.now())


def looked_at_version(request: HttpRequest) -> int:
    """The version somebody looked at; a form without one looked at none."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1

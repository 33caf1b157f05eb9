"""What the views of this app ask of every request: who, which application, which version, which part of the queue."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from exemptions.filters import Filters
from exemptions.forms import QueueForm
from exemptions.models import Application


def staff(request: HttpRequest) -> User:
    """Who is signed in."""
    return cast(User, request.user)


def visible_application(request: HttpRequest, pk: int) -> Application:
    """The application, if this person may know of it; 404 otherwise."""
    rows = Application.objects.visible_to(staff(request)).select_related(
        "loan__borrower",
        "loan__office",
        "office",
        "head",
        "entered_by",
        "prepared_by",
        "claimed_by",
        "assigned_to",
        "assessment",
    )
    return get_object_or_404(rows, pk=pk)


def record_seen(request: HttpRequest, action: AccessAction, *ids: int, subject: str = "exemption_application") -> None:
    """Write down that applications (or loans) were shown."""
    record_access(by=Actor.person(staff(request)), action=action, subject=subject, ids=ids, at=timezone.now())


def looked_at_version(request: HttpRequest) -> int:
    """The version somebody looked at; a form without one looked at none."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else -1


def queue_form(data: QueryDict) -> QueueForm:
    """The filters of the queue as a form."""
    return QueueForm(data)


def queue_filters(request: HttpRequest) -> Filters:
    """The filters a button brought along, so that the way on stays in the same view."""
    return queue_form(QueryDict(request.POST.get("queue", ""))).filters()


def to_queue(filters: Filters) -> HttpResponse:
    """The way back to the queue, in the same view."""
    return redirect(with_view(reverse("exemptions:queue"), filters))


def to_review(pk: int, filters: Filters) -> HttpResponse:
    """The way to one review, in the same view of the queue."""
    return redirect(with_view(reverse("exemptions:review", args=[pk]), filters))


def with_view(address: str, filters: Filters) -> str:
    """An address that remembers from which view of the queue one came."""
    query = filters.query()
    return f"{address}?{query}" if query else address

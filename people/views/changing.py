"""One shape for every page on which something about a person is changed: find, fill in, one call, back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.models import User
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from japan.phones import PhoneError
from people.bank_accounts import AccountRefused
from people.models import Person
from people.services import PersonRefused

UNPROCESSABLE = 422
Refusals = (PersonRefused, AccountRefused, PhoneError)


@dataclass(frozen=True, slots=True)
class Change:
    """The words of one such page. ``said`` is told when it is done."""

    title: str
    button: str
    said: str
    intro: str = ""
    caution: str = ""
    template: str = "people/change.html"


def visible_person(request: HttpRequest, pk: int) -> Person:
    """The person, or 404 for one this member of staff may not know of."""
    return get_object_or_404(Person.objects.visible_to(cast(User, request.user)), pk=pk)


def change_person(
    request: HttpRequest,
    person: Person,
    change: Change,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Any],
    **context: Any,
) -> HttpResponse:
    """Show the form, or make the change with what it holds and go back to the person."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data | who_and_when(request))
        except Refusals as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, change.said)
            return back_to(request, person)
    told(request, person)
    context |= {"person": person, "change": change, "form": form}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, change.template, context, status=status)


def do(request: HttpRequest, person: Person, act: Callable[[dict[str, Any]], Any], said: str) -> HttpResponse:
    """Make a change that needs no form, and go back to the person."""
    try:
        act(who_and_when(request))
        messages.success(request, said)
    except Refusals as refusal:
        messages.error(request, str(refusal))
    return back_to(request, person)


def back_to(request: HttpRequest, person: Person) -> HttpResponse:
    """To the person's page, or to the search where this member of staff no longer looks after them."""
    user = cast(User, request.user)
    if Person.objects.visible_to(user).filter(pk=person.pk).exists():
        return redirect("people:person", person.pk)
    return redirect("desk:search")


def who_and_when(request: HttpRequest) -> dict[str, Any]:
    return {"by": Actor.person(request.user), "at": timezone.now()}


def told(request: HttpRequest, *people: Person) -> None:
    """Write down whose data a page showed."""
    record_access(
        by=Actor.person(request.user),
        action=AccessAction.VIEW,
        subject="person",
        ids=[person.pk for person in people],
        at=timezone.now(),
    )

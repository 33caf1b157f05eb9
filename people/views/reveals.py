"""Asking to see a protected address, answering such a request, and the one page that shows the address."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from people.forms import RevealForm
from people.models import AddressReveal, Person
from people.protections import endings_to_answer
from people.reveals import RevealRefused, approve_reveal, decline_reveal, request_reveal, view_reveal
from people.selectors import own_reveals, reveals_to_answer

OWN_REQUESTS_SHOWN = timedelta(days=7)


@require_http_methods(["GET", "POST"])
@permission(Permission.REQUEST_REVEAL)
def reveal_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, with a reason, to see the address of one protected person."""
    user = cast(User, request.user)
    person = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    form = RevealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            request_reveal(person=person, reason=form.cleaned_data["reason"], by=Actor.person(user), at=timezone.now())
        except RevealRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("desk:borrower", pk)
        messages.success(request, "確認を依頼しました。確認者が認めると、10分間だけ表示できます。")
        return redirect("people:reveal_list")
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="person", ids=[pk], at=timezone.now())
    return render(request, "people/reveal_request.html", {"person": person, "form": form})


@require_GET
@permission(Permission.REQUEST_REVEAL, Permission.APPROVE_REVEAL)
def reveal_list(request: HttpRequest) -> HttpResponse:
    """Requests waiting for this person's answer (an address, the end of a measure), and own requests of the last days."""
    user = cast(User, request.user)
    now = timezone.now()
    waiting = list(reveals_to_answer(user)) if user.can(Permission.APPROVE_REVEAL) else []
    endings = list(endings_to_answer(user)) if user.can(Permission.APPROVE_REVEAL) else []
    own = list(own_reveals(user, since=timezone.localdate() - OWN_REQUESTS_SHOWN))
    record_access(
        by=Actor.person(user),
        action=AccessAction.LIST,
        subject="person",
        ids=[
            *(reveal.person_id for reveal in (*waiting, *own)),
            *(ending.protection.person_id for ending in endings),
        ],
        at=now,
    )
    context = {
        "waiting": waiting,
        "endings": endings,
        "own": own,
        "now": now,
        "may_answer": user.can(Permission.APPROVE_REVEAL),
    }
    return render(request, "people/reveal_list.html", context)


@require_POST
@permission(Permission.APPROVE_REVEAL)
def reveal_answer(request: HttpRequest, pk: int, answer: str) -> HttpResponse:
    """Agree to a request or decline it."""
    user = cast(User, request.user)
    reveal = get_object_or_404(AddressReveal.objects.filter(person__in=Person.objects.visible_to(user)), pk=pk)
    answers = {
        "approve": (approve_reveal, "住所の表示を認めました。依頼した人が10分間だけ見られます。"),
        "decline": (decline_reveal, "住所の表示を認めませんでした。"),
    }
    if answer not in answers:
        raise Http404
    act, said = answers[answer]
    try:
        act(reveal=reveal, by=Actor.person(user), at=timezone.now())
        messages.success(request, said)
    except RevealRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("people:reveal_list")


@require_GET
@permission(Permission.REQUEST_REVEAL)
def reveal_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The address, for the one who asked, while the ten minutes last."""
    user = cast(User, request.user)
    reveal = get_object_or_404(
        AddressReveal.objects.filter(requested_by=user, person__in=Person.objects.visible_to(user)).select_related(
            "person", "approved_by"
        ),
        pk=pk,
    )
    try:
        address = view_reveal(reveal=reveal, by=Actor.person(user), at=timezone.now())
    except RevealRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("people:reveal_list")
    return render(request, "people/reveal_view.html", {"reveal": reveal, "address": address})

"""The pages made of every app's parts: today, search, the borrower."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.enums import OfficeKind
from accounts.models import Office, User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from desk.borrower import borrower_page
from desk.forms import DayForm
from desk.gallery import gallery_context
from desk.household import household_page
from desk.search import find
from desk.timeline import EventKind
from desk.today import today_of
from people.models import Person
from people.selectors import successor_of


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """What waits for who is signed in; open to all staff, also to those who hold no role yet."""
    at = timezone.now()
    context = {"today": today_of(cast(User, request.user), at=at), "on": timezone.localtime(at).date()}
    return render(request, "desk/today.html", context)


@require_GET
@permission(Permission.SEE_CASES)
def search(request: HttpRequest) -> HttpResponse:
    """People by whatever was heard: a name, a reading, a number, a date. What was typed is never logged."""
    user = cast(User, request.user)
    text = request.GET.get("q", "").strip()[:100]
    offices = councils() if user.can(Permission.SEE_ALL_OFFICES) else []
    office = next((each for each in offices if str(each.pk) == request.GET.get("office")), None)
    context: dict[str, object] = {"q": text, "offices": offices, "chosen_office": office}
    context["may_register"] = user.can(Permission.ENTER_LENDING)
    if text:
        results = find(user=user, text=text, office=office, after=request.GET.get("after", ""))
        context["results"] = results
        record_access(
            by=Actor.person(user),
            action=AccessAction.SEARCH,
            subject="person",
            ids=[hit.person_id for hit in results.hits],
            at=timezone.now(),
        )
    return render(request, "desk/search.html", context)


def councils() -> list[Office]:
    """The offices that look after borrowers, for the filter of those who see all of them."""
    return list(Office.objects.exclude(kind=OfficeKind.AGENCY).filter(closed_on__isnull=True))


@require_GET
@permission(Permission.SEE_CASES)
def borrower(request: HttpRequest, pk: int) -> HttpResponse:
    """One person with everything about them; ``?kind=`` narrows the timeline, ``?all=1`` shows all of it.

    The address of a record that was merged into another one leads to the person who remained.
    """
    user = cast(User, request.user)
    person = Person.objects.visible_to(user).filter(pk=pk).first()
    if person is None:
        return to_the_one_who_remained(request, user, pk)
    kind = request.GET.get("kind", "")
    kind = kind if kind in {each.slug for each in EventKind} else ""
    page = borrower_page(
        person, reader=user, on=timezone.localdate(), kind=kind, all_events=request.GET.get("all") == "1"
    )
    record_access(
        by=Actor.person(user), action=AccessAction.VIEW, subject="person", ids=page.shown_people, at=timezone.now()
    )
    return render(request, "desk/borrower.html", {"page": page, "kind": kind})


def to_the_one_who_remained(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """A redirect with a sentence for a record that was merged away, 404 for every other key."""
    found = successor_of(pk, user=user)
    if found is None:
        raise Http404
    number, person = found
    messages.info(request, f"借受人番号 {number} の記録は、この方に統合されています。")
    return redirect("desk:borrower", person.pk)


@require_GET
@permission(Permission.SEE_CASES)
def household(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's households over time; ``?on=`` asks with whom they lived on a day."""
    user = cast(User, request.user)
    person = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    today = timezone.localdate()
    form = DayForm(request.GET or {"on": today})
    on = form.cleaned_data["on"] if form.is_valid() else today
    page = household_page(person, reader=user, on=on, today=today)
    record_access(
        by=Actor.person(user), action=AccessAction.VIEW, subject="person", ids=page.shown_people, at=timezone.now()
    )
    return render(request, "desk/household.html", {"page": page, "form": form})


@require_GET
@permission(Permission.SEE_RULES)
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component with invented samples, for people who build pages."""
    return render(request, "desk/gallery.html", gallery_context())

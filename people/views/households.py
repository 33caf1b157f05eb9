"""Moving people between residence records. The page that tells them over time is the desk's: it knows the applications."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from people.household_forms import HeadForm, MoveForm, NewRecordForm
from people.households import Member, members_on
from people.models import Household, HouseholdMember, Person, in_force
from people.moving import change_head, first_record, move_together
from people.views.changing import UNPROCESSABLE, Refusals, told, visible_person, who_and_when

HEADING = {"move": "世帯の異動", "head": "世帯主の変更", "record": "世帯の登録"}


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def household_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Divorce, moving, separated registration, a new record: for everybody who moves at once."""
    person, place = at_home(request, pk)
    if place is None:
        return redirect("people:household_record", pk)
    members = members_on(place.household_id, on=timezone.localdate())
    form = MoveForm(
        request.POST or None,
        members=members,
        households=known_households(request),
        initial={"movers": [str(pk)], "destination": "new"},
    )

    def act(given: dict[str, Any]) -> None:
        movers = form.people("movers")
        move_together(
            movers=movers,
            to=form.to,
            since=given["since"],
            cause=given["cause"],
            head=next(iter(form.people("head")), None),
            head_of_rest=next(iter(form.people("head_of_rest")), None),
            relationships=form.relationships,
            **who_and_when(request),
        )

    return household_page(request, person, "move", form, act, members, "世帯の異動を登録しました。")


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def household_head(request: HttpRequest, pk: int) -> HttpResponse:
    """Another head of the record a person is on."""
    person, place = at_home(request, pk)
    if place is None:
        return redirect("people:household_record", pk)
    members = members_on(place.household_id, on=timezone.localdate())
    form = HeadForm(request.POST or None, members=members)

    def act(given: dict[str, Any]) -> None:
        before = next((member for member in members if member.is_head), None)
        said = {before.person_id: given["relationship"]} if before and given["relationship"] else {}
        change_head(
            household=place.household,
            head=Person.objects.get(pk=given["head"]),
            since=given["since"],
            relationships=said,
            **who_and_when(request),
        )

    return household_page(request, person, "head", form, act, members, "世帯主を変更しました。")


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def household_record(request: HttpRequest, pk: int) -> HttpResponse:
    """The first record of a person of whom none is known today."""
    person, place = at_home(request, pk)
    if place is not None:
        messages.info(request, "この方には世帯の記録があります。異動はここから登録してください。")
        return redirect("people:household_move", pk)
    form = NewRecordForm(request.POST or None)

    def act(given: dict[str, Any]) -> None:
        first_record(
            person=person,
            number=given["number"],
            among=known_households(request),
            relationship=given["relationship"],
            is_head=given["is_head"],
            since=given["since"],
            **who_and_when(request),
        )

    return household_page(request, person, "record", form, act, [], "世帯を登録しました。")


def household_page(
    request: HttpRequest, person: Person, what: str, form: Any, act: Any, members: list[Member], said: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Refusals as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return redirect("desk:household", person.pk)
    told(request, person, *Person.objects.filter(pk__in=[member.person_id for member in members]))
    context = {"person": person, "form": form, "members": members, "what": what, "heading": HEADING[what]}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "people/household_change.html", context, status=status)


def at_home(request: HttpRequest, pk: int) -> tuple[Person, HouseholdMember | None]:
    """The person, and their place on a record today."""
    person = visible_person(request, pk)
    place = HouseholdMember.objects.filter(in_force(timezone.localdate()), person=person)
    return person, place.select_related("household").first()


def known_households(request: HttpRequest) -> QuerySet[Household]:
    """Records on which somebody is, or was, whom this member of staff may know of."""
    known = Person.objects.visible_to(cast(User, request.user))
    return Household.objects.filter(members__person__in=known).distinct()

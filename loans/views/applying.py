"""Beginning an application: find the person first, register only who is not there, choose the fund."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import permission
from accounts.roles import Permission
from audit.enums import AccessAction
from japan.eras import era_date
from loans.enums import FundKind, IntakeChannel
from loans.intake.page import applications_of
from loans.intake.small_forms import ApplicantForm, BeginForm
from loans.refusals import EntryRefused, LendingRefused, OpenAlready, SomebodyAlike
from loans.services.applicants import alike, register_applicant
from loans.services.intake import begin_application
from loans.views.asking import actor, record_seen, staff
from people.enums import Sex
from people.models import Person
from people.searching import search
from people.selectors import offices_of


@require_GET
@permission(Permission.ENTER_LENDING)
def apply(request: HttpRequest) -> HttpResponse:
    """Search by name, reading, birth date or telephone; whoever is found is chosen, nobody is registered twice."""
    user = staff(request)
    text = request.GET.get("q", "").strip()[:100]
    context: dict[str, object] = {"q": text, "form": ApplicantForm()}
    if text:
        found = search(user=user, text=text)
        offices = offices_of(person.pk for person in found.people)
        context["hits"] = [(person, "、".join(offices.get(person.pk, ()))) for person in found.people]
        context["more"] = bool(found.after)
        context["loose"] = bool(found.near)
        record_seen(request, AccessAction.SEARCH, *(person.pk for person in found.people), subject="person")
    return render(request, "loans/apply.html", context)


@require_http_methods(["GET", "POST"])
@permission(Permission.ENTER_LENDING)
def applicant_new(request: HttpRequest) -> HttpResponse:
    """Register somebody who was not found, with an application to follow or without one.

    Whoever may be the same person is shown before anything is written.
    """
    user, now = staff(request), timezone.now()
    form = ApplicantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        similar = alike(
            user=user, name=data["name"], kana=data["kana"], birth_date=data["birth_date"], phone=data["phone"]
        )
        if similar:
            record_seen(request, AccessAction.SEARCH, *(person.pk for person in similar), subject="person")
            form = ApplicantForm(
                request.POST,
                similar=[
                    (person.pk, f"{person.name}（{person.kana}）{era_date(person.birth_date)}生") for person in similar
                ],
            )
            form.is_valid()
        try:
            person = register_applicant(
                name=data["name"],
                kana=data["kana"],
                birth_date=data["birth_date"],
                sex=Sex(data["sex"]),
                phone=data["phone"],
                not_the_same=form.cleaned_data.get("not_the_same", ()),
                by=actor(request),
                at=now,
            )
        except SomebodyAlike as refused:
            form.add_error("not_the_same", str(refused))
        except EntryRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            if "register_only" in request.POST:
                messages.success(request, f"借受人番号 {person.number} で登録しました。")
                return redirect("people:person", person.pk)
            messages.success(request, f"借受人番号 {person.number} で登録しました。続けて申込みを始められます。")
            return redirect("loans:apply_person", person.pk)
        return render(request, "loans/applicant_new.html", {"form": form, "similar": similar})
    return render(request, "loans/applicant_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
@permission(Permission.ENTER_LENDING)
def apply_person(request: HttpRequest, pk: int) -> HttpResponse:
    """The person is chosen: which fund, through which channel. The application begins as a draft."""
    person = get_object_or_404(Person.objects.visible_to(staff(request)), pk=pk)
    form = BeginForm(request.POST or None, on=timezone.localdate(), initial={"fund": FundKind.REG_SMALL})
    if request.method == "POST" and form.is_valid():
        try:
            application = begin_application(
                applicant=person,
                fund=FundKind(form.cleaned_data["fund"]),
                channel=IntakeChannel(form.cleaned_data["channel"]),
                by=actor(request),
                at=timezone.now(),
            )
        except OpenAlready as refused:
            messages.warning(request, str(refused))
            return redirect("loans:application", refused.existing.pk)
        except LendingRefused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("loans:application_edit", application.pk)
    record_seen(request, AccessAction.VIEW, person.pk, subject="person")
    context = {"person": person, "form": form, "applications": applications_of(person.pk)}
    return render(request, "loans/apply_person.html", context)

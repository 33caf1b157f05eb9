"""Two ways in: the application on paper, and the telephone interview that ends in one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from people.models import Person, in_force
from repayment.deferring import services
from repayment.deferring.choices import loan_choices
from repayment.deferring.enums import DeferralState
from repayment.deferring.forms import ApplicationForm, InterviewForm, WishForm
from repayment.deferring.refusals import DeferralRefused, EntryRefused
from repayment.deferring.views.asking import record_seen, staff, visible_person
from repayment.models import DeferralApplication
from rulebook.selectors import settings_on


@require_http_methods(["GET", "POST"])
@permission(Permission.ENTER_REPAYMENT)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in a 償還猶予申請書 that lies on the desk."""
    person, today = visible_person(request, pk), timezone.localdate()
    form = ApplicationForm(request.POST or None, initial={"received_on": today}, **_offered(person, today))
    if request.method == "POST" and form.is_valid():
        try:
            application = services.enter_application(
                borrower_id=person.pk,
                transcript=form.transcript(),
                by=Actor.person(staff(request)),
                at=timezone.now(),
            )
        except DeferralRefused as refused:
            _tell(form, refused)
        else:
            return _taken_in(request, application)
    return _page(request, "repayment/deferrals/new.html", person, form, today)


@require_http_methods(["GET", "POST"])
@permission(Permission.ENTER_REPAYMENT)
def interview(request: HttpRequest, pk: int) -> HttpResponse:
    """Hear somebody on the telephone; one press at the end keeps the call and the application it ends in."""
    person, today = visible_person(request, pk), timezone.localdate()
    form = InterviewForm(request.POST or None, **_offered(person, today))
    if request.method == "POST" and form.is_valid():
        try:
            application = services.hold_interview(
                borrower_id=person.pk,
                transcript=form.transcript(today),
                heard=form.heard(),
                by=Actor.person(staff(request)),
                at=timezone.now(),
            )
        except DeferralRefused as refused:
            _tell(form, refused)
        else:
            return _taken_in(request, application)
    return _page(request, "repayment/deferrals/interview.html", person, form, today)


def _offered(person: Person, today: date) -> dict[str, Any]:
    return {
        "choices": loan_choices(person, received_on=today, on=today),
        "most_months": settings_on(today).deferral_max_months,
    }


def _tell(form: WishForm, refused: DeferralRefused) -> None:
    """Say beside the field what cannot be, or above the form where no field is to blame."""
    field = refused.field if isinstance(refused, EntryRefused) and refused.field in form.fields else None
    form.add_error(field, str(refused))


def _page(request: HttpRequest, template: str, person: Person, form: WishForm, today: date) -> HttpResponse:
    record_seen(request, AccessAction.VIEW, [person.pk], subject="person")
    context = {
        "person": person,
        "form": form,
        "phones": person.phones.filter(in_force(today)).order_by("kind", "pk"),
        "cutoff_day": settings_on(today).deferral_cutoff_day,
        "any_loan": any(choice.months for choice in form.choices),
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _taken_in(request: HttpRequest, application: DeferralApplication) -> HttpResponse:
    said = f"猶予申請 {application} を受け付けました。引き落としと督促を止めました。"
    if application.state == DeferralState.INCOMPLETE:
        said += "確認する書類が届くのを待ちます。"
    messages.success(request, said)
    return redirect("repayment:deferral", application.pk)

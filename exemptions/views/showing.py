"""One application as it stands, and its list of deficiencies on paper."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.roles import Permission
from audit.enums import AccessAction
from exemptions.forms import ReasonForm
from exemptions.inquiries.selectors import of_application
from exemptions.models import OPEN_STATES, Application
from exemptions.revoking.selectors import revocations_of
from exemptions.selectors import application_page, stored_assessment
from exemptions.views.asking import record_seen, staff, visible_application
from exemptions.wording import STATE_MEANINGS

LISTING = (Permission.ENTER_EXEMPTIONS, Permission.REVIEW_EXEMPTIONS)


@require_GET
@permission(Permission.SEE_CASES)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One application with its papers, its assessments, its decision and everything that happened to it."""
    return detail_page(request, visible_application(request, pk))


def detail_page(request: HttpRequest, application: Application, *, status: int = 200) -> HttpResponse:
    """The page of one application, for whoever came to it or was refused a step on it."""
    shown = application_page(application, user=staff(request), on=timezone.localdate())
    record_seen(request, AccessAction.VIEW, application.pk)
    context = {
        "shown": shown,
        "taken_back": revocations_of(application, staff(request)),
        "application": application,
        "loan": application.loan,
        "inquiries": of_application(application, on=timezone.localdate()),
        "may_inquire": application.state in OPEN_STATES and any(staff(request).can(needed) for needed in LISTING),
        "state_meaning": STATE_MEANINGS[application.state],
        "hidden": [("version", application.version)],
        "send_back_form": ReasonForm(
            label="ほかの不備（1行に1件）", required=not shown.deficiencies, auto_id="send_back_%s"
        ),
        "withdraw_form": ReasonForm(label="取下げの理由", auto_id="withdraw_%s"),
    }
    return render(request, "exemptions/detail.html", context, status=status)


@require_GET
@permission(Permission.SEE_CASES)
def assessment(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One stored assessment with everything it was found on: what a decision is followed back to."""
    application = visible_application(request, pk)
    row = get_object_or_404(application.assessments, pk=number)
    record_seen(request, AccessAction.VIEW, application.pk)
    context = {"application": application, "loan": application.loan, "stored": stored_assessment(row)}
    return render(request, "exemptions/assessment.html", context)


@require_GET
@permission(Permission.SEE_CASES)
def deficiency_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The deficiencies as a sheet of paper that goes back with the form."""
    application = visible_application(request, pk)
    shown = application_page(application, user=staff(request), on=timezone.localdate())
    record_seen(request, AccessAction.PRINT, application.pk)
    context = {"shown": shown, "application": application, "today": timezone.localdate()}
    return render(request, "exemptions/deficiency_list.html", context)

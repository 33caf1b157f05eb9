"""What an application can be printed on, the sheets themselves, and the deeds that are held."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from loans.models import LendingApplication
from loans.refusals import LendingRefused
from loans.services import deeds
from loans.sheets.forms import DeedDayForm
from loans.sheets.kinds import DEED, KINDS, kinds_for
from loans.sheets.page import DEED_GROUPS, deed_counts, deeds_of_group, sheets_page
from loans.sheets.printing import print_sheet

PAGE = 50
WORKING = (Permission.ENTER_LENDING, Permission.REVIEW_LENDING)


def staff(request: HttpRequest) -> User:
    return cast(User, request.user)


def visible_application(request: HttpRequest, pk: int) -> LendingApplication:
    """The application, if this person may know of it; 404 otherwise."""
    rows = LendingApplication.objects.visible_to(staff(request)).select_related(
        "applicant", "office", "loan", "bank_account"
    )
    return get_object_or_404(rows, pk=pk)


@require_GET
@permission(Permission.SEE_CASES)
def forms(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that can be printed for one application, where its deed is, and what it still owes."""
    user = staff(request)
    application = visible_application(request, pk)
    now = timezone.now()
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="lending_application", ids=[pk], at=now)
    context = {
        "application": application,
        "shown": sheets_page(application, on=timezone.localdate(now)),
        "deed_kind": DEED,
        "may_work": any(user.can(needed) for needed in WORKING),
        "receive_form": DeedDayForm(label="受け取った日", initial={"day": timezone.localdate(now)}, auto_id="in_%s"),
        "return_form": DeedDayForm(label="返した日", initial={"day": timezone.localdate(now)}, auto_id="back_%s"),
    }
    return render(request, "loans/forms.html", context)


@require_GET
@permission(*WORKING)
def form_pdf(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One sheet as PDF, with what is known of the application now. Reading it is written down as printing."""
    user = staff(request)
    application = visible_application(request, pk)
    kind = KINDS.get(code)
    if kind is None or kind not in kinds_for(application.fund):
        raise Http404
    now = timezone.now()
    printed = print_sheet(kind, application, reader=user, by=Actor.person(user), at=now)
    record_access(by=Actor.person(user), action=AccessAction.PRINT, subject="lending_application", ids=[pk], at=now)
    response = HttpResponse(printed.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{kind.code}-{application}.pdf"'
    return response


@require_POST
@permission(*WORKING)
def move_deed(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """Record one step of the deed; after handing out, on to the paper itself."""
    if move not in ("print", "receive", "date", "return"):
        raise Http404
    application = visible_application(request, pk)
    form = DeedDayForm(request.POST, label="日付")
    if move in ("receive", "return") and not form.is_valid():
        messages.error(request, "　".join(str(problem) for problems in form.errors.values() for problem in problems))
        return redirect("loans:forms", pk)
    try:
        messages.success(request, _moved(request, application, move, form))
    except LendingRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("loans:forms", pk)
    return redirect("loans:form_pdf", pk, DEED.code) if move == "print" else redirect("loans:forms", pk)


def _moved(request: HttpRequest, application: LendingApplication, move: str, form: DeedDayForm) -> str:
    """Take the step; what was done, in words."""
    user, now = staff(request), timezone.now()
    who: dict[str, Any] = {"application_id": application.pk, "user": user, "by": Actor.person(user), "at": now}
    match move:
        case "print":
            deeds.hand_out_deed(amount=deeds.amount_to_sign(application), **who)
            return "借用書を渡したことを記録しました。"
        case "receive":
            deeds.take_in_deed(received_on=form.cleaned_data["day"], **who)
            return "借用書を受け取ったことを記録しました。日付は空けたまま保管してください。"
        case "date":
            deeds.date_deed(**who)
            return "借用書に日付を記入したことを記録しました。"
        case _:
            deeds.give_back_deed(returned_on=form.cleaned_data["day"], **who)
            return "借用書を返したことを記録しました。"


@require_GET
@permission(Permission.SEE_CASES)
def deed_list(request: HttpRequest) -> HttpResponse:
    """The deeds that are held, so that none is forgotten: first those that have to go back or to be dated."""
    user = staff(request)
    counts = deed_counts(user)
    asked = request.GET.get("show", "")
    group = asked if asked in DEED_GROUPS else next((name for name in DEED_GROUPS if counts[name]), "held")
    page = Paginator(deeds_of_group(user, group), PAGE).get_page(request.GET.get("page"))
    record_access(
        by=Actor.person(user),
        action=AccessAction.LIST,
        subject="lending_application",
        ids=[deed.application_id for deed in page],
        at=timezone.now(),
    )
    context = {
        "page": page,
        "group": group,
        "group_ja": DEED_GROUPS[group],
        "groups": [
            (name, label, counts[name], f"{reverse('loans:deeds')}?show={name}") for name, label in DEED_GROUPS.items()
        ],
    }
    return render(request, "loans/deeds.html", context)

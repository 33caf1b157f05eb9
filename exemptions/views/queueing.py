"""The queue, and who has what in hand."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from exemptions import services
from exemptions.filters import Filters
from exemptions.forms import AsideForm
from exemptions.next_case import in_turn, neighbours, reviews
from exemptions.queue import counts, page, saved_views
from exemptions.refusals import MoveRefused
from exemptions.views.asking import (
    queue_filters,
    queue_form,
    record_seen,
    staff,
    to_queue,
    to_review,
    visible_application,
)
from japan.eras import era_date

SEEING_FLOW = (Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS, Permission.SEE_AUDIT)


@require_GET
@permission(Permission.SEE_CASES)
def queue(request: HttpRequest) -> HttpResponse:
    """The applications that wait, oldest first, by the filters in the address."""
    user, now = staff(request), timezone.now()
    form = queue_form(request.GET)
    filters = form.filters()
    found = page(user, filters, at=now, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    numbers = counts(user, at=now)
    views = saved_views(numbers, filters)
    record_seen(request, AccessAction.LIST, *(row.application.pk for row in found.rows))
    context = {
        "form": form,
        "filters": filters,
        "page": found,
        "views": views,
        "own_filters": not any(view.current for view in views),
        "numbers": numbers,
        "may_claim": reviews(user, at=now),
        "sees_flow": any(user.can(permission) for permission in SEEING_FLOW),
    }
    return render(request, "exemptions/queue.html", context)


@require_POST
@permission(Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS)
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the oldest application of the filtered queue in hand, and go to it."""
    return to_next(request, queue_filters(request), none_left="この条件で審査できる申請はありません。")


@require_POST
@permission(Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS)
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one application in hand."""
    application = visible_application(request, pk)
    try:
        services.claim(application_id=application.pk, by=Actor.person(staff(request)), at=timezone.now())
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    return to_review(pk, queue_filters(request))


@require_POST
@permission(Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Lay an application back into the queue, and go on with the one after it."""
    user, now = staff(request), timezone.now()
    application, filters = visible_application(request, pk), queue_filters(request)
    services.release(application_id=application.pk, by=Actor.person(user), at=now)
    messages.info(request, f"申請 {application} の担当を外れました。ほかの人が担当できます。")
    following = neighbours(application, user, filters, at=now).following
    return to_review(following, filters) if following is not None else to_queue(filters)


@require_POST
@permission(Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS)
def lay_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """保留: let one application rest until a day, and go on with the next one."""
    application, filters = visible_application(request, pk), queue_filters(request)
    form = AsideForm(request.POST)
    if not form.is_valid():
        messages.warning(request, form.first_problem())
        return to_review(pk, filters)
    try:
        services.lay_aside(
            application_id=application.pk, **form.cleaned_data, by=Actor.person(staff(request)), at=timezone.now()
        )
    except MoveRefused as refused:
        messages.warning(request, str(refused))
        return to_review(pk, filters)
    messages.success(request, f"申請 {application} を{era_date(form.cleaned_data['until'])}まで保留にしました。")
    return to_next(request, filters, none_left="この条件で審査できる申請は、これで終わりです。")


@require_POST
@permission(Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS)
def take_up(request: HttpRequest, pk: int) -> HttpResponse:
    """End the rest of one application and take it in hand."""
    application = visible_application(request, pk)
    try:
        services.take_up(application_id=application.pk, by=Actor.person(staff(request)), at=timezone.now())
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    return to_review(pk, queue_filters(request))


def to_next(request: HttpRequest, filters: Filters, *, none_left: str) -> HttpResponse:
    """Take the next application and go to it; to the queue, with a sentence, where there is none."""
    user, now = staff(request), timezone.now()
    given, waiting = in_turn(user, filters, at=now)
    found = services.claim_next(waiting=waiting, first=given, by=Actor.person(user), at=now)
    if found is None:
        messages.info(request, none_left)
        return to_queue(filters)
    return to_review(found.pk, filters)

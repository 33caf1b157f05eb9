"""Questions that lead somewhere: how the agency has to be involved (K-7), and the five points of question 2-9."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import permission
from accounts.roles import Permission
from audit.enums import AccessAction
from loans.enums import FundKind
from loans.lending.five_points import SOURCE, Point, is_asked
from loans.lending.involvement import EXAMPLES, SOURCES, Question, walk
from loans.lending.snapshot import as_bools
from loans.refusals import LendingRefused
from loans.services.answering import INVOLVEMENT, POINTS, answer_group
from loans.views.asking import actor, looked_at_version, record_seen, visible_application

WORKS = (Permission.ENTER_LENDING, Permission.REVIEW_LENDING)


@require_http_methods(["GET", "POST"])
@permission(*WORKS)
def involvement(request: HttpRequest, pk: int) -> HttpResponse:
    """One question at a time, six at the most, ending in the paper that proves how the agency is involved."""
    application = visible_application(request, pk)
    if application.fund != FundKind.REG_SMALL:
        raise Http404
    answers = dict(application.answers.get(INVOLVEMENT, {}))
    if request.method == "POST":
        question, answer = request.POST.get("question", ""), request.POST.get("answer", "")
        if question in Question.values and answer in ("yes", "no"):
            answers[question] = answer
        elif request.POST.get("again"):
            answers = {}
        else:
            messages.warning(request, "「はい」か「いいえ」を選んでください。")
            return redirect("loans:involvement", pk)
        return _kept(request, pk, INVOLVEMENT, answers)
    found = walk(as_bools(answers))
    record_seen(request, AccessAction.VIEW, pk)
    context = {
        "application": application,
        "walk": found,
        "asked": [(question, "はい" if answers[question.value] == "yes" else "いいえ") for question in found.asked],
        "examples": EXAMPLES.get(found.question, ()) if found.question else (),
        "number": len(found.asked) + 1,
        "source": SOURCES[found.outcome] if found.outcome else None,
    }
    return render(request, "loans/involvement.html", context)


@require_http_methods(["GET", "POST"])
@permission(*WORKS)
def five_points(request: HttpRequest, pk: int) -> HttpResponse:
    """The five points that are looked into before anybody says no."""
    application = visible_application(request, pk)
    if not is_asked(FundKind(application.fund)):
        raise Http404
    if request.method == "POST":
        ticked = set(request.POST.getlist("points"))
        return _kept(
            request, pk, POINTS, {point.value: "yes" for point in Point if point.value in ticked}, "application"
        )
    stored = application.answers.get(POINTS, {})
    record_seen(request, AccessAction.VIEW, pk)
    context = {
        "application": application,
        "points": [(point, stored.get(point.value) == "yes") for point in Point],
        "source": SOURCE,
    }
    return render(request, "loans/five_points.html", context)


def _kept(
    request: HttpRequest, pk: int, group: str, answers: dict[str, str], then: str = "involvement"
) -> HttpResponse:
    try:
        answer_group(
            application_id=pk,
            group=group,
            answers=answers,
            version=looked_at_version(request),
            by=actor(request),
            at=timezone.now(),
        )
    except LendingRefused as refused:
        messages.warning(request, str(refused))
        return redirect("loans:application", pk)
    return redirect(f"loans:{then}", pk)

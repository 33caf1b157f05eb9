"""The review of one application, and the steps that are one press of a button."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from exemptions import services
from exemptions.filters import Filters
from exemptions.forms import AsideForm, ReasonForm
from exemptions.inquiries.selectors import of_application
from exemptions.models import Application
from exemptions.next_case import coming_up, neighbours, reviews
from exemptions.refusals import MoveRefused, NotAllowed
from exemptions.review import review_case, send_back_move
from exemptions.views.asking import (
    looked_at_version,
    queue_filters,
    queue_form,
    record_seen,
    staff,
    to_review,
    visible_application,
)
from exemptions.views.queueing import to_next
from exemptions.views.showing import detail_page
from exemptions.wording import STATE_MEANINGS
from exemptions.workflow import EDGES, Move
from japan.bankdays import add_bank_days
from japan.eras import era_date
from japan.yen import yen

PRESSED: frozenset[Move] = frozenset(
    {
        Move.REPORT_DEFICIENCIES, Move.SEND_BACK, Move.PREPARE, Move.WAIT, Move.RETURN, Move.APPROVE, Move.REFUSE,
        Move.WITHDRAW,
    }
)  # fmt: skip
"""The steps that are one press of a button; the others go with a form, are the night's, or are taken for many at once."""


@require_GET
@permission(Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The papers on the left, the findings on the right, and what a decision would do."""
    return review_page(request, visible_application(request, pk), queue_form(request.GET).filters())


def review_page(
    request: HttpRequest, application: Application, filters: Filters, *, status: int = 200
) -> HttpResponse:
    """The review page, for whoever came to it or was refused a step on it."""
    user, now = staff(request), timezone.now()
    case = review_case(application, user=user, at=now)
    record_seen(request, AccessAction.VIEW, application.pk)
    query = filters.query()
    context = {
        "case": case,
        "application": application,
        "loan": application.loan,
        "queue": query,
        "near": neighbours(application, user, filters, at=now),
        "coming": coming_up(user, filters, at=now),
        "state_meaning": STATE_MEANINGS[application.state],
        "inquiries": of_application(application, on=timezone.localdate(now)),
        "send_back_move": send_back_move(application).value,
        "hidden": [("version", application.version), ("seen", case.look.fingerprint), ("queue", query)],
        "refuse_form": ReasonForm(
            label="不承認の理由（内部の記録）",
            help_text="通知には書かれません。問合せや監査のために残します。",
            auto_id="refuse_%s",
        ),
        "return_form": ReasonForm(label="起案者に戻す理由", auto_id="return_%s"),
        "aside_form": AsideForm(
            initial={"until": add_bank_days(timezone.localtime(now).date(), 3)}, auto_id="aside_%s"
        ),
        "prepare_form": ReasonForm(
            label="起案の理由", required=case.abilities.prepare_needs_reason, auto_id="prepare_%s"
        ),
        "send_back_form": ReasonForm(
            label="ほかの不備（1行に1件）", required=not case.deficiencies, auto_id="send_back_%s"
        ),
    }
    return render(request, "exemptions/review.html", context, status=status)


@require_POST
@permission(Permission.ENTER_EXEMPTIONS, Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS)
def move(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take one step with an application. Whoever may not take it gets a 403 with the reason."""
    visible_application(request, pk)
    if step not in PRESSED:
        raise Http404
    taken, filters = Move(step), queue_filters(request)
    reason = request.POST.get("reason", "")
    listed = EDGES[taken].names_deficiencies
    try:
        application = services.move_application(
            application_id=pk,
            move=taken,
            version=looked_at_version(request),
            reason="" if listed else reason,
            also_wrong=reason.splitlines() if listed else (),
            seen=request.POST.get("seen", ""),
            by=Actor.person(staff(request)),
            at=timezone.now(),
        )
    except NotAllowed as refused:
        return _forbidden(request, pk, filters, str(refused))
    except MoveRefused as refused:
        messages.warning(request, str(refused))
        return _back(request, pk, filters)
    messages.success(request, _done(application, taken))
    if _came_from_review(request):
        return to_next(request, filters, none_left="この条件で審査できる申請は、これで終わりです。")
    return redirect("exemptions:detail", pk)


def _came_from_review(request: HttpRequest) -> bool:
    return "queue" in request.POST and reviews(staff(request), at=timezone.now())


def _forbidden(request: HttpRequest, pk: int, filters: Filters, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    application = visible_application(request, pk)
    if reviews(staff(request), at=timezone.now()):
        return review_page(request, application, filters, status=403)
    return detail_page(request, application, status=403)


def _back(request: HttpRequest, pk: int, filters: Filters) -> HttpResponse:
    return to_review(pk, filters) if _came_from_review(request) else redirect("exemptions:detail", pk)


def _done(application: Application, taken: Move) -> str:
    """What was done, for the page after it. No borrower's name: messages may travel in a cookie."""
    name = f"申請 {application}"
    match taken:
        case Move.APPROVE:
            return f"{name} を承認しました（免除額 {yen(application.decision.amount)}）。決定通知は今夜作成されます。"
        case Move.REFUSE:
            return f"{name} を不承認にしました。決定通知は今夜作成されます。"
        case Move.PREPARE:
            return f"{name} を起案しました。決裁を待ちます。"
        case Move.WAIT:
            day = era_date(application.waits_until) if application.waits_until else "償還の開始"
            return f"{name} を起案しました。{day}まで償還開始待ちとし、その日の夜に決裁へ進みます。"
        case Move.RETURN:
            return f"{name} を起案者に戻しました。"
        case Move.WITHDRAW:
            return f"{name} の取下げを記録しました。"
        case _:
            return f"{name} を不備として返送しました。一覧を印刷して申請書と一緒に送ってください。"

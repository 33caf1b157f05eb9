"""Steps with an application that are one press of a button, and what is open about it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.enums import AccessAction
from loans.deciding.enums import DecisionOutcome
from loans.enums import GuidanceKind
from loans.intake.choices import GENERAL_FUNDS
from loans.intake.page import application_page
from loans.intake.small_forms import AnswerForm, DoubtForm, GuidanceForm, ProposalForm
from loans.lending.workflow import EDGES, Move, moves_from
from loans.models import LendingOverride, LendingTask
from loans.refusals import LendingRefused, NotAllowed, ReasonMissing
from loans.services.moves import move_lending
from loans.services.overrides import answer_override, ask_override
from loans.services.tasks import close_task, open_doubt, record_guidance
from loans.views.asking import actor, looked_at_version, record_seen, staff, visible_application
from loans.views.showing import page_of

PRESSED: frozenset[Move] = frozenset({Move.REPORT_DEFICIENCIES, Move.SEND_BACK, Move.RETURN, Move.WITHDRAW})
"""The steps that are one press of a button here; the proposal and the decision have pages of their own."""

WORKS = (Permission.ENTER_LENDING, Permission.REVIEW_LENDING, Permission.DECIDE_LENDING)


@require_POST
@permission(*WORKS)
def move(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take one step with an application. Whoever may not take it gets a 403 with the reason."""
    visible_application(request, pk)
    if step not in PRESSED:
        raise Http404
    taken = Move(step)
    reason = request.POST.get("reason", "")
    listed = EDGES[taken].names_deficiencies

    def go() -> str:
        application = move_lending(
            application_id=pk,
            move=taken,
            version=looked_at_version(request),
            reason="" if listed else reason,
            also_wrong=reason.splitlines() if listed else (),
            by=actor(request),
            at=timezone.now(),
        )
        return f"申込み {application}：{taken.done}を記録しました。"

    return _done(request, pk, go)


@require_http_methods(["GET", "POST"])
@permission(Permission.REVIEW_LENDING)
def prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw up the proposal: the terms asked for stand there already, and what speaks against it beside them."""
    application = visible_application(request, pk)
    if Move.PREPARE not in moves_from(application.state):
        messages.warning(
            request, f"申込み {application} は「{application.get_state_display()}」のため、起案できません。"
        )
        return redirect("loans:application", pk)
    form = ProposalForm(
        request.POST or None,
        monthly=application.fund in GENERAL_FUNDS,
        initial={
            "outcome": DecisionOutcome.APPROVED,
            "amount": application.amount_asked,
            "monthly_amount": application.monthly_amount,
            "months": application.months,
            "instalments": application.instalments,
            "grace_months": application.grace_months,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            move_lending(
                application_id=pk,
                move=Move.PREPARE,
                version=looked_at_version(request),
                reason=form.cleaned_data["reason"],
                details={"outcome": form.proposed, "terms": form.terms()},
                by=actor(request),
                at=timezone.now(),
            )
        except ReasonMissing as refused:
            form.add_error("reason", str(refused))
        except LendingRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"申込み {application} を起案しました。決裁を待ちます。")
            return redirect("loans:application", pk)
    shown = application_page(application, reader=staff(request), on=timezone.localdate())
    record_seen(request, AccessAction.VIEW, pk)
    return render(request, "loans/prepare.html", {"application": application, "shown": shown, "form": form})


@require_POST
@permission(*WORKS)
def doubt_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a doubt that has to be cleared with the applicant first (question 2-1)."""
    visible_application(request, pk)
    form = DoubtForm(request.POST)

    def go() -> str:
        open_doubt(application_id=pk, text=form.data.get("text", "")[:300], by=actor(request), at=timezone.now())
        return "疑義を記録しました。確かめた結果を記録するまで、起案と決裁はできません。"

    return _done(request, pk, go)


@require_POST
@permission(*WORKS)
def task_answer(request: HttpRequest, pk: int, task: int) -> HttpResponse:
    """Write down how something open was settled."""
    visible_application(request, pk)
    get_object_or_404(LendingTask, pk=task, application=pk)
    form = AnswerForm(request.POST)

    def go() -> str:
        close_task(task_id=task, answer=form.data.get("answer", "")[:400], by=actor(request), at=timezone.now())
        return "結果を記録しました。"

    return _done(request, pk, go)


@require_POST
@permission(*WORKS)
def guidance_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down where somebody was pointed to."""
    visible_application(request, pk)
    form = GuidanceForm(request.POST)
    if not form.is_valid():
        first = next(iter(form.errors.values()))
        messages.warning(request, f"案内・つなぎを記録できませんでした。{first[0]}")
        return redirect("loans:application", pk)
    data = form.cleaned_data

    def go() -> str:
        record_guidance(
            application_id=pk,
            kind=GuidanceKind(data["kind"]),
            given_on=data["given_on"],
            place=data["place"],
            note=data["note"],
            by=actor(request),
            at=timezone.now(),
        )
        return "案内・つなぎを記録しました。"

    return _done(request, pk, go)


@require_POST
@permission(*WORKS)
def override_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for an exception to what holds in principle; somebody else has to agree."""
    visible_application(request, pk)

    def go() -> str:
        ask_override(
            application_id=pk,
            rule=request.POST.get("rule", "")[:20],
            reason=request.POST.get("reason", "")[:400],
            by=actor(request),
            at=timezone.now(),
        )
        return "例外を申し出ました。ほかの人が認めると、判定に反映されます。"

    return _done(request, pk, go)


@require_POST
@permission(Permission.REVIEW_LENDING, Permission.DECIDE_LENDING)
def override_answer(request: HttpRequest, pk: int, override: int, answer: str) -> HttpResponse:
    """Agree to an exception, or decline it: a second person, never the one who asked."""
    visible_application(request, pk)
    get_object_or_404(LendingOverride, pk=override, application=pk)
    if answer not in ("agree", "decline"):
        raise Http404

    def go() -> str:
        answer_override(override_id=override, agreed=answer == "agree", by=actor(request), at=timezone.now())
        return "例外を認めました。" if answer == "agree" else "例外を認めませんでした。"

    return _done(request, pk, go)


def _done(request: HttpRequest, pk: int, go: Callable[[], str]) -> HttpResponse:
    """Do it and say so; a refusal is said on the same page, with a 403 for whoever may not do it at all."""
    try:
        messages.success(request, go())
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return page_of(request, visible_application(request, pk), status=403)
    except LendingRefused as refused:
        messages.warning(request, str(refused))
    return redirect("loans:application", pk)

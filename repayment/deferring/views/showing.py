"""One application: its papers and findings, before and after, and the steps that are one press of a button."""

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
from repayment.deferring import services
from repayment.deferring.enums import DeferralState
from repayment.deferring.forms import DecisionForm, PaperForm, ReasonForm
from repayment.deferring.page import application_page
from repayment.deferring.refusals import DeferralRefused, NotAllowed
from repayment.deferring.views.asking import WORKING, looked_at_version, record_seen, staff, visible_application
from repayment.deferring.workflow import EDGES, Move
from repayment.models import DeferralApplication


@require_GET
@permission(Permission.SEE_CASES)
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one application."""
    return shown(request, visible_application(request, pk))


def shown(
    request: HttpRequest, row: DeferralApplication, *, paper_form: PaperForm | None = None, status: int = 200
) -> HttpResponse:
    """The page, for whoever came to it or was refused a step on it."""
    today = timezone.localdate()
    page = application_page(row, reader=staff(request), on=today)
    record_seen(request, AccessAction.VIEW, [row.pk], subject="deferral_application")
    context = {
        "page": page,
        "application": row,
        "state": DeferralState(row.state),
        "hidden": [("version", row.version), ("seen", page.look.fingerprint if page.look else "")],
        "paper_form": paper_form or PaperForm(ground=row.ground, initial={"received_on": today}, auto_id="paper_%s"),
        "decision_form": DecisionForm(loans=page.grantable, auto_id="approve_%s"),
        "refuse_form": ReasonForm(
            label="不承認の理由（内部の記録）",
            help_text="通知には書かれません。問合せや監査のために残します。",
            auto_id="refuse_%s",
        ),
        "withdraw_form": ReasonForm(label="取下げの理由", auto_id="withdraw_%s"),
        "report_form": ReasonForm(
            label="ほかに足りないもの（1行に1件）",
            help_text="通知に書かれます。",
            required=not page.missing,
            auto_id="report_%s",
        ),
    }
    return render(request, "repayment/deferrals/application.html", context, status=status)


@require_POST
@permission(*WORKING)
def move(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take one step. Whoever may not take it gets a 403 with the reason."""
    row = visible_application(request, pk)
    if step not in {each.value for each in EDGES}:
        raise Http404
    taken, reason = Move(step), request.POST.get("reason", "")
    listed = EDGES[taken].names_missing
    try:
        moved = services.move_application(
            application_id=pk,
            move=taken,
            version=looked_at_version(request),
            reason="" if listed else reason,
            missing=reason.splitlines() if listed else (),
            granting=_granting(request),
            seen=request.POST.get("seen", ""),
            by=Actor.person(staff(request)),
            at=timezone.now(),
        )
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return shown(request, row, status=403)
    except DeferralRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _done(moved, taken))
    return redirect("repayment:deferral", pk)


@require_POST
@permission(Permission.ENTER_REPAYMENT)
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """File a paper that came in."""
    row = visible_application(request, pk)
    form = PaperForm(request.POST, ground=row.ground, auto_id="paper_%s")
    if form.is_valid():
        try:
            filed = services.file_paper(
                application_id=pk, **form.cleaned_data, by=Actor.person(staff(request)), at=timezone.now()
            )
        except NotAllowed as refused:
            messages.error(request, str(refused))
            return shown(request, row, status=403)
        except DeferralRefused as refused:
            messages.warning(request, str(refused))
            return redirect("repayment:deferral", pk)
        messages.success(
            request,
            "書類を登録しました。" + ("決裁を待ちます。" if filed.state == DeferralState.RECEIVED else ""),
        )
        return redirect("repayment:deferral", pk)
    return shown(request, row, paper_form=form, status=422)


def _granting(request: HttpRequest) -> list[int]:
    chosen = request.POST.getlist("granting")
    return [int(text) for text in chosen if text.isascii() and text.isdecimal() and len(text) < 18]


def _done(row: DeferralApplication, taken: Move) -> str:
    """What was done, for the page after it. No borrower's name: messages may travel in a cookie."""
    match taken:
        case Move.APPROVE | Move.REFUSE:
            return f"猶予申請 {row} を決裁しました（{taken.done}）。決定通知は今夜作成されます。"
        case Move.REPORT:
            return f"猶予申請 {row} の不備を記録しました。不備のお知らせは今夜作成されます。"
        case _:
            return f"猶予申請 {row} の{taken.done}を記録しました。"

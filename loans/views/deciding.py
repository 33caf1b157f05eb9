"""The decision on an application: the proposal on one sheet, and the buttons of whoever decides."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.enums import AccessAction
from japan.yen import yen
from loans.deciding.forms import PayFirstForm, RefusalForm
from loans.deciding.page import decision_page
from loans.intake.small_forms import ReasonForm
from loans.lending.workflow import Move
from loans.models import LendingApplication
from loans.refusals import LendingRefused, NotAllowed
from loans.services.assessing import look_at
from loans.services.moves import move_lending
from loans.services.urgent import pay_before_decision
from loans.views.asking import actor, looked_at_version, record_seen, staff, visible_application

DECIDED_HERE: frozenset[Move] = frozenset({Move.FIRST_APPROVE, Move.APPROVE, Move.REFUSE, Move.RETURN})


@require_GET
@permission(Permission.SEE_CASES)
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """The internal sheet of a decision: what was asked, what is proposed, who agreed, what would happen."""
    return page_of(request, visible_application(request, pk))


def page_of(request: HttpRequest, row: LendingApplication, *, status: int = 200) -> HttpResponse:
    """The page, for whoever came to it or was refused a step on it."""
    shown = decision_page(row, reader=staff(request), on=timezone.localdate())
    record_seen(request, AccessAction.VIEW, row.pk)
    context = {
        "application": row,
        "shown": shown,
        "hidden": [("version", row.version), ("seen", shown.look.fingerprint if shown.look else "")],
        "return_form": ReasonForm(label="起案者に戻す理由", auto_id="return_%s"),
        "return_says": ["起案を取り消し、点検・起案の段階に戻します。"],
        "refusal_form": RefusalForm(auto_id="refusal_%s"),
        "pay_first_form": PayFirstForm(auto_id="pay_first_%s"),
        "first_says": [
            "一人目として決裁します。まだ貸付は決まりません。",
            "ほかの決裁者がもう一人決裁すると、貸付が決定します。",
        ],
        "refuse_says": [
            "不承認にします。預かっている借用書はお返しします。",
            "理由は内部の記録に残り、通知には書かれません。",
        ],
        "pay_first_says": [
            "審査の前に送金の予定を作ります。申込みの翌々営業日までに送金してください。",
            "足りない書類は後から受け取り、送金のあとで審査して決定します。",
        ],
    }
    return render(request, "loans/decision.html", context, status=status)


@require_POST
@permission(Permission.REVIEW_LENDING, Permission.DECIDE_LENDING)
def decide(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Decide, or give the proposal back. Whoever may not gets a 403 with the reason."""
    visible_application(request, pk)
    if step not in DECIDED_HERE:
        raise Http404
    taken = Move(step)

    def go() -> str:
        application = move_lending(
            application_id=pk,
            move=taken,
            version=looked_at_version(request),
            reason=request.POST.get("reason", ""),
            seen=request.POST.get("seen", ""),
            by=actor(request),
            at=timezone.now(),
        )
        return said(application, taken)

    return _done(request, pk, go)


@require_POST
@permission(Permission.REVIEW_LENDING, Permission.DECIDE_LENDING)
def pay_first(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the money of an urgent application go out before the decision."""
    application = visible_application(request, pk)
    missing = look_at(application, as_of=timezone.localdate()).deficiencies

    def go() -> str:
        payment = pay_before_decision(
            application_id=pk,
            reason=request.POST.get("reason", ""),
            bridges=request.POST.getlist("bridges"),
            papers_owed=[(item.subject, item.text) for item in missing if item.code == "paper"],
            by=actor(request),
            at=timezone.now(),
        )
        return f"{yen(payment.amount)}を先に送金します。貸付コードは {payment.loan.code} です。"

    return _done(request, pk, go)


def said(application: LendingApplication, taken: Move) -> str:
    """What was done. No applicant's name: messages may travel in a cookie."""
    if taken == Move.APPROVE and application.loan is not None:
        return f"申込み {application} の貸付を決定しました。貸付コードは {application.loan.code} です。"
    if taken == Move.REFUSE:
        return f"申込み {application} を不承認にしました。"
    if taken == Move.RETURN:
        return f"申込み {application} を起案者に戻しました。"
    return f"申込み {application} の一人目の決裁をしました。ほかの決裁者の決裁を待ちます。"


def _done(request: HttpRequest, pk: int, go: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, go())
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return page_of(request, visible_application(request, pk), status=403)
    except LendingRefused as refused:
        messages.warning(request, str(refused))
    return redirect("loans:decision", pk)

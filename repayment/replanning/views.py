"""The pages of a plan change: what waits for a decision, one change with both plans side by side, and the form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from accounts.selectors import deputised_supervisor
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from japan.eras import era_month
from japan.yen import yen
from loans.deciding.enums import ProposalState
from loans.models import Loan
from repayment.models import PlanChange
from repayment.refusals import NotAllowed, RepaymentRefused
from repayment.replanning import services
from repayment.replanning.forms import BY_COUNT, PlanChangeForm
from repayment.replanning.planning import Comparison, compare
from repayment.replanning.services import Outlook
from repayment.schedule import Plan

PAGE = 50


@require_GET
@permission(Permission.SEE_CASES)
def plan_changes(request: HttpRequest) -> HttpResponse:
    """Plan changes of one state, those that wait longest first."""
    user = cast(User, request.user)
    state = request.GET.get("state", "")
    state = state if state in ProposalState.values else ProposalState.PROPOSED.value
    everything = PlanChange.objects.visible_to(user)
    rows = everything.filter(state=state).select_related("loan__borrower", "proposed_by", "decided_by", "plan")
    page = Paginator(rows.order_by("proposed_at", "pk"), PAGE).get_page(request.GET.get("page"))
    shown = [row.loan_id for row in page]
    record_access(by=Actor.person(user), action=AccessAction.LIST, subject="loan", ids=shown, at=timezone.now())
    context = {
        "state": state,
        "tabs": [(value, label, everything.filter(state=value).count()) for value, label in ProposalState.choices],
        "page": page,
    }
    return render(request, "repayment/plan_changes.html", context)


@require_GET
@permission(Permission.SEE_CASES)
def plan_change(request: HttpRequest, pk: int) -> HttpResponse:
    """One change: what is asked for, both plans side by side, and the decision."""
    return plan_change_page(request, _change(request, pk))


def plan_change_page(request: HttpRequest, change: PlanChange, *, status: int = 200) -> HttpResponse:
    """The page, for whoever came to it or was refused a step on it."""
    user, today = cast(User, request.user), timezone.localdate()
    ids = [change.loan_id]
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="loan", ids=ids, at=timezone.now())
    proposed = change.state == ProposalState.PROPOSED
    decides = user.can(Permission.DECIDE_REPAYMENT) or deputised_supervisor(user, today) is not None
    look = _look(change, today) if proposed else None
    context = {
        "change": change,
        "look": look,
        "comparison": _comparison(change, look),
        "may_agree": bool(look and look.plan) and decides and change.proposed_by_id != user.pk,
        "is_own": proposed and decides and change.proposed_by_id == user.pk,
        "may_drop": proposed and (decides or user.can(Permission.ENTER_REPAYMENT)),
        "agree_says": consequences(look) if look and look.plan else [],
        "hidden": [("seen", look.fingerprint)] if look else [],
    }
    return render(request, "repayment/plan_change.html", context, status=status)


def consequences(look: Outlook) -> list[str]:
    """What deciding does, in sentences."""
    plan = look.plan
    assert plan is not None
    said = f"残っている元金 {yen(plan.principal)}を、{era_month(plan.first_month)}分から{plan.count}回に分け直します。"
    last = f"（最終回 {yen(plan.last_amount)}）" if plan.last_amount != plan.month_worth else ""
    return [
        said,
        f"毎月 {yen(plan.month_worth)}{last}になります。"
        f"これまでの滞納 {yen(look.position.arrears)}も含まれ、滞納はなくなります。",
        "少額返済の約束があれば、今日で終わります。変更決定通知書は今夜作成されます。",
    ]


@require_http_methods(["GET", "POST"])
@permission(Permission.ENTER_REPAYMENT)
def plan_change_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what was asked for; refused by the field that is wrong, or proposed."""
    user, loan, today = cast(User, request.user), _loan(request, pk), timezone.localdate()
    initial, stand = _usual(loan, today)
    form = PlanChangeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            proposed = services.propose_plan_change(
                loan_id=loan.pk,
                **form.wish or {},
                asked_on=told["asked_on"],
                reason=told["reason"],
                by=Actor.person(user),
                at=timezone.now(),
            )
        except RepaymentRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, "償還計画の変更を起案しました。ほかの決裁者の決定を待ちます。")
            return redirect("repayment:plan_change", proposed.pk)
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="loan", ids=[loan.pk], at=timezone.now())
    context = {"loan": loan, "form": form, "stand": stand, **_preview(loan, form, today)}
    return render(request, "repayment/plan_change_new.html", context, status=422 if form.errors else 200)


@require_POST
@permission(Permission.ENTER_REPAYMENT)
def plan_change_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Both plans side by side under what stands in the form; nothing is written."""
    loan = _loan(request, pk)
    context = _preview(loan, PlanChangeForm(request.POST), timezone.localdate())
    return render(request, "repayment/_plan_change_preview.html", context)


@require_POST
@permission(Permission.ENTER_REPAYMENT, Permission.DECIDE_REPAYMENT)
def plan_change_answer(request: HttpRequest, pk: int, answer: str) -> HttpResponse:
    """Decide as a second person on the plan that was shown, or drop the proposal."""
    change = _change(request, pk)
    by, at = Actor.person(cast(User, request.user)), timezone.now()
    seen = request.POST.get("seen", "")
    steps: dict[str, tuple[Callable[[], Any], str]] = {
        "agree": (
            lambda: services.agree_to_plan_change(change_id=pk, seen=seen, by=by, at=at),
            "償還計画を変更しました。変更決定通知書は今夜作成されます。",
        ),
        "drop": (lambda: services.drop_plan_change(change_id=pk, by=by, at=at), "起案を取りやめました。"),
    }
    if answer not in steps:
        raise Http404
    step, said = steps[answer]
    try:
        step()
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return plan_change_page(request, change, status=403)
    except RepaymentRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("repayment:plan_change", pk)


def _usual(loan: Loan, today: date) -> tuple[dict[str, Any], Any]:
    """What a change usually begins with, and where the loan stands (None where it has no plan)."""
    try:
        now, limits = services.stand(loan, on=today)
    except RepaymentRefused:
        return {"asked_on": today, "way": BY_COUNT}, None
    rest = max(1, limits.last_month - limits.first_month + 1)
    initial = {"asked_on": today, "way": BY_COUNT, "count": rest, "from_month": limits.first_month}
    return initial, {"position": now, "limits": limits}


def _preview(loan: Loan, form: PlanChangeForm, today: date) -> dict[str, Any]:
    """Both plans side by side, or why there is no new one; empty while the form does not say enough."""
    if form.is_bound:
        form.is_valid()
        told = form.wish
    else:
        told = {"kind": services.PlanReason.PLAN_CHANGE, "count": form.initial.get("count"), "monthly_amount": None}
        told["from_month"] = form.initial.get("from_month")
        told = told if told["from_month"] else None
    if told is None:
        return {"look": None, "comparison": None}
    try:
        look = services.outlook(loan, services.Wish(**told), on=today)
    except RepaymentRefused:
        return {"look": None, "comparison": None}
    return {"look": look, "comparison": compare(look.position, look.plan) if look.plan else None}


def _look(change: PlanChange, today: date) -> Outlook | None:
    try:
        return services.outlook(change.loan, services.wish_of(change), on=today)
    except RepaymentRefused:
        return None


def _comparison(change: PlanChange, look: Outlook | None) -> Comparison | None:
    """Both plans: of a proposal as of today, of a decided change as they stood when it was decided."""
    if look is not None:
        return compare(look.position, look.plan) if look.plan else None
    if change.plan is None:
        return None
    plan = change.plan
    new = Plan(plan.principal, plan.count, plan.first_month, plan.first_amount, plan.regular_amount)
    return compare(services.replaced_position(change), new)


def _change(request: HttpRequest, pk: int) -> PlanChange:
    rows = PlanChange.objects.visible_to(cast(User, request.user))
    related = ("loan__borrower", "proposed_by", "decided_by", "decided_for", "plan", "replaces")
    return get_object_or_404(rows.select_related(*related), pk=pk)


def _loan(request: HttpRequest, pk: int) -> Loan:
    rows = Loan.objects.visible_to(cast(User, request.user)).select_related("borrower", "office")
    return get_object_or_404(rows, pk=pk)

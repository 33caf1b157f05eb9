"""Money that may have to go back: the list, one task, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from japan.forms import EraDateField
from japan.yen import yen
from repayment.enums import RefundAnswer, RefundState
from repayment.models import RefundTask
from repayment.refunds import (
    RefundNotAllowed,
    RefundRefused,
    agree_refund,
    propose_refund,
    record_refund,
    refund_tasks,
    send_back_refund,
)
from repayment.selectors import positions_of
from repayment.views.debits import LOOK, PAGE, staff


class ProposalForm(forms.Form):
    """What is to become of the money, and why."""

    answer = forms.ChoiceField(
        label="対応",
        choices=RefundAnswer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "対応を選んでください。"},
    )
    reason = forms.CharField(
        label="理由",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="ご本人に確かめたことなど。",
        error_messages={"required": "対応の理由を入力してください。"},
    )


class PaidForm(forms.Form):
    """On which day the money went back."""

    paid_on = EraDateField(label="返金した日")


@require_GET
@permission(*LOOK)
def refunds(request: HttpRequest) -> HttpResponse:
    """Tasks by state, the oldest first."""
    user = staff(request)
    state = request.GET.get("state", "")
    every = refund_tasks(user)
    waiting = (RefundState.OPEN, RefundState.PROPOSED, RefundState.APPROVED)
    rows = every.filter(state=state) if state in RefundState.values else every.filter(state__in=waiting)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    record_access(
        by=Actor.person(user),
        action=AccessAction.LIST,
        subject="loan",
        ids=[task.loan_id for task in page],
        at=timezone.now(),
    )
    found = every.order_by().values("state").annotate(number=Count("pk"), total=Sum("amount"))
    there = {row["state"]: row for row in found}
    context = {
        "page": page,
        "state": state,
        "states": [
            (value, label, there[value]["number"], there[value]["total"])
            for value, label in RefundState.choices
            if value in there
        ],
    }
    return render(request, "repayment/refunds.html", context)


@require_GET
@permission(*LOOK)
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: the payment, how the loan stands, and the next step."""
    return _page(request, _found(request, pk))


@require_POST
@permission(Permission.MOVE_MONEY, Permission.APPROVE_TRANSFERS)
def refund_move(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take one step with a task. Whoever may not take it gets a 403 with the reason."""
    task = _found(request, pk)
    by, at, posted = Actor.person(staff(request)), timezone.now(), request.POST
    form = PaidForm(posted)
    day = form.cleaned_data["paid_on"] if form.is_valid() else None
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "propose": (
            lambda: propose_refund(
                task_id=pk, answer=posted.get("answer", ""), reason=posted.get("reason", ""), by=by, at=at
            ),
            "起案しました。ほかの決裁者の承認を待ちます。",
        ),
        "agree": (lambda: agree_refund(task_id=pk, answer=posted.get("answer", ""), by=by, at=at), "承認しました。"),
        "back": (lambda: send_back_refund(task_id=pk, by=by, at=at), "起案を差し戻しました。"),
        "paid": (lambda: _paid(task, day, by, at), "返金を台帳に記帳しました。"),
    }
    if step not in steps:
        raise Http404
    act, said = steps[step]
    try:
        act()
    except RefundNotAllowed as refused:
        messages.error(request, str(refused))
        return _page(request, _found(request, pk), status=403)
    except RefundRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("repayment:refund", pk)


def _paid(task: RefundTask, day: date | None, by: Actor, at: datetime) -> RefundTask:
    if day is None:
        raise RefundRefused("返金した日を入力してください。")
    return record_refund(task_id=task.pk, paid_on=day, by=by, at=at)


def _page(request: HttpRequest, task: RefundTask, *, status: int = 200) -> HttpResponse:
    user, today = staff(request), timezone.localdate()
    record_access(
        by=Actor.person(user), action=AccessAction.VIEW, subject="loan", ids=[task.loan_id], at=timezone.now()
    )
    moves_money, approves = user.can(Permission.MOVE_MONEY), user.can(Permission.APPROVE_TRANSFERS)
    own = task.state == RefundState.PROPOSED and task.proposed_by_id == user.pk
    context = {
        "task": task,
        "position": positions_of([task.loan_id], today).get(task.loan_id),
        "form": ProposalForm(),
        "paid_form": PaidForm(initial={"paid_on": today}),
        "own": own,
        "may": {
            "propose": moves_money and task.state == RefundState.OPEN,
            "agree": approves and task.state == RefundState.PROPOSED and not own,
            "back": task.state == RefundState.PROPOSED and (own or approves),
            "pay": moves_money and task.state == RefundState.APPROVED,
        },
        "agree_says": [f"「{task.get_answer_display()}」（{yen(task.amount)}）を承認します。", f"理由：{task.reason}"],
        "agree_hidden": [("answer", task.answer)],
        "paid_says": [
            f"{yen(task.amount)}を返金したことを、貸付 {task.loan.code} の台帳に記帳します。取り消せません。"
        ],
    }
    return render(request, "repayment/refund.html", context, status=status)


def _found(request: HttpRequest, pk: int) -> RefundTask:
    return get_object_or_404(refund_tasks(staff(request)), pk=pk)

"""The collection desk: what may be debited on a day and what not, one run on its way, and the bytes for the bank."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission, step_up
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from japan.eras import era_date, era_month
from japan.yen import yen
from loans.models import Loan
from repayment.debit import desk
from repayment.debit.enums import DebitState
from repayment.debit.failures import close_run
from repayment.debit.forms import DebitDayForm, ReasonForm, ReceiptForm
from repayment.debit.originators import originator_on
from repayment.debit.practice import may_practise, practice_result
from repayment.debit.refusals import DebitNotAllowed, DebitRefused
from repayment.debit.results import post_result
from repayment.debit.runs import approve_run, asked_for, content_of, discard_run, lock_run, send_run, write_run
from repayment.debit.selecting import Asked, Chosen, Group, groups, rows
from repayment.debit.stops import stops_of
from repayment.debit.workflow import DebitMove, moves_from
from repayment.models import DebitResult, DebitRun

PAGE = 100
LOOK = (Permission.MOVE_MONEY, Permission.APPROVE_TRANSFERS, Permission.SEE_AUDIT)
STEPS = frozenset(
    {DebitMove.APPROVE, DebitMove.WRITE, DebitMove.SEND, DebitMove.POST, DebitMove.CLOSE, DebitMove.DISCARD}
)


def staff(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_GET
@permission(*LOOK)
def debits(request: HttpRequest) -> HttpResponse:
    """The line of stations, the selection for a day with every reason, and the runs on their way."""
    user, today = staff(request), timezone.localdate()
    on = _day(request) or desk.next_debit(today)
    asked, problem = _asked(on)
    found = groups(asked) if asked is not None else []
    chosen = next((group for group in found if not group.reason), Group("", 0, 0))
    reason = request.GET.get("reason", "")
    group = next((group for group in found if group.reason == reason), chosen)
    page = Paginator(range(group.count), PAGE).get_page(request.GET.get("page"))
    shown = _with_loans(rows(asked, group.reason, limit=PAGE, offset=page.start_index() - 1)) if page and asked else []
    record_access(
        by=Actor.person(user),
        action=AccessAction.LIST,
        subject="loan",
        ids=[loan.pk for _, loan in shown],
        at=timezone.now(),
    )
    state = request.GET.get("state", "")
    context = {
        "stations": desk.house_stations((chosen.count, chosen.total), on),
        "on": on,
        "asked": asked,
        "problem": problem,
        "late": asked is not None and asked.cut_off_on < today,
        "form": DebitDayForm(initial={"on": on}),
        "coming": [each for each in desk.coming(today) if each.cut_off_on >= today][:4],
        "groups": found,
        "group": group,
        "chosen": chosen,
        "left_out": sum(each.count for each in found if each.reason),
        "page": page,
        "rows": shown,
        "hidden": [("on", on.isoformat() if on else ""), ("count", chosen.count), ("total", chosen.total)],
        "consequences": _lock_says(on, asked, chosen),
        "may_lock": user.can(Permission.MOVE_MONEY)
        and bool(chosen.count)
        and asked is not None
        and asked.cut_off_on >= today,
        "may_register": user.can(Permission.MOVE_MONEY),
        "originator": originator_on(on or today),
        "runs": desk.runs(state)[:PAGE],
        "state_label": dict(DebitState.choices).get(state, ""),
        "beside": desk.beside(),
    }
    return render(request, "repayment/debits.html", context)


@require_POST
@permission(Permission.MOVE_MONEY)
def debit_lock(request: HttpRequest) -> HttpResponse:
    """Lock what was shown into one run."""
    on = _day(request)
    if on is None:
        messages.warning(request, "引落日を選び直してください。")
        return redirect("repayment:debits")
    try:
        run = lock_run(
            debit_on=on,
            count=number(request, "count"),
            total=number(request, "total"),
            by=Actor.person(staff(request)),
            at=timezone.now(),
        )
    except DebitRefused as refused:
        messages.warning(request, str(refused))
        return redirect(f"{reverse('repayment:debits')}?on={on.isoformat()}")
    messages.success(request, f"{run.count:,}件 {yen(run.total)}を確定しました。ほかの決裁者の承認を待ちます。")
    return redirect("repayment:debit", run.pk)


@require_GET
@permission(*LOOK)
def debit(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: its stations, its lines, what has to be stopped, and the next step."""
    return debit_page(request, find_run(pk))


def debit_page(request: HttpRequest, run: DebitRun, *, status: int = 200) -> HttpResponse:
    """The page of one run, for whoever came to it or was refused a step on it."""
    user = staff(request)
    result = DebitResult.objects.select_related("taken_in_by").filter(run=run).first()
    show = request.GET.get("show", "")
    page = Paginator(desk.lines(run, show, result), PAGE).get_page(request.GET.get("page"))
    stops = stops_of(run)
    ids = [line.loan_id for line in page] + [stop.loan_id for stop in stops[:PAGE]]
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="loan", ids=ids, at=timezone.now())
    moves = moves_from(run.state)
    moves_money, approves = user.can(Permission.MOVE_MONEY), user.can(Permission.APPROVE_TRANSFERS)
    codes = desk.codes_of(result)
    refunds = [stop for stop in stops if result and stop.too_much and result.codes[stop.number - 1] == "0"]
    context = {
        "run": run,
        "result": result,
        "stations": desk.run_stations(run, result),
        "page": page,
        "lines": [
            (
                line,
                result.codes[line.number - 1] if result else "",
                desk.code_text(result.codes[line.number - 1]) if result else "",
            )
            for line in page
        ],
        "show": show,
        "codes": codes,
        "stops": stops[:PAGE],
        "stop_count": len(stops),
        "reconciled": desk.reconciled(run, result),
        "changes": run.changes.select_related("by_user").order_by("pk"),
        "may": {
            "approve": DebitMove.APPROVE in moves and approves and run.locked_by_id != user.pk,
            "own": DebitMove.APPROVE in moves and run.locked_by_id == user.pk,
            "write": DebitMove.WRITE in moves and moves_money,
            "send": DebitMove.SEND in moves and moves_money,
            "take_in": DebitMove.TAKE_IN in moves and moves_money,
            "post": DebitMove.POST in moves and moves_money,
            "close": DebitMove.CLOSE in moves and approves,
            "discard": DebitMove.DISCARD in moves
            and (approves if run.state == DebitState.WRITTEN else moves_money or approves),
            "download": bool(run.sha256) and moves_money,
            "practise": may_practise(run) and moves_money,
        },
        "approve_says": [
            f"{era_date(run.debit_on)}の口座振替 {desk.counted(run.count, run.total)}を承認します。",
            "承認すると、担当者が銀行に渡すファイルを作成できます。",
        ],
        "post_says": _post_says(result, len(refunds)),
        "close_says": [
            "この口座振替を締めます。入金の記帳は変わりません。",
            "銀行に確かめる明細が残っているあいだは締められません。",
        ],
        "discard_says": [
            "この口座振替をやめます。含まれていた分は、もう一度抽出できるようになります。",
            "銀行に送信したあとでは取りやめられません。送信していないことを確かめてください。",
        ],
        "receipt_form": ReceiptForm(auto_id="receipt_%s"),
        "discard_form": ReasonForm(auto_id="discard_%s"),
    }
    return render(request, "repayment/debit.html", context, status=status)


@require_POST
@permission(Permission.MOVE_MONEY, Permission.APPROVE_TRANSFERS)
def debit_move(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take one step with a run. Whoever may not take it gets a 403 with the reason."""
    run = find_run(pk)
    if step not in STEPS:
        raise Http404
    by, at = Actor.person(staff(request)), timezone.now()
    posted = request.POST
    taken: dict[str, Callable[[], object]] = {
        DebitMove.APPROVE: lambda: approve_run(run_id=pk, by=by, at=at),
        DebitMove.WRITE: lambda: write_run(run_id=pk, by=by, at=at),
        DebitMove.SEND: lambda: send_run(run_id=pk, bank_receipt=posted.get("bank_receipt", ""), by=by, at=at),
        DebitMove.POST: lambda: post_result(run_id=pk, by=by, at=at),
        DebitMove.CLOSE: lambda: close_run(run_id=pk, by=by, at=at),
        DebitMove.DISCARD: lambda: discard_run(run_id=pk, reason=posted.get("reason", ""), by=by, at=at),
    }
    try:
        taken[step]()
    except DebitNotAllowed as refused:
        messages.error(request, str(refused))
        return debit_page(request, find_run(run.pk), status=403)
    except DebitRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"「{DebitMove(step).done}」を記録しました。")
    return redirect("repayment:debit", run.pk)


@require_GET
@permission(Permission.MOVE_MONEY)
@step_up
def debit_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file for the bank: the bytes that were written, the same at every download."""
    run = find_run(pk)
    try:
        content = content_of(run)
    except DebitRefused as refused:
        messages.error(request, str(refused))
        return redirect("repayment:debit", pk)
    loans = run.lines.values_list("loan", flat=True)
    record_access(
        by=Actor.person(staff(request)), action=AccessAction.EXPORT, subject="loan", ids=loans, at=timezone.now()
    )
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="furikae-{run.debit_on:%Y%m%d}-{run.sequence}.txt"'
    return response


@require_GET
@permission(Permission.MOVE_MONEY)
@step_up
def debit_practice(request: HttpRequest, pk: int) -> HttpResponse:
    """An invented answer of the practice bank; where there is none, the page does not exist."""
    run = find_run(pk)
    if not may_practise(run):
        raise Http404
    content = practice_result(run)
    loans = run.lines.values_list("loan", flat=True)
    record_access(
        by=Actor.person(staff(request)), action=AccessAction.EXPORT, subject="loan", ids=loans, at=timezone.now()
    )
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="kekka-{run.debit_on:%Y%m%d}-{run.sequence}.txt"'
    return response


def find_run(pk: int) -> DebitRun:
    """A run with whom its page names."""
    return get_object_or_404(
        DebitRun.objects.select_related("locked_by", "approved_by", "written_by", "originator"), pk=pk
    )


def number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else -1


def _day(request: HttpRequest) -> date | None:
    data = request.POST if request.method == "POST" else request.GET
    form = DebitDayForm({"on": data.get("on", "")})
    return form.cleaned_data["on"] if form.is_valid() else None


def _asked(on: date | None) -> tuple[Asked | None, str]:
    if on is None:
        return None, ""
    try:
        return asked_for(on), ""
    except DebitRefused as refused:
        return None, str(refused)


def _with_loans(chosen: list[Chosen]) -> list[tuple[Chosen, Loan]]:
    loans = Loan.objects.select_related("borrower").in_bulk([row.loan_id for row in chosen])
    return [(row, loans[row.loan_id]) for row in chosen]


def _lock_says(on: date | None, asked: Asked | None, chosen: Group) -> list[str]:
    if on is None or asked is None:
        return []
    return [
        f"{era_month(asked.month)}分 {chosen.count:,}件 {yen(chosen.total)}を、{era_date(on)}の口座振替にまとめます。",
        "確定した人は承認できません。ほかの決裁者の承認を待ちます。",
        "引き落とさない貸付は含まれません。",
    ]


def _post_says(result: DebitResult | None, refunds: int) -> list[str]:
    if result is None:
        return []
    says = [
        f"振替済 {desk.counted(result.collected_count, result.collected_total)}を入金として台帳に記帳します。取り消せません。",
        f"振替不能 {desk.counted(result.failed_count, result.failed_total)}は、結果コードごとに次の対応に回します。",
    ]
    if refunds:
        says.append(f"止めるべきだったのに引き落とされた{refunds:,}件は、返金の確認に回します。")
    return says

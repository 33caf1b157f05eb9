"""What comes back from the bank: result files, debits that failed, and the list of debits to be stopped."""

from __future__ import annotations

import csv
import io

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission, step_up
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from japan.yen import yen
from people.account_sealing import opened_account
from repayment.debit import desk
from repayment.debit.enums import DebitState, NextStep
from repayment.debit.failures import BY_HAND, failed_lines_of, handle_failure, open_steps
from repayment.debit.forms import HandlingForm, ResultForm
from repayment.debit.refusals import DebitRefused, ResultRefused
from repayment.debit.results import take_in_result
from repayment.debit.stops import Stop, request_stops, stop_list
from repayment.models import DebitFailure, DebitLine, DebitRun
from repayment.views.debits import LOOK, PAGE, find_run, staff

MOST_BYTES = 130 * 1024 * 1024
"""A million records and more; the form refuses what is larger."""


STOP_COLUMNS = (
    "委託者コード", "引落日", "顧客番号", "銀行番号", "支店番号", "預金種目", "口座番号", "預金者名", "引落金額", "依頼",
)  # fmt: skip


@require_GET
@permission(*LOOK)
def debit_results(request: HttpRequest) -> HttpResponse:
    """The results that were taken in, and the form for the next one."""
    return _results(request, ResultForm())


@require_POST
@permission(Permission.MOVE_MONEY)
def debit_take_in(request: HttpRequest) -> HttpResponse:
    """Take in a result file; one that is refused leaves nothing but the sentence that says why."""
    form = ResultForm(request.POST, request.FILES)
    refused: tuple[str, ...] = ()
    if form.is_valid():
        upload = form.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            form.add_error("file", "ファイルが大きすぎます。結果ファイルを選び直してください。")
        else:
            try:
                result = take_in_result(content=upload.read(), by=Actor.person(staff(request)), at=timezone.now())
            except ResultRefused as problem:
                form.add_error("file", str(problem))
                refused = problem.more
            except DebitRefused as problem:
                form.add_error("file", str(problem))
            else:
                messages.success(
                    request,
                    f"結果を取り込みました。振替済 {desk.counted(result.collected_count, result.collected_total)}、"
                    f"振替不能 {desk.counted(result.failed_count, result.failed_total)}です。確かめてから消し込んでください。",
                )
                return redirect("repayment:debit", result.run_id)
    return _results(request, form, refused=refused, status=422)


def _results(
    request: HttpRequest, form: ResultForm, *, refused: tuple[str, ...] = (), status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "refused": refused,
        "results": desk.results(PAGE),
        "waiting": desk.runs("sent"),
        "today": timezone.localdate(),
        "may_take_in": staff(request).can(Permission.MOVE_MONEY),
    }
    return render(request, "repayment/debit_results.html", context, status=status)


@require_GET
@permission(*LOOK)
def debit_failures(request: HttpRequest) -> HttpResponse:
    """Debits that failed, by what has to be done next."""
    user = staff(request)
    step = request.GET.get("step", "")
    every = failed_lines_of(user)
    found = every.filter(step=step) if step in NextStep.values else every.filter(step__in=BY_HAND)
    if request.GET.get("handled") != "1":
        found = found.filter(handled_on__isnull=True)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    ids = [failure.line.loan_id for failure in page]
    record_access(by=Actor.person(user), action=AccessAction.LIST, subject="loan", ids=ids, at=timezone.now())
    waiting = open_steps(every)
    context = {
        "page": page,
        "rows": [(failure, desk.code_text(failure.code)) for failure in page],
        "step": step,
        "steps": [(value, label, waiting.get(value)) for value, label in NextStep.choices],
        "handled": request.GET.get("handled") == "1",
        "by_hand": [str(each) for each in BY_HAND],
        "may_handle": user.can(Permission.MOVE_MONEY),
    }
    return render(request, "repayment/debit_failures.html", context)


@require_POST
@permission(Permission.MOVE_MONEY)
def debit_handle(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what was done about a failed debit."""
    failure = get_object_or_404(DebitFailure, pk=pk)
    form = HandlingForm(request.POST)
    if not form.is_valid():
        messages.warning(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        try:
            handle_failure(
                failure_id=failure.pk,
                on=timezone.localdate(),
                handling=form.cleaned_data["handling"],
                by=Actor.person(staff(request)),
                at=timezone.now(),
            )
        except DebitRefused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, "対応を記録しました。")
    return redirect("repayment:debit_failures")


@require_GET
@permission(*LOOK)
def debit_stops(request: HttpRequest) -> HttpResponse:
    """Debits that the bank has and should not make any more, run by run."""
    user = staff(request)
    found = stop_list()
    ids = [stop.loan_id for _, stops in found for stop in stops[:PAGE]]
    record_access(by=Actor.person(user), action=AccessAction.LIST, subject="loan", ids=ids, at=timezone.now())
    may_request = user.can(Permission.MOVE_MONEY)
    context = {
        "runs": [(run, stops[:PAGE], len(stops), _still(run, stops)) for run, stops in found],
        "may_request": may_request,
        "dialogs": [_dialog(run, still) for run, stops in found if may_request and (still := _still(run, stops))],
    }
    return render(request, "repayment/debit_stops.html", context)


@require_POST
@permission(Permission.MOVE_MONEY)
def debit_stop_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down that the bank is asked to stop what was shown."""
    run = find_run(pk)
    lines = [int(text) for text in request.POST.getlist("line") if text.isascii() and text.isdecimal()]
    try:
        new = request_stops(run_id=run.pk, lines=lines, by=Actor.person(staff(request)), at=timezone.now())
    except DebitRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"{new:,}件の停止の依頼を記録しました。依頼書を受け取って銀行に送ってください。")
    return redirect("repayment:debit_stops")


@require_GET
@permission(Permission.MOVE_MONEY)
@step_up
def debit_stop_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The request to the bank as a table: what the file said of each line, and that it must not be debited."""
    run = find_run(pk)
    lines = list(
        DebitLine.objects.filter(run=run, stop__isnull=False).select_related("account", "stop").order_by("number")
    )
    record_access(
        by=Actor.person(staff(request)),
        action=AccessAction.EXPORT,
        subject="loan",
        ids=[line.loan_id for line in lines],
        at=timezone.now(),
    )
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            "委託者コード",
            "引落日",
            "顧客番号",
            "銀行番号",
            "支店番号",
            "預金種目",
            "口座番号",
            "預金者名",
            "引落金額",
            "依頼",
        ]
    )
    for line in lines:
        account = opened_account(line.account)
        writer.writerow(
            [
                run.originator.consignor_code, f"{run.debit_on:%Y-%m-%d}", f"{line.pk:020d}", account.bank_code,
                account.branch_code, account.kind, account.number, line.holder_kana, line.amount, "引落停止",
            ]
        )  # fmt: skip
    response = HttpResponse(text.getvalue().encode("cp932"), content_type="text/csv; charset=Shift_JIS")
    response["Content-Disposition"] = f'attachment; filename="teishi-{run.debit_on:%Y%m%d}-{run.sequence}.csv"'
    return response


def _still(run: DebitRun, stops: list[Stop]) -> list[Stop]:
    """What the bank has not been asked yet to stop, while it still can."""
    if run.state == DebitState.RESULTED:
        return []
    return [stop for stop in stops if not stop.requested]


def _dialog(run: DebitRun, still: list[Stop]) -> dict[str, object]:
    return {
        "id": f"stop-{run.pk}",
        "action": reverse("repayment:debit_stop_request", args=[run.pk]),
        "hidden": [("line", stop.line_id) for stop in still],
        "says": [
            f"{len(still):,}件 {yen(sum(stop.amount for stop in still))}を引き落とさないよう、銀行に依頼したことを記録します。",
            "依頼しても引き落とされた分は、結果を消し込むときに返金の確認に回ります。",
        ],
    }

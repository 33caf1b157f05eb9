"""The transfer desk: what may go out, one file on its way, and the bytes for the bank."""

from __future__ import annotations

from collections.abc import Callable
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
from japan.eras import era_date
from japan.yen import yen
from loans.disbursement.enums import LineOutcome, TransferState
from loans.disbursement.files import content_of, discard_transfers
from loans.disbursement.outcomes import open_lines, record_return
from loans.disbursement.refusals import TransferNotAllowed, TransferRefused
from loans.disbursement.workflow import TransferMove, moves_from
from loans.models import TransferFile, TransferSender
from loans.senders import register_sender, sender_on
from repayment import disbursing
from repayment.transfers import desk
from repayment.transfers.forms import PayDayForm, ReasonForm, ReceiptForm, ReturnForm, SenderForm
from repayment.transfers.selecting import obstacles_of, select

PAGE = 100
LOOK = (Permission.MOVE_MONEY, Permission.APPROVE_TRANSFERS, Permission.SEE_AUDIT)
STEPS = frozenset(
    {TransferMove.APPROVE, TransferMove.WRITE, TransferMove.SEND, TransferMove.RECONCILE, TransferMove.DISCARD}
)


def staff(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_GET
@permission(*LOOK)
def transfers(request: HttpRequest) -> HttpResponse:
    """What may go out by a day and what may not, what waits for a decision, and the files on their way."""
    user, today = staff(request), timezone.localdate()
    form = PayDayForm(request.GET or None, initial={"on": desk.usual_pay_day(today)})
    pay_on = desk.usual_pay_day(today)
    if form.is_bound and form.is_valid() and form.cleaned_data["on"]:
        pay_on = form.cleaned_data["on"]
    elif not form.is_bound or form.is_valid():
        form = PayDayForm(initial={"on": pay_on})
    selection = select(pay_on)
    page = Paginator(selection.payable, PAGE).get_page(request.GET.get("page"))
    state = request.GET.get("state", "")
    shown = [item.tranche.loan_id for item in page] + [item.tranche.loan_id for item in selection.left_out]
    urgent, sanctions, changes = desk.urgent_clocks(today), desk.open_sanctions(user), desk.open_changes(user)
    shown += [clock.payment.loan_id for clock in urgent]
    shown += [row.loan_id for row in sanctions] + [row.loan_id for row in changes]
    record_access(by=Actor.person(user), action=AccessAction.LIST, subject="loan", ids=shown, at=timezone.now())
    count, total = len(selection.payable), selection.total
    context = {
        "stations": desk.house_stations((count, total)),
        "form": form,
        "pay_on": pay_on,
        "selection": selection,
        "page": page,
        "count": count,
        "total": total,
        "hidden": [("pay_on", pay_on.isoformat()), ("count", count), ("total", total)],
        "consequences": [
            f"{era_date(pay_on)}に送金する{count:,}件 {yen(total)}を1つの送金にまとめます。",
            "確定した人は承認できません。ほかの決裁者の承認を待ちます。",
            "送金できない分は含まれません。理由がなくなると、次の送金で選ばれます。",
        ],
        "may_lock": user.can(Permission.MOVE_MONEY),
        "sender": sender_on(pay_on),
        "files": desk.files(state)[:PAGE],
        "state": state,
        "state_label": dict(TransferState.choices).get(state, ""),
        "urgent": urgent,
        "sanctions": sanctions,
        "changes": changes,
    }
    return render(request, "repayment/transfers.html", context)


@require_POST
@permission(Permission.MOVE_MONEY)
def transfer_lock(request: HttpRequest) -> HttpResponse:
    """Lock what was shown into one file."""
    form = PayDayForm({"on": request.POST.get("pay_on", "")})
    if not form.is_valid() or not form.cleaned_data["on"]:
        messages.warning(request, "振込指定日を選び直してください。")
        return redirect("repayment:transfers")
    pay_on = form.cleaned_data["on"]
    try:
        file = disbursing.lock_selection(
            pay_on=pay_on,
            count=_number(request, "count"),
            total=_number(request, "total"),
            by=Actor.person(staff(request)),
            at=timezone.now(),
        )
    except TransferRefused as refused:
        messages.warning(request, str(refused))
        return redirect(f"{reverse('repayment:transfers')}?on={pay_on.isoformat()}")
    messages.success(request, f"{file.count:,}件 {yen(file.total)}を確定しました。ほかの決裁者の承認を待ちます。")
    return redirect("repayment:transfer", file.pk)


@require_GET
@permission(*LOOK)
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: its stations, its lines, what stands in its way, and the next step."""
    return transfer_page(request, _file(pk))


def transfer_page(request: HttpRequest, file: TransferFile, *, status: int = 200) -> HttpResponse:
    """The page of one file, for whoever came to it or was refused a step on it."""
    user = staff(request)
    show = request.GET.get("show", "")
    page = Paginator(desk.lines(file, show), PAGE).get_page(request.GET.get("page"))
    obstacles = obstacles_of(file) if file.state in desk.OPEN_STATES else []
    shown = [line.loan_id for line in page] + [line.loan_id for line, _ in obstacles]
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="loan", ids=shown, at=timezone.now())
    count, total = open_lines(file)
    moves = moves_from(file.state)
    moves_money, approves = user.can(Permission.MOVE_MONEY), user.can(Permission.APPROVE_TRANSFERS)
    context = {
        "file": file,
        "stations": desk.file_stations(file),
        "page": page,
        "show": show,
        "show_label": dict(LineOutcome.choices).get(show, ""),
        "results": [(value, label, *desk.results_of(file)[value]) for value, label in LineOutcome.choices],
        "obstacles": obstacles,
        "changes": file.changes.select_related("by_user").order_by("pk"),
        "open_count": count,
        "open_total": total,
        "may": {
            "approve": TransferMove.APPROVE in moves and approves and file.locked_by_id != user.pk,
            "own": TransferMove.APPROVE in moves and file.locked_by_id == user.pk,
            "write": TransferMove.WRITE in moves and moves_money,
            "send": TransferMove.SEND in moves and moves_money,
            "reconcile": TransferMove.RECONCILE in moves and moves_money,
            "discard": TransferMove.DISCARD in moves
            and (approves if file.state == TransferState.WRITTEN else moves_money or approves),
            "download": bool(file.sha256) and moves_money,
        },
        "approve_says": [
            f"{era_date(file.pay_on)}の送金 {desk.counted(file.count, file.total)}を承認します。",
            "承認すると、担当者が銀行に渡すファイルを作成できます。",
        ],
        "reconcile_says": [
            f"送金不能を除いた {desk.counted(count, total)}を送金済みとします。",
            "台帳に送金を記帳し、最後の送金が済んだ貸付には償還計画を登録します。取り消せません。",
        ],
        "discard_says": [
            "この送金をやめます。含まれていた分は、次の送金で選べるようになります。",
            "銀行に送信したあとでは取りやめられません。送信していないことを確かめてください。",
        ],
        "count_hidden": [("count", count), ("total", total)],
        "receipt_form": ReceiptForm(auto_id="receipt_%s"),
        "discard_form": ReasonForm(auto_id="discard_%s"),
        "return_form": ReturnForm(auto_id="return_%s"),
    }
    return render(request, "repayment/transfer.html", context, status=status)


@require_POST
@permission(Permission.MOVE_MONEY, Permission.APPROVE_TRANSFERS)
def transfer_move(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take one step with a file. Whoever may not take it gets a 403 with the reason."""
    file = _file(pk)
    if step not in STEPS:
        raise Http404
    by, at = Actor.person(staff(request)), timezone.now()
    posted = request.POST
    taken: dict[str, Callable[[], TransferFile]] = {
        TransferMove.APPROVE: lambda: disbursing.approve_selection(file_id=pk, by=by, at=at),
        TransferMove.WRITE: lambda: disbursing.write_file(file_id=pk, by=by, at=at),
        TransferMove.SEND: lambda: disbursing.record_sending(
            file_id=pk, bank_receipt=posted.get("bank_receipt", ""), by=by, at=at
        ),
        TransferMove.RECONCILE: lambda: disbursing.reconcile(
            file_id=pk, count=_number(request, "count"), total=_number(request, "total"), by=by, at=at
        ),
        TransferMove.DISCARD: lambda: discard_transfers(file_id=pk, reason=posted.get("reason", ""), by=by, at=at),
    }
    return _done(request, file, taken[step], f"「{TransferMove(step).done}」を記録しました。")


@require_POST
@permission(Permission.MOVE_MONEY)
def transfer_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down that one line came back from the bank."""
    file = _file(pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        messages.warning(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("repayment:transfer", pk)
    line = file.lines.filter(number=form.cleaned_data["number"]).values_list("pk", flat=True).first()

    def go() -> TransferFile:
        record_return(
            file_id=pk,
            line_id=line or 0,
            reason=form.cleaned_data["reason"],
            by=Actor.person(staff(request)),
            at=timezone.now(),
        )
        return file

    return _done(request, file, go, f"{form.cleaned_data['number']}番を送金不能として記録しました。")


@require_GET
@permission(Permission.MOVE_MONEY)
@step_up
def transfer_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file for the bank: the bytes that were written, the same at every download."""
    file = _file(pk)
    try:
        content = content_of(file)
    except TransferRefused as refused:
        messages.error(request, str(refused))
        return redirect("repayment:transfer", pk)
    loans = file.lines.values_list("loan", flat=True)
    record_access(
        by=Actor.person(staff(request)), action=AccessAction.EXPORT, subject="loan", ids=loans, at=timezone.now()
    )
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="soukin-{file.pay_on:%Y%m%d}-{file.sequence}.txt"'
    return response


@require_GET
@permission(*LOOK)
def sender(request: HttpRequest) -> HttpResponse:
    """Whose account the money leaves, and since when."""
    return _senders(request, SenderForm())


@require_POST
@permission(Permission.MOVE_MONEY)
def sender_register(request: HttpRequest) -> HttpResponse:
    """Enter the sender from a day on; a correction is a later row."""
    form = SenderForm(request.POST)
    if form.is_valid():
        try:
            register_sender(**form.cleaned_data, by=Actor.person(staff(request)), at=timezone.now())
        except TransferRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "送金元を登録しました。")
            return redirect("repayment:sender")
    return _senders(request, form, status=422)


def _senders(request: HttpRequest, form: SenderForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "rows": TransferSender.objects.select_related("entered_by").order_by("-valid_from", "-pk"),
        "current": sender_on(timezone.localdate()),
        "may_enter": staff(request).can(Permission.MOVE_MONEY),
    }
    return render(request, "repayment/sender.html", context, status=status)


def _file(pk: int) -> TransferFile:
    return get_object_or_404(
        TransferFile.objects.select_related("locked_by", "approved_by", "written_by", "sender"), pk=pk
    )


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else -1


def _done(request: HttpRequest, file: TransferFile, go: Callable[[], TransferFile], said: str) -> HttpResponse:
    try:
        go()
    except TransferNotAllowed as refused:
        messages.error(request, str(refused))
        return transfer_page(request, _file(file.pk), status=403)
    except TransferRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("repayment:transfer", file.pk)

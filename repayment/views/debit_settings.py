"""For whom and on which day debits are made, and whose accounts may be debited."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from repayment.debit.enums import MandateState
from repayment.debit.forms import BankDayForm, MandateForm, OriginatorForm
from repayment.debit.mandates import confirm_account, debit_accounts, end_mandate, register_mandate, request_mandate
from repayment.debit.originators import bank_days_on, originator_on, register_bank_day, register_originator
from repayment.debit.refusals import DebitRefused
from repayment.models import DebitOriginator
from repayment.views.debits import LOOK, PAGE, staff


@require_GET
@permission(*LOOK)
def debit_settings(request: HttpRequest) -> HttpResponse:
    """The originator, and the banks' own days."""
    return _settings(request, OriginatorForm(), BankDayForm(auto_id="bank_%s"))


@require_POST
@permission(Permission.MOVE_MONEY)
def originator_register(request: HttpRequest) -> HttpResponse:
    """Enter the originator from a day on; a correction is a later row."""
    form = OriginatorForm(request.POST)
    if form.is_valid():
        try:
            register_originator(**form.cleaned_data, by=Actor.person(staff(request)), at=timezone.now())
        except DebitRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "口座振替の委託者を登録しました。")
            return redirect("repayment:debit_settings")
    return _settings(request, form, BankDayForm(auto_id="bank_%s"), status=422)


@require_POST
@permission(Permission.MOVE_MONEY)
def bank_day_register(request: HttpRequest) -> HttpResponse:
    """Enter on which day a bank debits, from a day on."""
    form = BankDayForm(request.POST, auto_id="bank_%s")
    if form.is_valid():
        try:
            register_bank_day(**form.cleaned_data, by=Actor.person(staff(request)), at=timezone.now())
        except DebitRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "銀行の引落日を登録しました。")
            return redirect("repayment:debit_settings")
    return _settings(request, OriginatorForm(), form, status=422)


def _settings(
    request: HttpRequest, form: OriginatorForm, bank_form: BankDayForm, *, status: int = 200
) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "form": form,
        "bank_form": bank_form,
        "rows": DebitOriginator.objects.select_related("entered_by").order_by("-valid_from", "-pk"),
        "current": originator_on(today),
        "bank_days": bank_days_on(today),
        "may_enter": staff(request).can(Permission.MOVE_MONEY),
    }
    return render(request, "repayment/debit_settings.html", context, status=status)


@require_GET
@permission(*LOOK)
def mandates(request: HttpRequest) -> HttpResponse:
    """Accounts to be debited, and how far the bank is with each."""
    user = staff(request)
    state = request.GET.get("state", "none")
    rows = debit_accounts(user)
    if state in MandateState.values:
        rows = rows.filter(mandate__state=state)
    else:
        state, rows = "none", rows.filter(mandate__isnull=True)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    record_access(
        by=Actor.person(user),
        action=AccessAction.LIST,
        subject="person",
        ids=[account.person_id for account in page],
        at=timezone.now(),
    )
    context = {
        "page": page,
        "rows": [(account, getattr(account, "mandate", None)) for account in page],
        "state": state,
        "states": [("none", "依頼書の記録なし"), *MandateState.choices],
        "form": MandateForm(initial={"on": timezone.localdate()}),
        "may_record": user.can(Permission.MOVE_MONEY),
    }
    return render(request, "repayment/mandates.html", context)


@require_POST
@permission(Permission.MOVE_MONEY)
def mandate_move(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """One step with the mandate of an account."""
    account = get_object_or_404(debit_accounts(staff(request)), pk=pk)
    form = MandateForm(request.POST)
    if move not in ("request", "register", "confirm", "end"):
        raise Http404
    if not form.is_valid():
        messages.warning(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("repayment:mandates")
    on, by, at = form.cleaned_data["on"], Actor.person(staff(request)), timezone.now()
    try:
        match move:
            case "request":
                request_mandate(account=account, on=on, by=by, at=at)
            case "register":
                day = form.cleaned_data["debit_day"]
                register_mandate(account=account, on=on, debit_day=day, by=by, at=at)
            case "confirm":
                confirm_account(account=account, on=on, by=by, at=at)
            case _:
                end_mandate(account=account, on=on, by=by, at=at)
    except DebitRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, "口座振替依頼の記録を更新しました。")
    return redirect("repayment:mandates")

"""The dunning desk and the page of one loan on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from loans.models import Loan
from people.models import Paper, Person
from repayment.arrears import desk
from repayment.arrears.buckets import BY_CODE, arrears_on, rows_in
from repayment.arrears.forms import DayForm, EndHoldForm, HoldForm, PromiseForm, ReasonForm, first_problem
from repayment.arrears.holds import end_hold_by_hand, hold_by_hand, open_holds
from repayment.arrears.promises import cancel_promise, take_promise
from repayment.arrears.refusals import DunningNotAllowed, DunningRefused
from repayment.enums import HeldCause, NoticeKind, PromiseWay
from repayment.limitation.forms import AcknowledgementForm
from repayment.limitation.services import record_acknowledgement, withdraw_acknowledgement
from repayment.limitation.worklist import limitation_rows, soon_lapsing
from repayment.models import CollectionHold, DebtAcknowledgement, PaymentPromise
from rulebook.selectors import settings_on

PAGE, HOLDS = 100, 20


def staff(request: HttpRequest) -> User:
    return cast(User, request.user)


def tell(request: HttpRequest, subject: str, ids: Any) -> None:
    """Write down which rows a page shows."""
    record_access(
        by=Actor.person(staff(request)), action=AccessAction.LIST, subject=subject, ids=ids, at=timezone.now()
    )


def day_of(request: HttpRequest) -> tuple[date, DayForm]:
    """The day asked for, never one to come; today where none or none that can be read."""
    today = timezone.localdate()
    form = DayForm({"on": request.GET.get("on", "")})
    on = form.cleaned_data["on"] if form.is_valid() else None
    if on and on > today:
        form.add_error("on", "先の日付は選べません。")
        on = None
    return on or today, form if request.GET.get("on") else DayForm(initial={"on": today})


@require_GET
@permission(Permission.SEE_CASES)
def dunning(request: HttpRequest) -> HttpResponse:
    """Buckets as of a day, the letters of the month with who is left out, promises that are due, holds."""
    user, today = staff(request), timezone.localdate()
    on, form = day_of(request)
    promises = desk.promises_for(user, on=today)
    holds = Paginator(open_holds(user, today), HOLDS).get_page(request.GET.get("page"))
    tell(
        request,
        "loan",
        {found.loan_id for found in promises[:PAGE]} | {hold.loan_id for hold in holds},
    )
    context = {
        "form": form,
        "arrears": arrears_on(user, on=on),
        "buckets": BY_CODE.values(),
        "lines": desk.notice_lines(user, on=today),
        "promises": promises[:PAGE],
        "promises_total": len(promises),
        "holds": holds,
    }
    return render(request, "repayment/dunning.html", context)


@require_GET
@permission(Permission.SEE_CASES)
def arrears(request: HttpRequest) -> HttpResponse:
    """The loans behind a number of the buckets."""
    user = staff(request)
    on, _ = day_of(request)
    office = request.GET.get("office", "")
    rows = rows_in(
        user,
        on=on,
        bucket=request.GET.get("bucket", ""),
        fund=request.GET.get("fund", ""),
        office=int(office) if office.isascii() and office.isdigit() and len(office) < 10 else None,
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    loans = Loan.objects.select_related("borrower", "office").in_bulk([row.loan_id for row in page])
    tell(request, "loan", loans)
    chosen = BY_CODE.get(request.GET.get("bucket", ""))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "rows": [(loans[row.loan_id], row) for row in page],
        "on": on,
        "bucket_label": chosen.label if chosen else "すべての月数",
        "total": sum(row.arrears for row in rows),
        "query": query.urlencode(),
    }
    return render(request, "repayment/arrears.html", context)


@require_GET
@permission(Permission.SEE_CASES)
def notices(request: HttpRequest) -> HttpResponse:
    """The letters of the month, loan by loan, with the reason for who is left out."""
    kind, held = request.GET.get("kind", ""), request.GET.get("held", "")
    rows = desk.notices_of(staff(request), on=timezone.localdate(), kind=kind, held=held)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    tell(request, "loan", [row.loan_id for row in page])
    context = {
        "page": page,
        "kind": kind,
        "held": held,
        "kinds": NoticeKind.choices,
        "causes": HeldCause.choices,
        "query": f"kind={kind if kind in NoticeKind.values else ''}&held={held if held in HeldCause.values else ''}",
    }
    return render(request, "repayment/notices.html", context)


@require_GET
@permission(Permission.SEE_CASES)
def limitation(request: HttpRequest) -> HttpResponse:
    """The working list of limitation: whose period may run out soon, and what proves where it counts from."""
    user, today = staff(request), timezone.localdate()
    page = Paginator(soon_lapsing(user, on=today), PAGE).get_page(request.GET.get("page"))
    rows = limitation_rows(list(page), on=today)
    tell(request, "loan", [row.loan.pk for row in rows])
    context = {"page": page, "rows": rows, "today": today, "rules": settings_on(today)}
    return render(request, "repayment/limitation.html", context)


@require_GET
@permission(Permission.SEE_CASES)
def loan(request: HttpRequest, pk: int) -> HttpResponse:
    """One loan on the dunning desk: what holds it, what was promised, what was sent, when it may lapse."""
    return _page(request, _loan(request, pk))


def _page(
    request: HttpRequest, row: Loan, *, refused: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    user, today = staff(request), timezone.localdate()
    record_access(by=Actor.person(user), action=AccessAction.VIEW, subject="loan", ids=[row.pk], at=timezone.now())
    shown = desk.loan_desk(row, user=user, on=today)
    found: dict[str, forms.Form] = {
        "promise": PromiseForm(initial={"taken_on": today, "way": PromiseWay.PHONE}, auto_id="promise_%s"),
        "hold": HoldForm(initial={"since": today}, auto_id="hold_%s"),
        "acknowledgement": AcknowledgementForm(papers=shown.papers, auto_id="acknowledgement_%s"),
    } | (refused or {})
    context = {
        "desk": shown,
        "today": today,
        "forms": found,
        "end_form": EndHoldForm(initial={"until": today}, auto_id="end_%s"),
        "reason_form": ReasonForm(auto_id="reason_%s"),
    }
    return render(request, "repayment/dunning_loan.html", context, status=status)


@require_POST
@permission(Permission.WRITE_CASES)
def promise_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a promise to pay."""
    row = _loan(request, pk)
    form = PromiseForm(request.POST, auto_id="promise_%s")
    return _entered(
        request, row, "promise", form, lambda **told: take_promise(loan=row, **told), "入金の約束を記録しました。"
    )


@require_POST
@permission(Permission.WRITE_CASES)
def hold_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop debits and dunning by hand."""
    row = _loan(request, pk)
    form = HoldForm(request.POST, auto_id="hold_%s")
    return _entered(
        request, row, "hold", form, lambda **told: hold_by_hand(loan=row, **told), "引落しと督促を止めました。"
    )


@require_POST
@permission(Permission.WRITE_CASES)
def acknowledgement_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down an acknowledgement of the debt."""
    row = _loan(request, pk)
    papers = Paper.objects.filter(person=row.borrower_id)
    form = AcknowledgementForm(request.POST, papers=papers, auto_id="acknowledgement_%s")

    def go(**told: Any) -> object:
        return record_acknowledgement(loan=row, paper_id=told.pop("paper"), **told)

    return _entered(request, row, "acknowledgement", form, go, "債務の承認を記録しました。")


@require_POST
@permission(Permission.WRITE_CASES)
def promise_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Wait no longer for a promise."""
    row = get_object_or_404(PaymentPromise.objects.visible_to(staff(request)), pk=pk)
    form = ReasonForm(request.POST)
    return _ended(
        request,
        row.loan_id,
        form,
        lambda **told: cancel_promise(promise_id=pk, **told),
        "入金の約束を取り消しました。",
    )


@require_POST
@permission(Permission.WRITE_CASES)
def hold_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a hold that was placed by hand."""
    visible = CollectionHold.objects.filter(loan__borrower__in=Person.objects.visible_to(staff(request)))
    row = get_object_or_404(visible, pk=pk)
    form = EndHoldForm(request.POST)
    return _ended(
        request, row.loan_id, form, lambda **told: end_hold_by_hand(hold_id=pk, **told), "請求の停止を終えました。"
    )


@require_POST
@permission(Permission.WRITE_CASES)
def acknowledgement_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Count an acknowledgement no longer."""
    row = get_object_or_404(DebtAcknowledgement.objects.visible_to(staff(request)), pk=pk)
    form = ReasonForm(request.POST)
    return _ended(
        request,
        row.loan_id,
        form,
        lambda **told: withdraw_acknowledgement(acknowledgement_id=pk, **told),
        "債務の承認を取り下げました。",
    )


def _loan(request: HttpRequest, pk: int) -> Loan:
    return get_object_or_404(Loan.objects.visible_to(staff(request)).select_related("borrower", "office"), pk=pk)


def _entered(
    request: HttpRequest, row: Loan, name: str, form: forms.Form, go: Callable[..., object], said: str
) -> HttpResponse:
    """Do what a form asks for; refused, the page comes back with the form as it was typed."""
    if form.is_valid():
        try:
            go(**form.cleaned_data, by=Actor.person(staff(request)), at=timezone.now())
        except DunningRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
            status = 403 if isinstance(refused, DunningNotAllowed) else 422
            return _page(request, row, refused={name: form}, status=status)
        messages.success(request, said)
        return redirect("repayment:dunning_loan", row.pk)
    return _page(request, row, refused={name: form}, status=422)


def _ended(request: HttpRequest, loan_id: int, form: forms.Form, go: Callable[..., object], said: str) -> HttpResponse:
    if not form.is_valid():
        messages.warning(request, first_problem(form))
        return redirect("repayment:dunning_loan", loan_id)
    try:
        go(**form.cleaned_data, by=Actor.person(staff(request)), at=timezone.now())
    except DunningRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("repayment:dunning_loan", loan_id)

"""Typing a form from the paper."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from exemptions import services
from exemptions.entry import EntryDesk, desk_for_application, desk_for_loan, live_deficiencies, remarks
from exemptions.enums import ApplicationState
from exemptions.forms import LoanCodeForm
from exemptions.models import Application
from exemptions.refusals import EntryRefused, ImpossibleDates, MoveRefused
from exemptions.signed_form import SignedForm
from exemptions.views.asking import looked_at_version, record_seen, staff, visible_application
from loans.selectors import by_code


@require_http_methods(["GET", "POST"])
@permission(Permission.ENTER_EXEMPTIONS)
def enter(request: HttpRequest) -> HttpResponse:
    """Find the loan by the code on the paper, then type the form; kept as a draft or received."""
    user, now = staff(request), timezone.now()
    code = request.GET.get("code", "")
    if not code:
        return render(request, "exemptions/find_loan.html", {"form": LoanCodeForm()})
    loan = by_code(user=user, code=code)
    if loan is None:
        form = LoanCodeForm({"code": code})
        form.add_error("code", f"貸付コード {code[:20]} の貸付は見つかりません。番号をお確かめください。")
        return render(request, "exemptions/find_loan.html", {"form": form}, status=404)
    data = request.POST if request.method == "POST" else None
    desk = desk_for_loan(loan, user=user, data=data, at=now, asked=request.GET.dict())
    if request.method == "POST" and desk.form.is_valid():
        save = services.save_draft if request.POST.get("save") == "draft" else services.enter_application
        try:
            return _saved(request, save(loan=loan, transcript=desk.transcript(), by=Actor.person(user), at=now))
        except EntryRefused as refused:
            _explain(desk.form, refused)
    return _entry_page(request, desk)


@require_http_methods(["GET", "POST"])
@permission(Permission.ENTER_EXEMPTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Type over a form that is stored: a draft, a correction, or the answer to what had been sent back."""
    user, now = staff(request), timezone.now()
    application = visible_application(request, pk)
    move = services.move_for(application, as_draft=request.POST.get("save") == "draft")
    if move is None:
        messages.warning(request, "審査中または決定済みの申請は、入力し直せません。")
        return redirect("exemptions:detail", pk)
    data = request.POST if request.method == "POST" else None
    desk = desk_for_application(application, user=user, data=data, at=now)
    if request.method == "POST" and desk.form.is_valid():
        try:
            updated = services.update_application(
                application_id=pk,
                transcript=desk.transcript(),
                move=move,
                version=looked_at_version(request),
                by=Actor.person(user),
                at=now,
            )
            return _saved(request, updated)
        except EntryRefused as refused:
            _explain(desk.form, refused)
        except MoveRefused as refused:
            messages.warning(request, str(refused))
            return redirect("exemptions:detail", pk)
    return _entry_page(request, desk)


@require_POST
@permission(Permission.ENTER_EXEMPTIONS)
def missing(request: HttpRequest) -> HttpResponse:
    """What is missing on the form as it is being typed: a part of the entry page, asked for after every change."""
    user, now = staff(request), timezone.now()
    application_id = request.GET.get("application", "")
    if application_id.isdecimal():
        application = visible_application(request, int(application_id))
        desk = desk_for_application(application, user=user, data=request.POST, at=now)
    else:
        loan = by_code(user=user, code=request.GET.get("code", ""))
        if loan is None:
            raise Http404
        desk = desk_for_loan(loan, user=user, data=request.POST, at=now, asked=request.GET.dict())
    deficiencies = live_deficiencies(desk)
    unreadable = [(desk.form[name].label, errors[0]) for name, errors in desk.form.errors.items() if name != "__all__"]
    context = {
        "deficiencies": deficiencies, "unreadable": unreadable, "remarks": remarks(desk), "announce": True,
    }  # fmt: skip
    return render(request, "exemptions/_missing.html", context)


def _entry_page(request: HttpRequest, desk: EntryDesk) -> HttpResponse:
    record_seen(request, AccessAction.VIEW, desk.loan.pk, subject="loan")
    context = {"desk": desk, "form": desk.form, "deficiencies": live_deficiencies(desk), "remarks": remarks(desk)}
    return render(request, "exemptions/entry.html", context)


def _explain(form: SignedForm, refused: EntryRefused) -> None:
    """Put a refusal of the service beside the field it is about."""
    if isinstance(refused, ImpossibleDates):
        for item in refused.found:
            form.add_error(item.field if item.field in form.fields else None, item.text)
    else:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))


def _saved(request: HttpRequest, application: Application) -> HttpResponse:
    if application.state == ApplicationState.DRAFT:
        messages.success(request, f"下書き {application} を保存しました。まだ受け付けていません。")
    elif application.deficiency_count:
        count = application.deficiency_count
        messages.warning(
            request, f"申請 {application} を受け付けました。不備が{count}件あります。返送するか、訂正してください。"
        )
    else:
        messages.success(request, f"申請 {application} を受け付けました。不備はありません。")
    return redirect("exemptions:detail", application.pk)

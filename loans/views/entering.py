"""Typing an application with the applicant opposite: kept as one goes, taken in at the end."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.enums import AccessAction
from loans.enums import LendingState
from loans.intake.desk import IntakeDesk, desk_of
from loans.intake.page import finding_lines
from loans.intake.small_forms import PaperForm, today_first
from loans.lending.workflow import Move
from loans.models import LendingApplication
from loans.refusals import EntryRefused, LendingRefused, MovedMeanwhile, RulesRefused
from loans.services.intake import save_answers
from loans.services.moves import move_lending
from loans.services.papers import lay_paper
from loans.views.asking import actor, looked_at_version, record_seen, visible_application
from people.enums import PaperKind
from people.papers import PaperRefused
from rulebook.findings import Finding

MORE_ROWS = "more"


@require_http_methods(["GET", "POST"])
@permission(Permission.ENTER_LENDING)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The intake form: a draft going on, a correction, or the answer to what was sent back."""
    application = visible_application(request, pk)
    save = request.POST.get("save", "")
    desk = desk_of(
        application, request.POST if request.method == "POST" else None, as_draft=save in ("draft", MORE_ROWS)
    )
    if desk.move is None:
        messages.warning(request, "起案された申込み、または終わった申込みは、入力し直せません。")
        return redirect("loans:application", pk)
    if request.method == "POST" and desk.readable:
        try:
            updated = move_lending(
                application_id=pk,
                move=desk.move,
                version=looked_at_version(request),
                transcript=desk.told(),
                by=actor(request),
                at=timezone.now(),
            )
        except RulesRefused as refused:
            for field, sentence in refused.by_field.items():
                desk.form.add_error(field if field in desk.form.fields else None, sentence)
            desk.form.add_error(None, str(refused))
        except EntryRefused as refused:
            desk.form.add_error(refused.field if refused.field in desk.form.fields else None, str(refused))
        except LendingRefused as refused:
            messages.warning(request, str(refused))
            return redirect("loans:application", pk)
        else:
            return _saved(request, updated, save)
    record_seen(request, AccessAction.VIEW, pk)
    return render(request, "loans/intake.html", _context(desk))


@require_POST
@permission(Permission.ENTER_LENDING)
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """What the rules say of the form as it is being typed; a draft is kept by the same stroke."""
    application = visible_application(request, pk)
    desk = desk_of(application, request.POST)
    context: dict[str, object] = {"announce": True}
    if desk.is_draft:
        now = timezone.now()
        try:
            saved = save_answers(
                application_id=pk, told=desk.told(), version=looked_at_version(request), by=actor(request), at=now
            )
            context |= {"saved_at": now, "version": saved.version}
        except MovedMeanwhile as refused:
            context["conflict"] = str(refused)
        except LendingRefused as refused:
            context["conflict"] = str(refused)
    return render(request, "loans/_live.html", _context(desk) | context)


@require_POST
@permission(Permission.ENTER_LENDING)
def paper_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a paper that lies on the desk. What was typed is kept: the form beside it saved itself."""
    application = visible_application(request, pk)
    desk = desk_of(application)
    form = _paper_form(desk, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            lay_paper(
                application_id=pk,
                kind=PaperKind(data["kind"]),
                member=data["member"],
                received_on=data["received_on"],
                issued_on=data["issued_on"],
                name=data["name"],
                by=actor(request),
                at=timezone.now(),
            )
        except EntryRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        except (LendingRefused, PaperRefused) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"「{PaperKind(data['kind']).label}」を受け取りました。")
            return redirect(request.POST.get("next") == "page" and "loans:application" or "loans:application_edit", pk)
    record_seen(request, AccessAction.VIEW, pk)
    return render(request, "loans/paper_add.html", _context(desk) | {"paper_form": form})


def _paper_form(desk: IntakeDesk, data: object = None) -> PaperForm:
    labels = [member.label for member in desk.told().members if member.here_now] or ["本人"]
    return PaperForm(data, members=labels, initial=today_first(timezone.localdate()))


def _context(desk: IntakeDesk) -> dict[str, object]:
    look = desk.look(today=timezone.localdate())
    application = desk.application
    return {
        "desk": desk,
        "application": application,
        "form": desk.form,
        "look": look,
        "against": finding_lines(application, look, Finding.NOT_MET),
        "open_findings": finding_lines(application, look, Finding.UNKNOWN),
        "met": finding_lines(application, look, Finding.MET),
        "paper_form": _paper_form(desk),
        "receive_label": Move.RECEIVE.label if desk.is_draft else (desk.move.label if desk.move else ""),
    }


def _saved(request: HttpRequest, application: LendingApplication, save: str) -> HttpResponse:
    if save == MORE_ROWS:
        return redirect("loans:application_edit", application.pk)
    if application.state == LendingState.DRAFT:
        messages.success(request, f"下書き {application} を保存しました。まだ受け付けていません。")
    elif application.deficiency_count:
        messages.warning(
            request,
            f"申込み {application} を受け付けました。足りないものが{application.deficiency_count}件あります。"
            "一覧を渡すか、返送してください。",
        )
    else:
        messages.success(request, f"申込み {application} を受け付けました。不備はありません。")
    return redirect("loans:application", application.pk)

"""One application as it stands, and the sheets of paper that go with it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.roles import Permission
from audit.enums import AccessAction
from loans.intake.page import application_page, stored_line
from loans.intake.sheets import SHEETS
from loans.intake.small_forms import AnswerForm, DoubtForm, GuidanceForm, OverrideForm, ReasonForm, today_first
from loans.lending.snapshot import CONDUCT_RULE
from loans.models import LendingApplication
from loans.rules import RULEBOOK
from loans.views.asking import record_seen, staff, visible_application


@require_GET
@permission(Permission.SEE_CASES)
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """One application with findings, papers, tasks, timeline, and what can be done next."""
    return page_of(request, visible_application(request, pk))


def page_of(request: HttpRequest, row: LendingApplication, *, status: int = 200) -> HttpResponse:
    """The page of one application, for whoever came to it or was refused a step on it."""
    today = timezone.localdate()
    shown = application_page(row, reader=staff(request), on=today)
    record_seen(request, AccessAction.VIEW, row.pk)
    exceptions = [(code, f"{code}　{RULEBOOK.on(code, row.applied_on).wording_ja}") for code in exceptions_for(shown)]
    context = {
        "shown": shown,
        "application": row,
        "hidden": [("version", row.version)],
        "doubt_form": DoubtForm(auto_id="doubt_%s"),
        "guidance_form": GuidanceForm(initial=today_first(today), auto_id="guidance_%s"),
        "override_form": OverrideForm(rules=exceptions, auto_id="override_%s"),
        "answer_forms": [(task, AnswerForm(auto_id=f"task_{task.pk}_%s")) for task in shown.open_tasks],
        "send_back_form": ReasonForm(
            label="ほかに足りないもの（1行に1件）", required=not shown.deficiencies, auto_id="send_back_%s"
        ),
        "withdraw_form": ReasonForm(label="取下げの理由", auto_id="withdraw_%s"),
        "return_form": ReasonForm(label="起案者に戻す理由", auto_id="return_%s"),
        "sheets": [(code, sheet.title) for code, sheet in SHEETS.items() if sheet.applies(row)],
    }
    return render(request, "loans/application.html", context, status=status)


def exceptions_for(shown: object) -> list[str]:
    """The rules an exception can be asked for: those in principle that stand in the way, and earlier conduct."""
    look = shown.look  # type: ignore[attr-defined]
    return [*sorted(look.overridable - look.agreed), CONDUCT_RULE] if look is not None else []


@require_GET
@permission(Permission.SEE_CASES)
def assessment(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One stored assessment with every finding it rests on: what a decision is followed back to."""
    row = visible_application(request, pk)
    stored = get_object_or_404(row.assessments, pk=number)
    record_seen(request, AccessAction.VIEW, row.pk)
    context = {"application": row, "stored": stored, "lines": [stored_line(check) for check in stored.checks]}
    return render(request, "loans/assessment.html", context)


@require_GET
@permission(Permission.SEE_CASES)
def sheet(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A sheet to hand over: what is missing, other schemes, where to turn for business money."""
    row = visible_application(request, pk)
    chosen = SHEETS.get(code)
    if chosen is None or not chosen.applies(row):
        raise Http404
    shown = application_page(row, reader=staff(request), on=timezone.localdate())
    record_seen(request, AccessAction.PRINT, row.pk)
    context = {"application": row, "shown": shown, "sheet": chosen, "today": timezone.localdate()}
    return render(request, "loans/sheet.html", context)

"""One application as it stands, and the sheets of paper that go with it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.roles import Permission
from audit.enums import AccessAction
from loans.enums import FundKind
from loans.intake.page import application_page, stored_line
from loans.intake.small_forms import AnswerForm, DoubtForm, GuidanceForm, OverrideForm, ReasonForm, today_first
from loans.lending.enums import LendingPurpose
from loans.lending.snapshot import CONDUCT_RULE
from loans.models import LendingApplication
from loans.rules import RULEBOOK
from loans.sheets.kinds import BUSINESS_CAPITAL, OTHER_SCHEMES, SheetKind
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
        "guidance_sheets": sheets_to_hand(row),
    }
    return render(request, "loans/application.html", context, status=status)


def sheets_to_hand(row: LendingApplication) -> tuple[SheetKind, ...]:
    """The guidance that goes with what was told: other schemes with a special loan (2-8), where business money is (11)."""
    special = row.fund != FundKind.REG_SMALL
    business = row.purpose == LendingPurpose.BUSINESS
    return tuple(kind for kind, wanted in ((OTHER_SCHEMES, special), (BUSINESS_CAPITAL, business)) if wanted)


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

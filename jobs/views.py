"""The night book and the page of one run."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from japan.eras import DateError, parse_date
from jobs import selectors, services
from jobs.engine import progress_of
from jobs.kinds import night_steps, registry
from jobs.models import Run

SHOWN_FAILURES = 100


def night_runs() -> list[str]:
    return [step.kind.code for step in night_steps()]


def chosen_day(request: HttpRequest) -> date:
    """The day asked for, or the newest night that should have begun; a day nobody can read falls back to it."""
    text = request.GET.get("date", "")
    try:
        return parse_date(text) if text else selectors.through(timezone.now())
    except DateError as problem:
        messages.error(request, str(problem))
        return selectors.through(timezone.now())


@require_GET
@permission(Permission.SEE_NIGHT)
def night(request: HttpRequest) -> HttpResponse:
    """One row a step, counts against the usual range, the last fourteen nights."""
    day = chosen_day(request)
    rows = selectors.night_book(day, now=timezone.now())
    context = {
        "day": day,
        "rows": rows,
        "today": timezone.localdate(),
        "may_run": request.user.can(Permission.RUN_NIGHT),  # type: ignore[union-attr]
        "running": any(row.run is not None and not row.run.is_over for row in rows),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "jobs/_night_part.html", context, status=200 if context["running"] else 286)
    return render(request, "jobs/night.html", context)


@require_POST
@permission(Permission.RUN_NIGHT)
def start_night(request: HttpRequest) -> HttpResponse:
    try:
        day = parse_date(request.POST.get("date", ""))
        services.start_night(business_date=day, today=timezone.localdate())
        messages.success(request, "夜間処理を始めました。このページを離れても処理は続きます。")
    except (DateError, services.RunRefused) as problem:
        messages.error(request, str(problem))
        return redirect("jobs:night")
    response = redirect("jobs:night")
    response["Location"] += f"?date={day.isoformat()}"
    return response


@require_GET
@permission(Permission.SEE_NIGHT)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run of the night: how far it is and what failed, with the reasons."""
    row = get_object_or_404(Run, pk=pk, kind__in=night_runs())
    failed = selectors.failed_items(row)
    context = {
        "run": row,
        "label": registry.kinds[row.kind].label,
        "progress": progress_of(row),
        "failed": failed[:SHOWN_FAILURES],
        "failed_total": failed.count(),
        "may_run": request.user.can(Permission.RUN_NIGHT),  # type: ignore[union-attr]
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "jobs/_progress.html", context, status=286 if row.is_over else 200)
    return render(request, "jobs/run.html", context)


@require_POST
@permission(Permission.RUN_NIGHT)
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Run, pk=pk, kind__in=night_runs())
    try:
        count = services.run_again(row)
        messages.success(request, f"失敗した{count}件をもう一度処理します。")
    except services.RunRefused as problem:
        messages.error(request, str(problem))
    return redirect("jobs:run", pk=pk)

"""The simulations of a draft: start one, watch it, read what it comes to down to the loans, take it back, check it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from exemptions.models import Simulation
from exemptions.simulating.comparing import comparison_of
from exemptions.simulating.enums import Sign, SimulationKind, SimulationState
from exemptions.simulating.listing import page
from exemptions.simulating.services import (
    SimulationRefused,
    cancel_simulation,
    check_publication,
    start_simulation,
)
from exemptions.simulating.totals import totals_of
from exemptions.views.asking import record_seen, staff
from jobs.engine import progress_of
from rulebook.keys import key_named
from rulebook.models import SettingRow
from rulebook.selectors import value_ja

NO_LONGER_POLL = 286


@require_GET
@permission(Permission.PROPOSE_SETTINGS)
def simulations(request: HttpRequest, pk: int) -> HttpResponse:
    """Every simulation of one draft, the newest first."""
    draft = get_object_or_404(SettingRow, pk=pk)
    rows = Simulation.objects.filter(draft=draft).select_related("requested_by").order_by("-pk")
    return render(request, "exemptions/simulating/simulations.html", _about(draft) | {"rows": rows})


@require_POST
@permission(Permission.PROPOSE_SETTINGS)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(SettingRow, pk=pk)
    try:
        started = start_simulation(draft_id=pk, by=Actor.person(staff(request)), at=timezone.now())
    except SimulationRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("rulebook:setting", draft.key)
    return redirect("exemptions:simulation", started.pk)


@require_POST
@permission(Permission.PROPOSE_SETTINGS)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(SettingRow, pk=pk)
    try:
        started = check_publication(draft_id=pk, by=Actor.person(staff(request)), at=timezone.now())
    except SimulationRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("exemptions:simulations", pk)
    return redirect("exemptions:simulation", started.pk)


@require_POST
@permission(Permission.PROPOSE_SETTINGS)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Simulation, pk=pk)
    try:
        cancel_simulation(simulation_id=pk, by=Actor.person(staff(request)), at=timezone.now())
        messages.success(request, "試算を取り消しました。途中までの結果は残っていません。")
    except SimulationRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("exemptions:simulation", pk)


@require_GET
@permission(Permission.PROPOSE_SETTINGS)
def simulation(request: HttpRequest, pk: int) -> HttpResponse:
    """One simulation: how far it is, or what it comes to by fund, office and municipality."""
    row = get_object_or_404(Simulation.objects.select_related("draft__certificate", "run", "requested_by"), pk=pk)
    running = row.state == SimulationState.RUNNING
    context = _about(row.draft) | {
        "simulation": row,
        "running": running,
        "progress": progress_of(row.run) if row.run is not None else None,
    }
    if request.htmx:  # type: ignore[attr-defined]
        status = 200 if running else NO_LONGER_POLL
        return render(request, "exemptions/simulating/_progress.html", context, status=status)
    if row.state == SimulationState.DONE:
        context |= {"totals": totals_of(row), "comparison": None}
        if row.kind == SimulationKind.CHECK and row.draft.certificate is not None:
            predicted = Simulation.objects.get(pk=row.draft.certificate.number)
            context["comparison"] = comparison_of(row, predicted)
    return render(request, "exemptions/simulating/simulation.html", context)


@require_GET
@permission(Permission.PROPOSE_SETTINGS)
def loans(request: HttpRequest, pk: int) -> HttpResponse:
    """The loans behind a number of a simulation."""
    row = get_object_or_404(Simulation.objects.select_related("draft"), pk=pk)
    found = page(row, staff(request), request.GET)
    record_seen(request, AccessAction.LIST, *(line.loan_id for line in found.rows), subject="loan")
    context = _about(row.draft) | {"simulation": row, "page": found, "signs": Sign.choices}
    return render(request, "exemptions/simulating/loans.html", context)


def _about(draft: SettingRow) -> dict[str, object]:
    """The draft in words."""
    setting = key_named(draft.key)
    return {
        "draft": draft,
        "label": setting.label_ja if setting else draft.key,
        "value": value_ja(setting, draft.value) if setting else "",
    }

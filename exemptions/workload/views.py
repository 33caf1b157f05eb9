"""How the queue flows, and giving cases to people."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from exemptions.filters import BANDS
from exemptions.forms import QueueForm
from exemptions.next_case import decides
from exemptions.refusals import MoveRefused
from exemptions.views.asking import staff
from exemptions.views.queueing import SEEING_FLOW
from exemptions.workload.assigning import hand_over, handovers, plan_of
from exemptions.workload.flow import flow_page
from exemptions.workload.forms import AssignForm, HandOverForm


@require_GET
@permission(*SEEING_FLOW)
def flow(request: HttpRequest) -> HttpResponse:
    """What came in and went out, when the queue will be empty, how old it is, who carries it. Numbers only."""
    user, now = staff(request), timezone.now()
    words = dict(QueueForm().fields["age"].choices)  # type: ignore[attr-defined]
    context = {
        "flow": flow_page(user, at=now),
        "bands": [words[band] for band in BANDS],
        "may_assign": decides(user, on=timezone.localtime(now).date()),
    }
    return render(request, "exemptions/workload/flow.html", context)


@require_http_methods(["GET", "POST"])
@permission(Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS)
def assign(request: HttpRequest) -> HttpResponse:
    """Which cases to whom: the plan for what stands in the address, and carrying it out."""
    user, now = staff(request), timezone.now()
    form = AssignForm(request.GET or None)
    wanted = form.wanted() if form.is_bound else None
    reason = HandOverForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if wanted is None:
            messages.warning(request, "割り当てる申請と人を選び直してください。")
        elif reason.is_valid():
            try:
                made = hand_over(wanted=wanted, **reason.cleaned_data, by=Actor.person(user), at=now)
            except MoveRefused as refused:
                messages.warning(request, str(refused))
                return redirect(f"{reverse('exemptions:assign')}?{urlencode(list(request.GET.lists()), doseq=True)}")
            messages.success(request, f"申請{made.number}件の担当者を決めました。")
            return redirect("exemptions:assign")
    context = {
        "form": form,
        "plan": plan_of(wanted, user=user, at=now) if wanted is not None else None,
        "wanted": wanted,
        "reason": reason,
        "may_assign": decides(user, on=timezone.localtime(now).date()),
        "handovers": handovers(),
    }
    return render(request, "exemptions/workload/assign.html", context)

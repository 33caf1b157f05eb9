"""Bulk approval: which groups there are, one look with its rows in and out, approving it and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission, step_up
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from exemptions.bulk import selectors, services
from exemptions.bulk.approving import group_of
from exemptions.bulk.enums import WORKING, BulkState, RowState
from exemptions.bulk.forms import GroupForm, OfficeForm, ReasonForm
from exemptions.bulk.selectors import Tally
from exemptions.models import Bulk
from exemptions.views.asking import record_seen, staff

PAGE = 50
SHOWN = 30
LOOK = (Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS, Permission.SEE_AUDIT)
FIRST_SHOWN = {
    BulkState.APPROVING: RowState.APPROVED,
    BulkState.APPROVED: RowState.APPROVED,
    BulkState.TAKING_BACK: RowState.APPROVED,
    BulkState.TAKEN_BACK: RowState.TAKEN_BACK,
}


@require_GET
@permission(*LOOK)
def bulks(request: HttpRequest) -> HttpResponse:
    """The groups that may be equal, and the bulk approvals of the past."""
    form = OfficeForm(request.GET)
    office = form.cleaned_data.get("office") if form.is_valid() else None
    user = staff(request)
    context = {
        "form": form,
        "office": office,
        "groups": selectors.groups_waiting(user, office_id=office.pk if office else None),
        "bulks": [(bulk, selectors.in_words(group_of(bulk))) for bulk in selectors.drawn_up()[:SHOWN]],
        "may_draw": user.can(Permission.REVIEW_EXEMPTIONS) or user.can(Permission.DECIDE_EXEMPTIONS),
    }
    return render(request, "exemptions/bulk/list.html", context)


@require_POST
@permission(Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS)
def draw(request: HttpRequest) -> HttpResponse:
    """Have a group looked at."""
    form = GroupForm(request.POST)
    if not form.is_valid():
        messages.error(request, "試算する要件・資金・年度を選んでください。")
        return redirect("exemptions:bulks")
    try:
        bulk = services.draw_up(
            group=form.group(),
            office=form.cleaned_data["office"],
            by=Actor.person(staff(request)),
            at=timezone.now(),
        )
    except services.BulkRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("exemptions:bulks")
    return redirect("exemptions:bulk", pk=bulk.pk)


@require_GET
@permission(*LOOK)
def bulk(request: HttpRequest, pk: int) -> HttpResponse:
    """One bulk approval: how far it is, its rows by what became of them, the reasons of those that are out."""
    row = get_object_or_404(Bulk.objects.select_related("drawn_by", "approved_by", "undo_by", "office"), pk=pk)
    found = selectors.tallies(row)
    busy = row.state in WORKING
    if request.htmx:  # type: ignore[attr-defined]
        context = {"bulk": row, "busy": busy, "progress": selectors.progress(found, row.state)}
        return render(request, "exemptions/bulk/_progress.html", context, status=200 if busy else 286)
    shown = asked_state(request, row, found)
    reason = request.GET.get("reason", "")
    page = Paginator(selectors.rows_shown(row, shown, reason=reason), PAGE).get_page(request.GET.get("page"))
    rows = [] if busy else list(page.object_list)
    record_seen(request, AccessAction.LIST, *(each.application_id for each in rows))
    user, label = staff(request), selectors.in_words(group_of(row))
    decides, approved = user.can(Permission.DECIDE_EXEMPTIONS), found[RowState.APPROVED].number
    context = {
        "bulk": row,
        "label": label,
        "meaning": BulkState(row.state).meaning,
        "busy": busy,
        "progress": selectors.progress(found, row.state),
        "tallies": [tally for tally in found.values() if tally.number or tally.state == shown],
        "shown": shown,
        "reason": reason,
        "reasons": selectors.reasons_of(row, shown) if not busy else [],
        "page": page,
        "rows": rows,
        "equal": found[RowState.IN],
        "may_approve": decides and row.state == BulkState.LOOKED and found[RowState.IN].number > 0,
        "may_discard": row.state == BulkState.LOOKED and not user.can(Permission.SEE_AUDIT),
        "may_take_back": decides and row.state == BulkState.APPROVED and approved > 0,
        "unfinished": 0 if busy else selectors.unfinished(row, found),
        "may_go_on": not user.can(Permission.SEE_AUDIT),
        "says_approval": selectors.says_approval(found, label),
        "says_taking_back": selectors.says_taking_back(approved),
        "reason_form": ReasonForm(),
    }
    return render(request, "exemptions/bulk/detail.html", context)


def asked_state(request: HttpRequest, row: Bulk, found: dict[RowState, Tally]) -> RowState:
    """Which rows the address asks for; what there is to see first where it asks for none."""
    asked = request.GET.get("show", "")
    if asked in RowState.values:
        return RowState(asked)
    first = FIRST_SHOWN.get(BulkState(row.state), RowState.IN)
    return first if found[first].number else RowState.OUT


@require_POST
@permission(Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS)
def step(request: HttpRequest, pk: int, step: str) -> HttpResponseBase:
    """Approve, put away, take back, or go on with what broke off."""
    row = get_object_or_404(Bulk, pk=pk)
    doing = {"approve": approve, "discard": discard, "take-back": take_back, "go-on": go_on}.get(step)
    if doing is None:
        raise Http404
    return doing(request, row)


@step_up
def approve(request: HttpRequest, row: Bulk) -> HttpResponse:
    return done(request, row, services.approve, "承認を始めました。このページを離れても処理は続きます。")


def discard(request: HttpRequest, row: Bulk) -> HttpResponse:
    return done(request, row, services.discard, "試算を破棄しました。何も決定していません。")


def go_on(request: HttpRequest, row: Bulk) -> HttpResponse:
    return done(request, row, services.go_on, "残りの処理を始めました。")


@step_up
def take_back(request: HttpRequest, row: Bulk) -> HttpResponse:
    """Take back one row where the form names one, else all of them."""
    form, named = ReasonForm(request.POST), request.POST.get("row", "")
    if not form.is_valid():
        messages.error(request, "取り消す理由を入力してください。")
        return redirect("exemptions:bulk", pk=row.pk)
    one = int(named) if named.isdecimal() else None
    taking = partial(services.take_back, reason=form.cleaned_data["reason"], row_id=one)
    says = "取消を始めました。このページを離れても処理は続きます。" if one is None else "1件の承認を取り消しました。"
    return done(request, row, taking, says)


def done(request: HttpRequest, row: Bulk, doing: Callable[..., Bulk], says: str) -> HttpResponse:
    """Make the one call, and say what happened."""
    try:
        doing(bulk_id=row.pk, by=Actor.person(staff(request)), at=timezone.now())
        messages.success(request, says)
    except services.BulkRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("exemptions:bulk", pk=row.pk)

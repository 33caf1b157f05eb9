"""The pages about persons recorded twice: the list, two side by side, and a merge that can be taken back."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from desk.triage import side_by_side
from people.addresses import withheld_people
from people.duplicates.selectors import merges_for, numbers_of, pair_page, pairs_for, told
from people.enums import PairState
from people.forms import ApartForm, PairForm, UndoForm
from people.merging.apart import new_rows, obstacles
from people.merging.relations import have_money_on_both_sides
from people.merging.services import (
    confirm_merge,
    confirm_undo,
    note_pair,
    propose_merge,
    propose_undo,
    tell_apart,
    withdraw_proposal,
    withdraw_undo,
)
from people.merging.together import MergeRefused
from people.models import Merge, Person, PersonPair

UNDONE = "統合を取り消しました。二人はそれぞれ元の記録に戻りました。"


@require_GET
@permission(Permission.MERGE_PERSONS, Permission.SEE_AUDIT)
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs that may be one person, the likeliest first, by what was said about them."""
    user, on = cast(User, request.user), timezone.localdate()
    wanted = request.GET.get("state", "")
    state = PairState(wanted) if wanted in PairState.values else PairState.OPEN
    page = pair_page(user, state=state, after=request.GET.get("after", ""), on=on)
    numbers = numbers_of(user, on=on)
    shown = {key for line in page.lines for key in (line.pair.low_id, line.pair.high_id)}
    record_access(by=Actor.person(user), action=AccessAction.LIST, subject="person", ids=shown, at=timezone.now())
    context = {
        "page": page,
        "state": state,
        "total": numbers[state],
        "views": [(each.value, each.label, numbers[each], each == state) for each in PairState],
        "form": PairForm() if user.can(Permission.MERGE_PERSONS) else None,
    }
    return render(request, "desk/duplicates.html", context)


@require_POST
@permission(Permission.MERGE_PERSONS)
def duplicate_new(request: HttpRequest) -> HttpResponse:
    """Put two persons side by side that somebody takes for one."""
    user = cast(User, request.user)
    form = PairForm(request.POST)
    if not form.is_valid():
        messages.error(request, "借受人番号を二つ入力してください。")
        return redirect("desk:duplicates")
    numbers = [form.cleaned_data["one"].strip().upper(), form.cleaned_data["other"].strip().upper()]
    people = {each.number: each for each in Person.objects.visible_to(user).filter(number__in=numbers)}
    if any(number not in people for number in numbers):
        messages.error(request, "その借受人番号の方は見つかりません。番号をお確かめください。")
        return redirect("desk:duplicates")
    try:
        one, other = (people[number] for number in numbers)
        pair = note_pair(one=one, other=other, by=Actor.person(user), at=timezone.now())
    except MergeRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:duplicates")
    return redirect("desk:duplicate", pair.pk)


@require_GET
@permission(Permission.MERGE_PERSONS, Permission.SEE_AUDIT)
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Two records side by side, with what may be decided about them."""
    user, on = cast(User, request.user), timezone.localdate()
    pair = found_pair(user, pk)
    hidden = withheld_people([pair.low_id, pair.high_id], on=on)
    record_access(
        by=Actor.person(user),
        action=AccessAction.VIEW,
        subject="person",
        ids=[pair.low_id, pair.high_id],
        at=timezone.now(),
    )
    may_act = user.can(Permission.MERGE_PERSONS)
    context = {
        "pair": pair,
        "lines": side_by_side(pair.low, pair.high, reader=user, on=on),
        "reasons": told(pair, hidden=bool(hidden)),
        "hidden": bool(hidden),
        "money": have_money_on_both_sides(pair.low_id, pair.high_id),
        "may_decide": may_act and pair.state == PairState.OPEN,
        "may_confirm": may_act and pair.state == PairState.PROPOSED and pair.proposed_by_id != user.pk,
        "may_withdraw": may_act and pair.state == PairState.PROPOSED,
        "people": [pair.low, pair.high],
        "merges": merges_for(user).filter(pair=pair).order_by("-pk"),
        "form": ApartForm(),
    }
    return render(request, "desk/duplicate.html", context)


@require_POST
@permission(Permission.MERGE_PERSONS)
def duplicate_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Say that both are one person, confirm it, take the proposal back, or say that they are two."""
    user = cast(User, request.user)
    pair = found_pair(user, pk)
    by, at = Actor.person(user), timezone.now()
    try:
        match step:
            case "same":
                merge = propose_merge(pair=pair, survivor=chosen(request, pair), by=by, at=at)
                if merge is None:
                    messages.success(request, "統合を起案しました。双方に貸付があるため、別の方の確認を待ちます。")
                    return redirect("desk:duplicate", pk)
                return merged_page(request, merge)
            case "confirm":
                return merged_page(request, confirm_merge(pair=pair, by=by, at=at))
            case "withdraw":
                withdraw_proposal(pair=pair, by=by, at=at)
                messages.success(request, "統合の起案を取り下げました。")
                return redirect("desk:duplicate", pk)
            case "different":
                tell_apart(pair=pair, reason=request.POST.get("reason", "")[:200], by=by, at=at)
                messages.success(request, "別人として記録しました。この二人は、もう候補に出ません。")
                return redirect("desk:duplicates")
    except MergeRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:duplicate", pk)
    raise Http404


@require_GET
@permission(Permission.MERGE_PERSONS, Permission.SEE_AUDIT)
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """What a merge did, and what taking it back would ask."""
    user = cast(User, request.user)
    done = get_object_or_404(merges_for(user), pk=pk)
    undone = getattr(done, "undo", None)
    record_access(
        by=Actor.person(user),
        action=AccessAction.VIEW,
        subject="person",
        ids=[done.survivor_id, done.gone_id],
        at=timezone.now(),
    )
    since = new_rows(done) if undone is None else []
    may_act = undone is None and user.can(Permission.MERGE_PERSONS)
    asked = undone is None and done.pair.state == PairState.UNDOING
    context = {
        "merge": done,
        "undo": undone,
        "against": obstacles(done) if undone is None else [],
        "since": since,
        "form": UndoForm(since=since) if may_act and not asked else None,
        "asked": asked,
        "asked_rows": [(row, done.pair.undo_whose.get(row.name)) for row in since] if asked else [],
        "may_confirm": may_act and asked and done.pair.undo_asked_by_id != user.pk,
        "may_withdraw": may_act and asked,
        "moved": done.rows.count(),
    }
    return render(request, "desk/merge.html", context)


@require_POST
@permission(Permission.MERGE_PERSONS)
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that two persons were taken for one; where both have loans, somebody else has to confirm it."""
    user = cast(User, request.user)
    done = get_object_or_404(merges_for(user), pk=pk)
    whose = {name.removeprefix("row-"): str(value) for name, value in request.POST.items() if name.startswith("row-")}
    try:
        undo = propose_undo(
            merge=done,
            reason=request.POST.get("reason", "")[:180],
            whose=whose,
            by=Actor.person(user),
            at=timezone.now(),
        )
        if undo is None:
            messages.success(request, "統合の取消しを起案しました。双方に貸付があるため、別の方の確認を待ちます。")
        else:
            messages.success(request, UNDONE)
    except MergeRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:merge", pk)


@require_POST
@permission(Permission.MERGE_PERSONS)
def merge_undo_answer(request: HttpRequest, pk: int, answer: str) -> HttpResponse:
    """Confirm as the second person that a merge is taken back, or leave it as it is."""
    user = cast(User, request.user)
    done = get_object_or_404(merges_for(user), pk=pk)
    if answer not in ("confirm", "withdraw"):
        raise Http404
    try:
        if answer == "confirm":
            confirm_undo(merge=done, by=Actor.person(user), at=timezone.now())
            messages.success(request, UNDONE)
        else:
            withdraw_undo(merge=done, by=Actor.person(user), at=timezone.now())
            messages.success(request, "統合の取消しの起案を取り下げました。")
    except MergeRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:merge", pk)


def found_pair(user: User, pk: int) -> PersonPair:
    pairs = pairs_for(user, on=timezone.localdate()).select_related("low", "high", "survivor", "proposed_by")
    return get_object_or_404(pairs, pk=pk)


def chosen(request: HttpRequest, pair: PersonPair) -> Person:
    """Which of the two remains, as the form says."""
    people = {str(pair.low_id): pair.low, str(pair.high_id): pair.high}
    survivor = people.get(request.POST.get("survivor", ""))
    if survivor is None:
        raise MergeRefused("残す方を選んでください。")
    return survivor


def merged_page(request: HttpRequest, done: Merge) -> HttpResponse:
    messages.success(request, "一人の方として統合しました。取り消すと、二人とも元の記録に戻ります。")
    return redirect("desk:merge", done.pk)

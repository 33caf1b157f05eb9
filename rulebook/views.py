"""The pages 「適用中の規則」 and 「設定」: what stands, since when, and on what it rests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from rulebook import selectors, services
from rulebook.certifying import Standing, standing_of
from rulebook.changes import changes_for, mark_read
from rulebook.forms import ProposalForm
from rulebook.keys import key_named
from rulebook.models import SettingRow
from rulebook.selectors import ComingChange, value_ja
from rulebook.services import SettingRefused

UNPROCESSABLE = 422


@require_GET
@permission(Permission.SEE_RULES)
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule of every app that stands today, as declared in the code."""
    words = request.GET.get("q", "").strip()
    today = timezone.localdate()
    groups = selectors.rules_matching(words, today)
    context = {
        "groups": groups,
        "words": words,
        "today": today,
        "total": sum(len(group.rules) for group in groups),
        "may_propose": cast(User, request.user).can(Permission.PROPOSE_SETTINGS),
    }
    return render(request, "rulebook/rules.html", context)


@require_GET
@permission(Permission.SEE_RULES)
def settings(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    context = {"groups": selectors.setting_groups(today), "today": today, "waiting": selectors.open_proposals()}
    return render(request, "rulebook/settings.html", context)


@require_http_methods(["GET", "POST"])
@permission(Permission.SEE_RULES)
def setting(request: HttpRequest, key: str) -> HttpResponse:
    """One setting: its value, its history, what is coming; and the form that proposes a change."""
    user = cast(User, request.user)
    if request.method == "POST" and not user.can(Permission.PROPOSE_SETTINGS):
        raise PermissionDenied
    chosen = key_named(key)
    if chosen is None:
        raise Http404
    today = timezone.localdate()
    state = selectors.setting_state(chosen, today)
    current = chosen.default if state.row is None else state.row.value
    form = ProposalForm(request.POST or None, setting=chosen, current=current, initial={"valid_from": today})
    if request.method == "POST" and form.is_valid():
        try:
            services.propose_setting(
                key=key,
                value=form.value(),
                valid_from=form.cleaned_data["valid_from"],
                source=form.cleaned_data["source"],
                reason=form.cleaned_data["reason"],
                by=Actor.person(user),
                at=timezone.now(),
            )
        except SettingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            first = "影響を試算したうえで、" if chosen.moves.needs_simulation else ""
            messages.success(
                request, f"変更を起案しました。{first}ほかの決裁者が承認すると、適用開始日から使われます。"
            )
            return redirect("rulebook:setting", key)
    context = {
        "state": state,
        "shown_rules": selectors.codes_in_force(today),
        "form": form if user.can(Permission.PROPOSE_SETTINGS) else None,
        "coming": [_coming(change, user, timezone.now()) for change in state.coming],
        "history": [{"row": row, "text": value_ja(chosen, row.value)} for row in selectors.setting_history(chosen)],
        "today": today,
    }
    return render(request, "rulebook/setting.html", context, status=UNPROCESSABLE if form.errors else 200)


def _coming(change: ComingChange, user: User, at: datetime) -> dict[str, Any]:
    """A coming change with what this reader may do about it, and the dialogs' words."""
    row = change.row
    proposed_by_me = row.proposed_by_id == user.pk
    supervisor = user.can(Permission.APPROVE_SETTINGS)
    open_draft = row.approved_at is None
    certificate, standing = standing_of(row, at=at) if row.needs_simulation and open_draft else (None, Standing.GOOD)
    return {
        "row": row,
        "text": change.text_ja,
        "certificate": certificate,
        "standing": standing,
        "may_simulate": row.needs_simulation and open_draft and user.can(Permission.PROPOSE_SETTINGS),
        "sees_simulations": row.needs_simulation and user.can(Permission.PROPOSE_SETTINGS),
        "may_approve": open_draft and supervisor and not proposed_by_me and standing is Standing.GOOD,
        "own_proposal": row.approved_at is None and proposed_by_me,
        "may_withdraw": proposed_by_me or supervisor,
        "approve_id": f"approve-{row.pk}",
        "withdraw_id": f"withdraw-{row.pk}",
        "approve_consequences": [
            "適用開始日からの判定と計算に、この値が使われます。",
            "これまでの決定は変わりません。判定の記録には、そのとき使った値が残ります。",
        ],
        "withdraw_consequences": ["この変更は適用されません。取り下げた記録は残ります。"],
    }


@require_POST
@permission(Permission.APPROVE_SETTINGS)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    return _answer(request, pk, services.approve_setting, "変更を承認しました。適用開始日から使われます。")


@require_POST
@permission(Permission.PROPOSE_SETTINGS)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _answer(request, pk, services.withdraw_setting, "変更を取り下げました。")


@require_GET
@permission(Permission.SEE_RULES)
def changes(request: HttpRequest) -> HttpResponse:
    """改正のお知らせ: what changes from when, and which offices have read it."""
    user, today = cast(User, request.user), timezone.localdate()
    context = {
        "changes": changes_for(user, on=today),
        "today": today,
        "sees_simulations": user.can(Permission.PROPOSE_SETTINGS),
    }
    return render(request, "rulebook/changes.html", context)


@require_POST
@permission(Permission.SEE_RULES)
def change_read(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(SettingRow, pk=pk)
    try:
        mark_read(change_id=pk, by=Actor.person(request.user), at=timezone.now())
    except SettingRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "事業所として改正のお知らせを確認しました。")
    return redirect("rulebook:changes")


def _answer(request: HttpRequest, pk: int, change: Callable[..., SettingRow], done: str) -> HttpResponse:
    row = get_object_or_404(SettingRow, pk=pk)
    try:
        change(row_id=pk, by=Actor.person(request.user), at=timezone.now())
    except SettingRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("rulebook:setting", row.key)

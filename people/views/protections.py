"""Recording a 支援措置, asking that it ends, and answering such a request as the second person."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from people.models import Person, ProtectionEnding
from people.person_forms import ProtectionEndForm, ProtectionForm
from people.protections import agree_to_end, ask_to_end, decline_to_end
from people.services import PersonRefused, set_protection
from people.views.changing import Change, change_person, visible_person, who_and_when

BEGIN = Change(
    title="支援措置の登録",
    button="支援措置を登録する",
    said="支援措置を登録しました。この方と同じ世帯の方の住所は、今から表示・印刷されません。",
    caution="登録するとすぐに、この方と同じ世帯の方の住所が画面・通知・検索から消えます。",
)
END = Change(
    title="支援措置の終了の依頼",
    button="終了の確認を依頼する",
    said="終了の確認を依頼しました。別の職員が認めるまで、支援措置は続きます。",
    caution="終えると住所が表示・印刷されるようになります。別の職員が確認して認めたときにだけ終わります。",
)


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def protection_new(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_person(request, pk)
    form = ProtectionForm(request.POST or None, initial={"since": timezone.localdate()})
    return change_person(request, found, BEGIN, form, lambda given: set_protection(person=found, **given))


@require_http_methods(["GET", "POST"])
@permission(Permission.WRITE_CASES)
def protection_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that the 支援措置 of a person ends."""
    found = visible_person(request, pk)
    standing = found.protections.filter(until__isnull=True).first()
    if standing is None:
        messages.info(request, "この方に、続いている支援措置はありません。")
        return redirect("people:person", pk)
    form = ProtectionEndForm(request.POST or None, initial={"until": timezone.localdate()})
    return change_person(request, found, END, form, lambda given: ask_to_end(protection=standing, **given))


@require_POST
@permission(Permission.APPROVE_REVEAL)
def ending_answer(request: HttpRequest, pk: int, answer: str) -> HttpResponse:
    """Agree that a 支援措置 ends, or decline."""
    visible = Person.objects.visible_to(cast(User, request.user))
    ending = get_object_or_404(ProtectionEnding.objects.filter(protection__person__in=visible), pk=pk)
    answers = {
        "approve": (agree_to_end, "支援措置の終了を認めました。"),
        "decline": (decline_to_end, "支援措置の終了を認めませんでした。支援措置は続きます。"),
    }
    if answer not in answers:
        raise Http404
    act, said = answers[answer]
    try:
        act(ending=ending, **who_and_when(request))
        messages.success(request, said)
    except PersonRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("people:reveal_list")

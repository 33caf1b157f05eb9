"""Parcels of papers between councils: the list with what is red, and one parcel from packing to the last missing sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django import forms
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
from people.enums import PaperKind
from people.models import Paper, Person, TransitBatch
from people.models.transit import batch_of_number
from people.transit import services
from people.transit.batch_page import batch_page, counterparts_for, transit_page
from people.transit.forms import ExtraForm, FindForm, PackForm, PackPapersForm, SendForm, StartForm
from people.transit.selectors import batches_for, counterparts
from people.transit.services import Piece, TransitRefused
from people.transit.workflow import Move


def staff(request: HttpRequest) -> User:
    return cast(User, request.user)


def actor(request: HttpRequest) -> Actor:
    return Actor.person(staff(request))


@require_GET
@permission(Permission.SEE_CASES)
def transit(request: HttpRequest) -> HttpResponse:
    """What the own office packs, sent and awaits, and what did not arrive. A batch number leads to its parcel."""
    user, now = staff(request), timezone.now()
    sought = request.GET.get("number", "").strip().upper()
    if sought:
        batch = TransitBatch.objects.visible_to(user).filter(pk=batch_of_number(sought) or 0).first()
        if batch is not None:
            return redirect("people:transit_batch", batch.pk)
        messages.warning(request, "この番号の送付便は見つかりません。送付票の番号をお確かめください。")
    page = transit_page(user, on=timezone.localdate(now))
    ids = {each.item.person_id for each in page.missing}
    record_access(by=actor(request), action=AccessAction.LIST, subject="person", ids=ids, at=now)
    form = StartForm(offices=counterparts(user)) if page.may_write else None
    return render(request, "people/transit.html", {"page": page, "form": form})


@require_POST
@permission(Permission.WRITE_CASES)
def transit_start(request: HttpRequest) -> HttpResponse:
    """Begin (or go on) packing for an office."""
    form = StartForm(request.POST, offices=counterparts(staff(request)))
    if not form.is_valid():
        messages.error(request, "宛先を選んでください。")
        return redirect("people:transit")
    try:
        batch = services.start_batch(receiver=form.office, by=actor(request), at=timezone.now())
    except TransitRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("people:transit")
    return redirect("people:transit_batch", batch.pk)


@require_GET
@permission(Permission.SEE_CASES)
def transit_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One parcel: its papers, what may be done with it now, what happened."""
    user, now = staff(request), timezone.now()
    batch = get_object_or_404(batches_for(user), pk=pk)
    page = batch_page(batch, user=user, on=timezone.localdate(now))
    ids = {row.item.person_id for row in page.rows}
    record_access(by=actor(request), action=AccessAction.LIST, subject="person", ids=ids, at=now)
    context = {
        "page": page,
        "batch": batch,
        "pack_form": PackForm(auto_id="pack_%s"),
        "send_form": SendForm(auto_id="send_%s", initial={"sent_on": timezone.localdate(now)}),
        "extra_form": ExtraForm(auto_id="extra_%s"),
        "find_form": FindForm(items=[row.item for row in page.open_rows], auto_id="find_%s"),
    }
    return render(request, "people/transit_batch.html", context)


@require_POST
@permission(Permission.WRITE_CASES)
def transit_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One step with a parcel or with a piece in it."""
    get_object_or_404(TransitBatch.objects.visible_to(staff(request)), pk=pk)
    if step not in STEPS:
        raise Http404
    try:
        messages.success(request, STEPS[Move(step)](request, pk))
    except TransitRefused as refusal:
        messages.error(request, str(refusal))
    if step == Move.DISCARD:
        return redirect("people:transit")
    return redirect("people:transit_batch", pk)


@require_POST
@permission(Permission.WRITE_CASES)
def pack_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """Lay papers of one person into the parcel that is being packed for an office."""
    user = staff(request)
    person = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    form = PackPapersForm(
        request.POST,
        offices=counterparts_for(user, person, on=timezone.localdate()),
        papers=Paper.objects.filter(person=person),
    )
    try:
        _valid(form)
        made = services.pack_for(
            receiver=form.offices[form.cleaned_data["receiver"]],
            pieces=[Piece(person, PaperKind(paper.kind), sheets, paper=paper) for paper, sheets in form.chosen],
            by=actor(request),
            at=timezone.now(),
        )
    except TransitRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("people:papers", pk)
    messages.success(request, f"書類{len(made)}件を送付便 {made[0].batch} に入れました。")
    return redirect("people:papers", pk)


# --- the steps --------------------------------------------------------------------------------------


def _valid(form: forms.Form) -> None:
    """Refuse a form with its first problem in words."""
    if not form.is_valid():
        problems = [str(message) for errors in form.errors.values() for message in errors]
        raise TransitRefused(problems[0])


def _number(request: HttpRequest) -> int:
    typed = request.POST.get("number", "")
    if not typed.isdecimal() or len(typed) > 4:
        raise TransitRefused("書類を選んでください。")
    return int(typed)


def _pack(request: HttpRequest, pk: int) -> str:
    form = PackForm(request.POST)
    _valid(form)
    values = form.cleaned_data
    person = Person.objects.visible_to(staff(request)).filter(number=values["person"].strip()).first()
    if person is None:
        raise TransitRefused("この番号の借受人は見つかりません。番号をお確かめください。")
    piece = Piece(person, PaperKind(values["kind"]), values["sheets"], values["label"])
    made = services.pack(batch_id=pk, pieces=[piece], by=actor(request), at=timezone.now())
    return f"{made[0].number}番として入れました。"


def _take_out(request: HttpRequest, pk: int) -> str:
    number = _number(request)
    services.take_out(batch_id=pk, number=number, by=actor(request), at=timezone.now())
    return f"{number}番を取り出しました。"


def _send(request: HttpRequest, pk: int) -> str:
    form = SendForm(request.POST)
    _valid(form)
    services.send(batch_id=pk, by=actor(request), at=timezone.now(), **form.cleaned_data)
    return "送付を記録しました。送付票を印刷し、書類と一緒に送ってください。"


def _discard(request: HttpRequest, pk: int) -> str:
    batch = services.discard_batch(batch_id=pk, by=actor(request), at=timezone.now())
    return f"送付便 {batch} を取りやめました。書類は別の送付便に入れられます。"


def _receive(request: HttpRequest, pk: int) -> str:
    code, now = request.POST.get("code", ""), timezone.now()
    if code.strip():
        numbers = [services.number_in(code, TransitBatch.objects.get(pk=pk))]
    else:
        numbers = [int(text) for text in request.POST.getlist("items") if text.isdecimal() and len(text) <= 4]
        if not numbers:
            raise TransitRefused("届いた書類を選ぶか、番号を読み取ってください。")
    items = services.receive(batch_id=pk, numbers=numbers, by=actor(request), at=now)
    if len(items) == 1:
        return f"{items[0].number}番（{items[0].get_kind_display()} {items[0].sheets}枚）を受領にしました。"
    return f"{len(items)}件を受領にしました。"


def _undo(request: HttpRequest, pk: int) -> str:
    number = _number(request)
    services.undo_receipt(batch_id=pk, number=number, by=actor(request), at=timezone.now())
    return f"{number}番の受領を取り消しました。"


def _extra(request: HttpRequest, pk: int) -> str:
    form = ExtraForm(request.POST)
    _valid(form)
    services.note_extra(batch_id=pk, by=actor(request), at=timezone.now(), **form.cleaned_data)
    return "送付票にないものを記録しました。送った事業所にも表示されます。"


def _check(request: HttpRequest, pk: int) -> str:
    batch = services.check(batch_id=pk, by=actor(request), at=timezone.now())
    missing = batch.items.filter(state="on_the_way").count()
    return f"照合を終えました。{missing}件が届いていません。" if missing else "照合を終えました。すべて届いています。"


def _find(request: HttpRequest, pk: int) -> str:
    where = request.POST.get("where", "")
    item = services.find(batch_id=pk, number=_number(request), where=where, by=actor(request), at=timezone.now())
    return f"{item} が見つかったことを記録しました。"


STEPS: dict[Move, Callable[[HttpRequest, int], str]] = {
    Move.PACK: _pack,
    Move.TAKE_OUT: _take_out,
    Move.SEND: _send,
    Move.DISCARD: _discard,
    Move.RECEIVE: _receive,
    Move.UNDO: _undo,
    Move.EXTRA: _extra,
    Move.CHECK: _check,
    Move.FIND: _find,
}

"""Take a list out as a file: choose the form, wait, decide about characters, receive it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import permission, step_up
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from jobs.enums import ExportFormat, ExportState
from jobs.exporting import services
from jobs.exporting.kinds import ExportKind, export_kinds
from jobs.exporting.steps import ENDINGS, progress_key
from jobs.models import Export

SHOWN = 50
WORDS = {
    ExportState.MAKING: "",
    ExportState.ASKING: "caution",
    ExportState.READY: "done",
    ExportState.FAILED: "stop",
    ExportState.REMOVED: "",
}


class FormatForm(forms.Form):
    """In which form a list is taken out."""

    format = forms.ChoiceField(
        label="ファイルの形式",
        choices=ExportFormat.choices,
        initial=ExportFormat.XLSX,
        widget=forms.RadioSelect,
        help_text="Shift_JIS では表せない文字（𠮷など）があるときは、書き出す前に一覧でお知らせします。",
        error_messages={"required": "ファイルの形式を選んでください。"},
    )


def staff(request: HttpRequest) -> User:
    return cast(User, request.user)


def own_exports(request: HttpRequest) -> QuerySet[Export]:
    return Export.objects.filter(made_by=staff(request))


def kind_asked(request: HttpRequest, code: str, filters: QueryDict) -> ExportKind:
    """The list asked for, if this reader may open its page, and the row it belongs to exists for them."""
    kind = export_kinds().get(code)
    if kind is None or not kind.is_open_to(staff(request)) or not kind.is_there(staff(request), filters):
        raise Http404
    return kind


@require_http_methods(["GET", "POST"])
@permission(Permission.EXPORT)
def export_new(request: HttpRequest, code: str) -> HttpResponseBase:
    """What would be taken out, under which filters; posting has it made."""
    kind = kind_asked(request, code, request.GET)
    filters = kind.own(request.GET)
    if request.method == "POST":
        return export_make(request, kind, filters)
    return render(request, "jobs/export_new.html", new_context(request, kind, filters, FormatForm()))


@step_up
def export_make(request: HttpRequest, kind: ExportKind, filters: QueryDict) -> HttpResponse:
    form, user = FormatForm(request.POST), staff(request)
    if not form.is_valid():
        return render(request, "jobs/export_new.html", new_context(request, kind, filters, form))
    try:
        export = services.ask_for(
            kind=kind.code,
            filters=filters,
            format=ExportFormat(form.cleaned_data["format"]),
            user=user,
            by=Actor.person(user),
            at=timezone.now(),
        )
    except services.ExportRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("jobs:exports")
    return redirect("jobs:export", pk=export.pk)


def new_context(request: HttpRequest, kind: ExportKind, filters: QueryDict, form: FormatForm) -> dict[str, Any]:
    return {"kind": kind, "form": form, "in_words": kind.in_words(staff(request), filters)}


@require_GET
@permission(Permission.EXPORT)
def exports(request: HttpRequest) -> HttpResponse:
    """What somebody has taken out lately."""
    kinds = export_kinds()
    rows = own_exports(request).order_by("-made_at", "-pk")[:SHOWN]
    shown = [(row, kinds[row.kind].label, WORDS[ExportState(row.state)]) for row in rows if row.kind in kinds]
    return render(request, "jobs/exports.html", {"rows": shown})


@require_GET
@permission(Permission.EXPORT)
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a file is; the characters that have no form in it; the way to receive it."""
    row = get_object_or_404(own_exports(request).select_related("run"), pk=pk)
    busy = row.state == ExportState.MAKING
    kind = export_kinds()[row.kind]
    context = {
        "export": row,
        "kind": kind,
        "busy": busy,
        "in_words": kind.in_words(staff(request), QueryDict(row.filters)) if row.filters else "",
        "written": cache.get(progress_key(row.pk)) or 0,
        "may_download": services.may_download(row, at=timezone.now()),
        "until": row.made_at + services.KEPT_FOR,
        "again_url": again(row),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "jobs/_export_progress.html", context, status=200 if busy else 286)
    return render(request, "jobs/export.html", context)


def again(row: Export) -> str:
    """Where the same list can be asked for in another form."""
    url = reverse("jobs:export_new", args=[row.kind])
    return f"{url}?{row.filters}" if row.filters else url


@require_POST
@permission(Permission.EXPORT)
def export_replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Write 〓 for the characters of the report."""
    row = get_object_or_404(own_exports(request), pk=pk)
    user = staff(request)
    try:
        services.replace_unfit(export_id=row.pk, user=user, by=Actor.person(user), at=timezone.now())
        messages.success(request, "〓に置き換えて書き出しています。")
    except services.ExportRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("jobs:export", pk=pk)


@require_GET
@permission(Permission.EXPORT)
def export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself, for whoever had it made, within its day; every download is written down."""
    row = get_object_or_404(own_exports(request), pk=pk)
    user, now = staff(request), timezone.now()
    if not services.may_download(row, at=now):
        messages.error(request, "このファイルは受け取れません。もう一度書き出してください。")
        return redirect("jobs:export", pk=pk)
    record_access(by=Actor.person(user), action=AccessAction.EXPORT, subject="export", ids=[row.pk], at=now)
    response = StreamingHttpResponse(parts_of(row.stored_name), content_type="application/octet-stream")
    name = f"{row.kind}-{row.pk}.{ENDINGS[ExportFormat(row.format)]}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def parts_of(stored_name: str) -> Iterator[bytes]:
    """A kept file as it is read."""
    with default_storage.open(stored_name) as file:
        yield from file.chunks()

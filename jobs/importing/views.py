"""Hand in a file, see what it would change and which lines fail, commit it, take the failed lines back."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import cast

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import permission
from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from jobs.engine import progress_of
from jobs.enums import ImportState, RowOutcome
from jobs.importing import services, staging
from jobs.importing.kinds import ImportKind, import_kinds
from jobs.models import ImportBatch, ImportRow

SHOWN = 100


class UploadForm(forms.Form):
    """Which kind of file, and the file."""

    kind = forms.ChoiceField(label="取込の種類", widget=forms.RadioSelect)
    file = forms.FileField(
        label="ファイル",
        help_text="CSV（UTF-8、Shift_JIS）またはExcel（.xlsx）。1行目は見出しです。",
        error_messages={"required": "ファイルを選んでください。", "empty": "ファイルが空です。"},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choice = cast(forms.ChoiceField, self.fields["kind"])
        choice.choices = [(code, kind.label) for code, kind in import_kinds().items()]
        choice.error_messages["required"] = "取込の種類を選んでください。"


def staff(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_http_methods(["GET", "POST"])
@permission(Permission.IMPORT)
def import_list(request: HttpRequest) -> HttpResponse:
    """The files handed in, newest first, and the form for another."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        upload = form.cleaned_data["file"]
        user = staff(request)
        try:
            batch = services.hand_in(
                kind=form.cleaned_data["kind"],
                name=upload.name,
                content=upload.file,
                size=upload.size,
                user=user,
                by=Actor.person(user),
                at=timezone.now(),
            )
            return redirect("jobs:import_detail", pk=batch.pk)
        except services.ImportRefused as refusal:
            form.add_error("file", str(refusal))
    batches = ImportBatch.objects.select_related("uploaded_by").order_by("-pk")[:SHOWN]
    kinds = import_kinds()
    context = {
        "form": form,
        "rows": [(batch, kinds[batch.kind].label) for batch in batches],
        "kinds": kinds.values(),
    }
    return render(request, "jobs/import_list.html", context)


@require_GET
@permission(Permission.IMPORT)
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What a file would change, which lines fail and why; while it works, how far it is."""
    batch = get_object_or_404(ImportBatch.objects.select_related("uploaded_by", "validation", "commit"), pk=pk)
    busy = batch.state in (ImportState.CHECKING, ImportState.COMMITTING)
    counts = staging.counts(batch)
    outcome = request.GET.get("outcome", "")
    if outcome not in RowOutcome.values:
        outcome = RowOutcome.ERROR if counts["error"] else RowOutcome.NEW
    kind = import_kinds()[batch.kind]
    rows = [] if busy else list(batch.rows.filter(outcome=outcome).order_by("line")[:SHOWN])
    context = {
        "batch": batch,
        "kind": kind,
        "busy": busy,
        "counts": [
            (value, RowOutcome(value).label, counts[value]) for value in ("new", "changed", "unchanged", "error")
        ],
        "committed_text": f"{counts['committed']:,}行を反映しました。反映できなかった行は{counts['error']:,}行です。",
        "consequences": [
            f"新規{counts['new']:,}行、変更{counts['changed']:,}行を登録します。",
            f"エラーの{counts['error']:,}行と変更なしの{counts['unchanged']:,}行は登録しません。",
        ],
        "writes": counts["new"] + counts["changed"],
        "outcome": outcome,
        "outcome_label": RowOutcome(outcome).label,
        "columns": shown_columns(batch, kind),
        "rows": [(row, shown_cells(row, batch, kind)) for row in rows],
        "total": counts[outcome],
        "errors": counts["error"],
        "is_uploader": batch.uploaded_by_id == staff(request).pk,
        **working(batch),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "jobs/_import_progress.html", context, status=200 if busy else 286)
    if rows:
        record_access(
            by=Actor.person(staff(request)), action=AccessAction.VIEW, subject="import", ids=[batch.pk],
            at=timezone.now(),
        )  # fmt: skip
    return render(request, "jobs/import_detail.html", context)


def shown_columns(batch: ImportBatch, kind: ImportKind) -> list[str]:
    """The columns of a file that a page may show; addresses are not among them."""
    return [name for name in batch.columns if name not in kind.private]


def shown_cells(row: ImportRow, batch: ImportBatch, kind: ImportKind) -> list[tuple[str, str]]:
    """Column and cell of one line, without the private ones."""
    cells = (*row.cells, *[""] * len(batch.columns))
    return [(name, cell) for name, cell in zip(batch.columns, cells, strict=False) if name not in kind.private]


def working(batch: ImportBatch) -> dict[str, object]:
    """How far the run of a batch is: lines read while checking, chunks while committing."""
    if batch.state == ImportState.COMMITTING and batch.commit:
        progress = progress_of(batch.commit)
        return {"lines_read": 0, "done": progress.dealt_with, "chunks": progress.total}
    return {"lines_read": cache.get(staging.progress_key(batch.pk)) or 0, "done": 0, "chunks": 0}


@require_POST
@permission(Permission.IMPORT)
def import_move(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """Commit a checked file or put it away."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    user = staff(request)
    try:
        if move == "commit":
            services.commit(batch_id=batch.pk, user=user, by=Actor.person(user), at=timezone.now())
            messages.success(request, "反映を始めました。このページを離れても処理は続きます。")
        elif move == "discard":
            services.discard(batch_id=batch.pk, by=Actor.person(user), at=timezone.now())
            messages.success(request, "取込を破棄しました。何も登録していません。")
        else:
            raise Http404
    except services.ImportRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("jobs:import_detail", pk=pk)


class Echo:
    """Gives each line back to the stream instead of keeping it."""

    def write(self, text: str) -> str:
        return text


@require_GET
@permission(Permission.IMPORT)
def import_errors(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The failed lines as they stood, with line number and reasons, to be mended and handed in again.

    Only for whoever handed the file in: it may hold addresses.
    """
    batch = get_object_or_404(ImportBatch, pk=pk, uploaded_by=staff(request))
    record_access(
        by=Actor.person(staff(request)), action=AccessAction.EXPORT, subject="import", ids=[batch.pk],
        at=timezone.now(),
    )  # fmt: skip

    def lines() -> Iterator[str]:
        writer = csv.writer(Echo())
        yield "\ufeff" + writer.writerow([*batch.columns, "行番号", "取り込めない理由"])
        for row in staging.failed_rows(batch):
            width = len(batch.columns)
            cells = [guarded(cell) for cell in (*row.cells, *[""] * width)[:width]]
            reasons = "／".join(f"{p['column']}：{p['reason']}" for p in row.problems)
            yield writer.writerow([*cells, row.line, reasons])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{batch.pk}-errors.csv"'
    return response


def guarded(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is written with an apostrophe before it."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


@require_GET
@permission(Permission.IMPORT)
def import_sample(request: HttpRequest, code: str) -> HttpResponse:
    """A sample file of a kind that a newcomer can hand in as it is."""
    kind = import_kinds().get(code)
    if kind is None:
        raise Http404
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="sample-{code}.csv"'
    writer = csv.writer(response)
    writer.writerow(kind.columns())
    writer.writerows(kind.sample)
    return response

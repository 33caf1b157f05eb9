"""Hand in a file, see what it would change and which lines fail, commit it, take the failed lines back."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
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
from jobs.enums import ImportState, RowOutcome, UndoOutcome
from jobs.importing import services, staging, undoing
from jobs.importing.kinds import ImportKind, import_kinds
from jobs.importing.reading import shown_sources
from jobs.importing.undoing import MAY_BE_UNDONE
from jobs.models import ColumnMapping, ImportBatch, ImportRow, ImportUndoLine
from jobs.tables import csv_download

SHOWN = 100
TOLD_FIRST = (RowOutcome.ERROR, RowOutcome.COMMITTED, RowOutcome.UNDONE)
WRITTEN = (ImportState.COMMITTED, ImportState.UNDONE, ImportState.PARTLY_UNDONE)
BEFORE = (RowOutcome.NEW, RowOutcome.CHANGED, RowOutcome.UNCHANGED, RowOutcome.ERROR)
AFTER = (RowOutcome.COMMITTED, RowOutcome.UNDONE, RowOutcome.UNCHANGED, RowOutcome.ERROR)


class UploadForm(forms.Form):
    """Which kind of file, and the file."""

    kind = forms.ChoiceField(label="取込の種類", widget=forms.RadioSelect)
    mapping = forms.ModelChoiceField(
        label="列の対応表",
        queryset=ColumnMapping.objects.none(),
        required=False,
        empty_label="使わない（見本と同じ見出しのファイル）",
        help_text="ほかのシステムのファイルを、見出しを変えずに取り込むときに選びます。",
    )
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
        usable = ColumnMapping.objects.filter(ready_at__isnull=False, retired_at__isnull=True)
        cast(forms.ModelChoiceField, self.fields["mapping"]).queryset = usable.order_by("name", "-pk")


class UndoForm(forms.Form):
    """Why an import is taken back."""

    reason = forms.CharField(
        label="取り消す理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "取り消す理由を入力してください。"},
    )


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
                mapping=form.cleaned_data["mapping"],
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
    batch = get_object_or_404(
        ImportBatch.objects.select_related("uploaded_by", "validation", "commit", "mapping"), pk=pk
    )
    busy = batch.state in (ImportState.CHECKING, ImportState.COMMITTING, ImportState.UNDOING)
    counts = staging.counts(batch)
    outcome = request.GET.get("outcome", "")
    if outcome not in RowOutcome.values:
        outcome = next((value for value in TOLD_FIRST if counts[value]), RowOutcome.NEW)
    kind = import_kinds()[batch.kind]
    rows = [] if busy else list(batch.rows.filter(outcome=outcome).order_by("line")[:SHOWN])
    context = {
        "batch": batch,
        "kind": kind,
        "busy": busy,
        "counts": [(each.value, each.label, counts[each]) for each in (AFTER if batch.state in WRITTEN else BEFORE)],
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
        **taking_back(batch, kind, staff(request)),
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
    return shown_sources(kind, batch.columns, batch.mapping)


def shown_cells(row: ImportRow, batch: ImportBatch, kind: ImportKind) -> list[tuple[str, str]]:
    """Column and cell of one line, without the private ones."""
    cells, shown = (*row.cells, *[""] * len(batch.columns)), set(shown_columns(batch, kind))
    return [(name, cell) for name, cell in zip(batch.columns, cells, strict=False) if name in shown]


def taking_back(batch: ImportBatch, kind: ImportKind, user: User) -> dict[str, object]:
    """Whether an import can be taken back, by whom, what that would do, and what became of it so far."""
    may = batch.state in MAY_BE_UNDONE
    why_not = undoing.why_not(batch, user) if may else ""
    undo = batch.undos.select_related("asked_by").order_by("-pk").first()
    kept = undo.lines.filter(outcome=UndoOutcome.KEPT).order_by("line") if undo else ImportUndoLine.objects.none()
    return {
        "undo_refusal": why_not,
        "undo_form": UndoForm() if may and not why_not else None,
        "undo_consequences": undoing.consequences(batch, kind) if may and not why_not else [],
        "undo": undo,
        "undo_broke": undo is not None and undoing.broke_off(undo),
        "kept": kept[:SHOWN],
        "kept_total": kept.count(),
    }


def working(batch: ImportBatch) -> dict[str, object]:
    """How far the run of a batch is: lines read while checking, chunks while committing."""
    undo = batch.undos.select_related("run").order_by("-pk").first() if batch.state == ImportState.UNDOING else None
    run = undo.run if undo else batch.commit
    if batch.state in (ImportState.COMMITTING, ImportState.UNDOING) and run:
        progress = progress_of(run)
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

    def lines() -> Iterator[Sequence[object]]:
        yield [*batch.columns, "行番号", "取り込めない理由"]
        for row in staging.failed_rows(batch):
            width = len(batch.columns)
            reasons = "／".join(f"{p['column']}：{p['reason']}" for p in row.problems)
            yield [*(*row.cells, *[""] * width)[:width], row.line, reasons]

    return csv_download(lines(), f"import-{batch.pk}-errors")


@require_POST
@permission(Permission.IMPORT)
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what an import wrote; only a second person may, with a reason."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    form, user = UndoForm(request.POST), staff(request)
    try:
        if not form.is_valid():
            raise services.ImportRefused(next(iter(form.errors.values()))[0])
        undoing.take_back(
            batch_id=batch.pk,
            reason=form.cleaned_data["reason"],
            user=user,
            by=Actor.person(user),
            at=timezone.now(),
        )
        messages.success(request, "取消を始めました。このページを離れても処理は続きます。")
    except services.ImportRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("jobs:import_detail", pk=pk)


@require_GET
@permission(Permission.IMPORT)
def import_undo_result(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """What became of every line when an import was taken back, the last time for each."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    record_access(
        by=Actor.person(staff(request)), action=AccessAction.EXPORT, subject="import", ids=[batch.pk],
        at=timezone.now(),
    )  # fmt: skip
    found = ImportUndoLine.objects.filter(undo__batch=batch).order_by("line", "-undo").distinct("line")

    def lines() -> Iterator[Sequence[object]]:
        yield ["行番号", "照合キー", "結果", "残した理由"]
        for line in found.iterator(chunk_size=1000):
            yield [line.line, line.key, line.get_outcome_display(), line.reason]

    return csv_download(lines(), f"import-{batch.pk}-undo")


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

"""The run that makes a file, and the night's step that removes it after a day."""

from __future__ import annotations

import hashlib
import tempfile
from array import array
from collections.abc import Iterator
from datetime import time, timedelta

from django.core.cache import cache
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.utils import timezone

from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from jobs.enums import ExportFormat, ExportState
from jobs.exporting.kinds import Cell, ExportKind, export_kinds
from jobs.exporting.writing import Unfit, write_csv, write_csv_cp932, write_xlsx
from jobs.kinds import Done, Failed, ItemResult, JobKind, NightStep
from jobs.models import Export, Run

KEPT_FOR = timedelta(hours=24)
REPORT_EVERY = 500
ENDINGS = {ExportFormat.CSV_UTF8: "csv", ExportFormat.CSV_CP932: "csv", ExportFormat.XLSX: "xlsx"}


def progress_key(export_id: int) -> str:
    return f"export-lines:{export_id}"


def select_list(run: Run) -> Iterator[str]:
    """One piece of work: a file is made whole or not at all."""
    if not run.items.exists():
        yield "file"


class Told:
    """Lines on their way into the file: counted, and their keys kept for the access log."""

    def __init__(self, export: Export, kind: ExportKind) -> None:
        self.export, self.kind = export, kind
        self.keys = array("q")

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        filters, user = QueryDict(self.export.filters), self.export.made_by
        for line in self.kind.rows(user, filters, timezone.now()):
            self.keys.append(line.key)
            if len(self.keys) % REPORT_EVERY == 0:
                cache.set(progress_key(self.export.pk), len(self.keys), 3600)
            yield line.cells


def make_file(run: Run, key: str) -> ItemResult:
    export = Export.objects.select_for_update(of=("self",)).select_related("made_by").get(pk=run.parameters["export"])
    kind = export_kinds()[export.kind]
    if not kind.is_open_to(export.made_by):
        Export.objects.filter(pk=export.pk).update(state=ExportState.FAILED)
        return Failed("この一覧を書き出す権限がなくなりました。")
    lines = Told(export, kind)
    with tempfile.NamedTemporaryFile() as file:
        unfit = Unfit()
        match export.format:
            case ExportFormat.XLSX:
                write_xlsx(kind.columns, lines, file)
            case ExportFormat.CSV_CP932:
                unfit = write_csv_cp932(kind.columns, lines, file)
            case _:
                write_csv(kind.columns, lines, file)
        export.rows, export.unfit = len(lines.keys), unfit.total
        export.report = [list(each) for each in unfit.found]
        if unfit.total and export.replaced_at is None:
            export.state = ExportState.ASKING
        else:
            file.flush()
            file.seek(0)
            export.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            ending = ENDINGS[ExportFormat(export.format)]
            export.stored_name = default_storage.save(f"exports/{export.pk}-{export.sha256[:16]}.{ending}", File(file))
            export.state = ExportState.READY
            record_access(
                by=Actor.person(export.made_by),
                action=AccessAction.EXPORT,
                subject=kind.subject,
                ids=lines.keys,
                at=timezone.now(),
            )
    export.save(update_fields=["rows", "unfit", "report", "state", "stored_name", "sha256"])
    return Done()


def end_making(run: Run) -> None:
    """A file that could not be made is said to have failed; nobody waits for it."""
    Export.objects.filter(pk=run.parameters["export"], state=ExportState.MAKING).update(state=ExportState.FAILED)


MAKE = JobKind("export.make", "一覧の書き出し", select=select_list, work=make_file, batch=1, finish=end_making)


def select_past(run: Run) -> Iterator[str]:
    """Exports of more than a day ago that still hold anything."""
    past = Export.objects.exclude(state=ExportState.REMOVED).filter(made_at__lt=timezone.now() - KEPT_FOR)
    for pk in past.order_by("pk").values_list("pk", flat=True):
        yield str(pk)


def remove(run: Run, key: str) -> ItemResult:
    export = Export.objects.select_for_update().get(pk=int(key))
    if export.stored_name:
        default_storage.delete(export.stored_name)
    export.stored_name, export.filters, export.report, export.state = "", "", [], ExportState.REMOVED
    export.save(update_fields=["stored_name", "filters", "report", "state"])
    return Done()


REMOVE = NightStep(
    order=910,
    kind=JobKind("jobs.remove_exports", "書き出したファイルの削除", select=select_past, work=remove),
    expected_by=time(23, 50),
    expected=(0, 1_000),
)

"""Ask for a list as a file, and say what to do about characters that have no form there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from audit.actors import Actor
from audit.services import service
from jobs.engine import open_run
from jobs.enums import ExportFormat, ExportState
from jobs.exporting.kinds import export_kinds
from jobs.exporting.steps import KEPT_FOR, MAKE
from jobs.models import Export
from jobs.tasks import advance_run

AT_ONCE = 3
"""Lists that one person may have in the making; more would only wait for each other."""


class ExportRefused(Exception):
    """A list cannot be taken out; the text is a Japanese sentence for the person who tried."""


@service
def ask_for(*, kind: str, filters: QueryDict, format: ExportFormat, user: User, by: Actor, at: datetime) -> Export:
    """Have a list made into a file in the background, as this person sees it."""
    declared = export_kinds()[kind]
    if not (declared.is_open_to(user) and declared.is_there(user, filters)):
        raise ExportRefused("この一覧は書き出せません。")
    if Export.objects.filter(made_by=user, state=ExportState.MAKING, made_at__gt=at - KEPT_FOR).count() >= AT_ONCE:
        raise ExportRefused(f"作成中の書き出しが{AT_ONCE}件あります。終わってから、もう一度お試しください。")
    export = Export.objects.create(
        kind=kind, filters=declared.own(filters).urlencode(), format=format, made_by=user, made_at=at
    )
    start(export, at=at, key=str(export.pk))
    return export


@service
def replace_unfit(*, export_id: int, user: User, by: Actor, at: datetime) -> Export:
    """Write the file with 〓 for what has no form in Shift_JIS, after the report was seen."""
    export = Export.objects.select_for_update(of=("self",)).get(pk=export_id, made_by=user)
    if export.state != ExportState.ASKING:
        raise ExportRefused(f"この書き出しは「{export.get_state_display()}」のため、操作できません。")
    export.state, export.replaced_at = ExportState.MAKING, at
    export.save(update_fields=["state", "replaced_at"])
    start(export, at=at, key=f"{export.pk}:replaced")
    return export


def start(export: Export, *, at: datetime, key: str) -> None:
    export.run = open_run(
        kind=MAKE.code, business_date=timezone.localdate(at), key=key, parameters={"export": export.pk},
        by_id=export.made_by_id,
    )  # fmt: skip
    export.save(update_fields=["run"])
    run_id = export.run.pk
    transaction.on_commit(lambda: advance_run.delay(run_id))


def may_download(export: Export, *, at: datetime) -> bool:
    """Whether the file is there and its day is not over."""
    return export.state == ExportState.READY and at < export.made_at + KEPT_FOR

"""Taking a committed import back: by a second person, with a reason, as a run that survives being killed.

Line by line from the last to the first: created rows are removed, changed rows get their former values back, money is
countered. Lines that something rests on stay and are listed with the reason; the rest is taken back (ADR 10).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from psycopg.types.json import Jsonb

from accounts.models import User
from audit.actors import Actor
from audit.services import acting, service
from jobs.engine import open_run
from jobs.enums import EffectAction, ImportState, ItemState, RowOutcome, UndoOutcome
from jobs.importing.kinds import ImportKind, TakingBack, import_kinds
from jobs.importing.obstacles import kept_lines, model_of, standing
from jobs.importing.services import ImportRefused
from jobs.kinds import Done, ItemResult, JobKind
from jobs.models import ImportBatch, ImportEffect, ImportRow, ImportUndo, ImportUndoLine, Run, RunItem
from jobs.tasks import advance_run

TAKEN_TOGETHER = 500
MAY_BE_UNDONE = (ImportState.COMMITTED, ImportState.PARTLY_UNDONE)


@service
def take_back(*, batch_id: int, reason: str, user: User, by: Actor, at: datetime) -> ImportUndo:
    """Take back what an import wrote, in the background. Refused for who handed it in or had it committed."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("commit").get(pk=batch_id)
    if batch.state not in MAY_BE_UNDONE:
        raise ImportRefused(f"この取込は「{batch.get_state_display()}」のため、取り消せません。")
    if refusal := why_not(batch, user):
        raise ImportRefused(refusal)
    if not reason.strip():
        raise ImportRefused("取り消す理由を入力してください。")
    undo = ImportUndo.objects.create(
        batch=batch, handed_in_by=batch.uploaded_by, asked_by=user, asked_at=at, reason=reason.strip()[:200]
    )
    undo.run = open_run(
        kind=UNDO.code, business_date=timezone.localdate(at), key=str(undo.pk), parameters={"undo": undo.pk},
        by_id=user.pk,
    )  # fmt: skip
    undo.save(update_fields=["run"])
    batch.state = ImportState.UNDOING
    batch.save(update_fields=["state"])
    run_id = undo.run.pk
    transaction.on_commit(lambda: advance_run.delay(run_id))
    return undo


def why_not(batch: ImportBatch, user: User) -> str:
    """Why this person may not take an import back: a second person has to; empty where they may."""
    if user.pk == batch.uploaded_by_id:
        return "登録した人は取り消せません。ほかの人が取り消してください。"
    if batch.commit is not None and user.pk == batch.commit.requested_by_id:
        return "反映した人は取り消せません。ほかの人が取り消してください。"
    return ""


def consequences(batch: ImportBatch, kind: ImportKind) -> list[str]:
    """What taking an import back means, in sentences with counts, before anybody clicks; one query."""
    counted = standing(batch).order_by().values_list("table", "action").annotate(Count("pk"))
    removed, countered, restored = [], [], []
    for table, action, number in sorted(counted):
        words = f"{model_of(table)._meta.verbose_name}{number:,}件"
        if action == EffectAction.CHANGED:
            restored.append(words)
        elif table in kind.takers:
            countered.append(words)
        else:
            removed.append(words)
    told = []
    if removed:
        told.append(f"この取込で登録した{'、'.join(removed)}を削除します。")
    if restored:
        told.append(f"この取込で変更した{'、'.join(restored)}を元の内容に戻します。")
    if countered:
        told.append(f"{'、'.join(countered)}は{kind.counters}")
    told.append("その後に申請や通知などが登録された行は残し、理由を一覧にします。")
    told.append("取り消した後は、同じファイルをもう一度取り込めます。")
    return told


# --- the run ----------------------------------------------------------------------------------------


def undo_of(run: Run) -> ImportUndo:
    return ImportUndo.objects.select_related("batch", "asked_by").get(pk=run.parameters["undo"])


def select_lines(run: Run) -> Iterator[str]:
    """``first-last`` of every so many lines that wrote something, the last lines first."""
    lines = standing(undo_of(run).batch).order_by("-line").values_list("line", flat=True).distinct()
    chunk: list[int] = []
    for line in lines.iterator():
        chunk.append(line)
        if len(chunk) == TAKEN_TOGETHER:
            yield f"{chunk[-1]}-{chunk[0]}"
            chunk = []
    if chunk:
        yield f"{chunk[-1]}-{chunk[0]}"


def undo_chunk(run: Run, key: str) -> ItemResult:
    after_those_before(run, key)
    undo = undo_of(run)
    batch, kind = undo.batch, import_kinds()[undo.batch.kind]
    first, _, last = key.partition("-")
    found = list(standing(batch).filter(line__range=(int(first), int(last))).order_by("-pk"))
    by, now = Actor.person(undo.asked_by), timezone.now()
    with acting(by, at=now):
        kept = kept_lines(batch, kind, found)
        gone = [effect for effect in found if effect.line not in kept]
        undo_effects(gone, kind, TakingBack(by=by, at=now, reason=undo.reason, undo_id=undo.pk))
    lines = sorted({effect.line for effect in found})
    keys = dict(batch.rows.filter(line__in=lines).values_list("line", "key"))
    ImportUndoLine.objects.bulk_create(
        ImportUndoLine(
            undo=undo,
            line=line,
            key=keys.get(line, ""),
            outcome=UndoOutcome.KEPT if line in kept else UndoOutcome.UNDONE,
            reason=kept.get(line, ""),
        )
        for line in lines
    )
    undone = [line for line in lines if line not in kept]
    ImportRow.objects.filter(batch=batch, line__in=undone).update(outcome=RowOutcome.UNDONE)
    return Done()


def after_those_before(run: Run, key: str) -> None:
    """Wait until nobody works on an earlier item: what was written later is taken back earlier."""
    own = run.items.get(key=key)
    list(run.items.filter(state=ItemState.WAITING, pk__lt=own.pk).select_for_update().values_list("pk"))


def undo_effects(effects: list[ImportEffect], kind: ImportKind, taking: TakingBack) -> None:
    """Undo effects, the latest first. Foreign keys are checked here and now, so that a race fails this chunk alone."""
    created: dict[str, list[int]] = {}
    former: dict[str, dict[int, dict[str, object]]] = {}
    for effect in effects:
        if effect.action == EffectAction.CREATED:
            created.setdefault(effect.table, []).append(effect.row_id)
        else:
            former.setdefault(effect.table, {}).setdefault(effect.row_id, {}).update(effect.before)
    for table, keys in created.items():
        if table in kind.takers:
            kind.takers[table](keys, taking)
        else:
            with connection.cursor() as cursor:
                cursor.execute(f'delete from "{table}" where id = any(%s)', [keys])
    for table, rows in former.items():
        restore(table, {key: values for key, values in rows.items() if key not in created.get(table, ())})
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def restore(table: str, rows: dict[int, dict[str, object]]) -> None:
    """Give rows their former values back; one statement for each set of columns."""
    alike: dict[tuple[str, ...], list[int]] = {}
    for key, values in rows.items():
        alike.setdefault(tuple(sorted(values)), []).append(key)
    for columns, keys in alike.items():
        sets = ", ".join(f'"{name}" = (x.former)."{name}"' for name in columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                update "{table}" t set {sets}
                  from (select u.id, jsonb_populate_record(null::"{table}", u.before) as former
                          from unnest(%s::bigint[], %s::jsonb[]) as u (id, before)) x
                 where t.id = x.id
                """,
                [keys, [Jsonb(rows[key]) for key in keys]],
            )


def broke_off(undo: ImportUndo) -> bool:
    """Whether some lines were not even looked at, because something unforeseen happened; they are as they were."""
    return RunItem.objects.filter(run=undo.run_id, state=ItemState.FAILED).exists()


def end_undo(run: Run) -> None:
    """Everything taken back, or something kept that may be asked for again."""
    batch = undo_of(run).batch
    batch.state = ImportState.PARTLY_UNDONE if standing(batch).exists() else ImportState.UNDONE
    batch.save(update_fields=["state"])


UNDO = JobKind("import.undo", "取込の取消", select=select_lines, work=undo_chunk, batch=1, finish=end_undo)

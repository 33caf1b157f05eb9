"""Mappings of another system's columns: begun from the first lines of a file, finished by hand, given out as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import IO, Any

from django.utils import timezone

from accounts.models import User
from audit.actors import Actor
from audit.services import service
from jobs.importing.files import ENCODINGS, UnreadableFile, read_table
from jobs.importing.kinds import ImportKind, import_kinds
from jobs.models import ColumnMapping

FORMAT = "tsunagi.column-mapping/1"
LINES_SHOWN = 5
MOST_COLUMNS = 200
LONGEST = 80


class MappingRefused(Exception):
    """A mapping cannot be made; the text is a Japanese sentence for the person who tried."""


@service
def begin_mapping(
    *, name: str, kind: str, file_name: str, content: IO[bytes], user: User, by: Actor, at: datetime
) -> ColumnMapping:
    """Begin a mapping from a file's heading and first lines; columns of the same name are matched already."""
    declared = import_kinds().get(kind)
    if declared is None:
        raise MappingRefused("取込の種類を選んでください。")
    try:
        table = read_table(content, file_name)
        lines = [list(line.cells) for line in islice(table.lines, LINES_SHOWN)]
    except UnreadableFile as problem:
        raise MappingRefused(str(problem)) from problem
    if len(set(table.header)) != len(table.header) or "" in table.header:
        raise MappingRefused("見出しに空欄または同じ名前の列があります。ファイルの1行目を確かめてください。")
    if len(table.header) > MOST_COLUMNS or any(len(name) > LONGEST for name in table.header):
        raise MappingRefused(
            f"見出しは{MOST_COLUMNS}列まで、1列{LONGEST}文字までです。1行目が見出しか確かめてください。"
        )
    return ColumnMapping.objects.create(
        name=name.strip()[:60],
        kind=kind,
        encoding=next((code for code, label in ENCODINGS.items() if table.encoding.startswith(label)), ""),
        headers=list(table.header),
        columns={name: {"source": name if name in table.header else ""} for name in declared.columns()},
        sample=lines,
        made_by=user,
        made_at=at,
    )


def lines_shown(mapping: ColumnMapping, kind: ImportKind) -> list[list[str]]:
    """The first lines as a page may show them: a column of a private name is not among the cells."""
    hidden = {place for place, name in enumerate(mapping.headers) if name in kind.private}
    return [
        ["（表示しません）" if place in hidden else cell for place, cell in enumerate(line)] for line in mapping.sample
    ]


def matched(mapping: ColumnMapping, kind: ImportKind) -> list[tuple[str, dict[str, Any]]]:
    """Our columns in the order of the file, each with what stands for it; the database keeps no order.

    A column that the kind got after the mapping was made has nothing.
    """
    nothing: dict[str, Any] = {"source": "", "default": "", "values": {}}
    return [(ours, nothing | mapping.columns.get(ours, {})) for ours in kind.columns()]


@service
def finish_mapping(
    *, mapping_id: int, columns: Mapping[str, Mapping[str, Any]], by: Actor, at: datetime
) -> ColumnMapping:
    """Make a draft ready for use; the lines it was made from go. It does not change any more."""
    mapping = ColumnMapping.objects.select_for_update().get(pk=mapping_id)
    if mapping.ready_at is not None:
        raise MappingRefused("この対応表は確定済みです。直すときは、新しい対応表を作ってください。")
    kind = import_kinds()[mapping.kind]
    mapping.columns = {}
    for ours in kind.columns():
        spec = columns.get(ours, {})
        source = str(spec.get("source", ""))
        if source and source not in mapping.headers:
            raise MappingRefused(f"「{ours}」に選んだ「{source}」の列は、ファイルにありません。")
        mapping.columns[ours] = {
            "source": source,
            "default": str(spec.get("default", "")),
            "values": {str(theirs): str(value) for theirs, value in dict(spec.get("values", {})).items()},
        }
    if not any(spec["source"] for spec in mapping.columns.values()):
        raise MappingRefused("元の列を1つ以上選んでください。")
    mapping.sample, mapping.ready_at = [], at
    mapping.save()
    return mapping


@service
def retire_mapping(*, mapping_id: int, by: Actor, at: datetime) -> None:
    """Take a mapping out of use; imports that went through it keep it."""
    ColumnMapping.objects.filter(pk=mapping_id, retired_at__isnull=True).update(retired_at=at)


def read_values(text: str) -> dict[str, str]:
    """Translated values as typed, one ``theirs=ours`` a line. ``MappingRefused`` for a line without ``=``."""
    found = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        theirs, equals, ours = line.partition("=")
        if not equals or not theirs.strip():
            raise MappingRefused(
                f"「{line.strip()[:20]}」は読み取れません。「元の値=本システムの値」の形で入力してください。"
            )
        found[theirs.strip()] = ours.strip()
    return found


def as_json(mapping: ColumnMapping) -> str:
    """A mapping to be kept or given to somebody else: headings and translations, no line of any file."""
    content = {
        "format": FORMAT,
        "name": mapping.name,
        "kind": mapping.kind,
        "encoding": mapping.encoding,
        "made_on": timezone.localdate(mapping.made_at).isoformat(),
        "columns": dict(matched(mapping, import_kinds()[mapping.kind])),
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"

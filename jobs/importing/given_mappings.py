"""A mapping that another installation gave out as JSON: taken in as a draft, to be looked through before it is used."""

from __future__ import annotations

import json
from datetime import datetime
from typing import IO, Any, Final

from accounts.models import User
from audit.actors import Actor
from audit.services import service
from jobs.importing.files import ENCODINGS
from jobs.importing.kinds import import_kinds
from jobs.importing.mappings import FORMAT, LONGEST, MOST_COLUMNS, MappingRefused
from jobs.models import ColumnMapping

MOST_BYTES: Final = 512 * 1024
MOST_VALUES: Final = 500


@service
def take_mapping(*, content: IO[bytes], user: User, by: Actor, at: datetime) -> ColumnMapping:
    """Begin a mapping from what ``as_json`` wrote, here or elsewhere. ``MappingRefused`` for anything else.

    It stays a draft: offices, and so defaults, differ from council to council.
    """
    given = _parsed(content)
    kind = import_kinds().get(str(given.get("kind")))
    if kind is None:
        raise MappingRefused("この対応表の取込の種類は、このシステムにありません。")
    name, encoding = str(given.get("name", "")).strip(), given.get("encoding", "")
    if not name or encoding not in ("", *ENCODINGS):
        raise MappingRefused("対応表の名前または文字コードを読み取れません。")
    columns = given.get("columns")
    if not isinstance(columns, dict) or not columns:
        raise MappingRefused("対応表に列がありません。")
    if unknown := [ours for ours in columns if ours not in kind.columns()]:
        raise MappingRefused(f"「{'」「'.join(unknown[:5])}」は、この取込で使わない列です。")
    read = {ours: _spec(ours, columns.get(ours, {})) for ours in kind.columns()}
    headers = list(dict.fromkeys(spec["source"] for spec in read.values() if spec["source"]))
    if not headers or len(headers) > MOST_COLUMNS:
        raise MappingRefused("元の列が1つも選ばれていないか、多すぎます。")
    return ColumnMapping.objects.create(
        name=name[:60], kind=kind.code, encoding=encoding, headers=headers, columns=read, made_by=user, made_at=at
    )


def _parsed(content: IO[bytes]) -> dict[str, Any]:
    body = content.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise MappingRefused("ファイルが大きすぎます。対応表のJSONファイルを選んでください。")
    try:
        given = json.loads(body.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise MappingRefused(
            "対応表のファイルではありません。「対応表を受け取る（JSON）」で保存したファイルを選んでください。"
        )
    return given


def _spec(ours: str, given: Any) -> dict[str, Any]:
    """One column of ours as a mapping says it; every text checked, nothing else kept."""
    refused = MappingRefused(f"「{ours}」の対応を読み取れません。")
    if not isinstance(given, dict):
        raise refused
    source, default, values = given.get("source", ""), given.get("default", ""), given.get("values", {})
    if not (isinstance(source, str) and isinstance(default, str) and isinstance(values, dict)):
        raise refused
    texts = [source, default, *values, *values.values()]
    if any("=" in theirs or "\n" in theirs for theirs in values):
        raise refused
    if len(values) > MOST_VALUES or any(not isinstance(text, str) or len(text) > LONGEST for text in texts):
        raise refused
    return {"source": source, "default": default, "values": values}

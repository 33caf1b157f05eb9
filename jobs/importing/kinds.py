"""What an app declares about a file it can take in, in its ``resources.py`` as a tuple ``IMPORTS``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from import_export.resources import Resource

from audit.actors import Actor
from jobs.declared import by_code

if TYPE_CHECKING:
    from jobs.importing.effects import Writing
    from jobs.models import ImportBatch, ImportRow


TakeBack = Callable[[Sequence[int], "TakingBack"], None]


@dataclass(frozen=True, slots=True)
class TakingBack:
    """Under what an import is taken back: by whom, when, why, and the key of the undo for the rows that counter it."""

    by: Actor
    at: datetime
    reason: str
    undo_id: int


@dataclass(frozen=True, slots=True)
class ImportKind:
    """One kind of file.

    ``resource`` declares columns and how each is read (field name → column heading and widget). ``key`` gives the text by
    which a line is known again. ``check`` marks the staged rows of a batch set-based: problems, and which rows are new,
    changed or unchanged. ``commit`` writes a chunk of rows through services, tells ``Writing`` what each line created or
    changed, and refuses single lines there. ``sample`` are the lines of the sample file, in the order of the columns.
    ``private`` are columns that the pages do not show; of ``sealed`` ones nothing legible is staged, and
    the file itself goes once it was read. ``takers`` say, table by table, how created rows are taken back
    where they must not simply be removed (money); ``counters`` ends the sentence that tells people so. ``dependents``
    names the lines that something later rests on without a foreign key that would tell; the tables in ``looked_after``
    are left to it altogether.
    """

    code: str
    label: str
    hint: str
    resource: type[Resource]
    key: Callable[[Mapping[str, Any]], str]
    check: Callable[[ImportBatch], None]
    commit: Callable[[Sequence[ImportRow], Writing], None]
    sample: Sequence[Sequence[str]]
    private: frozenset[str] = frozenset()
    sealed: frozenset[str] = frozenset()
    takers: Mapping[str, TakeBack] = field(default_factory=dict)
    counters: str = ""
    dependents: Callable[[ImportBatch, int, int], Mapping[int, str]] = lambda batch, first, last: {}
    looked_after: frozenset[str] = frozenset()

    def columns(self) -> list[str]:
        """The column headings in their order."""
        return [field.column_name for field in self.resource.fields.values()]


@cache
def import_kinds() -> dict[str, ImportKind]:
    """Every declared kind by its code, lower floors first: people before their loans, loans before payments."""
    return by_code("IMPORTS")

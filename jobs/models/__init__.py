from jobs.models.exports import Export
from jobs.models.imports import ImportBatch, ImportRow
from jobs.models.mappings import ColumnMapping
from jobs.models.runs import Run, RunItem
from jobs.models.undo import ImportEffect, ImportUndo, ImportUndoLine

__all__ = [
    "ColumnMapping",
    "Export",
    "ImportBatch",
    "ImportEffect",
    "ImportRow",
    "ImportUndo",
    "ImportUndoLine",
    "Run",
    "RunItem",
]

from jobs.models.imports import ImportBatch, ImportRow
from jobs.models.runs import Run, RunItem
from jobs.models.undo import ImportEffect, ImportUndo, ImportUndoLine

__all__ = ["ImportBatch", "ImportEffect", "ImportRow", "ImportUndo", "ImportUndoLine", "Run", "RunItem"]

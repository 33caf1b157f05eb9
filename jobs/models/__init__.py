from jobs.models.imports import ImportBatch, ImportRow
from jobs.models.runs import Run, RunItem

__all__ = ["ImportBatch", "ImportRow", "Run", "RunItem"]

"""Telling a caller the codes of their loans: only after questions that show who is calling (H-21)."""

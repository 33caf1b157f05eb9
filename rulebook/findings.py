"""What looking at a rule can find: met, not met, or not known yet. Not knowing is never the same as no."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Finding(StrEnum):
    """A three-valued answer. The values are those printed by ``manage.py case`` and stored with assessments."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The word a clerk sees."""
        return _LABELS[self]

    @classmethod
    def of(cls, answer: bool | None) -> Finding:
        """Return the finding for yes, no, or None (not established)."""
        if answer is None:
            return cls.UNKNOWN
        return cls.MET if answer else cls.NOT_MET


_LABELS = {Finding.MET: "満たす", Finding.NOT_MET: "満たさない", Finding.UNKNOWN: "未確認"}


def all_of(findings: Iterable[Finding]) -> Finding:
    """Join conditions that must all hold: one no decides, otherwise one unknown leaves it open."""
    found = list(findings)
    if Finding.NOT_MET in found:
        return Finding.NOT_MET
    return Finding.UNKNOWN if Finding.UNKNOWN in found else Finding.MET


def any_of(findings: Iterable[Finding]) -> Finding:
    """Join alternatives of which one suffices: one yes decides, otherwise one unknown leaves it open."""
    found = list(findings)
    if Finding.MET in found:
        return Finding.MET
    return Finding.UNKNOWN if Finding.UNKNOWN in found else Finding.NOT_MET

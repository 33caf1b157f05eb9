"""What looking at a rule can find: met, not met, or not known yet. Not knowing is never the same as no."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Answer:
    """A finding together with the names of the facts that could still turn it; empty unless it is unknown."""

    finding: Finding
    missing: frozenset[str] = frozenset()

    @classmethod
    def of(cls, answer: bool | None, *names: str) -> Answer:
        """Return the answer yes, no, or None, which leaves the facts *names* to be established."""
        return cls(Finding.of(answer), frozenset(names) if answer is None else frozenset())

    def negated(self) -> Answer:
        """Return yes for no, no for yes, and the same open question for unknown."""
        turned = {Finding.MET: Finding.NOT_MET, Finding.NOT_MET: Finding.MET, Finding.UNKNOWN: Finding.UNKNOWN}
        return Answer(turned[self.finding], self.missing)


def all_of(*answers: Answer) -> Answer:
    """Join conditions that must all hold: one no decides, otherwise what is unknown stays open."""
    return _join(answers, decisive=Finding.NOT_MET, otherwise=Finding.MET)


def any_of(*answers: Answer) -> Answer:
    """Join alternatives of which one suffices: one yes decides, otherwise what is unknown stays open."""
    return _join(answers, decisive=Finding.MET, otherwise=Finding.NOT_MET)


def _join(answers: tuple[Answer, ...], *, decisive: Finding, otherwise: Finding) -> Answer:
    if any(answer.finding is decisive for answer in answers):
        return Answer(decisive)
    unknown = [answer for answer in answers if answer.finding is Finding.UNKNOWN]
    if unknown:
        return Answer(Finding.UNKNOWN, frozenset().union(*(answer.missing for answer in unknown)))
    return Answer(otherwise)

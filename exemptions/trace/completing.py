"""A whole answer with every input named, and what would turn the answer itself. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from exemptions.assessment import Assessment
from exemptions.enums import Result
from exemptions.trace.questions import Question, Turn
from exemptions.trace.turning import turn_of
from japan.yen import yen
from rulebook.rules import Check


def completed(found: Assessment, question: Question) -> Assessment:
    """The same answer, with the input that would turn a finding named on every check where a single one would."""
    named = {id(check): _named(check, question) for check in found.checks}
    return replace(
        found,
        checks=tuple(named[id(check)] for check in found.checks),
        grounds=tuple(
            replace(outcome, checks=tuple(named[id(check)] for check in outcome.checks)) for outcome in found.grounds
        ),
    )


def _named(check: Check, question: Question) -> Check:
    if check.change_fact or check.would_change:
        return check
    turn = turn_of(check, question)
    return check if turn is None else replace(check, would_change=turn.sentence, change_fact=turn.fact)


@dataclass(frozen=True, slots=True)
class Decisive:
    """An input that turns the answer itself: at which rule, the sentence, and the answer there would then be."""

    rule: str
    fact: str
    sentence: str
    answer: Assessment

    @property
    def answer_ja(self) -> str:
        """The other answer in words: 「免除できる（540,000円）」."""
        amount = f"（{yen(self.answer.amount)}）" if self.answer.amount else ""
        return f"{self.answer.result.label}{amount}"


def decisive(question: Question, checks: Iterable[Check] | None = None) -> list[Decisive]:
    """The inputs each of which alone turns the answer: from exempting to not exempting, or back; in the order of the trace.

    Every named input is really turned and the rules are asked again, so nothing is listed that would not. ``checks`` are
    those of the answer where the caller has it; about a millisecond of processor time for each.
    """
    answer = question.answered()
    turns: dict[str, tuple[str, Turn]] = {}
    for check in answer.checks if checks is None else checks:
        turn = turn_of(check, question)
        if turn is not None:
            turns.setdefault(f"{turn.fact} {turn.sentence}", (check.rule.code, turn))
    found = []
    for rule, turn in turns.values():
        other = turn.question.answered()
        if exempts(other) is not exempts(answer):
            found.append(Decisive(rule, turn.fact, turn.sentence, other))
    return found


def exempts(answer: Assessment) -> bool:
    """Whether the answer exempts something, be it that its decision still has to wait."""
    return answer.result in (Result.ELIGIBLE, Result.WAITING)

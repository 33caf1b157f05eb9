"""The papers of an application as lines to hand out and to look at: what is needed, why, what is there already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from loans.enums import LendingState
from loans.lending.involvement import PROVING_PAPER
from loans.lending.papers import PaperNeed
from loans.lending.workflow import Move
from loans.models import OPEN_STATES, LendingApplication
from loans.services.assessing import look_at
from loans.sheets.facts import PaperLine


def papers_of(application: LendingApplication, *, on: date) -> tuple[tuple[PaperLine, ...], str]:
    """The papers of an application that is still open, and what the involvement tree of the regular loan ended in (K-7).

    A decided application asks for nothing any more. Papers of which any one suffices are one line.
    """
    if application.state not in OPEN_STATES:
        return (), ""
    look = look_at(application, as_of=on)
    outcome = look.facts.regular.involvement if look.facts.regular else None
    if outcome is None:
        return lines_of(look.needs), ""
    proof = PROVING_PAPER[outcome]
    return lines_of(
        look.needs
    ), f"{outcome.label}（{f'「{proof.label}」をお持ちください' if proof else '書類は要りません'}）"


def words_open(application: LendingApplication, *, on: date) -> tuple[str, ...]:
    """What else is missing besides papers: answers nobody gave, or what the clerk added when sending it back."""
    if application.state not in OPEN_STATES:
        return ()
    if application.state == LendingState.INCOMPLETE:
        sent_back = application.changes.filter(move__in=(Move.REPORT_DEFICIENCIES, Move.SEND_BACK)).latest("pk")
        return tuple(item["text"] for item in sent_back.deficiencies if item["code"] != "paper")
    return tuple(item.text for item in look_at(application, as_of=on).deficiencies if item.code != "paper")


def lines_of(needs: Iterable[PaperNeed]) -> tuple[PaperLine, ...]:
    """One line for each paper, or for each group of which any one suffices, in the order of the list."""
    groups: dict[str, list[PaperNeed]] = {}
    for number, need in enumerate(needs):
        groups.setdefault(need.group or f"#{number}", []).append(need)
    return tuple(
        PaperLine(
            name=" または ".join(dict.fromkeys(_name(need) for need in group)),
            why=group[0].why_ja,
            held=any(need.satisfied for need in group),
            follows=all(need.may_follow for need in group),
        )
        for group in groups.values()
    )


def _name(need: PaperNeed) -> str:
    return f"{need.name_ja}（{need.member}）" if need.member else need.name_ja

"""What happened to a borrower, newest first: applications, decisions, money, letters and papers in one list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.urls import reverse
from django.utils import timezone

from exemptions.models import Application, Decision, StateChange
from exemptions.revoking.carrying_out import REVOCATION
from exemptions.workflow import DECIDING, Move
from japan.yen import yen
from loans.models import Loan
from notices.models import Letter
from notices.selectors import label_of
from people.models import Paper
from repayment.enums import LedgerKind
from repayment.models import LedgerEntry


class EventKind(Enum):
    """The kinds by which the timeline can be narrowed, with their words and symbols."""

    APPLICATION = ("申請", "file-pen-line")
    DECISION = ("決定", "scale")
    MONEY = ("入金・送金", "arrow-up-down")
    LETTER = ("通知", "mail")
    PAPER = ("書類", "file-text")

    def __init__(self, label: str, icon: str) -> None:
        self.label = label
        self.icon = icon

    @property
    def slug(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: the day it counts for, what, and who wrote it down. ``order`` sorts within a day."""

    on: date
    order: float
    kind: EventKind
    text: str
    by: str = ""
    url: str = ""


def timeline(
    *,
    loans: Sequence[Loan],
    applications: Sequence[Application],
    letters: Sequence[Letter],
    papers: Sequence[Paper],
) -> list[Event]:
    """Everything that happened to one person, newest first; three queries besides what is handed over.

    The loans, applications, letters and papers are the person's own, already narrowed to what the reader may see.
    """
    names = {loan.pk: f"{loan.get_fund_display()} {loan.code}" for loan in loans}
    decisions = list(Decision.objects.filter(application__in=applications).select_related("decided_by"))
    events = [
        *_steps(applications, names),
        *_decisions(decisions, applications, names),
        *_money(names, told={decision.entry_id for decision in decisions}),
        *_letters(letters),
        *_papers(papers),
    ]
    return sorted(events, key=lambda event: (event.on, event.order), reverse=True)


def _steps(applications: Sequence[Application], names: dict[int, str]) -> Iterable[Event]:
    by_key = {application.pk: application for application in applications}
    for change in StateChange.objects.filter(application__in=by_key).select_related("by_user"):
        if Move(change.move) in DECIDING:
            continue
        application = by_key[change.application_id]
        what = f"免除申請（{application.subject}）：{Move(change.move).done}"
        yield Event(
            on=timezone.localdate(change.at),
            order=change.at.timestamp(),
            kind=EventKind.APPLICATION,
            text=f"{names[application.loan_id]}　{what}",
            by=change.who,
            url=reverse("exemptions:detail", args=[application.pk]),
        )


def _decisions(
    decisions: Sequence[Decision], applications: Sequence[Application], names: dict[int, str]
) -> Iterable[Event]:
    loan_of = {application.pk: application.loan_id for application in applications}
    for decision in decisions:
        loan = names[loan_of[decision.application_id]]
        amount = f"　免除額 {yen(decision.amount)}" if decision.amount else ""
        yield Event(
            on=decision.decided_on,
            order=decision.decided_at.timestamp(),
            kind=EventKind.DECISION,
            text=f"{loan}　免除の{decision.get_outcome_display()}{amount}",
            by=decision.decided_by.name,
            url=reverse("exemptions:detail", args=[decision.application_id]),
        )


def _money(names: dict[int, str], *, told: Collection[int | None]) -> Iterable[Event]:
    """Ledger rows as events, without those that a decision or the step of a revocation has told already."""
    for entry in LedgerEntry.objects.filter(loan__in=names):
        if entry.pk in told or entry.source_key.startswith(REVOCATION):
            continue
        exempting = entry.kind in (LedgerKind.EXEMPTED, LedgerKind.EXEMPTION_REVOKED)
        note = f"（{entry.note}）" if entry.note else ""
        yield Event(
            on=entry.effective_on,
            order=entry.recorded_at.timestamp(),
            kind=EventKind.DECISION if exempting else EventKind.MONEY,
            text=f"{names[entry.loan_id]}　{entry.get_kind_display()} {yen(entry.amount)}{note}",
            url=f"{reverse('repayment:loan', args=[entry.loan_id])}#entry-{entry.pk}",
        )


def _letters(letters: Sequence[Letter]) -> Iterable[Event]:
    for letter in letters:
        posted = letter.run.posted_at if letter.run is not None else None
        moment = posted or letter.drafted_at
        yield Event(
            on=timezone.localdate(moment),
            order=moment.timestamp(),
            kind=EventKind.LETTER,
            text=f"{label_of(letter)}　{letter.get_state_display()}",
            url=reverse("notices:letter", args=[letter.pk]),
        )


def _papers(papers: Sequence[Paper]) -> Iterable[Event]:
    for paper in papers:
        note = f"（{paper.note}）" if paper.note else ""
        yield Event(
            on=paper.received_on,
            order=0.0,
            kind=EventKind.PAPER,
            text=f"{paper.get_kind_display()}を受領{note}",
        )

"""Which papers are there for an application: whatever was ever written down for the applicant and the household."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from loans.lending.facts import APPLICANT
from loans.lending.papers import HeldPaper, PaperNeed
from loans.lending.transcript import Transcript
from loans.models import LendingApplication
from people.enums import PaperKind
from people.models import Paper

OF_MEMBER = "世帯員："
"""How a paper of a member who is not registered is told from the applicant's own, in the note beside it."""


@dataclass(frozen=True, slots=True)
class Held:
    """The papers of known kinds, and the names of the others."""

    papers: tuple[HeldPaper, ...]
    named: frozenset[str]

    def with_named(self, needs: Iterable[PaperNeed]) -> tuple[PaperNeed, ...]:
        """The needs, with those met that a paper of that very name answers."""
        return tuple(
            replace(need, satisfied=True, held_ja="受領済み")
            if need.kind == PaperKind.OTHER and need.name_ja in self.named
            else need
            for need in needs
        )


def held_papers(application: LendingApplication, told: Transcript) -> Held:
    """The papers of the applicant and of registered members, whoever they came in for (questions 7-1, 24); one query."""
    labels = {member.person_id: member.label for member in told.members if member.person_id is not None}
    labels[application.applicant_id] = APPLICANT
    rows = list(Paper.objects.filter(person__in=labels).order_by("received_on", "pk"))
    return Held(
        papers=tuple(
            HeldPaper(
                kind=PaperKind(row.kind),
                received_on=row.received_on,
                issued_on=row.issued_on,
                member=row.note.removeprefix(OF_MEMBER) if row.note.startswith(OF_MEMBER) else labels[row.person_id],
            )
            for row in rows
        ),
        named=frozenset(row.note for row in rows if row.kind == PaperKind.OTHER),
    )

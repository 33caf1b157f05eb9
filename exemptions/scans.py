"""The scans of an application's papers, each beside what was transcribed from that paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from exemptions.enums import PaperSlot
from people.models import Document
from people.papers import SAYING, what_it_says
from people.papers_page import Scan, scans_of

if TYPE_CHECKING:
    from accounts.models import User
    from exemptions.models import Application


@dataclass(frozen=True, slots=True)
class SlotScans:
    """A paper of the form with its scans: ``says`` is what was transcribed from it."""

    slot: str
    says: str
    person: str
    scans: tuple[Scan, ...]


def scans_beside(application: Application, *, user: User, at: datetime) -> list[SlotScans]:
    """The papers that count and have a scan, in the order of the form's slots; six queries at most.

    A scan of a head whom this person may not know of is not among them. Which of them may be opened is told by each
    (``people.documents.openings``); the pictures themselves are fetched, marked and logged when somebody opens them.
    """
    order = {slot.value: number for number, slot in enumerate(PaperSlot)}
    laid = application.papers.filter(replaced_on__isnull=True).select_related(
        *(f"paper__{name}" for name in SAYING), "paper__person"
    )
    rows = sorted(laid, key=lambda row: (order[row.slot], row.pk))
    documents = Document.objects.visible_to(user).standing().filter(paper__in=[row.paper_id for row in rows])
    scans = scans_of(documents, reader=user, at=at)
    found = [
        SlotScans(
            slot=row.get_slot_display(),
            says=what_it_says(row.paper),
            person=row.paper.person.name,
            scans=tuple(scan for scan in scans if scan.document.paper_id == row.paper_id),
        )
        for row in rows
    ]
    return [each for each in found if each.scans]

"""The papers page of one person: which papers came in, what they say, their scans, and where the pieces of paper are.

Reads only, in a constant number of queries.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.roles import Permission
from people.addresses import withheld_people
from people.documents.openings import Opening, openings
from people.models import AddressReveal, Document, Paper, Person, TransitItem
from people.papers import SAYING, what_it_says
from people.reveals import reveals_in_force
from people.transit.selectors import open_items_of

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan and whether this reader may open it now."""

    document: Document
    opening: Opening

    @property
    def has_preview(self) -> bool:
        return self.opening.may_open and self.document.file.can_be_previewed


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper that came in, what it says, its scans, and the parcel it lies in while nobody has ticked it."""

    paper: Paper
    says: str
    scans: tuple[Scan, ...]
    on_the_way: TransitItem | None


@dataclass(frozen=True, slots=True)
class PapersPage:
    """Everything the page shows about one person to one reader. ``loose`` are scans of papers nobody wrote down."""

    person: Person
    rows: tuple[PaperRow, ...]
    loose: tuple[Scan, ...]
    withdrawn: tuple[Scan, ...]
    also_on_the_way: tuple[TransitItem, ...]
    withheld: bool
    reveal: AddressReveal | None
    may_write: bool
    may_ask: bool


def papers_page(person: Person, *, reader: User, at: datetime) -> PapersPage:
    """What the papers page shows, the newest paper first."""
    papers = list(Paper.objects.filter(person=person).select_related(*SAYING).order_by("-received_on", "-pk"))
    scans = scans_of(Document.objects.filter(person=person), reader=reader, at=at)
    standing = [scan for scan in scans if not hasattr(scan.document, "withdrawal")]
    travelling = open_items_of([person.pk])
    places = {item.paper_id: item for item in travelling if item.paper_id}
    hidden = bool(withheld_people([person.pk], on=timezone.localtime(at).date()))
    return PapersPage(
        person=person,
        rows=tuple(
            PaperRow(
                paper,
                what_it_says(paper),
                tuple(scan for scan in standing if scan.document.paper_id == paper.pk),
                places.get(paper.pk),
            )
            for paper in papers
        ),
        loose=tuple(scan for scan in standing if scan.document.paper_id is None),
        withdrawn=tuple(scan for scan in scans if hasattr(scan.document, "withdrawal")),
        also_on_the_way=tuple(item for item in travelling if not item.paper_id),
        withheld=hidden,
        reveal=reveals_in_force(reader, [person.pk], at=at).get(person.pk) if hidden else None,
        may_write=reader.can(Permission.WRITE_CASES),
        may_ask=hidden and reader.can(Permission.REQUEST_REVEAL),
    )


def scans_of(documents: Iterable[Document], *, reader: User, at: datetime) -> list[Scan]:
    """Scans (a queryset of visible ones) as this reader sees them, the oldest first."""
    rows = list(
        documents.select_related("file__uploaded_by", "withdrawal__withdrawn_by").order_by("pk")  # type: ignore[attr-defined]
    )
    allowed = openings(rows, reader=reader, at=at)
    return [Scan(row, allowed[row.pk]) for row in rows]

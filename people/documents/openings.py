"""Which scans may be opened by whom: a paper shows where somebody lives.

While an address is withheld (``people.addresses``: a 支援措置 for the person or for a housemate), a scan is opened only
under a reveal: asked for with a reason, agreed to by a second person, for ten minutes (``people.reveals``). Which papers
carry no address is a closed list; a kind that is not on it is taken to carry one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from accounts.roles import Permission
from people.addresses import withheld_people
from people.enums import PaperKind
from people.models import AddressReveal, Document
from people.reveals import reveals_in_force

if TYPE_CHECKING:
    from accounts.models import User

WITHOUT_ADDRESS: Final = frozenset({PaperKind.OWN_ACCOUNT})
"""The first pages of a bankbook: holder, branch and number. Its other pages tell where somebody shops, so only this one.

Every certificate, form and notice has a place for an address; a payslip, a receipt or a bill may have one.
"""


class Openness(Enum):
    OPEN = "open"
    REVEALED = "revealed"
    WITHHELD = "withheld"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether one reader may open one scan now; ``reveal`` is what opens it where an address is withheld."""

    openness: Openness
    reveal: AddressReveal | None = None

    @property
    def may_open(self) -> bool:
        return self.openness in (Openness.OPEN, Openness.REVEALED)

    @property
    def withheld(self) -> bool:
        return self.openness is Openness.WITHHELD


def may_show_an_address(kind: str) -> bool:
    """Whether a paper of this kind may tell where somebody lives; true unless it is known that it cannot."""
    return kind not in WITHOUT_ADDRESS


def openings(documents: Iterable[Document], *, reader: User, at: datetime) -> dict[int, Opening]:
    """For each of these scans (visible ones, with ``withdrawal`` loaded) whether this reader may open it at a moment.

    A withdrawn one opens for auditors only. Four queries however many scans.
    """
    rows = list(documents)
    people = {row.person_id for row in rows if may_show_an_address(row.kind)}
    hidden = withheld_people(people, on=timezone.localtime(at).date()) if people else {}
    reveals = reveals_in_force(reader, hidden, at=at) if hidden else {}

    def opening(row: Document) -> Opening:
        if hasattr(row, "withdrawal") and not reader.can(Permission.SEE_AUDIT):
            return Opening(Openness.WITHDRAWN)
        if row.person_id not in hidden or not may_show_an_address(row.kind):
            return Opening(Openness.OPEN)
        reveal = reveals.get(row.person_id)
        return Opening(Openness.REVEALED if reveal else Openness.WITHHELD, reveal)

    return {row.pk: opening(row) for row in rows}

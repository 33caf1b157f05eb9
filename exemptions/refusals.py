"""Why a step was not taken. ``str()`` of each is a Japanese sentence for the person who tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exemptions.deficiencies import Deficiency
    from exemptions.models import Application


class MoveRefused(Exception):
    """A step on an application was not taken, and nothing was written."""


class NotAllowed(MoveRefused):
    """This person may not take this step at all: no permission, or it is their own work."""


class OwnWork(NotAllowed):
    """Whoever entered, corrected or prepared an application cannot decide it, for nobody (four eyes)."""


class MovedMeanwhile(MoveRefused):
    """Somebody else was quicker; the sentence says who, when, and how the application stands now."""


class HeldByAnother(MoveRefused):
    """Another reviewer has claimed the application."""


class ReasonMissing(MoveRefused):
    """The step needs a reason in words."""


class NotReady(MoveRefused):
    """The papers or the findings do not allow the step."""


class AssessmentChanged(MoveRefused):
    """What the rules say now is not what the reviewer saw."""


class EntryRefused(MoveRefused):
    """A form cannot be taken in as it was typed. ``field`` names the form's field, where there is one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class DuplicateApplication(EntryRefused):
    """There is an application for this loan already; ``existing`` is it."""

    def __init__(self, message: str, existing: Application) -> None:
        super().__init__(message, "fiscal_year")
        self.existing = existing


class ImpossibleDates(EntryRefused):
    """Days that cannot be true; ``found`` lists them."""

    def __init__(self, found: Sequence[Deficiency]) -> None:
        super().__init__("".join(item.text for item in found), found[0].field)
        self.found = tuple(found)

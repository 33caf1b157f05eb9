"""Why a step on an application for a loan was not taken. ``str()`` is a Japanese sentence for the person who tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loans.models import LendingApplication


class LendingRefused(Exception):
    """A step was not taken, and nothing was written."""


class NotAllowed(LendingRefused):
    """This person may not take this step at all: no permission, or it is their own work."""


class OwnWork(NotAllowed):
    """Whoever entered, corrected or prepared an application cannot decide it; whoever asks cannot agree (four eyes)."""


class MovedMeanwhile(LendingRefused):
    """Somebody else was quicker; the sentence says how the application stands now."""


class ReasonMissing(LendingRefused):
    """The step needs a reason in words."""


class NotReady(LendingRefused):
    """What was told, the papers, the open questions or the findings do not allow the step."""


class AssessmentChanged(LendingRefused):
    """What the rules say now is not what the person saw."""


class EntryRefused(LendingRefused):
    """What was typed cannot be taken in. ``field`` names the form's field, where there is one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class RulesRefused(EntryRefused):
    """Rules without which nothing can be taken in are not met; ``by_field`` says which field each is about."""

    def __init__(self, message: str, by_field: dict[str, str]) -> None:
        super().__init__(message)
        self.by_field = by_field


class OpenAlready(EntryRefused):
    """The same person has an open application for the same fund; ``existing`` is it."""

    def __init__(self, message: str, existing: LendingApplication) -> None:
        super().__init__(message)
        self.existing = existing


class SomebodyAlike(EntryRefused):
    """There are persons who may be the same; ``found`` are their keys, so that nobody is registered twice unseen."""

    def __init__(self, message: str, found: tuple[int, ...]) -> None:
        super().__init__(message, "not_the_same")
        self.found = found

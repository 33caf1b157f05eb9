"""Why a step of deferral was not taken. ``str()`` of each is a Japanese sentence for the person who tried."""

from __future__ import annotations


class DeferralRefused(Exception):
    """A step was not taken, and nothing was written."""


class NotAllowed(DeferralRefused):
    """This person may not take this step at all: no permission, or it is their own work."""


class OwnWork(NotAllowed):
    """Whoever entered an application or asked for an early end cannot decide it (four eyes)."""


class MovedMeanwhile(DeferralRefused):
    """Somebody else was quicker; the sentence says how the application stands now."""


class ReasonMissing(DeferralRefused):
    """The step needs a reason in words."""


class NotReady(DeferralRefused):
    """The papers or the findings do not allow the step."""


class PreviewChanged(DeferralRefused):
    """What a decision would do now is not what the person saw."""


class EntryRefused(DeferralRefused):
    """What was entered cannot be stored. ``field`` names the form's field, where there is one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field

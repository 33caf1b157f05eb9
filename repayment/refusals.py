"""Why a step about the repayment of a loan was not taken. ``str()`` is a Japanese sentence for the person who tried."""

from __future__ import annotations


class RepaymentRefused(Exception):
    """A step was not taken, and nothing was written. ``field`` names the form's field, where there is one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NotAllowed(RepaymentRefused):
    """This person may not take this step at all: no permission, or it is their own work."""


class OwnWork(NotAllowed):
    """Whoever proposed something cannot agree to it (four eyes)."""


class MovedMeanwhile(RepaymentRefused):
    """Somebody else was quicker, or what the person saw is no longer so."""

"""Why something about a loan was not decided. ``str()`` is a Japanese sentence; nothing was written."""


class DecisionRefused(Exception):
    """A proposal or decision about a loan was not taken."""


class DecisionNotAllowed(DecisionRefused):
    """This person may not take this step: no permission, or it is their own work."""


class DecidedMeanwhile(DecisionRefused):
    """Somebody else was quicker."""

"""Why a step with direct debit was not taken. ``str()`` of each is a Japanese sentence; nothing was written."""


class DebitRefused(Exception):
    """A step was not taken."""


class DebitNotAllowed(DebitRefused):
    """This person may not take this step: no permission, or it is their own work."""


class DebitMoved(DebitRefused):
    """Somebody else was quicker; the sentence says how things stand now."""


class DebitDamaged(DebitRefused):
    """A kept file is not what was written: its bytes or its seal do not agree."""


class ResultRefused(DebitRefused):
    """A result file was not accepted; ``more`` are further differences, one sentence each."""

    def __init__(self, reason: str, more: tuple[str, ...] = ()) -> None:
        self.more = more
        super().__init__(reason)

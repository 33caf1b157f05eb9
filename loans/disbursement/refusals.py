"""Why money was not moved. ``str()`` of each is a Japanese sentence for the person who tried; nothing was written."""


class TransferRefused(Exception):
    """A step with a transfer file was not taken."""


class TransferNotAllowed(TransferRefused):
    """This person may not take this step: no permission, or it is their own work."""


class TransferMoved(TransferRefused):
    """Somebody else was quicker; the sentence says how the file stands now."""


class FileDamaged(TransferRefused):
    """The kept file is not what was written: its bytes or its seal do not agree."""

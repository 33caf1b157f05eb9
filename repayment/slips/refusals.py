"""Why a step with payment slips was not taken. ``str()`` is a Japanese sentence for the person who tried."""


class SlipRefused(Exception):
    """Nothing was written."""


class SlipNotAllowed(SlipRefused):
    """This person may not take this step."""

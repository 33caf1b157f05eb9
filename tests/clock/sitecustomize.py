"""Lets a process beside a test live at the test's moment: Python reads this at its start when the folder is on its path.

``TEST_CLOCK`` is a moment in ISO form; the clock goes on from there.
"""

import os

if moment := os.environ.get("TEST_CLOCK"):
    from datetime import datetime

    import time_machine

    time_machine.travel(datetime.fromisoformat(moment), tick=True).start()

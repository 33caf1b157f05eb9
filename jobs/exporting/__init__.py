"""Lists that leave the house as files: what the screen shows, masked by the same predicate, for a day.

``kinds`` is what an app declares in its ``resources.py`` (``EXPORTS``); ``writing`` knows CSV, Shift_JIS and XLSX; ``steps``
makes the file in the background and removes it after a day; ``services`` and ``views`` are the doors.
"""

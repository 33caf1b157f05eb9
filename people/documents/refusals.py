from __future__ import annotations


class DocumentRefused(Exception):
    """A scan is not taken in, not shown or not withdrawn; the text is a Japanese sentence for the desk.

    It never repeats the name of a file.
    """

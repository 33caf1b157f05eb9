"""Files that people hand in: read into a staging table, checked there set-based, committed through services.

``files`` reads CSV and XLSX as a stream; ``columns`` are the widgets that read one cell; ``kinds`` is what an app declares
in its ``resources.py``; ``staging`` writes the rows and their problems; ``steps`` are the two runs (check, commit). ``effects``
remembers what was written, ``obstacles`` and ``undoing`` take it back.
"""

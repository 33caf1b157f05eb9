"""Kinds of work of this app that are not steps of the night."""

from jobs.exporting.steps import MAKE
from jobs.importing.steps import CHECK, COMMIT
from jobs.importing.undoing import UNDO

KINDS = (CHECK, COMMIT, UNDO, MAKE)

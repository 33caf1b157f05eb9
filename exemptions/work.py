"""Kinds of work of this app that are not steps of the night."""

from exemptions.bulk.steps import APPROVE, LOOK, TAKE_BACK
from exemptions.simulating.steps import SIMULATE

KINDS = (LOOK, APPROVE, TAKE_BACK, SIMULATE)

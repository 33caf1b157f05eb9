"""The night's part of exemptions, joined from the subjects that have one."""

from __future__ import annotations

from exemptions import starting_night as starting
from exemptions.candidates import night as candidates
from exemptions.guiding import night as guiding
from exemptions.refunding import night as refunding
from exemptions.second_looks import night as second_looks

STEPS = (*starting.STEPS, *refunding.STEPS, *candidates.STEPS, *guiding.STEPS, *second_looks.STEPS)

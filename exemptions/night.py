"""The night's part of exemptions, joined from the subjects that have one."""

from __future__ import annotations

from exemptions.candidates import night as candidates
from exemptions.guiding import night as guiding

STEPS = (*candidates.STEPS, *guiding.STEPS)

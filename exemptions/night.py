"""The night's part of exemptions, joined from the subjects that have one."""

from __future__ import annotations

from exemptions.candidates import night as candidates

STEPS = (*candidates.STEPS,)

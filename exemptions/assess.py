"""Whether a loan may be exempted, on which ground, how much, and why: the one function everybody asks."""

from __future__ import annotations

from datetime import date

from exemptions.assessment import Assessment
from exemptions.facts import Facts
from rulebook.settings import Settings


def assess(facts: Facts, *, settings: Settings, as_of: date) -> Assessment:
    """Assess one loan on every ground as of a day (EX-01 … EX-53, EX-60)."""
    raise NotImplementedError

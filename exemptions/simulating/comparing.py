"""Whether what was predicted came true: the check after publication beside the simulation it was published with."""

from __future__ import annotations

from dataclasses import dataclass

from exemptions.models import Simulation, SimulationBlock


@dataclass(frozen=True, slots=True)
class Comparison:
    """``equal``: every loan comes out as predicted. Otherwise the loans of the blocks that differ, by why they do.

    ``facts_changed``: something held about loans of the block changed since the simulation (payments, papers, new loans).
    ``unexplained``: the facts are the same, and yet the outcome is another; there must be none.
    """

    equal: bool
    facts_changed: int
    unexplained: int


def comparison_of(check: Simulation, predicted: Simulation) -> Comparison:
    """Compare block by block; two queries."""
    if check.after == predicted.after:
        return Comparison(True, 0, 0)
    before = {block.number: block for block in predicted.blocks.all()}
    changed = unexplained = 0
    for block in check.blocks.all():
        was = before.get(block.number)
        if was is not None and block.after == was.after:
            continue
        if _same_facts(was, block):
            unexplained += block.asked
        else:
            changed += block.asked
    return Comparison(False, changed, unexplained)


def _same_facts(was: SimulationBlock | None, block: SimulationBlock) -> bool:
    return was is not None and was.held == block.held

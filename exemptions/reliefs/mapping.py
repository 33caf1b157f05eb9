"""The whole map: every relief for every loan of one borrower. Pure."""

from __future__ import annotations

from exemptions.reliefs.asking import Asked
from exemptions.reliefs.cells import Cell, Relief
from exemptions.reliefs.easing import easing_cell
from exemptions.reliefs.exempting import exempting_cell


def cells_of(asked: Asked) -> tuple[Cell, ...]:
    """Return one cell for each relief, in the order of the reliefs."""
    return tuple(
        exempting_cell(relief, asked) if relief.is_exemption else easing_cell(relief, asked) for relief in Relief
    )

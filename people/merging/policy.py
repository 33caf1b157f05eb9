"""What becomes of a row when the person it points at turns out to be recorded twice.

Every model with a foreign key to a person says so itself: ``on_merge = {"person": Moves()}``. A relation that says nothing
fails a test, and no merge is carried out while there is one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moves:
    """The row belongs to the remaining person from now on.

    ``money``: it means that somebody owes or receives money, so two people must agree. ``doubles_stay``: where the remaining
    person has the same row already, this one stays where it is. ``for_both_after_undo``: what was written after the merge
    holds for both persons when they are two again, without asking.
    """

    money: bool = False
    doubles_stay: bool = False
    for_both_after_undo: bool = False


@dataclass(frozen=True, slots=True)
class Periods:
    """The row is a period, and of those with equal ``within`` a person has one at a time.

    The remaining person's own periods stand. Of the other's, the days that are still free move, as one row for each gap or,
    without ``splits`` (a row that only makes sense once), the latest gap alone. A row without a free day stays where it is, or,
    with ``covered_goes``, is taken away.
    """

    within: tuple[str, ...] = ()
    splits: bool = True
    covered_goes: bool = False


@dataclass(frozen=True, slots=True)
class Stays:
    """The row says what was true of that record then, and goes on saying it. ``because`` is for the reader of the code."""

    because: str


Policy = Moves | Periods | Stays

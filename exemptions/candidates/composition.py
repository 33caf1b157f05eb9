"""What kind of household lives on a residence record, for requirement ④ (EX-40 no. 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from exemptions.enums import Composition

CHILD_UNDER = 20
"""A single parent's child is under twenty (Act on the Welfare of Mothers, Fathers and Widows with Children, art. 6)."""
_CHILDREN = ("子", "長男", "長女", "二男", "二女", "次男", "次女", "三男", "三女", "四男", "四女", "養子")


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody on the record: birth date, relationship as written there, and whether a disability certificate is on file."""

    born_on: date
    relationship: str
    is_borrower: bool
    has_handbook: bool = False


def composition_of(residents: Sequence[Resident], *, on: date, elderly_age: int) -> Composition | None:
    """The kind of household on a day; None without a record. With a disabled person comes first, any grade (EX-43)."""
    if not residents:
        return None
    if any(each.has_handbook for each in residents):
        return Composition.WITH_DISABLED
    if all(age(each.born_on, on) >= elderly_age for each in residents):
        return Composition.ELDERLY_ONLY
    others = [each for each in residents if not each.is_borrower]
    borrower_is_grown = any(each.is_borrower and age(each.born_on, on) >= CHILD_UNDER for each in residents)
    children = all(each.relationship in _CHILDREN and age(each.born_on, on) < CHILD_UNDER for each in others)
    return Composition.SINGLE_PARENT if others and borrower_is_grown and children else Composition.OTHER


def age(born_on: date, on: date) -> int:
    """Whole years on a day."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))

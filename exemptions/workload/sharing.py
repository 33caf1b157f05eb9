"""Sharing cases out evenly among people. Pure: cases and people in, who gets which out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Case:
    """An application to be given to somebody: its key, who has it now (None: nobody), and who may not decide on it."""

    key: int
    holder: int | None = None
    barred: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Carrier:
    """Somebody who can be given cases, and how many they have besides those that are shared out."""

    key: int
    load: int = 0


@dataclass(frozen=True, slots=True)
class Shared:
    """Who gets which case; ``left`` are those nobody of these people may have (their own work)."""

    given: dict[int, int] = field(default_factory=dict)
    left: tuple[int, ...] = ()

    def counts(self) -> dict[int, int]:
        """How many cases each person gets."""
        found: dict[int, int] = {}
        for person in self.given.values():
            found[person] = found.get(person, 0) + 1
        return found


def share_out(cases: Iterable[Case], among: Sequence[Carrier]) -> Shared:
    """Give each case to the one who then has the least, in the order of the cases; nobody gets their own work.

    Between people with the same load a case stays where it is, else the smaller key decides: the same question always has
    the same answer. Nobody ends with two cases more than somebody else who could have had one of them.
    """
    loads = {each.key: each.load for each in among}
    given: dict[int, int] = {}
    left: list[int] = []
    for case in sorted(cases, key=lambda each: _choices(each, loads)):
        able = [key for key in loads if key not in case.barred]
        if not able:
            left.append(case.key)
            continue
        chosen = min(able, key=lambda key: (loads[key], key != case.holder, key))
        given[case.key] = chosen
        loads[chosen] += 1
    return Shared(given, tuple(left))


def _choices(case: Case, people: Collection[int]) -> int:
    """Among how many a case can be given: the choosy ones go first, so that the free ones can even out."""
    return len(set(people) - case.barred)

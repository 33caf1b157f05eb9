"""When two decided cases are alike in everything that matters, whoever decided them: pure.

What matters is what the rules found, version by version, on the grounds that were asked for, and what a reviewer had to
notice; not names, days or yen. Cases with one key that were decided differently were not told apart by any finding.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

GENERAL = ""
"""The subject of checks that belong to the form, not to one ground."""


def likeness(
    *, fund: str, asked: Iterable[str], result: str, flags: Iterable[str], checks: Sequence[Mapping[str, Any]]
) -> str:
    """Return a key that like cases share: fund, grounds asked for, result, remarks, and every finding on those grounds."""
    subjects = {*asked, GENERAL}
    findings = sorted(
        [str(check["subject"]), str(check["version"]), str(check["finding"])]
        for check in checks
        if check["subject"] in subjects
    )
    essence = [fund, sorted(asked), result, sorted(flags), findings]
    return hashlib.sha256(json.dumps(essence, ensure_ascii=False).encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision, by its key, with the likeness of its case, the outcome and the day."""

    key: int
    likeness: str
    outcome: str
    on: date


def unlike_pairs(decisions: Iterable[Decided]) -> list[tuple[int, int]]:
    """Return pairs of like cases that were decided differently: each case of the rarer outcome beside the nearest other.

    Within a pair the earlier decision comes first.
    """
    alike: dict[str, dict[str, list[Decided]]] = defaultdict(lambda: defaultdict(list))
    for decision in decisions:
        alike[decision.likeness][decision.outcome].append(decision)
    pairs = set()
    for outcomes in alike.values():
        if len(outcomes) < 2:
            continue
        rare, *others = sorted(outcomes.values(), key=lambda each: (len(each), each[0].outcome))
        for one in rare:
            near = min(
                (other for each in others for other in each), key=lambda other: (abs(other.on - one.on), other.key)
            )
            first, second = sorted((one, near), key=lambda each: (each.on, each.key))
            pairs.add((first.key, second.key))
    return sorted(pairs)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often the second answer was the first: a table of two by two, by (first, second) outcome."""

    table: Mapping[tuple[str, str], int]

    @property
    def given(self) -> int:
        return sum(self.table.values())

    @property
    def agreed(self) -> int:
        return sum(number for (first, second), number in self.table.items() if first == second)

    @property
    def per_mille(self) -> int | None:
        """Agreement in tenths of a per cent, rounded down; None before anybody answered."""
        return self.agreed * 1000 // self.given if self.given else None

    @property
    def text(self) -> str:
        """「92.5%」, or 「まだありません」."""
        if self.per_mille is None:
            return "まだありません"
        return f"{self.per_mille // 10}.{self.per_mille % 10}%"

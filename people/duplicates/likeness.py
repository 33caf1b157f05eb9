"""Why two records may be one person, and how likely that is: from what stands in both, without looking anything up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from japan.kana import kana_key, kana_loose, kanji_key
from people.enums import PairReason

CERTAIN = 99
_SCORES = {
    PairReason.SAME_KANA: 80,
    PairReason.SAME_ACCOUNT: 70,
    PairReason.SWAPPED_DAY: 70,
    PairReason.SAME_PHONE: 55,
    PairReason.RENAMED_PHONE: 60,
    PairReason.RENAMED_HOME: 50,
}
_EACH_MORE = 8
_SAME_SPELLING = 6
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared. ``homes`` are marks of today's addresses, empty for whoever's address is withheld."""

    name: str
    kana: str
    born: date
    phones: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    homes: frozenset[str] = field(default_factory=frozenset)

    @property
    def given(self) -> str:
        """The loose key of the given name: the last part of the reading; empty where the reading has one part only."""
        parts = self.kana.replace("\u3000", " ").split()
        return kana_loose(parts[-1]) if len(parts) > 1 else ""

    @property
    def family(self) -> str:
        parts = self.kana.replace("\u3000", " ").split()
        return kana_loose(parts[0]) if len(parts) > 1 else ""


def reasons(one: Traits, other: Traits) -> tuple[PairReason, ...]:
    """Every reason to take two records for one person, none where there is none."""
    found = []
    same_name = kana_loose(one.kana) == kana_loose(other.kana)
    if same_name and one.born == other.born:
        found.append(PairReason.SAME_KANA)
    if one.accounts & other.accounts:
        found.append(PairReason.SAME_ACCOUNT)
    if one.phones & other.phones and (same_name or alike(kana_key(one.kana), kana_key(other.kana)) >= _ALIKE):
        found.append(PairReason.SAME_PHONE)
    if same_name and swapped(one.born, other.born):
        found.append(PairReason.SWAPPED_DAY)
    if one.born == other.born and one.given and one.given == other.given and one.family != other.family:
        if one.phones & other.phones:
            found.append(PairReason.RENAMED_PHONE)
        if one.homes & other.homes:
            found.append(PairReason.RENAMED_HOME)
    return tuple(found)


def score(found: tuple[PairReason, ...], one: Traits, other: Traits) -> int:
    """From 1 to 99: the strongest reason, a little more for each further one and for the same written name."""
    if not found:
        return 0
    best = max(_SCORES.get(reason, 0) for reason in found)
    spelled = _SAME_SPELLING if kanji_key(one.name) == kanji_key(other.name) else 0
    return min(CERTAIN, best + _EACH_MORE * (len(found) - 1) + spelled)


def swapped(one: date, other: date) -> bool:
    """Whether month and day of the one are day and month of the other, in the same year."""
    return one != other and (one.year, one.month, one.day) == (other.year, other.day, other.month)


def alike(one: str, other: str) -> float:
    """How much two readings share, 0 to 1: twice the common pairs of neighbours among all pairs (Dice)."""
    first, second = _pairs(one), _pairs(other)
    if not first or not second:
        return float(one == other)
    return 2 * len(first & second) / (len(first) + len(second))


def _pairs(text: str) -> set[str]:
    return {a + b for a, b in zip(text, text[1:], strict=False)}

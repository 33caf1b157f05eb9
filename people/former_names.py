"""Whom a search text names by a name they bore before, or by the name in a record that was merged into theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from japan.kana import kana_key, kana_loose, kanji_key
from people.models import FormerName, Person
from people.name_conditions import NOBODY, named_or_alike

MOST: Final = 1_000
"""Former names looked at for one text: nobody reads a longer list."""


@dataclass(frozen=True, slots=True)
class Borne:
    """One former name: whose it was, how it was written, and its keys."""

    person_id: int
    name: str
    name_key: str
    kana_key: str
    kana_loose: str


@dataclass(frozen=True, slots=True)
class FormerNames:
    """The former names that any word of a search text may mean."""

    found: tuple[Borne, ...] = field(default=())

    def of(self, word: str) -> set[int]:
        """Persons who bore a name or reading with this word in it; a single character only at its beginning."""
        name, kana = kanji_key(word), kana_key(word)
        return {each.person_id for each in self.found if _holds(each.name_key, name) or _holds(each.kana_key, kana)}

    def of_all(self, words: Iterable[str]) -> set[int]:
        """Persons of whom every word is a former name or part of one; none where there is no word."""
        sets = [self.of(word) for word in words]
        return set.intersection(*sets) if sets else set()

    def alike(self, words: Iterable[str]) -> set[int]:
        """Persons of whom some former reading sounds like all of the words together."""
        keys = [kana_loose(word) for word in words]
        if not all(keys):
            return set()
        return {each.person_id for each in self.found if all(_holds(each.kana_loose, key) for key in keys)}

    def words_for(self, person_id: int) -> tuple[str, ...]:
        """How the former names of one person that were found are written, each once."""
        return tuple(dict.fromkeys(each.name for each in self.found if each.person_id == person_id))


def former_names(words: Iterable[str]) -> FormerNames:
    """Former names with any of these words, or that sound so. One query."""
    wanted = NOBODY
    for word in words:
        wanted |= named_or_alike(word)
    if wanted == NOBODY:
        return FormerNames()
    columns = ("name", "name_key", "kana_key", "kana_loose")
    changed = FormerName.objects.filter(wanted).values_list("person_id", *columns)[:MOST]
    merged = Person.objects.filter(wanted, merged_into__isnull=False).values_list("merged_into_id", *columns)[:MOST]
    return FormerNames(tuple(Borne(*row) for row in changed.union(merged, all=True)))


def _holds(key: str, part: str) -> bool:
    return key.startswith(part) if len(part) == 1 else bool(part) and part in key

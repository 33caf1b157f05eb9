"""Conditions on the key columns of a name: the same for the name a person bears and for one they bore before."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from japan.kana import bigrams_sought, kana_key, kana_loose, kanji_key

NOBODY: Final = Q(pk__in=[])
_NAME_COLUMNS: Final = (("name_key", kanji_key), ("kana_key", kana_key))


def named(word: str) -> Q:
    """Whose name or reading holds the word; one character only at the beginning."""
    found = NOBODY
    for column, key_of in _NAME_COLUMNS:
        if key := key_of(word):
            found |= within(column, key)
    return found


def named_or_alike(word: str) -> Q:
    """Whose name or reading holds the word, or sounds so."""
    key = kana_loose(word)
    return named(word) | (within("kana_loose", key) if key else NOBODY)


def within(column: str, key: str) -> Q:
    """Rows whose key column holds a key, through the index of pairs of letters; a single letter at the beginning."""
    if len(key) == 1:
        return Q(**{f"{column}__startswith": key})
    return Q(name_bigrams__contains=bigrams_sought(key), **{f"{column}__contains": key})


def begins(word: str) -> Q:
    """Whose name or reading begins with the word."""
    return _either("startswith", word)


def contains(word: str) -> Q:
    """The same as ``named`` on rows already found, where no index is needed."""
    return _either("contains", word)


def _either(how: str, word: str) -> Q:
    found = NOBODY
    for column, key_of in _NAME_COLUMNS:
        if key := key_of(word):
            found |= Q(**{f"{column}__{how}": key})
    return found

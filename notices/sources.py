"""Who is due which letter: declared by the app that owns the facts, in its ``letters.py``, as a tuple ``SOURCES``.

The engine asks each source what is due, drafts one letter for each occasion, and knows no loan.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat


@dataclass(frozen=True, slots=True)
class Draft:
    """What one letter will say, before it has an address, a number and a day.

    ``content`` holds the fields that the kind's facts class adds to ``LetterFacts``, as plain values of their types;
    ``office_id`` is the office that sends, ``addressee_id`` the person it goes to.
    """

    addressee_id: int
    office_id: int
    content: Mapping[str, Any]
    language: str = "ja"


@dataclass(frozen=True, slots=True)
class Occasion:
    """A due occasion in words for the list of tonight: to whom, and about what (「貸付コード 0200001」)."""

    addressee_id: int
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class LetterSource:
    """One kind of letter and when it is due.

    ``due(day)`` gives the occasions (strings of at most 100 characters, such as ``decision:12``) that call for this letter
    by the end of the day, whether or not a letter was drafted already: the engine leaves those out by the unique row.
    It must be one set-based query. ``draft(occasion)`` gives its content, or None where the occasion has lapsed since.
    ``describe(occasions)`` tells of some of them in words, with one query. ``due_rows(day)`` is ``due`` as an unordered
    queryset of rows, named by ``occasions``: whoever only counts puts those of all kinds into one query.
    """

    kind: str
    label: str
    due: Callable[[date], Iterable[str]]
    draft: Callable[[str], Draft | None]
    describe: Callable[[Collection[str]], Mapping[str, Occasion]]
    due_rows: Callable[[date], QuerySet[Any]] | None = None


def occasions(prefix: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The occasions that rows call for, one column of 「prefix:key」."""
    named = Concat(Value(f"{prefix}:"), Cast("pk", CharField()), output_field=CharField())
    return rows.order_by().annotate(occasion=named).values_list("occasion", flat=True)


@cache
def all_sources() -> dict[str, LetterSource]:
    """Every declared source by the code of its letter kind."""
    from django.apps import apps

    found: dict[str, LetterSource] = {}
    for app in apps.get_app_configs():
        name = f"{app.name}.letters"
        if find_spec(name) is None:
            continue
        for source in getattr(import_module(name), "SOURCES", ()):
            if source.kind in found:
                raise ValueError(f"two sources are declared for the letter {source.kind}")
            found[source.kind] = source
    return found

"""A letter's frozen facts in words, for the page beside its PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any, get_type_hints

from japan.eras import era_date, era_month
from japan.yen import yen
from notices.kinds import LetterKind


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact: its Japanese label and how it is printed."""

    label: str
    text: str


def described(declared: LetterKind, content: Mapping[str, Any]) -> list[FactLine]:
    """The labelled fields of a letter's own content, in the order of its facts class. ``content`` is JSON."""
    return list(_lines(declared.facts_type, content))


def _lines(shape: type, content: Mapping[str, Any]) -> Iterator[FactLine]:
    hints = get_type_hints(shape)
    for part in fields(shape):
        value, hint = content.get(part.name), hints[part.name]
        label = part.metadata.get("label")
        if value is None:
            continue
        if is_dataclass(hint) and isinstance(hint, type) and isinstance(value, Mapping):
            for line in _lines(hint, value):
                yield FactLine(f"{label}：{line.label}" if label else line.label, line.text)
        elif label:
            yield FactLine(label, _text(part.metadata.get("unit"), hint, value))


def _text(unit: str | None, hint: Any, value: Any) -> str:
    if unit == "month":
        return era_month(value)
    if hint is date:
        return era_date(date.fromisoformat(value))
    return yen(value) if type(value) is int else str(value)

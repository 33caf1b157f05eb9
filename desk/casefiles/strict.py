"""Strict reading of JSON: every value knows the path to it, and whatever does not fit is refused by that path."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NoReturn, TypeVar

from django.db.models import TextChoices

from japan.months import parse_month
from rulebook.setting_keys import shown

Word = TypeVar("Word", bound=TextChoices)
Read = TypeVar("Read")

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years a case file may speak of; enough for every certificate and every plan, and safe for calendars."""

MOST_YEN = 10**15

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}", re.ASCII)


class CaseFileError(ValueError):
    """A case file does not fit its description; ``path`` is the key (``"loans[0].first_due"``), empty for the file."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


class _Pairs(dict[str, Any]):
    """An object as written, remembering a key that occurs twice."""

    repeated: str | None = None


def _pairs(items: list[tuple[str, Any]]) -> _Pairs:
    result = _Pairs()
    for key, value in items:
        if key in result and result.repeated is None:
            result.repeated = key
        result[key] = value
    return result


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def load(raw: bytes) -> Node:
    """Read UTF-8 JSON (with or without BOM); what is no JSON, or has a key twice, is a :class:`CaseFileError`."""
    try:
        value = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_pairs, parse_constant=_no_constant)
        _refuse_repeated_keys(value, "")
    except UnicodeDecodeError as error:
        raise CaseFileError("", f"not UTF-8 at byte {error.start}") from None
    except RecursionError:
        raise CaseFileError("", "nested too deeply") from None
    except CaseFileError:
        raise
    except ValueError as error:
        raise CaseFileError("", f"not JSON: {error}") from None
    return Node(value, "")


def _refuse_repeated_keys(value: Any, path: str) -> None:
    if isinstance(value, _Pairs):
        if value.repeated is not None:
            raise CaseFileError(_member_path(path, value.repeated), "key occurs twice")
        for key, member in value.items():
            _refuse_repeated_keys(member, _member_path(path, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            _refuse_repeated_keys(item, f"{path}[{i}]")


def _member_path(path: str, key: str) -> str:
    name = key if _PLAIN_KEY.fullmatch(key) else shown(key)
    return f"{path}.{name}" if path else name


class Node:
    """A JSON value and the path to it. Each method returns the value as one type or refuses it."""

    def __init__(self, value: Any, path: str) -> None:
        self.value = value
        self.path = path

    @property
    def is_null(self) -> bool:
        """Whether the value is null."""
        return self.value is None

    def refuse(self, expected: str) -> NoReturn:
        """Raise the error that this value is not what was expected."""
        raise CaseFileError(self.path, f"expected {expected}, got {shown(self.value)}")

    def members(self, *, required: Iterable[str] = (), optional: Iterable[str] = ()) -> dict[str, Node]:
        """Return the members of an object; a missing or unknown key is refused by its path."""
        if not isinstance(self.value, dict):
            self.refuse("an object")
        required, optional = tuple(required), tuple(optional)
        for key in self.value:
            if key not in required and key not in optional:
                raise CaseFileError(_member_path(self.path, key), "unknown key")
        for key in required:
            if key not in self.value:
                raise CaseFileError(_member_path(self.path, key), "required, but missing")
        return {key: Node(value, _member_path(self.path, key)) for key, value in self.value.items()}

    def items(self) -> list[Node]:
        """Return the items of a list."""
        if not isinstance(self.value, list):
            self.refuse("a list")
        return [Node(value, f"{self.path}[{i}]") for i, value in enumerate(self.value)]

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from *low* to *high*; true and false are no numbers."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not low <= self.value <= high:
            self.refuse(f"a whole number {low}–{high}")
        return self.value

    def yen(self) -> int:
        """Return an amount in whole yen, zero or more."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not 0 <= self.value <= MOST_YEN:
            self.refuse("whole yen, zero or more")
        return self.value

    def yes_or_no(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            self.refuse("true or false")
        return self.value

    def text(self) -> str:
        """Return a text that is neither empty nor holds control characters or broken surrogates."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.refuse("a text")
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in self.value):
            self.refuse("a text without control characters")
        return self.value

    def word(self, words: type[Word]) -> Word:
        """Return one of the words of an enumeration."""
        if not isinstance(self.value, str) or self.value not in words.values:
            self.refuse(" or ".join(words.values))
        return words(self.value)

    def day(self) -> date:
        """Return a day written YYYY-MM-DD; it must be a real one of the years 1900 to 2200."""
        if not isinstance(self.value, str) or not _DATE.fullmatch(self.value):
            self.refuse("YYYY-MM-DD")
        try:
            day = date.fromisoformat(self.value)
        except ValueError:
            self.refuse("a real date")
        self._in_range(day.year)
        return day

    def month(self) -> int:
        """Return the index of a month written YYYY-MM, of the years 1900 to 2200."""
        if not isinstance(self.value, str):
            self.refuse("YYYY-MM")
        try:
            month = parse_month(self.value)
        except ValueError:
            self.refuse("YYYY-MM")
        self._in_range(month // 12)
        return month

    def _in_range(self, year: int) -> None:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            self.refuse(f"a year {FIRST_YEAR}–{LAST_YEAR}")

    def maybe(self, read: Callable[[Node], Read]) -> Read | None:
        """Return None for null, otherwise what *read* makes of the value."""
        return None if self.is_null else read(self)

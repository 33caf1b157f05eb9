"""What a search text was understood to ask for: words, numbers and days of birth, in any order and any spelling."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

from japan.eras import ERAS, DateError, parse_date
from japan.lots import lot_key

MOST_PARTS: Final = 5
"""Parts of one search text that are looked at; what a caller says has fewer."""

_NUMBER = re.compile(r"\+?[\d()\-‐‑–−ー]*\d[\d()\-‐‑–−ー]*", re.ASCII)
_LOT = re.compile(r"\d+(?:-\d+)*", re.ASCII)
_COMPACT_DAY = re.compile(r"(19|20)\d{6}", re.ASCII)
_ERA_SIGNS = {sign: era for era in ERAS for sign in (era.name, era.name[0], era.letter)}
_YEAR = re.compile(
    rf"(?P<sign>{'|'.join(sorted(_ERA_SIGNS, key=len, reverse=True))})(?P<year>\d{{1,2}}|元)"
    r"(?:年(?:(?P<month>\d{1,2})月)?)?(?:生まれ?)?"
)
_WESTERN_YEAR = re.compile(r"(?P<year>(?:18|19|20)\d\d)(?P<said>年)?(?:(?P<month>\d{1,2})月)?(?:生まれ?)?", re.ASCII)
_HONORIFIC = re.compile(r"(?<=[\u3005\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])(?:様|さま|さん|殿)$")
_ALONE_HONORIFIC = {"様", "さま", "さん", "サマ", "サン", "氏", "殿"}


@dataclass(frozen=True, slots=True)
class Number:
    """One part of a text that is made of digits. ``lot`` is the part as a lot (1-2-3), empty where it cannot be one.

    ``born`` is the day or year that the digits may also mean (19710302, 1971).
    """

    digits: str
    lot: str = ""
    born: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for. Words are as typed (NFKC); ``born`` is the first and last day of birth that fits."""

    words: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    born: tuple[date, date] | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.numbers or self.born)

    @property
    def digits(self) -> str:
        """All digits as one number, for people who say it in groups."""
        return "".join(number.digits for number in self.numbers)

    @property
    def birth_date(self) -> date | None:
        """The day of birth, where a whole day was given."""
        return self.born[0] if self.born is not None and self.born[0] == self.born[1] else None

    @property
    def parts(self) -> int:
        return len(self.words) + len(self.numbers) + (self.born is not None)


def understand(text: str) -> Sought:
    """Sort the parts of a search text: days of birth (any era format, also a year or month alone), numbers, words."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return Sought()
    whole = day_of(plain)
    if whole is not None:
        return Sought(born=(whole, whole))
    words: list[str] = []
    numbers: list[Number] = []
    born: tuple[date, date] | None = None
    for part in plain.split()[:MOST_PARTS]:
        if (day := day_of(part)) is not None:
            born = (day, day)
        elif (span := span_of(part)) is not None:
            born = span
        elif _NUMBER.fullmatch(part):
            numbers.append(_number(part))
        elif part not in _ALONE_HONORIFIC or not words:
            words.append(_HONORIFIC.sub("", part))
    return Sought(words=tuple(words), numbers=tuple(numbers), born=born)


def day_of(text: str) -> date | None:
    """The day a text says, in any way of writing it."""
    try:
        return parse_date(text)
    except DateError:
        return None


def span_of(text: str) -> tuple[date, date] | None:
    """The first and last day of a year or month: 昭和46, S46, 昭46年3月, 1971年. A bare 1971 is a number."""
    if found := _YEAR.fullmatch(text.upper()):
        era = _ERA_SIGNS[found["sign"]]
        year = era.first.year - 1 + (1 if found["year"] == "元" else int(found["year"]))
        span = _span(year, found["month"])
        return span if span is not None and span[1] >= era.first and span[0] <= era.last else None
    found = _WESTERN_YEAR.fullmatch(text)
    if found is None or not found["said"]:
        return None
    return _span(int(found["year"]), found["month"])


def _number(part: str) -> Number:
    digits = re.sub(r"\D", "", part)
    if part.startswith("+81"):
        digits = "0" + digits.removeprefix("81").removeprefix("0")
    key = lot_key(part)
    born = None
    if _COMPACT_DAY.fullmatch(digits):
        day = day_of(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
        born = (day, day) if day is not None else None
    elif found := _WESTERN_YEAR.fullmatch(part):
        born = _span(int(found["year"]), None)
    return Number(digits=digits, lot=key if _LOT.fullmatch(key) and len(digits) <= 9 else "", born=born)


def _span(year: int, month: str | None) -> tuple[date, date] | None:
    if not 1873 <= year <= 2100:
        return None
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if not 1 <= int(month) <= 12:
        return None
    return date(year, int(month), 1), date(year, int(month), monthrange(year, int(month))[1])

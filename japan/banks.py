"""Banks and branches: names and readings by code, and search for forms.

The directory is the package ``zengin-code`` (see docs/adr). It is read when somebody asks for the first time, not when
the program starts. 9999 is assigned to no bank: it is the practice bank of demonstrations and tests, which the
directory answers for and no search offers.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final, TypeVar

from japan.kana import kana_key, kanji_key
from japan.zengin.kana import half_width
from japan.zengin.yucho import YUCHO_BANK

PRACTICE_BANK: Final = "9999"
MOST_FOUND: Final = 20


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch; ``kana`` is half-width, fit for a bank file."""

    code: str
    name: str
    kana: str


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank; ``kana`` is half-width, fit for a bank file."""

    code: str
    name: str
    kana: str

    @property
    def is_yucho(self) -> bool:
        return self.code == YUCHO_BANK


Found = TypeVar("Found", Bank, Branch)


def bank(code: str) -> Bank | None:
    """The bank with a code of four digits, or None."""
    return _banks().get(code)


def branch(bank_code: str, code: str) -> Branch | None:
    """The branch of a bank with a code of three digits, or None."""
    return _branches(bank_code).get(code)


def bank_name(code: str) -> str:
    """The name of a bank for a page; its code where the directory no longer knows it."""
    found = bank(code)
    return found.name if found else f"銀行番号 {code}"


def branch_name(bank_code: str, code: str) -> str:
    """The name of a branch for a page, with its code."""
    found = branch(bank_code, code)
    return f"{found.name}（{code}）" if found else f"支店番号 {code}"


def find_banks(text: str) -> list[Bank]:
    """Banks whose code or name begins with, or whose name contains, what was typed; at most ``MOST_FOUND``."""
    return _find(text, (found for found in _banks().values() if found.code != PRACTICE_BANK))


def find_branches(bank_code: str, text: str) -> list[Branch]:
    """Branches of a bank in the same way."""
    return _find(text, _branches(bank_code).values())


def directory_version() -> str:
    """Version of the directory; its last part is the day of the data."""
    return version("zengin-code")


def _find(text: str, among: Iterable[Found]) -> list[Found]:
    typed = "".join(unicodedata.normalize("NFKC", text).split())
    for ending in ("銀行", "支店"):
        typed = typed.removesuffix(ending) or typed
    kana, kanji = kana_key(typed), kanji_key(typed)
    if not typed:
        return []

    def rank(each: Found) -> int | None:
        if typed.isdecimal():
            return 0 if each.code.startswith(typed) else None
        reading, name = kana_key(each.kana), kanji_key(each.name)
        if name == kanji or reading == kana:
            return 0
        if name.startswith(kanji) or (kana and reading.startswith(kana)):
            return 1
        return 2 if kanji in name else None

    ranked = [(place, each.code, each) for each in among if (place := rank(each)) is not None]
    return [each for _, _, each in sorted(ranked, key=lambda found: found[:2])[:MOST_FOUND]]


def _narrow(kana: str) -> str:
    """The directory's full-width reading as bank files write it. It is legal but for its width; a test says so."""
    return " ".join(half_width(kana).replace(".", " ").split())


def _full_name(code: str, name: str) -> str:
    """The directory leaves 銀行 out of the names of city, regional and trust banks, which people expect to read."""
    left_out = code < "0200" or "0288" <= code < "0400" or "0500" <= code < "0600" or code == YUCHO_BANK
    return f"{name}銀行" if left_out else name


@functools.cache
def _banks() -> Mapping[str, Bank]:
    import zengin_code  # reads 1,400 files

    found = {
        each.code: Bank(each.code, _full_name(each.code, each.name), _narrow(each.kana))
        for each in zengin_code.Bank.all.values()
    }
    return found | {PRACTICE_BANK: Bank(PRACTICE_BANK, "テスト銀行", "ﾃｽﾄｷﾞﾝｺｳ")}


@functools.cache
def _branches(bank_code: str) -> Mapping[str, Branch]:
    import zengin_code

    if bank_code == PRACTICE_BANK:
        return {"999": Branch("999", "テスト支店", "ﾃｽﾄｼﾃﾝ")}
    found = zengin_code.Bank.all.get(bank_code)
    if found is None:
        return {}
    return {each.code: Branch(each.code, each.name, _narrow(each.kana)) for each in found.branches.values()}

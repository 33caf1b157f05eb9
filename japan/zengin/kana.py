"""How a name is written for a bank: half-width, without small kana and long marks, out of a set that depends on the field.

Sources: the standard's appendix 1 (使用文字) as restated by several banks. We write the narrow sets of all sources and
read the wide one.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import Final

_KANA = frozenset(map(chr, range(0xFF71, 0xFFA0)))  # ｱ … ﾝ ﾞ ﾟ
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ")
WIDE: Final = _KANA | _PLAIN | frozenset("ｦ\\｢｣()-/.")
"""What a bank may send us in a name field."""


class FieldClass(Enum):
    """The kinds of text fields, with the characters we write into them."""

    BANK = _KANA | _PLAIN | frozenset("-")
    """Names of banks and branches (店舗名)."""
    NAME = _KANA | _PLAIN | frozenset("()-.")
    """Names of accounts, payees and originators (口座名等)."""
    EDI = WIDE
    """EDI情報."""


class BankTextError(ValueError):
    """A text that no bank can read. ``str()`` is a Japanese sentence for the person who typed it."""


@dataclass(frozen=True, slots=True)
class BankText:
    """A text as a bank reads it, one byte for each character, and what was changed to get there, in sentences."""

    text: str
    changes: tuple[str, ...] = ()


_HALF = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF61, 0xFFA0)}
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_HYPHENS = dict.fromkeys(map(ord, "ー‐‑‒–—―−"), "-")
_SPACED = dict.fromkeys(map(ord, "・、,"), " ")
_VOICING = {0x309B: "\u3099", 0x309C: "\u309a"}
_STEPS = (
    (_HIRAGANA, "ひらがなをカタカナにしました。"),
    (_SMALL, "小さいカナを大きいカナにしました。"),
    (_HYPHENS, "長音と横棒を「-」にしました。"),
    (_SPACED, "「・」「、」を空白にしました。"),
    ({ord("¥"): "\\"}, "「¥」を「\\」にしました。"),
)


def bank_kana(text: str, field_class: FieldClass, *, length: int | None = None) -> BankText:
    """Write a name as banks read it; ``length`` is the room in bytes (a voiced kana takes two).

    Raises ``BankTextError`` for kanji and other characters that the field cannot hold, for a text that is too long
    (nothing is ever cut off) and for an empty one.

    >>> bank_kana("やまだ　ショーコ", FieldClass.NAME).text
    'ﾔﾏﾀﾞ ｼﾖ-ｺ'
    """
    changes: list[str] = []
    plain = unicodedata.normalize("NFKC", text.translate(_VOICING))
    for table, sentence in _STEPS:
        changed = plain.translate(table)
        if changed != plain:
            changes.append(sentence)
        plain = changed
    if plain.upper() != plain:
        changes.append("英字を大文字にしました。")
        plain = plain.upper()
    closed = " ".join(plain.split())
    if closed != plain:
        changes.append("余分な空白を除きました。")
    half = half_width(closed)
    if any(unicodedata.east_asian_width(character) in "FW" for character in text):
        changes.append("全角を半角にしました。")
    refuse_unwritable(half, field_class, shown=text)
    if length is not None and len(half) > length:
        raise BankTextError(
            f"「{text.strip()[:40]}」は半角で{len(half)}文字になり、{length}文字の欄に入りません。"
            "濁点・半濁点も1文字です。通帳に印字された表記をお確かめください。"
        )
    if half != text and not changes:
        changes.append("文字を半角の形にそろえました。")
    return BankText(text=half, changes=tuple(changes))


def half_width(text: str) -> str:
    """Kana, digits and letters in half width, a voiced kana in two characters; nothing else is changed."""
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text))
    return "".join(_HALF.get(character, character) for character in decomposed)


def refuse_unwritable(half: str, field_class: FieldClass, *, shown: str) -> None:
    """Raise ``BankTextError`` for an empty text or one with a character that the field cannot hold."""
    if not half:
        raise BankTextError("カナを入力してください。")
    unwritable = next((character for character in half if character not in field_class.value), None)
    if unwritable is not None:
        raise BankTextError(
            f"「{shown.strip()[:40]}」の「{unicodedata.normalize('NFKC', unwritable)}」は銀行のデータに使えない文字です。"
            "通帳に印字されたカナで入力してください。"
        )


def same_holder(one: str, other: str) -> bool:
    """Whether two names are the same account holder's: written as banks read them, spaces apart.

    Raises ``BankTextError`` where one of them cannot be written at all.
    """
    first, second = (bank_kana(name, FieldClass.NAME).text.replace(" ", "") for name in (one, other))
    return first == second

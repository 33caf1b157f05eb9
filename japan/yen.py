"""Whole yen: reading what people type, writing what they read. No fractions, no floats."""

import re
import unicodedata

_LARGEST_DIGITS = 12
_AMOUNT = re.compile(r"\d+|\d{1,3}(?:,\d{3})+", re.ASCII)
_FRACTION = re.compile(r"[\d,]*\.\d*", re.ASCII)
_MINUS_SIGNS = "-‐‑–—−△▲"


class YenError(ValueError):
    """An amount that cannot be read. ``str()`` is a Japanese sentence for the person who typed it."""


def yen(amount: int) -> str:
    """Write an amount: ``540,000円``; a negative one as ``-5,000円``."""
    return f"{amount:,}円"


def parse_yen(text: str) -> int:
    """Read an amount of whole yen, zero or more.

    ``¥``, ``￥``, ``円``, thousands commas (also 、) and full-width characters are accepted. Fractions, negative
    amounts, misplaced commas, empty and other text raise ``YenError``.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).replace("、", ",")
    digits = plain.removeprefix("¥").removesuffix("円")
    if not digits:
        raise YenError("金額を入力してください。")
    if digits[0] in _MINUS_SIGNS or plain[0] in _MINUS_SIGNS:
        raise YenError("マイナスの金額は入力できません。0円以上の金額を入力してください。")
    if _FRACTION.fullmatch(digits):
        raise YenError("1円未満の端数は入力できません。円単位の整数で入力してください。")
    if not _AMOUNT.fullmatch(digits):
        raise YenError(f"「{text.strip()[:40]}」は金額として読み取れません。540,000 のように数字で入力してください。")
    digits = digits.replace(",", "")
    if len(digits.lstrip("0")) > _LARGEST_DIGITS:
        raise YenError("金額が大きすぎます。桁数をお確かめください。")
    return int(digits)

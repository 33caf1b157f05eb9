"""Search keys for town names and lots: 小町一丁目2番3号, 小町1-2-3 and 小町１丁目２－３ share one key.

For finding only, as the keys of names are: addresses are stored and printed exactly as they were received.
"""

import re
import unicodedata

from japan.variants import FOLDED

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－~〜", "-"))
_NUMERALS = {"〇": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十百]+(?=丁目|丁|番|号|条|線)")
_LOT_WORDS = re.compile(r"(?<=[0-9])(?:丁目|番地ノ|番地|番ノ|番|号|丁|ノ)")
_LONG_MARK = re.compile(r"(?<=[0-9])ー|ー(?=[0-9])")
_BETWEEN_KANJI = re.compile(
    r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff])[ガヶヵ](?=[\u3400-\u9fff\U00020000-\U0003ffff])"
)
_SELECTORS = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])
_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_FULL_SIZE = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_FOLDED = str.maketrans({**FOLDED, "之": "ノ"})
_NOT_A_DIGIT_BEFORE, _NOT_A_DIGIT_AFTER = "(?<![0-9])", "(?![0-9])"


def lot_key(text: str) -> str:
    """Return the key of a town name with its lot, or of a part of one; a building's name is left as it is.

    >>> lot_key("小町一丁目２番３号") == lot_key("小町1-2-3"), lot_key("霞が関三丁目")
    (True, '霞ケ関3')
    """
    plain = "".join(unicodedata.normalize("NFKC", text.translate(_SELECTORS)).upper().split()).translate(_DASHES)
    plain = _LONG_MARK.sub("-", _KANJI_NUMBER.sub(_as_digits, plain)).translate(_HIRAGANA_TO_KATAKANA)
    plain = (
        _BETWEEN_KANJI.sub("ケ", plain.translate(_FOLDED)).translate(_FULL_SIZE).replace("大字", "").replace("字", "")
    )
    return re.sub(r"-+", "-", _LOT_WORDS.sub("-", plain)).strip("-")


def lot_pattern(key: str) -> str:
    """A regular expression for PostgreSQL that finds a key inside a longer one without cutting a number in two.

    >>> lot_pattern("小町1")
    '小町1(?![0-9])'
    """
    before = _NOT_A_DIGIT_BEFORE if key[:1].isdigit() else ""
    after = _NOT_A_DIGIT_AFTER if key[-1:].isdigit() else ""
    return f"{before}{re.escape(key)}{after}"


def _as_digits(found: re.Match[str]) -> str:
    """The number that kanji numerals say: 七 is 7, 十二 is 12, 二十 is 20, 一〇 is 10."""
    total, digits = 0, ""
    for sign in found[0]:
        if sign in "十百":
            total += int(digits or "1") * (10 if sign == "十" else 100)
            digits = ""
        else:
            digits += str(_NUMERALS[sign])
    return str(total + int(digits or "0"))

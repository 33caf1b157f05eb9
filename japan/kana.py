"""Search keys for names: what a person typed and what is stored meet in the same key.

Keys are for finding people, never for telling them apart: long marks fall away, so ヨーコ and ヨコ share a key. They
are computed on save into indexed columns of their own. Stored names stay exactly as they were received.
"""

import unicodedata

from japan.variants import FOLDED

_DAKUTEN = dict.fromkeys((0x3099, 0x309A))
_SELECTORS = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x200B, 0x200C, 0x200D, 0xFEFF])
_DROPPED = dict.fromkeys(map(ord, "・･.,'’-‐‑‒–—―−ーｰ~〜゠="))
_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in [*range(0x3041, 0x3097), 0x309D, 0x309E]}
_FULL_SIZE = str.maketrans(
    "ァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ",
    "アイウエオツヤユヨワカケクシストヌハヒフヘホムラリルレロ",
)
_OLD_KANA = str.maketrans("ヲヰヱ", "オイエ")
_FOLDED = str.maketrans({**FOLDED, "ヶ": "ケ", "ヵ": "カ"})
_REPEAT = "々"


def kana_key(text: str) -> str:
    """Return the key of a reading: full-size katakana without spaces, dots, hyphens and long marks.

    >>> kana_key("やまだ　たろう") == kana_key("ﾔﾏﾀﾞ ﾀﾛｳ") == kana_key("ヤマダ・タロウ")
    True
    >>> kana_key("ヨーコ"), kana_key("ショウゴ")
    ('ヨコ', 'シヨウゴ')
    """
    plain = _without_spaces(unicodedata.normalize("NFKC", text.translate(_SELECTORS)).upper())
    plain = plain.translate(_DROPPED).translate(_HIRAGANA_TO_KATAKANA).translate(_FULL_SIZE)
    return unicodedata.normalize("NFC", plain)


def kana_loose(text: str) -> str:
    """Return ``kana_key`` without voicing marks and with ヲヰヱ as オイエ, for "did you mean", never to match
    payments.

    >>> kana_loose("ナカジマ") == kana_loose("なかしま")
    True
    """
    plain = unicodedata.normalize("NFD", kana_key(text)).translate(_DAKUTEN)
    return unicodedata.normalize("NFC", plain).translate(_OLD_KANA)


def kanji_key(text: str) -> str:
    """Return the key of a written name: no variation selectors, no spaces, variants folded into the common form.

    >>> kanji_key("渡邊 太郎") == kanji_key("渡辺太郎")
    True
    """
    plain = _without_spaces(unicodedata.normalize("NFKC", text.translate(_SELECTORS)).upper()).translate(_FOLDED)
    if _REPEAT not in plain:
        return plain
    spelled: list[str] = []
    for character in plain:
        spelled.append(spelled[-1] if character == _REPEAT and spelled else character)
    return "".join(spelled)


def bigrams(text: str) -> list[str]:
    """Return the single characters and pairs of neighbours in a key, sorted, each once, for a ``text[]`` column with
    GIN.

    >>> bigrams("山田山")
    ['山', '山田', '田', '田山']
    """
    return sorted(set(text) | set(_pairs(text)))


def bigrams_sought(text: str) -> list[str]:
    """Return what ``bigrams`` of a name must contain if *text* (a key) occurs in it: its pairs, or the one character.

    A name that contains them all need not contain *text* itself; check the hits with ``contains``.
    """
    return sorted(set(_pairs(text))) or list(text)


def _pairs(text: str) -> list[str]:
    return [first + second for first, second in zip(text, text[1:], strict=False)]


def _without_spaces(text: str) -> str:
    return "".join(text.split())

"""Search keys for names: what a person typed and what is stored meet in the same key.

Keys are for finding people, never for telling them apart: long marks fall away, so ヨーコ and ヨコ share a key. They
are computed on save into indexed columns of their own. Stored names stay exactly as they were received.
"""

import re
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
_ALIKE_VOICED = [
    ("ヴア", "バ"),
    ("ヴイ", "ビ"),
    ("ヴエ", "ベ"),
    ("ヴオ", "ボ"),
    ("ヴ", "ブ"),
    ("ヅ", "ズ"),
    ("ヂ", "ジ"),
]
_ROWS = {
    "ア": "アカサタナハマヤラワ",
    "イ": "イキシチニヒミリ",
    "ウ": "ウクスツヌフムユル",
    "エ": "エケセテネヘメレ",
    "オ": "オコソトノホモヨロ",
}
_VOWEL = {kana: vowel for vowel, row in _ROWS.items() for kana in row}
_LENGTHENS = {"ア": "ア", "イ": "イ", "ウ": "ウ", "エ": "エイ", "オ": "オウ"}
_FOLDED = str.maketrans({**FOLDED, "ヶ": "ケ", "ヵ": "カ"})
_BETWEEN_NAMES = dict.fromkeys(map(ord, "・･.,'’=゠"))
_LATIN_MARKS = re.compile(r"(?<=[A-Z])[\u0300-\u036f]+")
_LATIN_APART = str.maketrans("ĐŁØ", "DLO")
_SPOKEN = frozenset(chr(code) for code in range(0x30A1, 0x30FB))
_REPEAT = "々"
_KANA_REPEAT = {"ヽ": "", "ヾ": "\u3099"}


def kana_key(text: str) -> str:
    """Return the key of a reading: full-size katakana without spaces, dots, hyphens and long marks.

    >>> kana_key("やまだ　たろう") == kana_key("ﾔﾏﾀﾞ ﾀﾛｳ") == kana_key("ヤマダ・タロウ")
    True
    >>> kana_key("ヨーコ"), kana_key("ショウゴ")
    ('ヨコ', 'シヨウゴ')
    """
    plain = _without_spaces(unicodedata.normalize("NFKC", text.translate(_SELECTORS)).upper())
    plain = plain.translate(_DROPPED).translate(_HIRAGANA_TO_KATAKANA).translate(_FULL_SIZE)
    return _latin(_spelled_out(unicodedata.normalize("NFC", plain)))


def kana_loose(text: str) -> str:
    """Return ``kana_key`` without voicing marks and lengthened vowels, with ヲヰヱ as オイエ and ヴ as ブ, for "did you
    mean", never to match payments.

    >>> kana_loose("ナカジマ") == kana_loose("なかしま"), kana_loose("オオノ ヨウコ") == kana_loose("オーノ ヨーコ")
    (True, True)
    """
    plain = kana_key(text)
    for sounds, like in _ALIKE_VOICED:
        plain = plain.replace(sounds, like)
    plain = unicodedata.normalize("NFD", plain).translate(_DAKUTEN)
    return _without_lengthening(unicodedata.normalize("NFC", plain).translate(_OLD_KANA))


def kanji_key(text: str) -> str:
    """Return the key of a written name: no variation selectors, no spaces, variants folded into the common form.

    >>> kanji_key("渡邊 太郎") == kanji_key("渡辺太郎")
    True
    """
    plain = _without_spaces(unicodedata.normalize("NFKC", text.translate(_SELECTORS)).upper())
    plain = _latin(plain.translate(_BETWEEN_NAMES)).translate(_FOLDED)
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


def _spelled_out(plain: str) -> str:
    """Write ヽ and ヾ as the kana they repeat: ミスヾ is ミスズ."""
    if not set(plain) & set(_KANA_REPEAT):
        return plain
    spelled: list[str] = []
    for character in plain:
        if character in _KANA_REPEAT and spelled and spelled[-1] in _SPOKEN:
            bare = unicodedata.normalize("NFD", spelled[-1])[0]
            spelled.append(unicodedata.normalize("NFC", bare + _KANA_REPEAT[character]))
        else:
            spelled.append(character)
    return "".join(spelled)


def _without_lengthening(plain: str) -> str:
    """Leave out the vowels that only lengthen the sound before them: コウジ and コージ, オオノ and オーノ."""
    kept: list[str] = []
    for character in plain:
        vowel = _VOWEL.get(kept[-1]) if kept else None
        if vowel is None or character not in _LENGTHENS[vowel]:
            kept.append(character)
    return "".join(kept)


def _latin(plain: str) -> str:
    """Leave the marks of Latin letters out: NGUYỄN VĂN is found as NGUYEN VAN."""
    if plain.isascii() or not any("A" <= letter <= "Z" or "À" <= letter <= "ỹ" for letter in plain):
        return plain
    apart = _LATIN_MARKS.sub("", unicodedata.normalize("NFD", plain)).translate(_LATIN_APART)
    return unicodedata.normalize("NFC", apart)


def _pairs(text: str) -> list[str]:
    return [first + second for first, second in zip(text, text[1:], strict=False)]


def _without_spaces(text: str) -> str:
    return "".join(text.split())

"""The bar code of a payment slip for convenience stores: 44 digits, and the bars they are drawn with.

The digits are those of the GS1-128 guideline for standard-fee collection (標準料金代理収納): application identifier 91,
company code 6, free field 21, reissue 1, due date 6 (YYMMDD), stamp flag 1, amount 6, check digit 1. Bars follow
Code 128 (ISO/IEC 15417): start C, FNC1, 22 pairs of digits, check character, stop. A *module* is the narrowest bar; widths
are counted in modules and positions include the quiet zone on the left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

DIGITS = 44
COMPANY_LENGTH, FREE_LENGTH = 6, 21
MOST_YEN = 999_999
QUIET_MODULES = 10
SYMBOL_MODULES = 288
"""Start, FNC1, 22 pairs and the check character of 11 modules each, and the stop character of 13."""
MODULES = SYMBOL_MODULES + 2 * QUIET_MODULES
MODULE_MM = 4 * 25.4 / 600
"""Four dots of a 600 dpi printer (two of one with 300 dpi); the symbol with its quiet zones is 52.2 mm of the 60 allowed."""
WIDTH_MM = MODULES * MODULE_MM
HEIGHT_MM = 12.0
"""At least 10 mm."""

_PRINTED = str.maketrans("", "", "()-")
_APPLICATION = "91"
_START_C, _FNC1, _STOP = 105, 102, 106
_PATTERNS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
).split()


class SlipCodeError(ValueError):
    """Digits that are no payment slip of this kind; ``str()`` is a Japanese sentence."""


@dataclass(frozen=True, slots=True)
class SlipCode:
    """What the 44 digits say. ``amount`` in yen, ``company`` six digits, ``free`` 21 digits, ``due_on`` in this century."""

    company: str
    free: str
    reissue: int
    due_on: date
    amount: int
    stamp: bool = False

    def __post_init__(self) -> None:
        for text, length, label in (
            (self.company, COMPANY_LENGTH, "収納企業コード"),
            (self.free, FREE_LENGTH, "自由使用欄"),
        ):
            if not (text.isascii() and text.isdigit() and len(text) == length):
                raise SlipCodeError(f"{label}は{length}桁の数字です。")
        if not 0 <= self.reissue <= 9:
            raise SlipCodeError("再発行は9回までです。")
        if not 1 <= self.amount <= MOST_YEN:
            raise SlipCodeError(f"払込票の金額は1円から{MOST_YEN:,}円までです。")
        if not 2000 <= self.due_on.year <= 2099:
            raise SlipCodeError("払込票の支払期限は2000年から2099年までです。")

    @property
    def digits(self) -> str:
        """The 44 digits with their check digit."""
        body = (
            f"{_APPLICATION}{self.company}{self.free}{self.reissue}{self.due_on:%y%m%d}"
            f"{int(self.stamp)}{self.amount:06d}"
        )
        return body + str(check_digit(body))


def check_digit(body: str) -> int:
    """Return the digit that makes the weighted sum a multiple of ten; the rightmost digit of *body* weighs three."""
    return -sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(body))) % 10


def read_slip_code(text: str) -> SlipCode:
    """Read 44 digits as a file or the two printed lines give them; ``SlipCodeError`` says what is wrong."""
    digits = "".join(text.split()).translate(_PRINTED)
    if not (digits.isascii() and digits.isdigit() and len(digits) == DIGITS):
        raise SlipCodeError("バーコードの番号は44桁の数字です。")
    if not digits.startswith(_APPLICATION):
        raise SlipCodeError("バーコードの番号が91で始まっていません。料金の払込票ではありません。")
    if check_digit(digits[:-1]) != int(digits[-1]):
        raise SlipCodeError("バーコードの番号の検査数字が合いません。")
    year, month, day = (int(digits[at : at + 2]) for at in (30, 32, 34))
    try:
        due_on = date(2000 + year, month, day)
    except ValueError:
        raise SlipCodeError("バーコードの支払期限が日付になっていません。") from None
    if digits[36] not in "01":
        raise SlipCodeError("バーコードの印紙の区分が0か1ではありません。")
    return SlipCode(
        company=digits[2:8],
        free=digits[8:29],
        reissue=int(digits[29]),
        due_on=due_on,
        stamp=digits[36] == "1",
        amount=int(digits[37:43]),
    )


def human_readable(digits: str) -> tuple[str, str]:
    """The two lines under the bars: identifier, company, free field and reissue; then due date, stamp, amount, check."""
    first = f"({digits[:2]}){digits[2:8]}-{digits[8:29]}{digits[29]}"
    return first, f"{digits[30:36]}-{digits[36]}-{digits[37:43]}-{digits[43]}"


def characters(digits: str) -> list[int]:
    """The Code 128 characters of an even number of digits: start C, FNC1, pairs, check character, stop."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) % 2:
        raise SlipCodeError("バーコードにできるのは、偶数桁の数字です。")
    values = [_START_C, _FNC1, *(int(digits[at : at + 2]) for at in range(0, len(digits), 2))]
    check = (values[0] + sum(place * value for place, value in enumerate(values[1:], start=1))) % 103
    return [*values, check, _STOP]


def bars(digits: str) -> list[tuple[int, int]]:
    """The black bars as (position, width) in modules, counted from the left edge of the quiet zone."""
    found, at = [], QUIET_MODULES
    for value in characters(digits):
        for place, width in enumerate(int(width) for width in _PATTERNS[value]):
            if place % 2 == 0:
                found.append((at, width))
            at += width
    return found

"""ゆうちょ銀行: from 記号 and 番号 of a passbook to the branch and account number that transfers and debits use.

The rule is the bank's own page on numbers for transfers. The way back does not exist: the fourth and fifth digit of
the 記号 are lost, which is why 記号 and 番号 are kept as entered.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

YUCHO_BANK: Final = "9900"
ORDINARY, CURRENT, SAVINGS = "1", "2", "4"

_HYPHENS = str.maketrans("‐‑‒–—―−ー", "--------")
_SYMBOL = re.compile(r"([01]\d{4})(?:-?(\d))?", re.ASCII)
_NUMBER = re.compile(r"\d{2,8}", re.ASCII)
_DIGIT_NAMES = ("ｾﾞﾛ", "ｲﾁ", "ﾆ", "ｻﾝ", "ﾖﾝ", "ｺﾞ", "ﾛｸ", "ﾅﾅ", "ﾊﾁ", "ｷﾕｳ")


class Convention(StrEnum):
    """What a bank or collection agent wants in a debit file; ask the agent, both are in use."""

    TRANSFER = "transfer"
    """The same branch and account number as for transfers."""
    KIGO_2_4 = "kigo_2_4"
    """Branch: second to fourth digit of the 記号. Account: the first seven of the eight digits of the 番号."""


class YuchoError(ValueError):
    """A 記号 or 番号 that cannot be right. ``str()`` is a Japanese sentence for the person who typed it."""


@dataclass(frozen=True, slots=True)
class YuchoNumber:
    """記号 (five digits) and 番号 (two to eight) of a passbook. ``between`` is the digit that some print between them."""

    symbol: str
    number: str
    between: str = ""

    @property
    def is_giro(self) -> bool:
        """振替口座, which begins with 0; all others are passbook accounts."""
        return self.symbol.startswith("0")

    @property
    def text(self) -> str:
        """As on the passbook: ``01940-1-123456``."""
        return "-".join(part for part in (self.symbol, self.between, self.number) if part)


@dataclass(frozen=True, slots=True)
class AccountNumber:
    """What a bank file says of an account: branch (three digits), 預金種目 (one digit), number (seven digits)."""

    branch: str
    kind: str
    number: str


def read_yucho(symbol: str, number: str) -> YuchoNumber:
    """Read a 記号 and a 番号 as typed. Raises ``YuchoError``."""
    plain_symbol, plain_number = (
        "".join(unicodedata.normalize("NFKC", text).translate(_HYPHENS).split()) for text in (symbol, number)
    )
    found = _SYMBOL.fullmatch(plain_symbol.rstrip("-"))
    if found is None:
        raise YuchoError("記号は0か1で始まる5桁の数字です。通帳の表紙の裏でお確かめください。")
    if not _NUMBER.fullmatch(plain_number):
        raise YuchoError("番号は2桁から8桁の数字です。通帳の表紙の裏でお確かめください。")
    read = YuchoNumber(symbol=found[1], number=plain_number, between=found[2] or "")
    if not read.is_giro and not plain_number.endswith("1"):
        raise YuchoError("記号が1で始まる口座の番号は、最後の数字が1です。番号をお確かめください。")
    if read.is_giro and len(plain_number) > 7:
        raise YuchoError("記号が0で始まる振替口座の番号は7桁までです。番号をお確かめください。")
    return read


def for_transfer(account: YuchoNumber, *, savings: bool = False) -> AccountNumber:
    """The numbers that other banks transfer to; ``savings`` for 通常貯蓄貯金."""
    tens = account.symbol[1:3]
    if account.is_giro:
        return AccountNumber(branch=f"{tens}9", kind=CURRENT, number=account.number.zfill(7))
    return AccountNumber(branch=f"{tens}8", kind=SAVINGS if savings else ORDINARY, number=account.number[:-1].zfill(7))


def for_debit(account: YuchoNumber, convention: Convention) -> AccountNumber:
    """The numbers that a debit file wants under an agent's convention. Raises ``YuchoError`` where it has none."""
    if convention is Convention.TRANSFER:
        return for_transfer(account)
    if account.is_giro:
        raise YuchoError("この収納代行の方式では、記号が0で始まる振替口座から引き落とせません。")
    return AccountNumber(branch=account.symbol[1:4], kind=ORDINARY, number=account.number.zfill(8)[:7])


def branch_kana(branch: str) -> str:
    """How the three digits of a branch are read in a bank file: 058 is ``ｾﾞﾛｺﾞﾊﾁ``."""
    return "".join(_DIGIT_NAMES[int(digit)] for digit in branch)

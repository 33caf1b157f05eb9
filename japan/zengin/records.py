"""What stands in a bank file: who orders it, and one line for each account. Amounts are whole yen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final


@dataclass(frozen=True, slots=True)
class Header:
    """Who orders, on which day, from or to which account of ours.

    ``mmdd`` has no year: whoever keeps the file keeps the year beside it. ``kind`` is 預金種目 (1 ordinary, 2 current,
    9 other, 0 not given), ``number`` has seven digits.
    """

    code: str
    name: str
    mmdd: str
    bank: str
    branch: str
    kind: str
    number: str
    bank_name: str = ""
    branch_name: str = ""


def mmdd(day: date) -> str:
    """A day as a header writes it."""
    return f"{day:%m%d}"


@dataclass(frozen=True, slots=True)
class TransferLine:
    """One transfer to an account. ``edi`` (EDI情報, up to 20 characters) takes the place of both customer codes.

    ``mode`` is 振込指定区分: 7 by wire, 8 by document, 0 not given.
    """

    bank: str
    branch: str
    kind: str
    number: str
    holder: str
    amount: int
    customer_1: int = 0
    customer_2: int = 0
    edi: str = ""
    new_code: str = "0"
    mode: str = "7"
    bank_name: str = ""
    branch_name: str = ""


_COLLECTED: Final = "0"


@dataclass(frozen=True, slots=True)
class DebitLine:
    """One debit from an account. ``customer`` (顧客番号) is our key; ``result`` is 0 while it is an instruction."""

    bank: str
    branch: str
    kind: str
    number: str
    holder: str
    amount: int
    customer: int
    result: str = "0"
    new_code: str = "0"
    bank_name: str = ""
    branch_name: str = ""

    @property
    def is_collected(self) -> bool:
        """Whether a result says that the amount was collected; in an instruction this says nothing."""
        return self.result == _COLLECTED

    @property
    def needs_review(self) -> bool:
        """Whether the result code is none that the standard defines: a person has to ask the bank."""
        return self.result not in RESULT_CODES


class DebitResult(Enum):
    """振替結果コード. What it means for a person stands beside it in ``RESULT_TEXTS``."""

    COLLECTED = _COLLECTED
    NO_FUNDS = "1"
    NO_ACCOUNT = "2"
    STOPPED_BY_PAYER = "3"
    NO_MANDATE = "4"
    STOPPED_BY_US = "8"
    OTHER = "9"


RESULT_CODES: Final = frozenset(result.value for result in DebitResult)
RESULT_TEXTS: Final = {
    DebitResult.COLLECTED: "振替済",
    DebitResult.NO_FUNDS: "資金不足",
    DebitResult.NO_ACCOUNT: "取引なし",
    DebitResult.STOPPED_BY_PAYER: "預金者の都合による振替停止",
    DebitResult.NO_MANDATE: "預金口座振替依頼書なし",
    DebitResult.STOPPED_BY_US: "委託者の都合による振替停止",
    DebitResult.OTHER: "その他",
}


@dataclass(frozen=True, slots=True)
class TransferFile:
    """総合振込 (21)."""

    header: Header
    lines: tuple[TransferLine, ...]

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True)
class DebitFile:
    """預金口座振替 (91), instruction or result: the layout is the same, the reader says which it is."""

    header: Header
    lines: tuple[DebitLine, ...]

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def collected(self) -> tuple[DebitLine, ...]:
        return tuple(line for line in self.lines if line.is_collected)

    @property
    def failed(self) -> tuple[DebitLine, ...]:
        """Everything that was not collected, what needs a review included."""
        return tuple(line for line in self.lines if not line.is_collected)

    @property
    def to_review(self) -> tuple[DebitLine, ...]:
        return tuple(line for line in self.lines if line.needs_review)

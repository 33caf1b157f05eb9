"""The records of both kinds of file as tables of fields, and how a field is written and read.

Digits (N) are right-aligned and filled with zeros, text (C) is left-aligned and filled with spaces. Every record has
120 bytes of one-byte characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from japan.zengin.errors import ZenginError
from japan.zengin.kana import WIDE, FieldClass

RECORD_LENGTH: Final = 120
CODEC: Final = "cp932"
DIGITS: Final = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name here (empty: it carries nothing), 項目名, length in bytes.

    ``text`` is the class of a text field, None for digits; ``only`` lists the values that are allowed.
    """

    name: str
    label: str
    length: int
    text: FieldClass | None = None
    only: tuple[str, ...] = ()


Layout = tuple[Field, ...]


def constant(label: str, *values: str) -> Field:
    """A field that says what the record is; the first value is written, all are read."""
    return Field("", label, len(values[0]), only=values)


def filler(length: int, of: str = " ") -> Field:
    return Field("", "ダミー", length, only=(of * length,))


def header(kind_code: str) -> Layout:
    """The header of both kinds of file; the bank is ours."""
    return (
        constant("データ区分", "1"),
        constant("種別コード", kind_code),
        constant("コード区分", "0"),
        Field("code", "委託者コード", 10),
        Field("name", "委託者名", 40, FieldClass.NAME),
        Field("mmdd", "取扱日", 4),
        Field("bank", "取引銀行番号", 4),
        Field("bank_name", "取引銀行名", 15, FieldClass.BANK),
        Field("branch", "取引支店番号", 3),
        Field("branch_name", "取引支店名", 15, FieldClass.BANK),
        Field("kind", "預金種目", 1, only=("1", "2", "9", "0")),
        Field("number", "口座番号", 7),
        filler(17),
    )


def account_of(who: str, *kinds: str, between: Field) -> Layout:
    """The fields of the other side's account, with what stands between branch and 預金種目."""
    return (
        Field("bank", f"{who}銀行番号", 4),
        Field("bank_name", f"{who}銀行名", 15, FieldClass.BANK),
        Field("branch", f"{who}支店番号", 3),
        Field("branch_name", f"{who}支店名", 15, FieldClass.BANK),
        between,
        Field("kind", "預金種目", 1, only=kinds),
        Field("number", "口座番号", 7),
    )


NEW_CODE = Field("new_code", "新規コード", 1, only=("0", "1", "2"))
END: Layout = (constant("データ区分", "9"), filler(119))

TRANSFER_HEADER = header("21")
_TRANSFER_START: Layout = (
    constant("データ区分", "2"),
    *account_of("被仕向", "1", "2", "4", "9", between=constant("手形交換所番号", "0000")),
    Field("holder", "受取人名", 30, FieldClass.NAME),
    Field("amount", "振込金額", 10),
    NEW_CODE,
)
_TRANSFER_MODE = Field("mode", "振込指定区分", 1, only=("7", "8", "0"))
TRANSFER_LINE: Layout = (
    *_TRANSFER_START,
    Field("customer_1", "顧客コード1", 10),
    Field("customer_2", "顧客コード2", 10),
    _TRANSFER_MODE,
    constant("識別表示", " "),
    filler(7),
)
TRANSFER_LINE_EDI: Layout = (
    *_TRANSFER_START,
    Field("edi", "EDI情報", 20, FieldClass.EDI),
    _TRANSFER_MODE,
    constant("識別表示", "Y"),
    filler(7),
)
EDI_MARK_AT: Final = 112
TRANSFER_TRAILER: Layout = (
    constant("データ区分", "8"),
    Field("count", "合計件数", 6),
    Field("total", "合計金額", 12),
    filler(101),
)

DEBIT_HEADER = header("91")
DEBIT_LINE: Layout = (
    constant("データ区分", "2"),
    *account_of("引落", "1", "2", "3", "9", between=filler(4)),
    Field("holder", "預金者名", 30, FieldClass.NAME),
    Field("amount", "引落金額", 10),
    NEW_CODE,
    Field("customer", "顧客番号", 20),
    Field("result", "振替結果コード", 1),
    filler(8),
)
DEBIT_TRAILER: Layout = (
    constant("データ区分", "8"),
    Field("count", "合計件数", 6),
    Field("total", "合計金額", 12),
    Field("collected_count", "振替済件数", 6),
    Field("collected_total", "振替済金額", 12),
    Field("failed_count", "振替不能件数", 6),
    Field("failed_total", "振替不能金額", 12),
    filler(65),
)


def encode(layout: Layout, values: Mapping[str, str | int], *, record: int) -> bytes:
    """One record of 120 bytes. Raises ``ZenginError`` for a value that its field cannot hold: nothing is cut off."""
    parts: list[str] = []
    position = 1
    for field in layout:
        parts.append(_written(field, values, record=record, position=position))
        position += field.length
    text = "".join(parts)
    data = text.encode(CODEC)
    if len(data) != RECORD_LENGTH or len(text) != RECORD_LENGTH:
        raise AssertionError(f"a record of {len(data)} bytes")
    return data


def decode(layout: Layout, text: str, *, record: int) -> dict[str, str]:
    """The values of one record of 120 characters. Raises ``ZenginError`` for what its field cannot hold."""
    pattern, texts = _patterns.get(id(layout)) or _patterns.setdefault(id(layout), _pattern(layout))
    match = pattern.fullmatch(text)
    if match is None:
        start = 0
        for field in layout:
            _refuse_misread(field, text[start : start + field.length], record=record, position=start + 1)
            start += field.length
        raise AssertionError("a record that is refused as a whole has a field that is refused")
    found = match.groupdict()
    for name in texts:
        found[name] = found[name].rstrip(" ")
    return found


_patterns: dict[int, tuple[re.Pattern[str], tuple[str, ...]]] = {}
"""By the identity of a layout: layouts are constants of this module, and hashing one costs more than reading a record."""


def _pattern(layout: Layout) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """A whole record as one pattern, with its named fields as groups, and the names of the text fields.

    A file has 100,000 records: one match for each instead of a look at each character.
    """
    digits, text = "[0-9]", f"[{re.escape(''.join(sorted(WIDE)))}]"
    parts = []
    for field in layout:
        allowed = "|".join(map(re.escape, field.only))
        body = allowed or f"{text if field.text is not None else digits}{{{field.length}}}"
        parts.append(f"(?P<{field.name}>{body})" if field.name else f"(?:{body})")
    return re.compile("".join(parts)), tuple(field.name for field in layout if field.name and field.text)


def _written(field: Field, values: Mapping[str, str | int], *, record: int, position: int) -> str:
    if not field.name:
        return field.only[0]
    value = values[field.name]
    if field.text is not None:
        text = str(value)
        if len(text) > field.length or set(text) - field.text.value or text != text.strip(" "):
            raise ZenginError(f"「{field.label}」に入らない文字か長さです。", record=record, position=position)
        return text.ljust(field.length)
    digits = str(value).zfill(field.length)
    if len(digits) != field.length or set(digits) - DIGITS or (field.only and digits not in field.only):
        raise ZenginError(f"「{field.label}」に入らない値です。", record=record, position=position)
    return digits


def _refuse_misread(field: Field, value: str, *, record: int, position: int) -> None:
    if field.only and value not in field.only:
        offset = 0
        if not field.name:
            expected = field.only[0]
            offset = next(i for i, (is_, wanted) in enumerate(zip(value, expected, strict=True)) if is_ != wanted)
        raise ZenginError(
            f"「{field.label}」がこの形式の値ではありません。", record=record, position=position + offset
        )
    allowed = WIDE if field.text is not None else DIGITS
    offset = next((i for i, character in enumerate(value) if not field.only and character not in allowed), -1)
    if offset >= 0:
        wanted = "この欄に使える半角の文字" if field.text is not None else "数字"
        raise ZenginError(f"「{field.label}」が{wanted}ではありません。", record=record, position=position + offset)

"""Reading bank files: tolerant of line ends and editors, of nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from japan.zengin.errors import ZenginError
from japan.zengin.framing import frame
from japan.zengin.layout import (
    DEBIT_HEADER,
    DEBIT_LINE,
    DEBIT_TRAILER,
    EDI_MARK_AT,
    END,
    TRANSFER_HEADER,
    TRANSFER_LINE,
    TRANSFER_LINE_EDI,
    TRANSFER_TRAILER,
    Layout,
    decode,
)
from japan.zengin.records import DebitFile, DebitLine, Header, TransferFile, TransferLine

File = TypeVar("File", TransferFile, DebitFile)

_KIND_NAMES = {"21": "総合振込", "91": "預金口座振替", "11": "給与振込", "12": "賞与振込"}
_NUMBERS = {"amount", "customer", "customer_1", "customer_2"}


@dataclass(frozen=True, slots=True)
class Read(Generic[File]):
    """A file that was accepted, and what was put right on the way, in sentences."""

    file: File
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    header: Header
    lines: tuple[dict[str, str], ...]
    trailer: dict[str, int]
    trailer_at: int


def read_transfers(data: bytes) -> Read[TransferFile]:
    """A 総合振込 file. Raises ``ZenginError`` for anything else, and where the trailer differs from the lines."""
    framed = frame(data)
    group = _group(framed.records, "21", TRANSFER_HEADER, TRANSFER_TRAILER, _transfer_layout)
    file = TransferFile(group.header, tuple(_built(TransferLine, values) for values in group.lines))
    _refuse_wrong_totals(file, group)
    return Read(file, framed.warnings)


def read_debit_instruction(data: bytes) -> Read[DebitFile]:
    """A 預金口座振替 file as we send it. A result is refused: nothing of it may be collected twice."""
    file, group, warnings = _read_debits(data)
    if any(group.trailer[name] for name in _OUTCOME) or any(line.result != "0" for line in file.lines):
        raise ZenginError(
            "振替の結果が入っています。依頼ファイルではありません。", record=group.trailer_at, position=20
        )
    return Read(file, warnings)


def read_debit_result(data: bytes) -> Read[DebitFile]:
    """A 預金口座振替 file as a bank sends it back, reconciled with its own trailer.

    An instruction is refused: there, too, every line says 0, which in a result means "collected". Undefined result
    codes are accepted and stand in ``to_review``.
    """
    file, group, warnings = _read_debits(data)
    if not any(group.trailer[name] for name in _OUTCOME):
        raise ZenginError(
            "振替済も振替不能も0件です。送った依頼ファイルではなく、銀行から届いた結果ファイルを選んでください。",
            record=group.trailer_at,
            position=20,
        )
    found = {
        "collected_count": len(file.collected),
        "collected_total": sum(line.amount for line in file.collected),
        "failed_count": len(file.failed),
        "failed_total": sum(line.amount for line in file.failed),
    }
    for name, (label, position) in _OUTCOME.items():
        _refuse_difference(label, group.trailer[name], found[name], record=group.trailer_at, position=position)
    return Read(file, warnings)


_OUTCOME = {
    "collected_count": ("振替済件数", 20),
    "collected_total": ("振替済金額", 26),
    "failed_count": ("振替不能件数", 38),
    "failed_total": ("振替不能金額", 44),
}


def _read_debits(data: bytes) -> tuple[DebitFile, _Group, tuple[str, ...]]:
    framed = frame(data)
    group = _group(framed.records, "91", DEBIT_HEADER, DEBIT_TRAILER, lambda _: DEBIT_LINE)
    file = DebitFile(group.header, tuple(_built(DebitLine, values) for values in group.lines))
    _refuse_wrong_totals(file, group)
    return file, group, framed.warnings


def _transfer_layout(text: str) -> Layout:
    return TRANSFER_LINE_EDI if text[EDI_MARK_AT] == "Y" else TRANSFER_LINE


def _group(records: tuple[str, ...], kind: str, header: Layout, trailer: Layout, line_layout: Any) -> _Group:
    """Header, lines, trailer, end, in this order and once."""
    numbered = iter(enumerate(records, start=1))
    _, first = next(numbered)
    _refuse_other_kind(first, kind)
    head = Header(**decode(header, first, record=1))
    _refuse_impossible_day(head.mmdd)
    lines: list[dict[str, str]] = []
    for number, text in numbered:
        if text[0] == "2":
            lines.append(decode(line_layout(text), text, record=number))
            continue
        if text[0] != "8":
            raise ZenginError(
                "データ・レコード（2）かトレーラ・レコード（8）があるはずの所です。", record=number, position=1
            )
        totals = {name: int(value) for name, value in decode(trailer, text, record=number).items()}
        _refuse_other_end(numbered)
        if not lines:
            raise ZenginError("明細が1件もありません。")
        return _Group(head, tuple(lines), totals, number)
    raise ZenginError("トレーラ・レコード（8）がありません。ファイルが途中で切れています。")


def _refuse_other_end(rest: Iterator[tuple[int, str]]) -> None:
    number, text = next(rest, (0, ""))
    if not text:
        raise ZenginError("エンド・レコード（9）がありません。ファイルが途中で切れています。")
    if text[0] == "1":
        raise ZenginError(
            "一つのファイルに複数の委託者のデータ（マルチファイル）が入っています。一つずつのファイルに分けてもらってください。",
            record=number,
            position=1,
        )
    decode(END, text, record=number)
    extra = next(rest, None)
    if extra is not None:
        raise ZenginError("エンド・レコード（9）のあとにデータがあります。", record=extra[0])


def _refuse_other_kind(text: str, kind: str) -> None:
    if text[0] != "1":
        raise ZenginError("ヘッダー・レコード（1）から始まっていません。", record=1, position=1)
    if text[1:3] != kind:
        named = f"{_KIND_NAMES[text[1:3]]}のファイルです。" if text[1:3] in _KIND_NAMES else ""
        raise ZenginError(f"{named}{_KIND_NAMES[kind]}（{kind}）のファイルを選んでください。", record=1, position=2)
    if text[3] == "1":
        raise ZenginError(
            "コード区分が1（EBCDIC）です。JIS（コード区分0）で作り直してもらってください。", record=1, position=4
        )


def _refuse_impossible_day(mmdd: str) -> None:
    try:
        date(2000, int(mmdd[:2]), int(mmdd[2:]))  # a leap year: the file does not say which year it is
    except ValueError:
        raise ZenginError("「取扱日」がありえない日付です。", record=1, position=55) from None


def _built(record: type[Any], values: dict[str, str]) -> Any:
    typed: dict[str, Any] = dict(values)
    for name in _NUMBERS & typed.keys():
        typed[name] = int(typed[name])
    return record(**typed)


def _refuse_wrong_totals(file: TransferFile | DebitFile, group: _Group) -> None:
    _refuse_difference("合計件数", group.trailer["count"], len(file.lines), record=group.trailer_at, position=2)
    _refuse_difference("合計金額", group.trailer["total"], file.total, record=group.trailer_at, position=8)


def _refuse_difference(label: str, said: int, found: int, *, record: int, position: int) -> None:
    if said != found:
        raise ZenginError(
            f"「{label}」が明細と合いません（トレーラ {said:,}、明細 {found:,}）。", record=record, position=position
        )

"""Writing bank files: one header, its lines, one trailer, one end. The same file gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from japan.zengin.errors import ZenginError
from japan.zengin.layout import (
    DEBIT_HEADER,
    DEBIT_LINE,
    DEBIT_TRAILER,
    END,
    TRANSFER_HEADER,
    TRANSFER_LINE,
    TRANSFER_LINE_EDI,
    TRANSFER_TRAILER,
    Layout,
    encode,
)
from japan.zengin.records import DebitFile, DebitLine, Header, TransferFile, TransferLine

CRLF = b"\r\n"


def write_transfers(file: TransferFile, *, crlf: bool = False) -> bytes:
    """総合振込 (21). ``crlf`` ends every record, the last one included, with CR LF, as some banks want.

    Raises ``ZenginError`` for a value that its field cannot hold and for a file without lines.
    """
    _refuse_empty(file)
    records = [_header(TRANSFER_HEADER, file.header)]
    for number, line in enumerate(file.lines, start=2):
        layout = TRANSFER_LINE_EDI if line.edi else TRANSFER_LINE
        records.append(encode(layout, _values(line), record=number))
    totals = {"count": len(file.lines), "total": file.total}
    return _join(records, TRANSFER_TRAILER, totals, crlf=crlf)


def write_debit_instruction(file: DebitFile, *, crlf: bool = False) -> bytes:
    """預金口座振替 (91) as we send it: no result yet, nothing collected."""
    if any(line.result != "0" for line in file.lines):
        raise ValueError("an instruction holds no results")
    done = {"collected_count": 0, "collected_total": 0, "failed_count": 0, "failed_total": 0}
    return _join(list(_debits(file)), DEBIT_TRAILER, _totals(file) | done, crlf=crlf)


def write_debit_result(file: DebitFile, *, crlf: bool = True) -> bytes:
    """預金口座振替 (91) as a bank sends it back: for rehearsals and tests; banks end records with CR LF here."""
    done = {
        "collected_count": len(file.collected),
        "collected_total": sum(line.amount for line in file.collected),
        "failed_count": len(file.failed),
        "failed_total": sum(line.amount for line in file.failed),
    }
    return _join(list(_debits(file)), DEBIT_TRAILER, _totals(file) | done, crlf=crlf)


def _debits(file: DebitFile) -> Iterator[bytes]:
    _refuse_empty(file)
    yield _header(DEBIT_HEADER, file.header)
    for number, line in enumerate(file.lines, start=2):
        yield encode(DEBIT_LINE, _values(line), record=number)


def _values(line: TransferLine | DebitLine) -> dict[str, str | int]:
    return {name: getattr(line, name) for name in line.__slots__}


def _totals(file: DebitFile) -> dict[str, int]:
    return {"count": len(file.lines), "total": file.total}


def _header(layout: Layout, header: Header) -> bytes:
    return encode(layout, asdict(header), record=1)


def _join(records: list[bytes], trailer: Layout, totals: dict[str, int], *, crlf: bool) -> bytes:
    records.append(encode(trailer, totals, record=len(records) + 1))
    records.append(encode(END, {}, record=len(records) + 1))
    ending = CRLF if crlf else b""
    return b"".join(record + ending for record in records)


def _refuse_empty(file: TransferFile | DebitFile) -> None:
    if not file.lines:
        raise ZenginError("明細が1件もないファイルは作れません。")

"""The three published sample files, byte for byte, written and read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from japan.zengin.reading import read_debit_instruction, read_debit_result, read_transfers
from japan.zengin.records import DebitFile, TransferFile
from japan.zengin.writing import write_debit_instruction, write_debit_result, write_transfers
from tests.japan.zengin.files import INSTRUCTION, RESULT, TRANSFERS

SAMPLES = [
    (
        INSTRUCTION,
        write_debit_instruction,
        read_debit_instruction,
        "b4358b5507270870274f4a06ddb15cb1502a2e276c1e74acecec9c9c2dbcae2b",
        "092f15e785488ac090da9b826f15007d45c503a892110f7423a34f7d5933a10f",
    ),
    (
        RESULT,
        write_debit_result,
        read_debit_result,
        "9b2179e221ea7deb2604e4441d069fa94d96b6780d1d47d4ed98fcc3ebbab342",
        "733f283564a088108a2f84a7c510b1a2a08979cfdec7b0bcd2b09eef0bb86dba",
    ),
    (
        TRANSFERS,
        write_transfers,
        read_transfers,
        "b542e269d6deb3d31c1a3dbb1b36cf698eb9f3a907f753a47f91675d8ec0a133",
        "efbd20a243004c9ad4fd10eaf101b267794215f8f81dc63395da0b131f65bf56",
    ),
]


@pytest.mark.parametrize(("file", "write", "read", "plain", "with_ends"), SAMPLES)
def test_the_bytes_are_those_of_the_sample_and_come_back(
    file: TransferFile | DebitFile, write: Callable[..., bytes], read: Callable[..., Any], plain: str, with_ends: str
) -> None:
    for crlf, expected in ((False, plain), (True, with_ends)):
        data = write(file, crlf=crlf)
        assert hashlib.sha256(data).hexdigest() == expected
        assert len(data) % (122 if crlf else 120) == 0
        back = read(data)
        assert (back.file, back.warnings) == (file, ())


@pytest.mark.parametrize("ends", [b"", b"\r\n", b"\n", b"\r"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("tail", [b"", b"\x1a", b"\x1a\x1a"])
def test_line_ends_of_any_sort_and_an_old_end_mark_change_nothing(ends: bytes, last: bool, tail: bytes) -> None:
    plain = write_debit_result(RESULT, crlf=False)
    records = [plain[start : start + 120] for start in range(0, len(plain), 120)]
    data = ends.join(records) + (ends if last else b"") + tail
    assert read_debit_result(data).file == RESULT
    assert read_debit_result(data).warnings == ()


EITHER: list[tuple[Any, Callable[..., bytes], Callable[..., Any]]] = [
    (RESULT, write_debit_result, read_debit_result),
    (TRANSFERS, write_transfers, read_transfers),
]


@pytest.mark.parametrize("ends", [b"\r\n", b"\n", b"\r"])
def test_trailing_spaces_cut_off_by_an_editor_are_put_back_with_a_warning(ends: bytes) -> None:
    for file, write, read in EITHER:
        plain = write(file, crlf=False)
        data = ends.join(plain[start : start + 120].rstrip(b" ") for start in range(0, len(plain), 120))
        back = read(data)
        assert back.file == file
        assert back.warnings == (f"行末の空白が削られていた{len(plain) // 120}件のレコードを120バイトに戻しました。",)


def test_a_utf8_mark_at_the_start_is_dropped_and_reported() -> None:
    back = read_transfers(b"\xef\xbb\xbf" + write_transfers(TRANSFERS))
    assert back.file == TRANSFERS
    assert back.warnings == ("ファイルの先頭にUTF-8の印（BOM）が付いていました。銀行の形式にはない印です。",)

"""Files that are not accepted: the sentence a person reads, with record and byte; never an account number or a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from japan.zengin.errors import ZenginError
from japan.zengin.reading import read_debit_instruction, read_debit_result, read_transfers
from japan.zengin.records import DebitFile, TransferFile
from japan.zengin.writing import write_debit_instruction, write_debit_result, write_transfers
from tests.japan.zengin.files import INSTRUCTION, RESULT, TRANSFERS

TRANSFER_BYTES = write_transfers(TRANSFERS)
RESULT_BYTES = write_debit_result(RESULT, crlf=False)


def at(data: bytes, record: int, position: int, new: bytes) -> bytes:
    """The same bytes with others in one place (record and byte from 1)."""
    start = (record - 1) * 120 + position - 1
    return data[:start] + new + data[start + len(new) :]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "ファイルが空です。"),
        (b"\x1a", "ファイルが空です。"),
        (TRANSFER_BYTES[:-240], "トレーラ・レコード（8）がありません。ファイルが途中で切れています。"),
        (TRANSFER_BYTES[:-120], "エンド・レコード（9）がありません。ファイルが途中で切れています。"),
        (TRANSFER_BYTES[:-1], "4件目のレコード：120バイトのところ119バイトです。"),
        (TRANSFER_BYTES + b"9", "5件目のレコード：エンド・レコード（9）のあとにデータがあります。"),
        (TRANSFER_BYTES[120:], "1件目のレコードの1バイト目：ヘッダー・レコード（1）から始まっていません。"),
        (
            TRANSFER_BYTES[:120] + TRANSFER_BYTES[-240:],
            "明細が1件もありません。",
        ),
        (
            TRANSFER_BYTES[:-120] + TRANSFER_BYTES,
            "4件目のレコードの1バイト目：一つのファイルに複数の委託者のデータ（マルチファイル）が入っています。"
            "一つずつのファイルに分けてもらってください。",
        ),
        (
            at(TRANSFER_BYTES, 1, 4, b"1"),
            "1件目のレコードの4バイト目：コード区分が1（EBCDIC）です。JIS（コード区分0）で作り直してもらってください。",
        ),
        (
            TRANSFER_BYTES.decode("cp932").encode("cp500", errors="replace"),
            "EBCDICのファイルは読み込めません。JIS（コード区分0）で作り直してもらってください。",
        ),
        (
            RESULT_BYTES,
            "1件目のレコードの2バイト目：預金口座振替のファイルです。総合振込（21）のファイルを選んでください。",
        ),
        (
            at(TRANSFER_BYTES, 1, 2, b"77"),
            "1件目のレコードの2バイト目：総合振込（21）のファイルを選んでください。",
        ),
        (at(TRANSFER_BYTES, 1, 55, b"1345"), "1件目のレコードの55バイト目：「取扱日」がありえない日付です。"),
        (
            at(TRANSFER_BYTES, 2, 85, b"A"),
            "2件目のレコードの85バイト目：「振込金額」が数字ではありません。",
        ),
        (
            at(TRANSFER_BYTES, 2, 90, b"1"),
            "3件目のレコードの8バイト目：「合計金額」が明細と合いません（トレーラ 200,000、明細 200,001）。",
        ),
        (
            at(TRANSFER_BYTES, 3, 7, b"2"),
            "3件目のレコードの2バイト目：「合計件数」が明細と合いません（トレーラ 2、明細 1）。",
        ),
        (
            at(TRANSFER_BYTES, 2, 1, b"5"),
            "2件目のレコードの1バイト目：データ・レコード（2）かトレーラ・レコード（8）があるはずの所です。",
        ),
        (
            at(TRANSFER_BYTES, 2, 118, b"X"),
            "2件目のレコードの118バイト目：「ダミー」がこの形式の値ではありません。",
        ),
        (
            at(TRANSFER_BYTES, 2, 51, b"a"),
            "2件目のレコードの51バイト目：「受取人名」がこの欄に使える半角の文字ではありません。",
        ),
        (
            at(TRANSFER_BYTES, 2, 51, "山".encode("cp932")),
            "2件目のレコードの51バイト目：使えない文字です。半角文字だけのファイルを選んでください。",
        ),
        (
            TRANSFER_BYTES.decode("cp932").encode(),
            "1件目のレコードの15バイト目：使えない文字です。UTF-8で保存し直されています。"
            "銀行から届いたままのファイルを選んでください。",
        ),
        (b"%PDF-1.7 not a bank file", "1件目のレコードの1バイト目：ヘッダー・レコード（1）から始まっていません。"),
        (b"\x00" * 120, "1件目のレコードの1バイト目：使えない文字です。半角文字だけのファイルを選んでください。"),
    ],
)
def test_a_file_that_is_no_transfer_file_is_refused_where_it_goes_wrong(data: bytes, sentence: str) -> None:
    with pytest.raises(ZenginError) as refused:
        read_transfers(data)
    assert str(refused.value) == sentence


def test_an_instruction_is_never_taken_for_a_result() -> None:
    """In an instruction every line says 0, which in a result would mean that everybody has paid."""
    with pytest.raises(ZenginError) as refused:
        read_debit_result(write_debit_instruction(INSTRUCTION))
    assert str(refused.value) == (
        "4件目のレコードの20バイト目：振替済も振替不能も0件です。"
        "送った依頼ファイルではなく、銀行から届いた結果ファイルを選んでください。"
    )
    with pytest.raises(ZenginError, match="依頼ファイルではありません"):
        read_debit_instruction(RESULT_BYTES)


@pytest.mark.parametrize(
    ("position", "new", "sentence"),
    [
        (25, b"2", "「振替済件数」が明細と合いません（トレーラ 2、明細 1）。"),
        (37, b"1", "「振替済金額」が明細と合いません（トレーラ 12,501、明細 12,500）。"),
        (43, b"0", "「振替不能件数」が明細と合いません（トレーラ 0、明細 1）。"),
        (55, b"9", "「振替不能金額」が明細と合いません（トレーラ 7,509、明細 7,500）。"),
    ],
)
def test_a_result_reconciles_with_its_own_trailer(position: int, new: bytes, sentence: str) -> None:
    with pytest.raises(ZenginError) as refused:
        read_debit_result(at(RESULT_BYTES, 4, position, new))
    assert refused.value.reason == sentence


def test_a_code_changed_from_failed_to_collected_is_refused() -> None:
    with pytest.raises(ZenginError, match="振替済件数"):
        read_debit_result(at(RESULT_BYTES, 3, 112, b"0"))


@pytest.mark.parametrize("code", ["5", "6", "7"])
def test_undefined_result_codes_wait_for_a_person(code: str) -> None:
    odd = DebitFile(RESULT.header, (RESULT.lines[0], replace(RESULT.lines[1], result=code)))
    file = read_debit_result(write_debit_result(odd)).file
    assert file.to_review == (odd.lines[1],)
    assert file.collected == (odd.lines[0],)


# --- writing ---


@pytest.mark.parametrize(
    ("change", "position", "label"),
    [
        ({"holder": "山田"}, 51, "受取人名"),
        ({"holder": "ﾔﾏﾀﾞｰ"}, 51, "受取人名"),
        ({"holder": "ｱ" * 31}, 51, "受取人名"),
        ({"number": "12345678"}, 44, "口座番号"),
        ({"number": "12345６"}, 44, "口座番号"),
        ({"amount": 10**10}, 81, "振込金額"),
        ({"amount": -1}, 81, "振込金額"),
        ({"kind": "3"}, 43, "預金種目"),
        ({"bank_name": "ﾃｽﾄ(ｶ)"}, 6, "被仕向銀行名"),
    ],
)
def test_nothing_is_cut_off_to_make_it_fit(change: dict[str, object], position: int, label: str) -> None:
    line = replace(TRANSFERS.lines[0], **change)  # type: ignore[arg-type]
    with pytest.raises(ZenginError) as refused:
        write_transfers(TransferFile(TRANSFERS.header, (line,)))
    assert (refused.value.record, refused.value.position) == (2, position)
    assert label in refused.value.reason
    assert not any(str(value) in str(refused.value) for value in change.values() if len(str(value)) > 2)


@pytest.mark.parametrize(
    ("file", "write"),
    [
        (TransferFile(TRANSFERS.header, ()), write_transfers),
        (DebitFile(INSTRUCTION.header, ()), write_debit_instruction),
    ],
)
def test_a_file_without_lines_is_not_written(file: object, write: Callable[..., bytes]) -> None:
    with pytest.raises(ZenginError, match="1件もない"):
        write(file)

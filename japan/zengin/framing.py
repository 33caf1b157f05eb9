"""Between a file and its records: line ends, what editors leave behind, and bytes that are no one-byte character."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from japan.zengin.errors import ZenginError
from japan.zengin.layout import CODEC, RECORD_LENGTH

BOM: Final = b"\xef\xbb\xbf"
EOF: Final = b"\x1a"
EBCDIC_ONE: Final = 0xF1
_UTF8_KANA: Final = (b"\xef\xbd", b"\xef\xbe")
_ONE_BYTE: Final = bytes([*range(0x20, 0x7F), *range(0xA1, 0xE0)])


@dataclass(frozen=True, slots=True)
class Framed:
    """The records of a file, 120 characters each, and what was put right on the way, in sentences."""

    records: tuple[str, ...]
    warnings: tuple[str, ...]


def frame(data: bytes) -> Framed:
    """Split a file into records. Raises ``ZenginError`` for anything but records of 120 one-byte characters.

    Put right with a warning: a UTF-8 mark at the start, trailing spaces cut off by an editor. Line ends may be CR LF,
    LF, CR or none, but of one sort; bytes 0x1A at the end are dropped.
    """
    warnings: list[str] = []
    if data.startswith(BOM):
        warnings.append("ファイルの先頭にUTF-8の印（BOM）が付いていました。銀行の形式にはない印です。")
        data = data.removeprefix(BOM)
    data = data.rstrip(EOF)
    if not data:
        raise ZenginError("ファイルが空です。")
    if data[0] == EBCDIC_ONE:
        raise ZenginError("EBCDICのファイルは読み込めません。JIS（コード区分0）で作り直してもらってください。")
    padded = 0
    records = []
    for number, piece in enumerate(pieces(data), start=1):
        text = one_byte_text(piece, record=number)
        if len(text) < RECORD_LENGTH and text and not text.endswith(" "):
            padded += 1
            text = text.ljust(RECORD_LENGTH)
        if len(text) != RECORD_LENGTH:
            raise ZenginError(f"{RECORD_LENGTH}バイトのところ{len(text)}バイトです。", record=number)
        records.append(text)
    if padded:
        warnings.append(f"行末の空白が削られていた{padded}件のレコードを120バイトに戻しました。")
    return Framed(records=tuple(records), warnings=tuple(warnings))


def pieces(data: bytes) -> list[bytes]:
    """The records by their line ends, of one sort; without line ends, by 120 bytes."""
    ends = next((end for end in (b"\r\n", b"\n", b"\r") if end in data), None)
    if ends is not None:
        return data.removesuffix(ends).split(ends)
    return [data[start : start + RECORD_LENGTH] for start in range(0, len(data), RECORD_LENGTH)]


def one_byte_text(piece: bytes, *, record: int) -> str:
    """A record as text. Raises ``ZenginError`` at the first byte that is no one-byte character of JIS X 0201."""
    for byte in piece.translate(None, delete=_ONE_BYTE)[:1]:
        position = piece.index(byte) + 1
        saved_again = piece[position - 1 : position + 1] in _UTF8_KANA
        advice = "UTF-8で保存し直されています。銀行から届いたままの" if saved_again else "半角文字だけの"
        raise ZenginError(f"使えない文字です。{advice}ファイルを選んでください。", record=record, position=position)
    return piece.decode(CODEC)

"""CSV (UTF-8 with or without BOM, CP932) and XLSX as a stream of lines; nothing is held in memory but one line."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

import openpyxl

MOST_LINES = 200_000
MOST_BYTES = 50 * 1024 * 1024
LONGEST_CELL = 2_000


class UnreadableFile(Exception):
    """A file cannot be read as a whole; the text is a Japanese sentence that says what would be right."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line below the header: its number as a spreadsheet shows it, and its cells as text."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The header and the lines that follow; ``encoding`` is what a person would call it."""

    encoding: str
    header: tuple[str, ...]
    lines: Iterator[Line]


def read_table(source: IO[bytes], name: str, *, encoding: str = "") -> Table:
    """Open a file by its ending; ``encoding`` (of a CSV) is found out unless it is given.

    Raises ``UnreadableFile`` for what is no table; the lines may raise it later, too.
    """
    if name.lower().endswith(".xlsx"):
        return read_xlsx(source)
    if name.lower().endswith((".csv", ".txt")):
        return read_csv(source, encoding)
    raise UnreadableFile("CSV（.csv）またはExcel（.xlsx）のファイルを選んでください。")


ENCODINGS = {"utf-8": "UTF-8", "cp932": "Shift_JIS（CP932）"}


def read_csv(source: IO[bytes], wanted: str = "") -> Table:
    encoding, label = given_encoding(source, wanted) if wanted else detect_encoding(source)
    source.seek(0)
    rows = csv.reader(io.TextIOWrapper(source, encoding=encoding, newline=""), strict=True)
    return table_of(label, numbered(rows))


def given_encoding(source: IO[bytes], wanted: str) -> tuple[str, str]:
    """The encoding a mapping asks for; ``UnreadableFile`` with the line where the file has another one."""
    label = ENCODINGS[wanted]
    if (line := undecodable_line(source, wanted)) is not None:
        raise UnreadableFile(
            f"{line}行目に {label} では読み取れない文字があります。対応表は {label} のファイル用です。"
        )
    return "utf-8-sig" if wanted == "utf-8" else wanted, label


def numbered(rows: Any) -> Iterator[tuple[int, Sequence[str]]]:
    """Lines with the number at which they begin; a quoted cell may run over several."""
    began = 1
    try:
        for row in rows:
            yield began, row
            began = rows.line_num + 1
    except csv.Error as problem:
        raise UnreadableFile(
            f'{rows.line_num}行目を読み取れません。引用符（"）の閉じ忘れがないか確かめてください。'
        ) from problem


def detect_encoding(source: IO[bytes]) -> tuple[str, str]:
    """UTF-8 if the whole file decodes as it, else CP932; else ``UnreadableFile`` with the place."""
    if undecodable_line(source, "utf-8") is None:
        source.seek(0)
        has_bom = source.read(3) == codecs.BOM_UTF8
        return "utf-8-sig", "UTF-8（BOM付き）" if has_bom else "UTF-8"
    if (line := undecodable_line(source, "cp932")) is None:
        return "cp932", ENCODINGS["cp932"]
    raise UnreadableFile(
        f"文字コードを判別できません（{line}行目）。UTF-8 または Shift_JIS（CP932）のCSVで保存し直してください。"
    )


def undecodable_line(source: IO[bytes], encoding: str) -> int | None:
    """The line of the first byte that an encoding cannot read; None where it can read all."""
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    try:
        while chunk := source.read(1 << 16):
            lines += decoder.decode(chunk).count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as problem:
        return lines + bytes(problem.object[: problem.start]).count(b"\n")
    return None


def read_xlsx(source: IO[bytes]) -> Table:
    try:
        with zipfile.ZipFile(source) as archive:
            if sum(part.file_size for part in archive.infolist()) > 40 * MOST_BYTES:
                raise UnreadableFile("Excelファイルが大きすぎます。行を分けて取り込んでください。")
        source.seek(0)
        sheet = openpyxl.load_workbook(source, read_only=True, data_only=True).worksheets[0]
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError) as problem:
        raise UnreadableFile("Excelファイルとして読み取れません。.xlsx で保存し直してください。") from problem
    rows = (
        (number, [cell_text(value) for value in row])
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1)
    )
    return table_of("Excel", rows)


def cell_text(value: Any) -> str:
    """A spreadsheet cell as a person would type it: whole numbers without a point, days in ISO form."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)


def table_of(label: str, rows: Iterator[tuple[int, Sequence[str]]]) -> Table:
    first = next(rows, None)
    if first is None:
        raise UnreadableFile("ファイルが空です。1行目に見出し、2行目から内容を入れてください。")
    header = tuple(heading(cell) for cell in first[1])
    while header and not header[-1]:
        header = header[:-1]
    return Table(label, header, body(rows, len(header)))


def heading(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().lstrip("\ufeff")


def body(rows: Iterator[tuple[int, Sequence[str]]], width: int) -> Iterator[Line]:
    """The lines that hold anything, with trailing empty cells beyond the header cut off."""
    count = 0
    for number, row in rows:
        cells = [cell.replace("\x00", "") for cell in row]
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_LINES:
            raise UnreadableFile(f"一度に取り込めるのは{MOST_LINES:,}行までです。ファイルを分けてください。")
        yield Line(number, tuple(cells))

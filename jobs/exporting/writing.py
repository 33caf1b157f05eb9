"""Writing lines into a file, one at a time: CSV in UTF-8 or Shift_JIS, XLSX. Memory does not grow with the list.

What Shift_JIS (CP932) has no form for is never replaced silently: it is reported, and only written as 〓 once somebody who
has seen the report chose that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

import xlsxwriter

from jobs.exporting.kinds import Cell
from jobs.tables import BOM, FORMULA_BEGINS, csv_lines

GETA = "〓"
REPORTED = 200
# A character with the selectors that choose its form: one thing for people, and one for the report.
_CHARACTER = re.compile(r"(?s).[\ufe00-\ufe0f\U000e0100-\U000e01ef]*")


@dataclass
class Unfit:
    """Characters that cannot be written: the first of them as ``[line, column, character]``, and how many in all."""

    found: list[tuple[int, str, str]] = field(default_factory=list)
    total: int = 0

    def add(self, line: int, column: str, character: str) -> None:
        self.total += 1
        if len(self.found) < REPORTED:
            self.found.append((line, column, character))


def fits_cp932(text: str) -> bool:
    """Whether a text comes back from CP932 as it went in."""
    try:
        return text.encode("cp932").decode("cp932") == text
    except UnicodeError:
        return False


def in_cp932(text: str, report: Callable[[str], None]) -> str:
    """The text with 〓 for each character that CP932 has no form for; each is reported."""
    if fits_cp932(text):
        return text
    written = []
    for character in _CHARACTER.findall(text):
        if fits_cp932(character):
            written.append(character)
        else:
            report(character)
            written.append(GETA)
    return "".join(written)


def write_csv(columns: tuple[str, ...], lines: Iterable[tuple[Cell, ...]], out: IO[bytes]) -> None:
    """CSV in UTF-8 with BOM."""
    out.write(BOM.encode())
    for text in csv_lines(_table(columns, lines)):
        out.write(text.encode())


def write_csv_cp932(columns: tuple[str, ...], lines: Iterable[tuple[Cell, ...]], out: IO[bytes]) -> Unfit:
    """CSV in CP932; gives what had to be written as 〓."""
    unfit = Unfit()

    def fitting() -> Iterator[tuple[Cell, ...]]:
        for number, cells in enumerate(_table(columns, lines), 1):
            yield tuple(
                in_cp932(cell, lambda character, at=number, name=name: unfit.add(at, name, character))  # type: ignore[misc]
                if isinstance(cell, str)
                else cell
                for name, cell in zip(columns, cells, strict=True)
            )

    for text in csv_lines(fitting()):
        out.write(text.encode("cp932"))
    return unfit


def write_xlsx(columns: tuple[str, ...], lines: Iterable[tuple[Cell, ...]], out: IO[bytes]) -> None:
    """XLSX, line by line to disk. Text is text: nothing in it becomes a formula, a number or a link."""
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet("一覧")
    head, money, guarded = (
        book.add_format({"bold": True}),
        book.add_format({"num_format": "#,##0"}),
        book.add_format({"quote_prefix": True}),
    )
    sheet.freeze_panes(1, 0)
    for row, cells in enumerate(_table(columns, lines)):
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(row, column, cell, money)
            elif cell:
                begins = cell[:1] in FORMULA_BEGINS
                sheet.write_string(row, column, cell, head if row == 0 else guarded if begins else None)
    book.close()


def _table(columns: tuple[str, ...], lines: Iterable[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    """The heading and the lines; every line has as many cells as there are columns."""
    yield columns
    for cells in lines:
        if len(cells) != len(columns):
            raise ValueError(f"a line has {len(cells)} cells for {len(columns)} columns")
        yield tuple("" if cell is None else cell for cell in cells)

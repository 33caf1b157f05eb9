"""Tables that leave the house: cells that no spreadsheet runs as a formula, CSV as a stream."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

BOM = "\ufeff"
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")


def guarded(cell: object) -> object:
    """Text that a spreadsheet would run as a formula is written with an apostrophe before it; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in FORMULA_BEGINS else cell


class Echo:
    """Gives each line back to the stream instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Rows as lines of CSV (CRLF), guarded."""
    writer = csv.writer(Echo())
    for row in rows:
        yield writer.writerow([guarded(cell) for cell in row])


def csv_download(rows: Iterable[Sequence[object]], name: str) -> StreamingHttpResponse:
    """A CSV file (UTF-8 with BOM) as it is made."""

    def text() -> Iterator[str]:
        yield BOM
        yield from csv_lines(rows)

    response = StreamingHttpResponse(text(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response

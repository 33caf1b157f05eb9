"""Many letters bound into one file to print: cover sheet, letters in posting order, an index of pages, a digest.

The file is what was sent. A reprint is pages of this file, found by the index and proved by the digest.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import BinaryIO

from pikepdf import Dictionary, Name, Pdf


class PageCountDiffers(Exception):
    """A letter's file does not have the pages that were recorded when it was rendered; the run is not made."""

    def __init__(self, letter_id: str, recorded: int, found: int) -> None:
        self.letter_id, self.recorded, self.found = letter_id, recorded, found
        super().__init__(f"{letter_id} は {recorded}ページのはずですが、ファイルは {found}ページです。")


@dataclass(frozen=True)
class PrintItem:
    """One letter to bind. `name_key` is the kana search key; `load` reads its PDF when its turn comes.

    `enclosure` names what has to lie in the same envelope; empty for a letter that goes alone.
    """

    letter_id: str
    kind_label: str
    postal_code: str
    name_key: str
    pages: int
    load: Callable[[], bytes]
    enclosure: str = ""


@dataclass(frozen=True)
class Excluded:
    """A letter that stays out of the run, with the reason. It has no field for name or address."""

    letter_id: str
    kind_label: str
    reason: str


@dataclass(frozen=True)
class KindCount:
    """Letters and sheets of one kind in the run, and what is enclosed with each of them."""

    label_ja: str
    letters: int
    pages: int
    enclosure: str = ""


@dataclass(frozen=True)
class RunHeading:
    """What names a run: the office, the run's number, its business date, and the envelope it is laid out for."""

    office_name: str
    run_id: str
    business_date: date
    envelope_label: str


@dataclass(frozen=True)
class CoverSheet:
    """Everything the cover sheet prints. `pages` counts the letters' pages, without the cover."""

    heading: RunHeading
    counts: tuple[KindCount, ...]
    letters: int
    pages: int
    first_letter: str
    last_letter: str
    excluded: tuple[Excluded, ...]

    @property
    def enclosing(self) -> tuple[KindCount, ...]:
        """The kinds with which something is enclosed."""
        return tuple(count for count in self.counts if count.enclosure)


@dataclass(frozen=True)
class IndexEntry:
    """Where a letter is in the file: its first page, counted from 1 with the cover, and its number of pages."""

    letter_id: str
    first_page: int
    pages: int


@dataclass(frozen=True)
class PrintFile:
    """The file that was written: pages with the cover, SHA-256 in hex, and the index in the order of the pages."""

    pages: int
    sha256: str
    index: tuple[IndexEntry, ...]


def posting_order(letters: Iterable[PrintItem]) -> list[PrintItem]:
    """Letters by postal code, then name, then letter id; those without a postal code come last."""
    return sorted(letters, key=lambda item: (item.postal_code or "~", item.name_key, item.letter_id))


def cover_sheet(heading: RunHeading, ordered: Sequence[PrintItem], excluded: Iterable[Excluded]) -> CoverSheet:
    """Count what is in the run, by kind in order of the labels."""
    labels = sorted({item.kind_label for item in ordered})
    of_kind = {label: [item for item in ordered if item.kind_label == label] for label in labels}
    return CoverSheet(
        heading=heading,
        counts=tuple(
            KindCount(label, len(items), sum(item.pages for item in items), items[0].enclosure)
            for label, items in of_kind.items()
        ),
        letters=len(ordered),
        pages=sum(item.pages for item in ordered),
        first_letter=ordered[0].letter_id if ordered else "",
        last_letter=ordered[-1].letter_id if ordered else "",
        excluded=tuple(excluded),
    )


def write_print_file(
    heading: RunHeading,
    letters: Iterable[PrintItem],
    *,
    excluded: Iterable[Excluded] = (),
    render_cover: Callable[[CoverSheet], bytes],
    out: BinaryIO,
) -> PrintFile:
    """Write the run's PDF to `out` (readable and seekable) and say what is in it.

    The same letters give the same bytes. Viewers are told to print at full size and on one side: a scaled page misses
    the window, and the back of a sheet would be another person's letter. Raises `PageCountDiffers` before anything is
    written.
    """
    ordered = posting_order(letters)
    index = []
    with Pdf.new() as run:
        with Pdf.open(BytesIO(render_cover(cover_sheet(heading, ordered, excluded)))) as cover:
            run.pages.extend(cover.pages)
        for item in ordered:
            with Pdf.open(BytesIO(item.load())) as letter:
                if len(letter.pages) != item.pages:
                    raise PageCountDiffers(item.letter_id, item.pages, len(letter.pages))
                index.append(IndexEntry(item.letter_id, len(run.pages) + 1, item.pages))
                run.pages.extend(letter.pages)
        run.Root.ViewerPreferences = Dictionary(PrintScaling=Name("/None"), Duplex=Name.Simplex)
        pages = len(run.pages)
        run.save(out, deterministic_id=True)
    return PrintFile(pages, _sha256(out), tuple(index))


def _sha256(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()

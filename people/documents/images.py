"""Looking at a picture before it is kept, and drawing a marked copy of it for whoever reads it.

The copy is drawn anew from the dots, so that what a camera wrote into the file (the place above all) is never shown.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Lock
from typing import BinaryIO, Final

from PIL import Image, ImageDraw, ImageFile, ImageFont, ImageOps, ImageSequence, UnidentifiedImageError

from people.documents.refusals import DocumentRefused
from people.enums import FileKind

MOST_PIXELS: Final = 70_000_000
"""A3 at 600 dpi has 69.6 million dots. A small file that unpacks to more is a trap for the memory."""

MOST_FRAMES: Final = 100
"""Pages of one TIFF, as of one PDF."""

SHOWN: Final = 2_000
"""Longest side of the copy that is shown, in dots: A4 at 170 dpi, readable to the small print."""

PREVIEW: Final = 320
"""Longest side of the small copy in a list, in dots."""

FAINT: Final = 90
"""How much of the mark covers what is under it, of 255: seen on a photograph, and the paper stays readable."""

_FORMATS: Final = {FileKind.JPEG: ("JPEG", "MPO"), FileKind.PNG: ("PNG",), FileKind.TIFF: ("TIFF",)}
_ONE_AT_A_TIME: Final = Lock()
_DAMAGED: Final = "画像が壊れているか、途中で切れています。撮り直すか、スキャンし直してください。"


def check_image(content: BinaryIO, kind: FileKind) -> int:
    """The number of pages of a picture that can be decoded to its last dot; ``DocumentRefused`` otherwise."""
    try:
        with warnings.catch_warnings(), _whole_pictures_only():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _check(content, kind)
    except Image.DecompressionBombError:
        raise DocumentRefused(_too_many_dots()) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError, TypeError, KeyError):
        raise DocumentRefused(_DAMAGED) from None


@contextmanager
def _whole_pictures_only() -> Iterator[None]:
    """Let a picture that breaks off be an error. The layout engine of the letters allows them for the whole process."""
    with _ONE_AT_A_TIME:
        before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def _check(content: BinaryIO, kind: FileKind) -> int:
    frames = 0
    with _opened(content, kind) as image:
        for frame in _pages(image, kind):
            frames += 1
            if frames > MOST_FRAMES:
                raise DocumentRefused(f"TIFFのページが多すぎます。{MOST_FRAMES}ページまでに分けて選んでください。")
            if frame.width * frame.height > MOST_PIXELS:
                raise DocumentRefused(_too_many_dots())
            if kind == FileKind.JPEG:
                frame.draft("RGB", (SHOWN, SHOWN))  # decodes every block, at a fraction of the memory
            frame.load()
    return frames


def _opened(content: BinaryIO, kind: FileKind) -> Image.Image:
    content.seek(0)
    return Image.open(content, formats=_FORMATS[kind])


def _pages(image: Image.Image, kind: FileKind) -> ImageSequence.Iterator | list[Image.Image]:
    """All pages of a TIFF, and of anything else its first picture (a telephone may hang a second one behind it)."""
    return ImageSequence.Iterator(image) if kind == FileKind.TIFF else [image]


def _too_many_dots() -> str:
    return (
        f"画像が大きすぎます（{MOST_PIXELS // 10_000}万画素まで）。解像度を300dpi程度にしてスキャンし直してください。"
    )


# --- the reader's mark ------------------------------------------------------------------------------


def stamped_image(content: BinaryIO, kind: FileKind, mark: str, *, longest: int = SHOWN) -> tuple[bytes, FileKind]:
    """A copy with a mark (ASCII) across it, and what kind it is: JPEG, or for a TIFF a PDF of its pages."""
    with warnings.catch_warnings(), _opened(content, kind) as image:
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        pages = [_marked(frame, kind, mark, longest) for frame in _pages(image, kind)]
    out = BytesIO()
    if kind == FileKind.TIFF:
        pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=longest / 11.7)
        return out.getvalue(), FileKind.PDF
    pages[0].save(out, "JPEG", quality=85)
    return out.getvalue(), FileKind.JPEG


def preview_image(content: BinaryIO, kind: FileKind, mark: str) -> bytes:
    """The first page, small, as a JPEG with the mark."""
    with warnings.catch_warnings(), _opened(content, kind) as image:
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        page = _marked(image, kind, mark, PREVIEW)
    out = BytesIO()
    page.save(out, "JPEG", quality=80)
    return out.getvalue()


def _marked(frame: Image.Image, kind: FileKind, mark: str, longest: int) -> Image.Image:
    if kind == FileKind.JPEG:
        frame.draft("RGB", (longest, longest))
    page = ImageOps.exif_transpose(frame)
    page = _on_white(page)
    page.thumbnail((longest, longest))
    return _with_mark(page, mark)


def _on_white(image: Image.Image) -> Image.Image:
    """The picture in plain colours; what is see-through becomes paper."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image).convert("RGB")
    return image.convert("RGB")


def _with_mark(page: Image.Image, mark: str) -> Image.Image:
    font = ImageFont.load_default(size=max(10, max(page.size) // 70))
    left, top, right, bottom = font.getbbox(mark)
    tile = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8))
    ImageDraw.Draw(tile).text((4 - left, 4 - top), mark, font=font, fill=255)
    tile = tile.rotate(30, expand=True)
    mask = Image.new("L", page.size)
    shift = 0
    for y in range(0, page.height, max(tile.height, 1)):
        for x in range(-shift, page.width, int(tile.width * 1.3)):
            mask.paste(tile, (x, y), tile)
        shift = tile.width // 2 - shift
    page.paste(Image.new("RGB", page.size, (90, 90, 90)), mask=mask.point(lambda value: value * FAINT // 255))
    return page

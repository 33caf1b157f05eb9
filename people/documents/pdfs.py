"""Looking inside a PDF before it is kept, and marking a copy for whoever reads it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from people.documents.refusals import DocumentRefused

MOST_PAGES: Final = 100
"""A whole case file is some forty sheets; a book was chosen by mistake."""

MOST_OBJECTS: Final = 100_000
"""A scan has a few objects a page, a text of 100 pages some thousands."""

LARGEST_STREAM: Final = 256 * 1024 * 1024
"""Bytes a compressed part may unpack to: four colour pages A4 at 600 dpi. More is a trap for the memory."""

RESCAN: Final = "紙をスキャンし直したPDFを選んでください。"
_DAMAGED: Final = f"PDFが壊れているか、途中で切れています。{RESCAN}"
_PROGRAM: Final = "プログラム（JavaScript）"
_ATTACHMENT: Final = "添付ファイル"
_ACTIONS: Final = {
    "/JavaScript": _PROGRAM,
    "/Launch": "ほかのプログラムを起動する命令",
    "/SubmitForm": "外部に送信する命令",
    "/ImportData": "外部から読み込む命令",
    "/GoToR": "ほかのファイルを開く命令",
    "/GoToE": "ほかのファイルを開く命令",
    "/Rendition": "動画や音声",
    "/Movie": "動画や音声",
    "/Sound": "動画や音声",
}
_KEYS: Final = {
    "/JS": _PROGRAM,
    "/JavaScript": _PROGRAM,
    "/EmbeddedFiles": _ATTACHMENT,
    "/EF": _ATTACHMENT,
    "/XFA": "入力用のプログラム（XFA）",
    "/RichMediaContent": "動画や音声",
}
_SUBTYPES: Final = {
    "/FileAttachment": _ATTACHMENT,
    "/RichMedia": "動画や音声",
    "/3D": "立体の図",
    "/Screen": "動画や音声",
}

# qpdf's limits hold for the whole process; letters and forms of our own stay far below.
pikepdf.settings.set_qpdf_limits(flate_max_memory=LARGEST_STREAM, run_length_max_memory=LARGEST_STREAM)


def check_pdf(content: BinaryIO) -> int:
    """The number of pages of a PDF that is whole, open and inert; ``DocumentRefused`` for every other one."""
    try:
        with _opened(content) as pdf:
            if pdf.is_encrypted:
                raise DocumentRefused(f"PDFに暗号がかかっています。暗号のないPDFを用意するか、{RESCAN}")
            found = dangerous(pdf)
            if found:
                raise DocumentRefused(f"PDFに{found}が入っているため、受け取れません。{RESCAN}")
            pages = len(pdf.pages)
            if any(not _has_size(page.obj) for page in pdf.pages):
                raise DocumentRefused(_DAMAGED)
    except pikepdf.PasswordError:
        raise DocumentRefused(f"PDFにパスワードがかかっています。パスワードのないPDFを用意するか、{RESCAN}") from None
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, RuntimeError, RecursionError):
        raise DocumentRefused(_DAMAGED) from None
    if not pages:
        raise DocumentRefused(f"PDFにページがありません。{RESCAN}")
    if pages > MOST_PAGES:
        raise DocumentRefused(f"PDFが{pages}ページあります。{MOST_PAGES}ページまでに分けて選んでください。")
    return pages


def _opened(content: BinaryIO) -> Pdf:
    content.seek(0)
    return Pdf.open(content, attempt_recovery=False)


def dangerous(pdf: Pdf) -> str:
    """What in a PDF could act by itself or carry something along, in words; empty where there is nothing."""
    for number, one in enumerate(_objects(pdf)):
        if number > MOST_OBJECTS:
            return "スキャンとは思えないほど多くの部品"
        found = _danger_in(one)
        if found:
            return found
    return ""


def _objects(pdf: Pdf) -> Iterator[Object]:
    """Every dictionary, stream and array of a file, once each: the indirect ones, and what lies directly inside them."""
    waiting: list[Object] = [pdf.trailer, *pdf.objects]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, Dictionary | Stream | Array):
            continue
        yield one
        inside: Any = one if isinstance(one, Array) else (one[key] for key in one.keys())
        waiting += [part for part in inside if isinstance(part, Dictionary | Array) and not part.is_indirect]


def _danger_in(one: Object) -> str:
    if isinstance(one, Array):
        return ""
    keys = set(one.keys())
    for key in keys & _KEYS.keys():
        return _KEYS[key]
    if "/S" in keys and str(one["/S"]) in _ACTIONS:
        return _ACTIONS[str(one["/S"])]
    if "/Subtype" in keys and str(one["/Subtype"]) in _SUBTYPES:
        return _SUBTYPES[str(one["/Subtype"])]
    return _ATTACHMENT if str(one.get("/Type", "")) == "/EmbeddedFile" else ""


def _has_size(page: Object) -> bool:
    box = page.get("/MediaBox")
    return isinstance(box, Array) and len(box) == 4


# --- the reader's mark ------------------------------------------------------------------------------

_SIZE: Final = 11
_ACROSS, _DOWN = 230, 120


def stamped_pdf(content: BinaryIO, mark: str) -> bytes:
    """A copy of a PDF with a mark (ASCII) across every page. Links between pages stay, nothing else is taken over."""
    out = BytesIO()
    with _opened(content) as pdf:
        font = pdf.make_indirect(
            Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
        )
        faint = pdf.make_indirect(Dictionary(Type=Name.ExtGState, ca=0.35, CA=0.35))
        for page in pdf.pages:
            font_name = page.add_resource(font, Name.Font)
            state_name = page.add_resource(faint, Name.ExtGState)
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(b"\nQ\n" + _marks(page, mark, str(font_name), str(state_name)))
        pdf.save(out)
    return out.getvalue()


def _marks(page: pikepdf.Page, mark: str, font: str, state: str) -> bytes:
    """The drawing of a mark, again and again across a page, readable in whichever way the page is turned."""
    left, bottom, right, top = (float(edge) for edge in page.mediabox)
    turned = int(page.obj.get("/Rotate", 0)) % 360
    angle = math.radians(30 + turned)
    cosine, sine = math.cos(angle), math.sin(angle)
    drawing = [f"q {state} gs {font} {_SIZE} Tf 0.35 0.35 0.35 rg BT"]
    y, shift = bottom + 20, 0
    while y < top:
        x = left + 10 - shift
        while x < right:
            drawing.append(f"{cosine:.4f} {sine:.4f} {-sine:.4f} {cosine:.4f} {x:.1f} {y:.1f} Tm ({mark}) Tj")
            x += _ACROSS
        y += _DOWN
        shift = _ACROSS // 2 - shift
    drawing.append("ET Q")
    return "\n".join(drawing).encode("ascii")

"""Every file is opened and looked through before it is kept; a refusal says in a sentence what would be right."""

import io
import struct
import zlib

import pikepdf
import pytest
from pikepdf import Pdf
from PIL import Image, ImageFile

from people.documents import images, pdfs
from people.documents.checking import LARGEST, examine
from people.documents.recognising import LONGEST_NAME
from people.documents.refusals import DocumentRefused
from people.enums import FileKind
from tests.people.scans import a_locked_pdf, a_pdf, a_pdf_with, a_picture, an_executable, drawn_on


def look(content: bytes, name: str = "scan"):
    return examine(io.BytesIO(content), name=name)


# --- what is taken -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind", "pages"),
    [
        (a_pdf(3), FileKind.PDF, 3),
        (a_picture("JPEG"), FileKind.JPEG, 1),
        (a_picture("PNG"), FileKind.PNG, 1),
        (a_picture("TIFF"), FileKind.TIFF, 1),
        (a_picture("TIFF", pages=4, compression="tiff_lzw"), FileKind.TIFF, 4),
    ],
)
def test_a_scan_is_known_by_its_content(content, kind, pages):
    found = look(content)

    assert (found.kind, found.pages, found.size) == (kind, pages, len(content))
    assert len(found.sha256) == 64


@pytest.mark.parametrize(
    "name", ["", "scan", "IMG_0042.JPG", "photo.jpeg", "スキャン 1.png", "paper.v2.jpg", "scan.001"]
)
def test_ordinary_names_are_fine_and_a_picture_may_be_called_like_another_kind_of_picture(name):
    assert look(a_picture("JPEG"), name).kind == FileKind.JPEG


# --- what is not -------------------------------------------------------------------------------------


def test_a_large_pdf_that_is_an_executable_is_told_what_it_is_and_what_would_be_right():
    with pytest.raises(DocumentRefused) as refused:
        look(an_executable(40), "zeimei.pdf")

    assert "実行ファイル" in str(refused.value)
    assert "PDF、JPEG、PNG、TIFF" in str(refused.value) and "20MB" in str(refused.value)
    assert "zeimei" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空のファイル"),
        (b"\x7fELF\x02\x01", "実行ファイル"),
        (b"#!/bin/sh\nrm -rf /", "スクリプト"),
        (b"PK\x03\x04....", "Word・Excel"),
        (b"\xd0\xcf\x11\xe0....", "以前のWord・Excel"),
        (b"\x00\x00\x00\x24ftypheic....", "HEIC"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "WebP"),
        (b"GIF89a", "GIF"),
        (b"  <!DOCTYPE html><script>", "ウェブページ"),
        (b'<svg xmlns="http://www.w3.org/2000/svg">', "ウェブページ"),
        (b"hello %PDF-1.7", "PDFでも画像でもない"),
    ],
)
def test_other_files_are_named_for_what_they_are(content, words):
    with pytest.raises(DocumentRefused, match=words):
        look(content, "x.pdf")


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("javascript when opened", "JavaScript"),
        ("javascript on a page", "JavaScript"),
        ("javascript in the name tree", "JavaScript"),
        ("an attachment", "添付ファイル"),
        ("a launch action", "ほかのプログラムを起動"),
        ("a form that is sent", "外部に送信"),
        ("a film", "動画"),
    ],
)
def test_a_pdf_that_does_something_or_carries_something_is_refused(what, words):
    with pytest.raises(DocumentRefused, match=words):
        look(a_pdf_with(what))


@pytest.mark.parametrize(("locked", "words"), [("", "暗号がかかっています"), ("secret", "パスワードがかかっています")])
def test_a_locked_pdf_is_refused(locked, words):
    with pytest.raises(DocumentRefused, match=words):
        look(a_locked_pdf(to_open=locked))


@pytest.mark.parametrize("cut", [20, 200, -30])
def test_a_pdf_that_breaks_off_is_refused(cut):
    with pytest.raises(DocumentRefused, match="壊れているか、途中で切れています"):
        look(a_pdf(2, words="a long line of text")[:cut])


def test_a_pdf_of_too_many_pages_or_none_is_refused():
    assert look(a_pdf(pdfs.MOST_PAGES)).pages == pdfs.MOST_PAGES
    with pytest.raises(DocumentRefused, match="101ページあります。100ページまで"):
        look(a_pdf(pdfs.MOST_PAGES + 1))
    with pytest.raises(DocumentRefused, match="ページがありません"):
        look(a_pdf(0))


def a_packed_pdf(unpacked: int) -> bytes:
    """A sound PDF of one page whose objects lie in a packed stream of so many bytes, nearly all of them blanks."""
    objects = {
        2: b"<< /Type /Catalog /Pages 3 0 R >>",
        3: b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        4: b"<< /Type /Page /Parent 3 0 R /MediaBox [0 0 595 842] >>",
    }
    index, inside = b"", b""
    for number, content in objects.items():
        index += b"%d %d " % (number, len(inside))
        inside += content + b" "
    packed = zlib.compress((index + inside).ljust(unpacked), 9)
    head = b"%PDF-1.5\n"
    stream = (
        b"1 0 obj\n<< /Type /ObjStm /N 3 /First %d /Filter /FlateDecode /Length %d >>\nstream\n"
        % (len(index), len(packed))
        + packed
        + b"\nendstream\nendobj\n"
    )
    at = len(head) + len(stream)
    rows = struct.pack(">BIB", 0, 0, 0) + struct.pack(">BIB", 1, len(head), 0)
    rows += b"".join(struct.pack(">BIB", 2, 1, place) for place in range(3)) + struct.pack(">BIB", 1, at, 0)
    xref = b"5 0 obj\n<< /Type /XRef /Size 6 /W [1 4 1] /Root 2 0 R /Length %d >>\nstream\n" % len(rows)
    return head + stream + xref + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % at


def test_a_small_pdf_that_unpacks_to_more_than_the_limit_is_refused():
    assert pikepdf.settings.get_qpdf_limits()["flate_max_memory"] == pdfs.LARGEST_STREAM
    content = a_packed_pdf(3_000_000)
    assert len(content) < 5_000 and look(content).pages == 1

    before = pikepdf.settings.set_qpdf_limits(flate_max_memory=1_000_000)
    try:
        with pytest.raises(DocumentRefused, match="壊れているか"):
            look(content)
    finally:
        pikepdf.settings.set_qpdf_limits(flate_max_memory=before["flate_max_memory"])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_picture_that_breaks_off_is_refused(kind, monkeypatch):
    whole = a_picture(kind, (800, 1100))
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as the layout engine sets it
    with pytest.raises(DocumentRefused, match="画像が壊れているか"):
        look(whole[: len(whole) // 2])


def test_a_small_picture_that_unpacks_to_too_many_dots_is_refused(monkeypatch):
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\x00" * 90_000)) + chunk(b"IEND", b"")
    with pytest.raises(DocumentRefused, match="7000万画素まで"):
        look(bomb)

    monkeypatch.setattr(images, "MOST_PIXELS", 300 * 420 - 1)
    with pytest.raises(DocumentRefused, match="画像が大きすぎます"):
        look(a_picture())


def test_a_file_of_more_than_20_megabytes_is_told_its_size_and_the_limit():
    with pytest.raises(DocumentRefused, match="ファイルが大きすぎます（21MB。20MBまで）"):
        look(a_pdf() + b"%" * LARGEST)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../../etc/passwd.pdf", "フォルダーの区切り"),
        ("C:\\Users\\scan.pdf", "フォルダーの区切り"),
        ("scan\u202efdp.exe", "画面に出ない文字"),
        ("scan\r\n.pdf", "画面に出ない文字"),
        ("長" * (LONGEST_NAME + 1) + ".pdf", "ファイル名が長すぎます"),
        ("zeimei.pdf.exe", "拡張子"),
        ("zeimei.exe", "拡張子"),
        ("zeimei.jpg", "拡張子"),
        ("zeimei.pdf.html", "拡張子"),
    ],
)
def test_a_name_that_is_a_trick_is_refused_without_repeating_it(name, words):
    with pytest.raises(DocumentRefused, match=words) as refused:
        look(a_pdf(), name)
    for part in ("passwd", "Users", "zeimei", "長長"):
        assert part not in str(refused.value)


# --- the marked copy ---------------------------------------------------------------------------------


def test_every_page_of_the_copy_says_who_looked_and_when():
    copy = pdfs.stamped_pdf(io.BytesIO(a_pdf(3, words="hello")), "shi01  2026-11-20 10:00")

    assert [b"(shi01  2026-11-20 10:00) Tj" in page for page in drawn_on(copy)] == [True] * 3


def test_the_mark_changes_a_picture_all_over_and_drops_what_the_camera_wrote():
    plain = Image.new("RGB", (900, 1200), "white")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (35.0, 0.0, 0.0)}
    out = io.BytesIO()
    plain.save(out, "JPEG", exif=exif)

    copy, kind = images.stamped_image(io.BytesIO(out.getvalue()), FileKind.JPEG, "shi01  2026-11-20 10:00")

    assert kind == FileKind.JPEG
    with Image.open(io.BytesIO(copy)) as marked:
        assert not marked.getexif()
        for left in (0, 450):
            for top in (0, 400, 800):
                part = marked.convert("L").crop((left, top, left + 450, top + 400))
                assert sum(part.histogram()[:220]) > 500, (left, top)


def test_a_tiff_is_shown_as_a_pdf_of_all_its_pages():
    copy, kind = images.stamped_image(io.BytesIO(a_picture("TIFF", pages=3)), FileKind.TIFF, "shi01")

    assert kind == FileKind.PDF
    with Pdf.open(io.BytesIO(copy)) as pdf:
        assert len(pdf.pages) == 3


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "I;16", "CMYK"])
def test_every_kind_of_dots_a_scanner_uses_can_be_shown(mode):
    kind = "TIFF" if mode in ("CMYK",) else "PNG"
    out = io.BytesIO()
    Image.new(mode, (200, 200)).save(out, kind)
    content = out.getvalue()

    found = look(content)
    copy, _ = images.stamped_image(io.BytesIO(content), found.kind, "shi01")

    assert copy

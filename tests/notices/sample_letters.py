"""Invented letters for the tests of the letter engine, and ways to look into a PDF."""

import re
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from exemptions.letters import (
    ExemptionApprovedFacts,
    ExemptionApprovedInPartFacts,
    ExemptionRefusedFacts,
    Portion,
)
from notices.envelopes import NAGA3_EXAMPLE
from notices.kinds import Addressee, Desk, LetterFacts, Sender, kind
from notices.rendering import RenderedLetter, render_letter

MM_PER_PT = 25.4 / 72
WATANABE_VARIANT = "渡邉\U000e0102"

SENDER = Sender(
    office_name="社会福祉法人 青海県社会福祉協議会",
    chairperson="会長　三崎 静江",
    postal_code="9990001",
    lines=("青海県青海市中央1丁目2番3号", "福祉会館3階"),
    phone="000-555-0100",
    hours="平日 9時から17時まで",
)
DESKS = (
    Desk("青海市くらし支援窓口（自立相談支援機関）", "000-555-0111", "平日 9時から17時まで"),
    Desk("特例貸付 償還相談センター", "000-555-0122", "平日 9時から18時まで"),
    Desk("青海県 家計相談室", "000-555-0133", "平日 10時から16時まで"),
)


def addressee(name: str = "横山 啓輔", *lines: str, postal_code: str = "9990002") -> Addressee:
    return Addressee(name, postal_code, lines or ("青海県青海市北浜町二丁目14番5号", "コーポしおかぜ 203号室"))


def common(**changes: Any) -> dict[str, Any]:
    return {
        "addressee": addressee(),
        "sender": SENDER,
        "envelope": NAGA3_EXAMPLE,
        "document_number": "青海社協発第1234号",
        "issued_on": date(2023, 9, 15),
        "fund_name": "総合支援資金（初回貸付）",
        "fund_code": "KB",
        "loan_code": "0200001",
        "principal": 600_000,
        "application_received_on": date(2023, 7, 10),
        "decided_on": date(2023, 9, 1),
        "desks": DESKS,
    } | changes


def approved(**changes: Any) -> ExemptionApprovedFacts:
    return ExemptionApprovedFacts(**common(**({"exempted_amount": 540_000} | changes)))


def approved_in_part(**changes: Any) -> ExemptionApprovedInPartFacts:
    portions = {
        "exempted": Portion(540_000, 2024 * 12, None),
        "remaining": Portion(20_000, 2023 * 12 + 8, 2023 * 12 + 11),
    }
    return ExemptionApprovedInPartFacts(**common(**(portions | changes)))


def refused(**changes: Any) -> ExemptionRefusedFacts:
    return ExemptionRefusedFacts(**common(**changes))


SAMPLES = {
    "exemption_approved": approved,
    "exemption_approved_in_part": approved_in_part,
    "exemption_refused": refused,
}


def render(code: str, facts: LetterFacts | None = None, letter_id: str = "L-0000123") -> RenderedLetter:
    return render_letter(kind(code), facts or SAMPLES[code](), letter_id=letter_id)


def text_of(pdf: bytes) -> str:
    """The text of all pages without any white space."""
    return "".join(page_texts(pdf))


def page_texts(pdf: bytes) -> list[str]:
    return [re.sub(r"\s", "", page.extract_text()) for page in pypdf.PdfReader(BytesIO(pdf)).pages]


@dataclass(frozen=True)
class Word:
    """A word on a page, in millimetres from the page's top-left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def words_on_first_page(pdf: bytes, folder: Path) -> list[Word]:
    (folder / "letter.pdf").write_bytes(pdf)
    command = ["pdftotext", "-bbox", "-l", "1", str(folder / "letter.pdf"), "-"]
    page = ET.fromstring(subprocess.run(command, capture_output=True, check=True).stdout)
    return [
        Word(word.text or "", *(float(word.attrib[side]) * MM_PER_PT for side in ("xMin", "yMin", "xMax", "yMax")))
        for word in page.iter("{http://www.w3.org/1999/xhtml}word")
    ]


def grey_first_page(pdf: bytes, folder: Path, dpi: int = 100) -> list[bytes]:
    """The first page as rows of grey bytes."""
    (folder / "letter.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-gray", "-r", str(dpi), "-l", "1", str(folder / "letter.pdf")]
    image = subprocess.run(command, capture_output=True, check=True).stdout
    header = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", image)
    assert header is not None
    width, pixels = int(header[1]), image[header.end() :]
    return [pixels[at : at + width] for at in range(0, len(pixels), width)]


def embedded_fonts(pdf: bytes) -> dict[str, TTFont]:
    """The fonts in the file by their name without the subset's tag."""
    found = {}
    with pikepdf.open(BytesIO(pdf)) as document:
        fonts: list[Any] = [
            entry
            for entry in document.objects
            if isinstance(entry, pikepdf.Dictionary) and "/DescendantFonts" in entry
        ]
        for entry in fonts:
            descriptor = entry.DescendantFonts[0].FontDescriptor
            data = descriptor["/FontFile3" if "/FontFile3" in descriptor else "/FontFile2"].read_bytes()
            found[str(entry.BaseFont).split("+")[-1]] = TTFont(BytesIO(data))
    return found


def outline(font: TTFont, glyph: str) -> tuple[Any, ...]:
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[glyph].draw(pen)
    return tuple(pen.value)

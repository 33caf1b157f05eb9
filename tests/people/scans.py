"""Files as scanners, cameras and others make them, for tests; all drawn here, none of a real paper."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image, ImageDraw

from accounts.models import User
from audit.actors import Actor
from people.documents.services import Incoming, take_in
from people.enums import PaperKind
from people.models import Document, Person


def a_pdf(pages: int = 1, *, words: str = "", **saving: Any) -> bytes:
    """A PDF with some pages; ``words`` (ASCII) stand on the first one."""
    out = io.BytesIO()
    with Pdf.new() as pdf:
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        for number in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
            page = pdf.pages[-1]
            page.Resources = Dictionary(Font=Dictionary(F1=font))
            text = words if number == 0 else ""
            page.Contents = pdf.make_stream(f"BT /F1 24 Tf 60 700 Td ({text}) Tj ET".encode())
        pdf.save(out, **saving)
    return out.getvalue()


def a_pdf_with(what: str) -> bytes:
    """A PDF that carries something a scan never has."""
    out = io.BytesIO()
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
        match what:
            case "javascript when opened":
                pdf.Root.OpenAction = script
            case "javascript on a page":
                pdf.pages[0].obj.AA = Dictionary(O=script)
            case "javascript in the name tree":
                pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), script])))
            case "an attachment":
                pdf.attachments["list.xlsx"] = b"PK\x03\x04"
            case "a launch action":
                link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]))
                link.A = Dictionary(S=Name.Launch, F=String("cmd.exe"))
                pdf.pages[0].Annots = Array([pdf.make_indirect(link)])
            case "a form that is sent":
                pdf.Root.OpenAction = Dictionary(S=Name.SubmitForm, F=String("https://example.jp/"))
            case "a film":
                film = Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=Array([0, 0, 9, 9]))
                pdf.pages[0].Annots = Array([film])
        pdf.save(out)
    return out.getvalue()


def a_locked_pdf(*, to_open: str = "") -> bytes:
    """A PDF with encryption; without a password to open it only changes are locked."""
    return a_pdf(encryption=pikepdf.Encryption(owner="owner", user=to_open))


def a_picture(
    kind: str = "PNG", size: tuple[int, int] = (300, 420), *, color: str = "white", pages: int = 1, **saving: Any
) -> bytes:
    """A picture with a line on it."""
    images = []
    for number in range(pages):
        image = Image.new("RGB", size, color)
        ImageDraw.Draw(image).line((0, number, size[0], size[1]), fill="black", width=3)
        images.append(image)
    out = io.BytesIO()
    if pages > 1:
        saving |= {"save_all": True, "append_images": images[1:]}
    images[0].save(out, kind, **saving)
    return out.getvalue()


def an_executable(megabytes: int = 1) -> bytes:
    return b"MZ\x90\x00" + b"\x00" * (megabytes * 1024 * 1024)


def drawn_on(pdf: bytes) -> list[bytes]:
    """What is drawn on each page of a PDF, as drawing commands."""
    with Pdf.open(io.BytesIO(pdf)) as opened:
        return [
            b"".join(part.read_bytes() for part in contents) if isinstance(contents, Array) else contents.read_bytes()
            for contents in (page.obj.Contents for page in opened.pages)
        ]


def a_scan(
    person: Person,
    user: User,
    content: bytes | None = None,
    *,
    kind: PaperKind = PaperKind.OTHER,
    at: datetime,
    **more: Any,
) -> Document:
    """A scan taken in by somebody."""
    file = Incoming(io.BytesIO(content if content is not None else a_picture()), "scan")
    return take_in(person=person, kind=kind, incoming=[file], by=Actor.person(user), at=at, **more)[0]


def upload_of(content: bytes, name: str = "scan.pdf", content_type: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=content_type)

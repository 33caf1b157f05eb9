"""May this file be kept? Every file is opened and looked through before a byte of it is stored."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import BinaryIO, Final

from people.documents.images import check_image
from people.documents.pdfs import check_pdf
from people.documents.recognising import ADVICE, HEAD, mistaken_for, name_problem, recognise
from people.documents.refusals import DocumentRefused
from people.enums import FileKind

LARGEST: Final = 20 * 1024 * 1024
"""Bytes. Forty colour pages at 300 dpi fit; ``people.documents.recognising.ADVICE`` says it in words."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a file: its kind, bytes, pages and SHA-256 (hex)."""

    kind: FileKind
    size: int
    pages: int
    sha256: str


def examine(content: BinaryIO, *, name: str = "") -> Checked:
    """Look through a file (seekable). ``name`` is what it was called on the way here; it is judged, not kept.

    ``DocumentRefused`` says what is wrong and what would be right.
    """
    size = content.seek(0, os.SEEK_END)
    content.seek(0)
    head = content.read(HEAD)
    kind = recognise(head)
    if kind is None:
        found = mistaken_for(head)
        what = f"中身が{found}です。" if found else "PDFでも画像でもないファイルです。"
        raise DocumentRefused(f"{what}{ADVICE}")
    problem = name_problem(name, kind)
    if problem:
        raise DocumentRefused(problem)
    if size > LARGEST:
        raise DocumentRefused(
            f"ファイルが大きすぎます（{-(-size // 1024**2)}MB。{LARGEST // 1024**2}MBまで）。"
            "解像度を300dpi程度に下げるか、ページを分けてスキャンしてください。"
        )
    pages = check_pdf(content) if kind == FileKind.PDF else check_image(content, kind)
    return Checked(kind=kind, size=size, pages=pages, sha256=_sha256(content))


def _sha256(content: BinaryIO) -> str:
    content.seek(0)
    digest = hashlib.sha256()
    while chunk := content.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()

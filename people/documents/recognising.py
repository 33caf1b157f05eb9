"""What a file really is, told from its first bytes. What its name or the browser claims is never believed.

The name of an uploaded file is looked at once, to refuse what does not fit, and then forgotten: people write names and
addresses of others into it.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from people.enums import FileKind

HEAD: Final = 512
"""How many bytes from the beginning are enough to tell."""

LONGEST_NAME: Final = 150
"""Characters. Longer names come from no scanner and no camera."""

WANTED: Final = "PDF、JPEG、PNG、TIFF のどれか"
ADVICE: Final = f"紙をスキャンした画像、または写真（{WANTED}、20MBまで）を選んでください。"

_KINDS: Final = (
    (b"%PDF-", FileKind.PDF),
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"II*\x00", FileKind.TIFF),
    (b"MM\x00*", FileKind.TIFF),
)
_OTHERS: Final = (
    (b"MZ", "プログラム（実行ファイル）"),
    (b"\x7fELF", "プログラム（実行ファイル）"),
    (b"\xcf\xfa\xed\xfe", "プログラム（実行ファイル）"),
    (b"\xca\xfe\xba\xbe", "プログラム（実行ファイル）"),
    (b"#!", "プログラム（スクリプト）"),
    (b"PK\x03\x04", "ZIP（またはWord・Excel）のファイル"),
    (b"\xd0\xcf\x11\xe0", "以前のWord・Excelのファイル"),
    (b"GIF8", "GIF画像"),
    (b"BM", "BMP画像"),
    (b"{\\rtf", "文書ファイル（RTF）"),
)
_SUFFIXES: Final = {
    FileKind.PDF: frozenset({"pdf"}),
    FileKind.JPEG: frozenset({"jpg", "jpeg", "jpe", "jfif", "png"}),
    FileKind.PNG: frozenset({"png", "jpg", "jpeg"}),
    FileKind.TIFF: frozenset({"tif", "tiff"}),
}


def recognise(head: bytes) -> FileKind | None:
    """The kind of a file we take, from its first bytes; None for everything else."""
    return next((kind for mark, kind in _KINDS if head.startswith(mark)), None)


def mistaken_for(head: bytes) -> str:
    """In words for the desk, what a file is that we do not take; empty where it cannot be told."""
    if not head:
        return "空のファイル"
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheif"):
        return "HEIC画像（iPhoneの写真）"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WebP画像"
    found = next((word for mark, word in _OTHERS if head.startswith(mark)), "")
    if not found and head.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html", b"<?xml", b"<svg")):
        return "ウェブページ"
    return found


def name_problem(name: str, kind: FileKind | None) -> str:
    """Why a file may not come in under this name, as a sentence that does not repeat it; empty where it may.

    A path, characters that do not print (a turned-round 「.exe」 among them), more length than any scanner writes, or an
    ending that contradicts the content. A name without an ending, or one that ends in a number, is fine.
    """
    if "/" in name or "\\" in name or name.startswith("..") or "\x00" in name:
        return "ファイル名にフォルダーの区切り（/ や \\）が入っています。ファイル名を付け直してから選んでください。"
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for character in name):
        return "ファイル名に、画面に出ない文字が入っています。ファイル名を付け直してから選んでください。"
    if len(name) > LONGEST_NAME:
        return f"ファイル名が長すぎます（{LONGEST_NAME}字まで）。短い名前に付け直してから選んでください。"
    stem, dot, suffix = name.rpartition(".")
    suffix = suffix.strip().lower()
    if kind is None or not dot or not stem or suffix.isdecimal() or suffix in _SUFFIXES[kind]:
        return ""
    return (
        f"ファイル名の末尾（拡張子）と中身（{kind.label}）が合いません。"
        "スキャンし直すか、正しい名前に付け直してから選んでください。"
    )

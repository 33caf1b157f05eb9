"""Where scans lie: Django's private storage, under names drawn by lot.

A name says nothing about anybody, follows from nothing, and stands in no address: a scan is reached by its row alone.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Final

from django.core.files.base import File
from django.core.files.storage import default_storage

from people.enums import FileKind

FOLDER: Final = "documents"
_SUFFIX: Final = {FileKind.PDF: "pdf", FileKind.JPEG: "jpg", FileKind.PNG: "png", FileKind.TIFF: "tif"}


class KeptFileChanged(Exception):
    """A kept file is not what was written down when it came in; nothing of it is shown."""


def new_name(kind: FileKind) -> str:
    """A name nobody can guess and no other file has."""
    token = secrets.token_hex(20)
    return f"{FOLDER}/{token[:2]}/{token}.{_SUFFIX[kind]}"


def keep(name: str, content: IO[bytes]) -> None:
    """Write a file under exactly this name."""
    content.seek(0)
    stored = default_storage.save(name, File(content))
    if stored != name:
        default_storage.delete(stored)
        raise FileExistsError(name)


def kept(name: str, sha256: str) -> bytes:
    """The bytes of a kept file. Raises ``KeptFileChanged`` when they are not the ones that came in."""
    with default_storage.open(name) as stored:
        content: bytes = stored.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise KeptFileChanged(name)
    return content


def discard(names: Iterable[str]) -> None:
    """Remove files whose rows were never written."""
    for name in names:
        default_storage.delete(name)


def folders() -> list[str]:
    """The folders in which scans lie."""
    if not default_storage.exists(FOLDER):
        return []
    return [f"{FOLDER}/{name}" for name in sorted(default_storage.listdir(FOLDER)[0])]


def older_files(folder: str, *, than: datetime) -> Iterator[str]:
    """The files of one folder that were written before a moment."""
    for name in sorted(default_storage.listdir(folder)[1]):
        path = f"{folder}/{name}"
        if default_storage.get_modified_time(path) < than:
            yield path

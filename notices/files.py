"""Where letters and print files are kept: Django's private storage, under names that follow from the row's id.

The same row always writes to the same name, so that work killed half-way leaves nothing behind but what the next try
replaces.
"""

from __future__ import annotations

import hashlib
from typing import IO

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage


class KeptFileChanged(Exception):
    """A kept file is not what was written down when it was made; nothing of it is shown or printed."""


def letter_name(letter_id: int, issued_year: int) -> str:
    return f"letters/{issued_year}/{letter_id % 1000:03d}/{letter_id:010d}.pdf"


def run_name(office_id: int, business_date: str, sequence: int) -> str:
    return f"print-runs/{business_date[:7]}/{business_date}-{office_id}-{sequence}.pdf"


def keep(name: str, content: bytes | IO[bytes]) -> None:
    """Write a file under exactly this name, replacing what an earlier try left there."""
    if default_storage.exists(name):
        default_storage.delete(name)
    default_storage.save(name, ContentFile(content) if isinstance(content, bytes) else File(content))


def kept(name: str, sha256: str) -> bytes:
    """The bytes of a kept file. Raises ``KeptFileChanged`` when they are not the ones written down."""
    with default_storage.open(name) as stored:
        content: bytes = stored.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise KeptFileChanged(name)
    return content

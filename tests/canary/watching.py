"""Looking for words that must not be there, in whatever way they may have been written, wherever text can hide."""

from __future__ import annotations

import html
import io
import json
import pickle
import re
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote_plus

import redis
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connection

from config.env import redis_address

_IGNORED = re.compile(r"[\s\-‐‑‒–—―−ー－・,]")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_HIRAGANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}


def squeezed(text: str) -> str:
    """Text without what hides a word: width, kana kind, blanks, hyphens, HTML, URL and JSON escapes."""
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), unquote_plus(html.unescape(text)))
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text).translate(_HIRAGANA)).lower()


def seen(text: str, words: Iterable[str]) -> list[str]:
    """Those of the words that occur in the text."""
    plain = squeezed(text)
    return [word for word in words if squeezed(word) in plain]


def text_of(answer: Any) -> str:
    """Everything readable in an answer: its headers, and its body whatever its type."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return f"{headers}\n{text_in(body)}"


def text_in(body: bytes) -> str:
    """The text of a PDF, of a spreadsheet or archive, or of anything else as far as it can be decoded."""
    if body.startswith(b"%PDF"):
        return pdf_text(body)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return body.decode("utf-8", "replace") + body.decode("cp932", "replace")


def pdf_text(content: bytes) -> str:
    """What pdftotext reads in a PDF, and what its metadata say."""
    text = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout
    facts = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True).stdout
    return (text + facts).decode("utf-8", "replace")


# --- where nobody looks ------------------------------------------------------------------------------


def tables(*names: str) -> Iterator[tuple[str, str]]:
    """These tables of the database, or all of them, each with all its rows as text."""
    for name in names or sorted(connection.introspection.table_names()):
        with connection.cursor() as cursor:
            cursor.execute(f"select coalesce(string_agg(t::text, E'\\n'), '') from \"{name}\" t")
            yield name, cursor.fetchone()[0]


def sessions() -> str:
    """What every session remembers."""
    return "\n".join(json.dumps(session.get_decoded(), ensure_ascii=False) for session in Session.objects.all())


def redis_content(url: str, *, beside: int = 0) -> str:
    """Every key and value of one database of the Redis server: the broker's, or the cache's beside it."""
    client = redis.Redis.from_url(redis_address(url, beside=beside))
    found = []
    for key in client.scan_iter():
        kind: Any = client.type(key)
        value: Any = {
            b"string": client.get,
            b"list": lambda name: client.lrange(name, 0, -1),
            b"set": client.smembers,
            b"hash": client.hgetall,
            b"zset": lambda name: client.zrange(name, 0, -1),
        }[kind](key)
        found.append(f"{key!r} {as_text(value)}")
    return "\n".join(found)


def as_text(value: Any) -> str:
    """A value of Redis as text, unpickled where the cache pickled it."""
    if isinstance(value, bytes):
        try:
            return repr(pickle.loads(value))
        except Exception:
            return value.decode("utf-8", "replace")
    if isinstance(value, dict):
        return " ".join(as_text(part) for pair in value.items() for part in pair)
    return " ".join(as_text(part) for part in value) if isinstance(value, list | set | tuple) else str(value)


def file_names(folder: str = "") -> Iterator[str]:
    """The name of every file kept, with its folders."""
    folders, files = default_storage.listdir(folder)
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from file_names(f"{folder}/{name}" if folder else name)

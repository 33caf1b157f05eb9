"""Values that whoever has only the database cannot read: sealed with AES-GCM, found by a keyed hash.

The keys come from the environment (``FIELD_KEY``): the first one seals, every one opens, so that a key can be replaced
while the house is in use. ``of`` says what is sealed (purpose, column and row); a value copied to another place does
not open there.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12
KEY_ID_LENGTH = 8


class SealBroken(Exception):
    """A sealed value does not open: its key is gone, or it was changed, or it belongs to another row."""


def key_id(key: bytes) -> str:
    """A short name of a key that tells nothing about it."""
    return hashlib.sha256(b"name of " + key).hexdigest()[:KEY_ID_LENGTH]


def current_key_id() -> str:
    """The name of the key that seals now."""
    return key_id(settings.FIELD_KEYS[0])


def seal(text: str, *, of: str) -> str:
    """Seal with the first key; the result is ASCII and begins with the name of the key."""
    key = settings.FIELD_KEYS[0]
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, text.encode(), of.encode())
    return f"{key_id(key)}.{base64.b64encode(sealed).decode()}"


def unseal(sealed: str, *, of: str) -> str:
    """Open what :func:`seal` made for the same ``of``. Raises ``SealBroken``."""
    name, _, body = sealed.partition(".")
    keys = {key_id(key): key for key in settings.FIELD_KEYS}
    try:
        raw = base64.b64decode(body, validate=True)
        return AESGCM(keys[name]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], of.encode()).decode()
    except (KeyError, binascii.Error, InvalidTag, ValueError):
        raise SealBroken(f"{of} does not open with any configured key") from None


def is_current(sealed: str) -> bool:
    """Whether a value is sealed with the key that seals now."""
    return sealed.startswith(f"{current_key_id()}.")


def fingerprint(text: str, *, of: str) -> str:
    """A keyed hash by which equal values are found without opening any: 64 hexadecimal digits, with the first key."""
    return _fingerprint(settings.FIELD_KEYS[0], text, of)


def fingerprints(text: str, *, of: str) -> list[str]:
    """The hashes a value may be stored under while keys are being replaced, one for each key."""
    return [_fingerprint(key, text, of) for key in settings.FIELD_KEYS]


def _fingerprint(key: bytes, text: str, of: str) -> str:
    for_hashing = hmac.digest(key, b"fingerprint", "sha256")
    return hmac.digest(for_hashing, f"{of}:{text}".encode(), "sha256").hex()

"""The token of a one-time link: unguessable, and known to the database only by its hash."""

import hashlib
import secrets
from datetime import timedelta

ENROLMENT_LASTS = timedelta(hours=72)
TOKEN_BYTES = 32


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""How allauth behaves here: no sign-up, and second-factor secrets encrypted in the database."""

import base64
import os

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpRequest

NONCE_BYTES = 12
PURPOSE = b"second factor"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from administrators: nobody signs up by himself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class MfaAdapter(DefaultMFAAdapter):
    """Keeps TOTP keys and recovery codes unreadable for whoever only has the database."""

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(settings.FIELD_KEYS[0]).encrypt(nonce, text.encode(), PURPOSE)
        return base64.b64encode(nonce + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Undo :meth:`encrypt` with whichever configured key fits.

        :raises InvalidTag: when none does: the key was lost, or the text was tampered with.
        """
        raw = base64.b64decode(encrypted_text)
        for key in settings.FIELD_KEYS:
            try:
                return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], PURPOSE).decode()
            except InvalidTag:
                continue
        raise InvalidTag

"""How allauth behaves here: no sign-up, and second-factor secrets encrypted in the database."""

import time
from datetime import datetime
from typing import Any, ClassVar

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.field_keys import is_current, seal, unseal
from accounts.models import User
from accounts.selectors import needs_second_factor
from audit.actors import Actor
from audit.services import acting, service

PURPOSE = "second factor"
SECRETS = ("secret", "seed")
"""Where allauth keeps what :class:`MfaAdapter` sealed."""


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from administrators: nobody signs up by himself."""

    error_messages: ClassVar[dict[str, str]] = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "職員番号またはパスワードが正しくありません。"
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, and let the audit row of the last login name whose it was."""
        with transaction.atomic(), acting(Actor.person(user)):
            super().login(request, user)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just signed in, or proved the password again, is not asked once more straight away."""
        records = get_authentication_records(self.request, self.request.user)
        latest = max((record["at"] for record in records), default=0.0)
        return bool(time.time() - latest >= app_settings.REAUTHENTICATION_TIMEOUT)


class MfaAdapter(DefaultMFAAdapter):
    """Keeps TOTP keys and recovery codes unreadable for whoever only has the database."""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whoever must have a second factor keeps it; a lost device is a matter for the system administrator."""
        enforced: bool = settings.SECOND_FACTOR_ENFORCED
        return not (enforced and needs_second_factor(authenticator.user, timezone.localdate()))

    def encrypt(self, text: str) -> str:
        return seal(text, of=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Undo :meth:`encrypt`. Raises ``SealBroken``: the key was lost, or the text was tampered with."""
        return unseal(encrypted_text, of=PURPOSE)


@service
def reseal_second_factors(*, by: Actor, at: datetime) -> int:
    """Seal the secrets of second factors again that are sealed with an older key; how many it found."""
    done = 0
    for authenticator in Authenticator.objects.select_for_update().order_by("pk"):
        stale = {name: text for name in SECRETS if (text := authenticator.data.get(name)) and not is_current(text)}
        if stale:
            authenticator.data |= {name: seal(unseal(text, of=PURPOSE), of=PURPOSE) for name, text in stale.items()}
            authenticator.save(update_fields=["data"])
            done += 1
    return done

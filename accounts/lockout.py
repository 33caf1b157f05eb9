"""Under which name failed sign-ins are counted."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from django.http import HttpRequest


def counted_name(request: HttpRequest | None, credentials: Mapping[str, str] | None = None) -> str:
    """The setting ``AXES_USERNAME_CALLABLE``: one count for all spellings of a staff number.

    Signing in does not look at capital letters, so counting must not either: otherwise ``Sato01`` and ``SATO01`` would
    each have their own five attempts.
    """
    typed = (credentials or {}).get("username") or (request.POST.get("login", "") if request is not None else "")
    return unicodedata.normalize("NFKC", typed).strip().lower()

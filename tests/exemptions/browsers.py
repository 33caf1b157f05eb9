"""A signed-in browser for page tests, and the form as it would be posted."""

from __future__ import annotations

import html
import re
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from accounts.models import User


def signed_in(user: User) -> Client:
    """A browser in which somebody is signed in, with the second factor where their role asks for it."""
    if user.must_have_second_factor and not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, generate_totp_secret())
    client = Client()
    client.force_login(user)
    return client


def words(response: Any) -> str:
    """What a page says, without its markup."""
    body = response.content.decode()
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def posted(**changes: Any) -> dict[str, Any]:
    """A complete form as a browser posts it: worked example EX-C."""
    values: dict[str, Any] = {
        "received_on": "令和5年9月15日",
        "fiscal_year": "2023",
        "requested_amount": "600,000",
        "situation": "BORROWER_IS_HEAD",
        "head": "",
        "borrower_tax_year": "2023",
        "borrower_tax_per_capita": "no",
        "borrower_tax_income": "no",
        "borrower_tax_issued_on": "R5.9.1",
        "residence_record": "on",
        "residence_issued_on": "R5.9.1",
        "consents": ["1", "2", "3", "4", "5", "6"],
        "signed_on": "令和5年9月10日",
        "signed": "on",
        "phone": "090-1234-5678",
        "save": "receive",
    }
    values.update(changes)
    return {name: value for name, value in values.items() if value is not None}

"""What every request passes through besides Django's own middleware."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import structlog
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect
from django_structlog.middlewares import RequestMiddleware

from audit.context import current_request_id

GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponseBase]

# Where somebody who still lacks a second factor may go: to set one up, to prove the password again, and out.
SECOND_FACTOR_VIEWS = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_reauthenticate",
        "account_reauthenticate",
        "account_logout",
    }
)
SESSION_TOUCH_SECONDS = 60


class NoStore:
    """No page stays in a browser's or a proxy's cache: the next person at the desk must not find it there."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        return response


class RequestLog(RequestMiddleware):
    """Two log lines a request, without the query: a search's query is a person's name.

    Gives the request its id, which the audit rows carry too.
    """

    def prepare(self, request: HttpRequest) -> None:
        super().prepare(request)
        current_request_id.set(structlog.contextvars.get_contextvars()["request_id"])

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        super().handle_response(request, response)
        current_request_id.set("")

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"


class SessionTouch:
    """Lets a session live on while somebody works, and end although a page keeps polling.

    A view that a page polls says so with ``extends_session = False``, as ``accounts.sessions.polled`` does.
    Saving at most once a minute keeps most requests from writing.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        if not request.user.is_authenticated or not getattr(view, "extends_session", True):
            return
        now = int(time.time())
        if now - request.session.get("touched_at", 0) >= SESSION_TOUCH_SECONDS:
            request.session["touched_at"] = now


class LoginRequired(LoginRequiredMiddleware):
    """Login everywhere unless a view says otherwise; a part of a page sends the whole page to the login."""

    def handle_no_permission(self, request: HttpRequest, view_func: View) -> HttpResponse:  # type: ignore[override]
        htmx = request.htmx  # type: ignore[attr-defined]
        if not htmx:
            response: HttpResponse = super().handle_no_permission(request, view_func)
            return response
        back = htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}")


class SecondFactorRequired:
    """Sends supervisors and system administrators without a second factor to the page that sets one up."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        if not settings.SECOND_FACTOR_ENFORCED or not getattr(view, "login_required", True):
            return None
        user = request.user
        if not user.is_authenticated or not user.must_have_second_factor:
            return None
        match = request.resolver_match
        if (match is not None and match.view_name in SECOND_FACTOR_VIEWS) or is_mfa_enabled(user):
            return None
        page = reverse("mfa_activate_totp")
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(page)
        return HttpResponseRedirect(page)

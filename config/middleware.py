"""What every request passes, in the order of ``MIDDLEWARE``."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

GetResponse = Callable[[HttpRequest], HttpResponse]


class NoStore:
    """Nothing a page shows may stay in a browser's or a proxy's cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        return response


class RequestLog(RequestMiddleware):
    def format_request(self, request: HttpRequest) -> str:
        return f"{request.method} {request.path}"


class SessionTouch:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class LoginRequired(LoginRequiredMiddleware):
    pass


class SecondFactorRequired:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

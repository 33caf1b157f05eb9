"""The request a thread is serving; the middleware sets it, the audit rows carry it."""

from __future__ import annotations

from contextvars import ContextVar

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")

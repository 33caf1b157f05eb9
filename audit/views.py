"""The three logs as an auditor reads them: ids, names of columns, allowed values; no personal data."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit import selectors
from audit.forms import AccessFilter, ChangeFilter, DisclosureFilter, LogFilter
from audit.selectors import Page

UNPROCESSABLE = 422
SEE_AUDIT = "see_audit"
View = Callable[[HttpRequest], HttpResponse]


def auditors_only(view: View) -> View:
    """The logs lie below the roles and know only the name of a permission; the user answers for it."""

    @functools.wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if not user.can(SEE_AUDIT):
            raise PermissionDenied
        return view(request)

    guarded.permissions = frozenset({SEE_AUDIT})  # type: ignore[attr-defined]
    return guarded


@require_GET
@auditors_only
def log(request: HttpRequest) -> HttpResponse:
    form = ChangeFilter(_asked(request))
    if not form.is_valid():
        return _show(request, "audit/log.html", form, Page([], ""))
    given = form.cleaned_data
    page = _read(request, lambda after: selectors.changes(**given, after=after))
    return _show(request, "audit/log.html", form, page)


@require_GET
@auditors_only
def access_log(request: HttpRequest) -> HttpResponse:
    form = AccessFilter(_asked(request))
    if not form.is_valid():
        return _show(request, "audit/accesses.html", form, Page([], ""))
    given = form.cleaned_data
    page = _read(request, lambda after: selectors.accesses(**given, after=after))
    return _show(request, "audit/accesses.html", form, page)


@require_GET
@auditors_only
def disclosures(request: HttpRequest) -> HttpResponse:
    form = DisclosureFilter(_asked(request))
    if not form.is_valid():
        return _show(request, "audit/disclosures.html", form, Page([], ""))
    given = form.cleaned_data
    page = _read(request, lambda after: selectors.disclosures(**given, after=after))
    return _show(request, "audit/disclosures.html", form, page)


def _asked(request: HttpRequest) -> Any:
    """The question in the address; without one, today's rows."""
    asked = request.GET.copy()
    if "day" not in asked:
        asked["day"] = timezone.localdate().isoformat()
    return asked


def _read(request: HttpRequest, read: Any) -> Page:
    """A page of rows; an address that was tampered with begins at the first page."""
    try:
        page: Page = read(request.GET.get("after", ""))
    except ValueError:
        page = read("")
    return page


def _show(request: HttpRequest, template: str, form: LogFilter, page: Page) -> HttpResponse:
    day: date | None = form.cleaned_data.get("day")
    today = timezone.localdate()
    context = {
        "filter": form,
        "page": page,
        "day": day,
        "day_before": day - timedelta(days=1) if day else None,
        "day_after": day + timedelta(days=1) if day and day < today else None,
    }
    return render(request, template, context, status=UNPROCESSABLE if form.errors else 200)

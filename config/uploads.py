"""Names of uploaded files as they were sent: a path in a name is seen, not silently cut off.

Django keeps what follows the last separator. Nothing of ours stores a file under such a name, but whoever sends a path is
refused in words; so one separator stays in front of the rest, for those who look at names.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParser
from django.utils.datastructures import ImmutableList, MultiValueDict

SEPARATORS = ("/", "\\")


class NamesAsSentParser(MultiPartParser):
    def sanitize_file_name(self, file_name: str) -> str | None:
        """The name without its folders; with one separator before it where it had some."""
        name: str | None = super().sanitize_file_name(file_name)
        had_path = any(mark in html.unescape(file_name) for mark in SEPARATORS)
        return f"\\{name}" if name and had_path else name


class NamesAsSent:
    """Parse forms with files by ``NamesAsSentParser``. Stands before whatever reads a form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.parse_file_upload = partial(parse, request)  # type: ignore[method-assign]
        return self.get_response(request)


def parse(request: HttpRequest, meta: dict[str, Any], post_data: Any) -> tuple[QueryDict, MultiValueDict[str, Any]]:
    """What ``HttpRequest.parse_file_upload`` does, with our parser."""
    request.upload_handlers = ImmutableList(
        request.upload_handlers, warning="Upload handlers cannot be changed once the upload has begun."
    )
    parser = NamesAsSentParser(meta, post_data, request.upload_handlers, request.encoding)
    return parser.parse()

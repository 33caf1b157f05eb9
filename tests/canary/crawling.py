"""Following every link of every page, as somebody who is signed in."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

POSTING = {"hx-post", "hx-put", "hx-patch", "hx-delete", "formaction", "action"}
OF_ONE_VIEW = 6
"""Pages of one view that a crawl opens; the rows themselves are gone through one by one elsewhere."""


class Links(HTMLParser):
    """Every address in a page that can be opened without posting."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        posts = tag == "form" and values.get("method", "get").lower() == "post"
        for name, value in values.items():
            if name in POSTING and (posts or name != "action"):
                continue
            if value.startswith(("/", "?")) and not value.startswith("//"):
                self.found.append(value)


def links_in(page: str) -> list[str]:
    parser = Links()
    parser.feed(page)
    return parser.found


def crawl(client: Client, start: str, text_of: Any) -> Iterator[tuple[str, str]]:
    """Address and text of every page that can be reached from a page by links and redirects."""
    waiting, known, opened = deque([start]), {start}, Counter[str]()
    while waiting:
        url = waiting.popleft()
        path = urlsplit(url).path
        try:
            view = resolve(path).view_name
        except Resolver404:
            continue
        if opened[view] >= OF_ONE_VIEW:
            continue
        opened[view] += 1
        answer = client.get(url)
        text = text_of(answer)
        yield url, text
        ahead = [answer["Location"]] if answer.status_code in (301, 302) else []
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            ahead += links_in(text)
        for link in ahead:
            target = urljoin(url, link).partition("#")[0]
            if target not in known and not target.startswith("/static/"):
                known.add(target)
                waiting.append(target)

"""From frozen facts to a PDF: gate, address, template, typesetting, layout.

Nothing is fetched but style sheets and images of our own static folders. Whatever cannot be printed as it should is
refused with an exception that says so; a letter is never quietly different from its facts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from notices import envelopes, fonts, typesetting

if TYPE_CHECKING:
    from notices.kinds import LetterFacts, LetterKind
    from notices.printing import CoverSheet

_LETTER_ID = re.compile(r"[A-Z0-9-]{1,24}")
_CONTENT_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}


class RenderFailed(Exception):
    """The template asked for something it may not have, or the layout took a font outside the chain."""


@dataclass(frozen=True)
class RenderedLetter:
    """The PDF and its number of pages."""

    pdf: bytes
    pages: int


class StaticFetcher(URLFetcher):
    """Serves `tsunagi:` addresses from our static folders. Everything else, the network first of all, is refused."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["tsunagi"], fail_on_errors=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The file behind `tsunagi:notices/…`. Raises ValueError for any other address."""
        scheme, _, name = url.partition(":")
        suffix = Path(name).suffix
        try:
            found = finders.find(name) if scheme == "tsunagi" and suffix in _CONTENT_TYPES else None
        except SuspiciousFileOperation:
            found = None
        if found is None:
            raise ValueError(f"not one of our static files: {url}")
        return URLFetcherResponse(url, Path(found).read_bytes(), {"Content-Type": _CONTENT_TYPES[suffix]})


def letter_html(kind: "LetterKind", facts: "LetterFacts", *, letter_id: str) -> str:
    """The letter as HTML, before typesetting.

    `letter_id` (capitals, digits, hyphens) stands in the margin of every page. Raises `GlyphMissing` with the field's
    label when a string of the facts cannot be printed, and `AddressDoesNotFit`.
    """
    if not _LETTER_ID.fullmatch(letter_id):
        raise ValueError(f"not a letter id: {letter_id}")
    chain = fonts.chain()
    typesetting.check_facts(facts, chain)
    addressee = facts.addressee
    address = envelopes.address_block(
        facts.envelope,
        postal_mark=addressee.postal_mark,
        lines=[fonts.printable(line) for line in addressee.lines],
        name=fonts.printable(f"{addressee.name}\u3000{addressee.honorific}"),
        em_width=partial(typesetting.width, fonts=chain),
    )
    return render_to_string(
        kind.template,
        {
            "kind": kind,
            "facts": facts,
            "letter_id": letter_id,
            "address": address,
            "css": f"{fonts.font_css()}\n{_position_css(facts.envelope, address)}",
        },
    )


def render_letter(kind: "LetterKind", facts: "LetterFacts", *, letter_id: str) -> RenderedLetter:
    """Render one letter; writes nothing and asks no clock, so the same facts give the same bytes.

    Raises `GlyphMissing`, `AddressDoesNotFit` (hold the letter), `FontMissing` (repair the machine), `RenderFailed`.
    """
    return _to_pdf(letter_html(kind, facts, letter_id=letter_id))


def render_sheet(template: str, context: Mapping[str, Any]) -> RenderedLetter:
    """A sheet without envelope and number: to be handed over, or to travel between the councils.

    Whoever gathers its texts has made them printable first (`typesetting.without_unprintable`, `with_code_points`).
    Raises `FontMissing`, `RenderFailed`.
    """
    return _to_pdf(render_to_string(template, {**context, "css": fonts.font_css()}))


def render_cover(cover: "CoverSheet") -> bytes:
    """The cover sheet of a print run. Characters that no font has are shown as 〓 with their code points."""
    chain = fonts.chain()
    reasons = [typesetting.with_code_points(excluded.reason, chain) for excluded in cover.excluded]
    context: dict[str, Any] = {
        "cover": cover,
        "excluded": list(zip(cover.excluded, reasons, strict=True)),
        "css": fonts.font_css(),
    }
    return _to_pdf(render_to_string("notices/cover.html", context)).pdf


def _position_css(envelope: envelopes.EnvelopeProfile, address: envelopes.AddressBlock) -> str:
    """Where this letter's first panel puts its parts: address in the window, everything else out of it."""
    clear = envelopes.keep_clear(envelope)
    return "\n".join(
        (
            f".address {{ left: {address.left:.2f}mm; top: {address.top:.2f}mm }}",
            *(
                f".address p:nth-child({at}) {{ font-size: {row.size_pt}pt; line-height: {row.height:.3f}mm }}"
                for at, row in enumerate(address.rows, 1)
            ),
            f".head {{ left: {clear.right:.2f}mm }}",
            f".panel {{ height: {clear.bottom:.2f}mm }}",
            *(f".fold:nth-child({at}) {{ top: {mark:.2f}mm }}" for at, mark in enumerate(envelope.fold, 1)),
        )
    )


def _to_pdf(html: str) -> RenderedLetter:
    page = HTML(string=html, url_fetcher=StaticFetcher())
    typesetting.set_tree(page.etree_element, fonts.chain())
    try:
        document = page.render(font_config=_font_configuration())
    except FatalURLFetchingError as refused:  # a BaseException: left alone, it would end a whole batch
        raise RenderFailed(str(refused)) from refused
    pdf = document.write_pdf()
    if strange := sorted({font.family for font in document.fonts.values()} - set(fonts.FONT_CHAIN)):
        raise RenderFailed(f"fonts outside the chain: {', '.join(strange)}")
    return RenderedLetter(pdf=pdf, pages=len(document.pages))


@cache
def _font_configuration() -> FontConfiguration:
    return FontConfiguration()

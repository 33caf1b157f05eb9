"""Forms and guide as one PDF, in the fonts of the letters. Writes nothing; who printed it is written by the caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exemptions.sheets.facts import FormFacts, GuideFacts, TaxFormFacts
from notices import fonts
from notices.rendering import render_sheet
from notices.typesetting import without_unprintable

TEMPLATE = "exemptions/sheets/v1.html"
VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What is handed over at once: one form for each loan, and the guide where it is wanted."""

    forms: tuple[FormFacts, ...]
    guide: GuideFacts | None


@dataclass(frozen=True, slots=True)
class PrintedForms:
    """The PDF, its pages, and the labels of the fields left empty because no font has a character of theirs."""

    pdf: bytes
    pages: int
    by_hand: tuple[str, ...]


def print_bundle(bundle: Bundle, *, margin: str) -> PrintedForms:
    """One PDF: a page for each form, then the guide. ``margin`` stands at the foot of every page."""
    printable, by_hand = without_unprintable(bundle, fonts.chain())
    rendered = render_sheet(
        TEMPLATE,
        {
            "forms": told_apart(printable.forms),
            "guide": printable.guide,
            "by_hand": by_hand,
            "margin_id": f"第{VERSION}版　{margin}",
        },
    )
    return PrintedForms(rendered.pdf, rendered.pages, by_hand)


def told_apart(forms: Sequence[FormFacts]) -> list[tuple[bool, FormFacts]]:
    """Each form with whether it is one on residence tax, for the template."""
    return [(isinstance(form, TaxFormFacts), form) for form in forms]

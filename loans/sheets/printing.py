"""A sheet as PDF: gathered, set in the letters' fonts, laid out. Writes nothing; who printed it is written by the caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from audit.actors import Actor
from loans.models import LendingApplication
from loans.sheets.gathering import Asking, gather
from loans.sheets.kinds import SheetKind
from notices import fonts
from notices.rendering import render_sheet
from notices.typesetting import without_unprintable


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """The PDF, its pages, and the labels of the fields left empty because no font has a character of theirs."""

    pdf: bytes
    pages: int
    by_hand: tuple[str, ...]


def print_sheet(
    kind: SheetKind, application: LendingApplication, *, reader: User, by: Actor, at: datetime
) -> PrintedSheet:
    """One sheet for an application, as this reader may see it now."""
    sheet = gather(kind, application, Asking(reader, by, at))
    margin = f"{kind.form_number or kind.label_ja}　第{kind.version}版　{application}"
    printable, by_hand = without_unprintable(sheet, fonts.chain())
    rendered = render_sheet(kind.template, {"facts": printable, "by_hand": by_hand, "margin_id": margin})
    return PrintedSheet(pdf=rendered.pdf, pages=rendered.pages, by_hand=by_hand)

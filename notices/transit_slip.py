"""The slip that travels with a parcel of papers: number and QR code of the parcel, and a line with its own code for each piece.

The codes say numbers only. A fixed mask spares the generator's search for the prettiest one.
"""

from __future__ import annotations

import io

import segno

from notices import fonts, rendering
from notices.typesetting import with_code_points
from people.enums import ItemState
from people.models import TransitBatch

MASK = 3


def qr_svg(text: str, *, scale: float) -> str:
    """A QR code as SVG with its quiet zone; ``scale`` is the side of a module in millimetres (0.33 and more scans well)."""
    out = io.BytesIO()
    segno.make(text, error="m", mask=MASK, micro=False).save(
        out, kind="svg", unit="mm", scale=scale, border=4, xmldecl=False, svgns=True, nl=False
    )
    return out.getvalue().decode()


def render_slip(batch: TransitBatch) -> bytes:
    """The slip of a batch as a PDF, as it stands now."""
    chain = fonts.chain()
    items = list(batch.items.exclude(state=ItemState.TAKEN_OUT).select_related("person").order_by("number"))
    context = {
        "batch": batch,
        "rows": [
            {
                "item": item,
                "name": with_code_points(item.person.name, chain),
                "label": with_code_points(item.label, chain),
                "code": qr_svg(item.code, scale=0.34),
            }
            for item in items
        ],
        "carrier": with_code_points(batch.carrier, chain),
        "sheets": sum(item.sheets for item in items),
        "code": qr_svg(batch.number, scale=0.8),
    }
    return rendering.render_sheet("notices/transit_slip.html", context).pdf

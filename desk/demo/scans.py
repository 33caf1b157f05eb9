"""Scans of invented papers, so that the pages of papers show what a scan looks like: drawn here, marked as samples.

Written through the services by the clerk at whose desk the papers came in.
"""

from __future__ import annotations

import io
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw, ImageFont

from accounts.models import User
from audit.actors import Actor
from desk.demo.places import MUNICIPALITIES
from desk.demo.staff import clerks_of
from notices import fonts
from people.documents.services import Incoming, take_in
from people.enums import PaperKind
from people.models import Paper, Person, Protection

TOKYO = ZoneInfo("Asia/Tokyo")
SIZE = (827, 1169)
"""A4 at 100 dots an inch."""

PEOPLE, EACH = 2, 2
SCANNED = (PaperKind.TAX_CERTIFICATE, PaperKind.RESIDENCE_RECORD, PaperKind.EXEMPTION_FORM)


def lay_scans(as_of: date) -> None:
    """Scan some papers of two borrowers of the first office. Called inside ``make``, after the papers came in."""
    clerk = User.objects.get(username=clerks_of(MUNICIPALITIES[0].code)[0])
    known = Person.objects.visible_to(clerk).filter(died_on=None).exclude(pk__in=Protection.objects.values("person"))
    papers = Paper.objects.filter(person__in=known, kind__in=SCANNED, received_on__lte=as_of).select_related("person")
    scanned: dict[int, list[Paper]] = {}
    for paper in papers.order_by("-received_on", "person", "pk")[: PEOPLE * EACH * 10]:
        if paper.person_id in scanned or len(scanned) < PEOPLE:
            scanned.setdefault(paper.person_id, []).append(paper)
    for row in (paper for rows in scanned.values() for paper in rows[:EACH]):
        take_in(
            person=row.person,
            kind=PaperKind(row.kind),
            paper=row,
            incoming=[Incoming(io.BytesIO(picture(row)), "scan.png")],
            by=Actor.person(clerk),
            at=datetime.combine(row.received_on, time(16), tzinfo=TOKYO),
        )


def picture(paper: Paper) -> bytes:
    """A sheet with the name of its kind, lines where words would stand, and that it is a sample."""
    face = fonts.font(fonts.FONT_CHAIN[-1])

    def sized(points: int) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(face.path, points, index=face.index)

    image = Image.new("L", SIZE, 250)
    drawn = ImageDraw.Draw(image)
    drawn.text((SIZE[0] // 2, 110), PaperKind(paper.kind).label, font=sized(34), fill=30, anchor="mm")
    drawn.text((90, 190), f"整理番号　{paper.person.number}-{paper.pk}", font=sized(18), fill=60)
    for line in range(14):
        top = 250 + line * 48
        drawn.line((90, top, SIZE[0] - 90, top), fill=170)
        drawn.line((96, top + 26, 180 + (paper.pk * 37 + line * 83) % 460, top + 26), fill=110, width=5)
    drawn.rectangle((SIZE[0] - 230, 980, SIZE[0] - 110, 1100), outline=120, width=4)
    drawn.text((SIZE[0] - 170, 1040), "見本", font=sized(36), fill=120, anchor="mm")
    drawn.text((90, 1060), "架空の書類です", font=sized(20), fill=90)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()

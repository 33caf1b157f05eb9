"""Paper on its way to the prefectural council: one parcel that lost two pieces, one to be counted, one being packed.

Written through the services. The parcel with the missing pieces went five bank days ago: it is red on both sides.
"""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from accounts.models import Office, User
from audit.actors import Actor
from desk.demo.places import MUNICIPALITIES, PREFECTURAL_CODE
from desk.demo.staff import clerks_of
from exemptions.enums import PaperSlot
from exemptions.models import ApplicationPaper
from japan.bankdays import add_bank_days
from people.enums import PaperKind
from people.models import Caseload
from people.transit.services import Piece, check, pack_for, receive, send

TOKYO = ZoneInfo("Asia/Tokyo")
PIECES = 30
LOST = frozenset({7, 21})


def put_papers_on_their_way(as_of: date) -> None:
    """Send the papers of one office's newest applications. Called inside ``make``; nothing where there are none."""
    code = MUNICIPALITIES[0].code
    sender = Office.objects.get(code=code)
    prefecture = Office.objects.get(code=PREFECTURAL_CODE)
    clerk = Actor.person(User.objects.get(username=clerks_of(code)[0]))
    counter = Actor.person(User.objects.get(username="ken01"))
    pieces = pieces_of(sender, PIECES + 12, before=add_bank_days(as_of, -6))
    parcels = (
        (pieces[:PIECES], add_bank_days(as_of, -5), True),
        (pieces[PIECES : PIECES + 8], add_bank_days(as_of, -1), False),
        (pieces[PIECES + 8 :], None, False),
    )
    for content, sent_on, counted in parcels:
        if not content:
            continue
        packed_on = sent_on or as_of
        made = pack_for(receiver=prefecture, pieces=content, by=clerk, at=_at(packed_on, 9))
        batch = made[0].batch
        if sent_on is None:
            continue
        send(batch_id=batch.pk, carrier="書留", sent_on=sent_on, by=clerk, at=_at(sent_on, 15))
        if counted:
            there = [item.number for item in made if item.number not in LOST]
            day = add_bank_days(sent_on, 2)
            receive(batch_id=batch.pk, numbers=there, by=counter, at=_at(day, 11))
            check(batch_id=batch.pk, by=counter, at=_at(day, 12))


def pieces_of(office: Office, count: int, *, before: date) -> list[Piece]:
    """The newest application forms that had come in to an office by a day, of people it looks after; one a person."""
    cared_for = Caseload.objects.filter(office=office, since__lte=before, until__isnull=True).values("person")
    rows = (
        ApplicationPaper.objects.filter(
            slot=PaperSlot.FORM,
            paper__received_on__lte=before,
            application__office=office,
            paper__person__in=cared_for,
        )
        .select_related("paper__person", "application")
        .order_by("-paper__received_on", "-paper")
    )
    found: dict[int, Piece] = {}
    for row in rows.iterator(chunk_size=200):
        if len(found) == count:
            break
        paper = row.paper
        found.setdefault(
            paper.person_id,
            Piece(paper.person, PaperKind(paper.kind), 4, f"免除申請 {row.application}", paper=paper),
        )
    return list(found.values())


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=TOKYO)

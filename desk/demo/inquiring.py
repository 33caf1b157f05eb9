"""Questions to authorities about open exemption applications: some wait to be sent, some for an answer, some are answered.

Written through the services. Only applications whose form carries all consents are asked about.
"""

from __future__ import annotations

from datetime import date, timedelta

from accounts.models import User
from audit.actors import Actor
from desk.demo.rows import at_hour
from exemptions.enums import ApplicationState, Person
from exemptions.inquiries.enums import Answer, Asked, AuthorityKind
from exemptions.inquiries.services import answer_inquiry, list_inquiry, send_inquiries
from exemptions.models import Application
from exemptions.models.inquiries import AuthorityInquiry

TAX = (AuthorityKind.MUNICIPALITY, "架瀬市 市民税課", Asked.RESIDENCE_TAX)
POLICE = (AuthorityKind.POLICE, "架瀬県警察本部", Asked.ANTI_GANG)
WELFARE = (AuthorityKind.WELFARE_OFFICE, "架瀬市福祉事務所", Asked.ASSISTANCE)
SENT_DAYS_AGO = {TAX: 40, WELFARE: 12, POLICE: None}
"""Days before the day of the demonstration on which each sheet went out; None: it waits."""
ASKED_ABOUT = 4


def ask_authorities(as_of: date) -> None:
    """Ask about a few applications. Called inside ``make``; nothing where there are none."""
    clerk = User.objects.get(username="ken01")
    by = Actor.person(clerk)
    open_ones = list(
        Application.objects.filter(
            state__in=(ApplicationState.RECEIVED, ApplicationState.UNDER_REVIEW),
            consents__contains=[1, 2, 3, 4, 5, 6],
            signed=True,
            signed_on__isnull=False,
        )
        .order_by("received_on", "pk")
        .values_list("pk", flat=True)[:ASKED_ABOUT]
    )
    for (kind, name, asked), days in SENT_DAYS_AGO.items():
        day = as_of - timedelta(days=days or 1)
        rows: list[AuthorityInquiry] = [
            list_inquiry(
                application_id=key,
                kind=kind,
                name=name,
                asked=asked,
                subject=Person.BORROWER,
                by=by,
                at=at_hour(day, 10),
            )
            for key in open_ones
        ]
        if days is None or not rows:
            continue
        send_inquiries(keys=[row.pk for row in rows], sender=clerk, by=by, at=at_hour(day, 15))
        for row in rows[1:]:
            answer_inquiry(
                inquiry_id=row.pk,
                answer=Answer.AGREES,
                answered_on=day + timedelta(days=9),
                note="",
                by=by,
                at=at_hour(day + timedelta(days=9), 11),
            )

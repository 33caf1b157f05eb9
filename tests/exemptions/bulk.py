"""Equal proposals, a bulk approval carried through here and now, and a picture of everything a decision has an effect on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection

from audit.actors import Actor
from exemptions.bulk import services
from exemptions.bulk.enums import BulkState
from exemptions.bulk.proving import Group
from exemptions.decided import Wanted, decided
from exemptions.enums import Ground
from exemptions.filters import Filters
from exemptions.models import Application, Bulk, Decision
from exemptions.queue import page
from jobs.engine import advance
from loans.models import Loan
from notices.selectors import due_tonight
from repayment.ageing import ageing_statement
from repayment.models import CollectionHold
from repayment.selectors import policy_on, positions_of
from tests.exemptions.builders import DECIDED, Staff, Story, a_story
from tests.people.builders import a_person
from tests.repayment.histories import FIGURES

LATER_YEAR = Group(Ground.RESIDENCE_TAX_LATER_YEAR, "SP_GS_INITIAL", 2023)
"""What the plain story is: worked example EX-C."""
DAYS = (date(2023, 9, 19), date(2023, 9, 20), date(2023, 10, 31), date(2024, 6, 30), date(2033, 12, 31))


def equal_stories(staff: Staff, number: int) -> list[Story]:
    """Proposals that differ in nothing but the person."""
    stories = [
        a_story(staff=staff, borrower=a_person(f"同条件 {n}", "ドウジョウケン ヒトシ", office=staff.office))
        for n in range(number)
    ]
    for story in stories:
        story.prepare()
    return stories


def looked_at(staff: Staff, *, at: datetime = DECIDED, by: Any = None, group: Group = LATER_YEAR) -> Bulk:
    """A dry run, done."""
    bulk = services.draw_up(group=group, office=None, by=Actor.person(by or staff.supervisor), at=at)
    return done(bulk)


def done(bulk: Bulk) -> Bulk:
    """The background work of a bulk approval, done here."""
    bulk.refresh_from_db()
    run = {BulkState.LOOKING: bulk.look, BulkState.APPROVING: bulk.approval, BulkState.TAKING_BACK: bulk.undo}
    working = run.get(BulkState(bulk.state))
    assert working is not None and advance(working.pk)
    return Bulk.objects.get(pk=bulk.pk)


def approved(bulk: Bulk, staff: Staff, *, at: datetime = DECIDED) -> Bulk:
    return done(services.approve(bulk_id=bulk.pk, by=Actor.person(staff.supervisor), at=at))


def taken_back(bulk: Bulk, staff: Staff, *, at: datetime = DECIDED) -> Bulk:
    return done(
        services.take_back(bulk_id=bulk.pk, reason="対象の年度を誤ったため", by=Actor.person(staff.supervisor), at=at)
    )


def picture(loans: Iterable[Loan], staff: Staff) -> dict[str, Any]:
    """What a reader of the system sees of these loans: nothing in it may tell that something was undone."""
    keys = [loan.pk for loan in loans]
    aged = []
    for day in DAYS:
        statement = ageing_statement(as_of=day, policy=policy_on(day), loans=keys)
        with connection.cursor() as cursor:
            cursor.execute(f"select * from ({statement.sql}) as aged order by loan_id", statement.params)
            aged.append(cursor.fetchall())
    return {
        "positions": [
            [getattr(at[key], name) for name in FIGURES]
            for day in DAYS
            for at in [positions_of(keys, day)]
            for key in keys
        ],
        "ageing": aged,
        "letters due": [letter.occasion for letter in due_tonight(date(2023, 9, 30))],
        "decisions": list(decided(staff.supervisor, Wanted())),
        "standing": Decision.objects.count(),
        "queue": [row.application.pk for row in page(staff.supervisor, Filters(), at=DECIDED).rows],
        "applications": list(
            Application.objects.order_by("pk").values_list(
                "pk", "state", "state_since", "assessment", "deficiency_count", "prepared_by", "claimed_by"
            )
        ),
        "holds": list(
            CollectionHold.objects.order_by("pk").values_list("loan", "reason", "since", "until", "ended_by")
        ),
    }

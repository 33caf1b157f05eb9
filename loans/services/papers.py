"""Papers laid to an application: written down once for the person, and found again by the next application."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from loans.enums import LendingState
from loans.lending.facts import APPLICANT
from loans.lending.held import OF_MEMBER
from loans.lending.papers import refusal_of_record
from loans.models import LendingApplication, LendingMember
from loans.refusals import EntryRefused
from loans.services.assessing import guide_of, look_at
from loans.services.moves import lock_application
from loans.services.tasks import worker
from people.enums import PaperKind
from people.models import Paper, Person
from people.papers import record_paper


@service
def lay_paper(
    *,
    application_id: int,
    kind: PaperKind,
    member: str,
    received_on: date,
    issued_on: date | None,
    name: str = "",
    by: Actor,
    at: datetime,
) -> Paper:
    """Write down a paper that came in for an application. The same paper again gives the row that is there.

    A residence record must say when it was issued, and not be older than the guide allows on the day it came in
    (features K-8). Papers of a member who is not registered stand with the applicant, with the member's name beside.
    What is missing from an application that waits to be prepared is counted anew.
    """
    person = worker(by, at)
    application = lock_application(application_id, person)
    if kind == PaperKind.RESIDENCE_RECORD:
        refuse_stale(application, received_on=received_on, issued_on=issued_on)
    if kind == PaperKind.OTHER and not name.strip():
        raise EntryRefused("「その他」の書類は、名前を入力してください。", "name")
    owner, note = owner_of(application, member)
    paper = record_paper(
        person=owner,
        kind=kind,
        received_on=received_on,
        issued_on=issued_on,
        note=name.strip() if kind == PaperKind.OTHER else note,
        source_key=f"lending:{application.pk}:{kind.value}:{member or name}:{issued_on or received_on}"[:120],
        by=by,
        at=at,
    )
    if application.state == LendingState.RECEIVED:
        day = timezone.localtime(at).date()
        application.deficiency_count = len(look_at(application, as_of=day).deficiencies)
        application.save(update_fields=["deficiency_count"])
    return paper


def refuse_stale(application: LendingApplication, *, received_on: date, issued_on: date | None) -> None:
    """RS-17: a residence record of so many months at the most, counted to the day it came in."""
    guide = guide_of(application)
    sentence = refusal_of_record(issued_on, received_on, guide.record_at_most_months)
    if sentence:
        raise EntryRefused(
            f"{sentence}取り直しをお願いしてください（RS-17、根拠：{guide.document.title}）。", "issued_on"
        )


def owner_of(application: LendingApplication, label: str) -> tuple[Person, str]:
    """Whose paper it is, and what is noted beside it: a member who is not registered is named there."""
    if label and label != APPLICANT:
        member = LendingMember.objects.filter(application=application, label=label).select_related("person").first()
        if member is None:
            raise EntryRefused("世帯員の一覧にない人の書類は登録できません。", "member")
        return (member.person, "") if member.person is not None else (application.applicant, member_note(label))
    return application.applicant, ""


def member_note(label: str) -> str:
    """How a paper of a member who is not registered is told from the applicant's own."""
    return f"{OF_MEMBER}{label}"

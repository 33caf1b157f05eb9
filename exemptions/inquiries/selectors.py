"""What the pages about inquiries ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from accounts.models import User
from exemptions.enums import Person as Judged
from exemptions.inquiries.enums import Asked, AuthorityKind, InquiryState
from exemptions.models import Application, AuthorityInquiry
from exemptions.models.inquiries import InquiryQuerySet

MEANINGS = {
    InquiryState.TO_SEND: "info",
    InquiryState.WAITING: "info",
    InquiryState.OVERDUE: "stop",
    InquiryState.ANSWERED: "done",
    InquiryState.WITHDRAWN: "",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One inquiry as a list shows it on a day. ``about`` is the name of the person asked about."""

    inquiry: AuthorityInquiry
    state: InquiryState
    about: str

    @property
    def meaning(self) -> str:
        return MEANINGS[self.state]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The questions that wait to be sent to one authority."""

    kind: str
    name: str
    rows: Sequence[Row]

    @property
    def kind_label(self) -> str:
        return str(AuthorityKind(self.kind).label)


def inquiries(user: User, *, on: date, state: str = "", kind: str = "", asked: str = "") -> InquiryQuerySet:
    """Inquiries this reader may know of, by the filters given; those sent longest ago first."""
    found = AuthorityInquiry.objects.visible_to(user)
    found = found.in_state(state, on) if state in InquiryState.values else found.standing()
    if kind in AuthorityKind.values:
        found = found.filter(authority_kind=kind)
    if asked in Asked.values:
        found = found.filter(asked=asked)
    return with_all(found).order_by("letter__sent_on", "pk")


def counts(user: User, *, on: date) -> dict[InquiryState, int]:
    """How many stand in each state; one query."""
    states = [state for state in InquiryState if state != InquiryState.WITHDRAWN]
    rows = AuthorityInquiry.objects.visible_to(user)
    asked = {state.value: Count("pk", filter=Q(pk__in=rows.in_state(state, on).values("pk"))) for state in states}
    found = rows.aggregate(**asked)
    return {state: found[state.value] for state in states}


def to_send(user: User, *, on: date) -> tuple[Waiting, ...]:
    """What waits to be sent, by authority."""
    rows = rows_of(inquiries(user, on=on, state=InquiryState.TO_SEND), on=on)
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.inquiry.authority_kind, row.inquiry.authority_name), []).append(row)
    return tuple(Waiting(kind, name, found[kind, name]) for kind, name in sorted(found))


def of_application(application: Application, *, on: date) -> tuple[Row, ...]:
    """The inquiries about one application, the oldest first; those taken back are left out."""
    return rows_of(with_all(application.inquiries.standing()).order_by("pk"), on=on)


def with_all(found: InquiryQuerySet) -> InquiryQuerySet:
    """With everything a row shows."""
    return found.select_related("letter", "application__loan__borrower", "application__head")


def rows_of(found: Iterable[AuthorityInquiry], *, on: date) -> tuple[Row, ...]:
    """Rows in words for a day."""
    return tuple(Row(inquiry, inquiry.state_on(on), _about(inquiry)) for inquiry in found)


def _about(inquiry: AuthorityInquiry) -> str:
    head = inquiry.application.head
    if inquiry.subject == Judged.HEAD and head is not None:
        return f"{head.name}（世帯主）"
    return inquiry.application.loan.borrower.name

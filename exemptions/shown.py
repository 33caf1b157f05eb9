"""What the papers on file show of every ground but tax: assistance, certificates, what befell the borrower. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from exemptions.enums import EX_OFFICIO_GROUNDS, ApplicationForm, EventKind, Ground, PaperSlot, Person
from exemptions.facts import Certificate, Event, ExOfficio
from exemptions.models import Application, ApplicationPaper
from exemptions.reading import EACH_TIME, Reading
from exemptions.trace.origins import DEATH_RECORD, PaperOrigin
from exemptions.transcript import AssistanceTranscript, CertificateTranscript, EventTranscript
from people.enums import CertificateKind
from people.models import Paper
from people.papers import Assistance, Certified, Proof, says_of

EVENT_SLOTS = (PaperSlot.DEATH, PaperSlot.DISAPPEARANCE, PaperSlot.DISCHARGE, PaperSlot.REHABILITATION)


@dataclass(frozen=True, slots=True)
class Shown:
    """What papers of a borrower show: the newest certificate of assistance, disability certificates, events.

    ``certificate`` is the newest disability certificate, as a form would be filled with it.
    """

    assistance: AssistanceTranscript | None = None
    certificates: tuple[Certificate, ...] = ()
    events: tuple[Event, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)

    @property
    def certificate(self) -> CertificateTranscript | None:
        if not self.certificates:
            return None
        newest = max(self.certificates, key=lambda item: item.issued_on)
        return CertificateTranscript(newest.kind, newest.grade, newest.issued_on)


def shown_of(borrower_id: int, *, read: Reading = EACH_TIME) -> Shown:
    """What the papers on file about a person show."""
    assistance = None
    certificates: list[Certificate] = []
    events: dict[EventKind, Event] = {}
    origins: dict[str, str] = {}
    for paper in read.saying(borrower_id):
        match says_of(paper):
            case Assistance(since, until) if assistance is None:
                assistance = AssistanceTranscript(since, until, paper.issued_on)
                origins["public_assistance_from"] = origins["public_assistance_until"] = _origin(paper)
            case Certified(kind, grade) if paper.issued_on is not None:
                certificates.append(Certificate(kind, grade, paper.issued_on))
                origins.setdefault(f"certificate:{kind.value}", _origin(paper))
            case Proof(kind) as proof if kind not in events and (event := settled(proof)) is not None:
                events[kind] = event
                origins[f"event:{kind.value}"] = _origin(paper)
    return Shown(assistance, tuple(certificates), tuple(events.values()), origins)


def shown_on_file(application: Application, *, read: Reading = EACH_TIME) -> Shown:
    """The same for an application: besides its borrower's papers, a death that is recorded of the person."""
    borrower = application.loan.borrower
    shown = shown_of(borrower.pk, read=read)
    if borrower.died_on is None or any(event.kind == EventKind.DEATH for event in shown.events):
        return shown
    death = Event(EventKind.DEATH, borrower.died_on)
    origins = {**shown.origins, "event:DEATH": DEATH_RECORD}
    return Shown(shown.assistance, shown.certificates, (*shown.events, death), origins)


def settled(proof: Proof) -> Event | None:
    """The event a paper proves; None while a discharge is not final, or a rehabilitation plan not carried out."""
    if proof.on is None:
        return None
    if proof.kind == EventKind.CIVIL_REHABILITATION_DISCHARGE:
        if proof.completed_on is None:
            return None
        return Event(proof.kind, max(proof.on, proof.completed_on))
    return Event(proof.kind, proof.on)


def ex_officio_of(application: Application, *, read: Reading = EACH_TIME) -> ExOfficio | None:
    """What the council says when it exempts by itself; None for whatever somebody applied for."""
    if application.form != ApplicationForm.EX_OFFICIO:
        return None
    laid = read.papers(application)
    returned = laid.get(PaperSlot.RETURNED_MAIL)
    asked = tuple(Ground(item) for item in application.ticked if item in EX_OFFICIO_GROUNDS)
    return ExOfficio(
        ground=asked[0] if asked else Ground(application.ground),
        unknown_since=application.unknown_since,
        mail_returned_on=returned.paper.issued_on if returned is not None else None,
        not_collectable=PaperSlot.NOT_COLLECTABLE in laid,
    )


def assistance_in(row: ApplicationPaper | None) -> AssistanceTranscript | None:
    """What was transcribed from the certificate of assistance that lies with an application."""
    says = says_of(row.paper) if row is not None else None
    if row is None or not isinstance(says, Assistance):
        return None
    return AssistanceTranscript(says.since, says.until, row.paper.issued_on)


def certificate_in(row: ApplicationPaper | None) -> CertificateTranscript | None:
    """What was transcribed from the disability certificate that lies with an application."""
    says = says_of(row.paper) if row is not None else None
    if row is None or not isinstance(says, Certified) or row.paper.issued_on is None:
        return None
    return CertificateTranscript(CertificateKind(says.kind), says.grade, row.paper.issued_on)


def event_in(row: ApplicationPaper | None) -> EventTranscript | None:
    """What was transcribed from the paper about a death, disappearance or discharge."""
    says = says_of(row.paper) if row is not None else None
    if row is None or not isinstance(says, Proof):
        return None
    return EventTranscript(says.on, says.completed_on, row.paper.issued_on)


def _origin(paper: Paper) -> str:
    return str(
        PaperOrigin(paper.get_kind_display(), Person.BORROWER.label, paper.issued_on, paper.received_on, paper.pk)
    )

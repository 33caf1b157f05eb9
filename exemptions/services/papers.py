"""The papers of an application: written down as the person's papers, and laid into the slots of the form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from audit.actors import Actor
from exemptions.enums import ApplicationForm, Ground, PaperSlot
from exemptions.enums import Person as Judged
from exemptions.evidence import certificates_on_file, papers_in_slots, years_asked
from exemptions.filed_for import asks_for_tax
from exemptions.models import Application, ApplicationPaper
from exemptions.transcript import TaxTranscript, Transcript
from people.enums import EventKind, PaperKind
from people.models import Paper, Person
from people.papers import (
    SAYING,
    Assistance,
    Certified,
    Levies,
    Proof,
    Says,
    correct_paper,
    discard_paper,
    record_paper,
    says_of,
)

PROOFS: dict[Ground, tuple[PaperSlot, PaperKind]] = {
    Ground.DEATH: (PaperSlot.DEATH, PaperKind.DEATH_RECORD),
    Ground.DISAPPEARANCE: (PaperSlot.DISAPPEARANCE, PaperKind.DISAPPEARANCE_RULING),
    Ground.BANKRUPTCY_DISCHARGE: (PaperSlot.DISCHARGE, PaperKind.DISCHARGE_DECISION),
    Ground.CIVIL_REHABILITATION_DISCHARGE: (PaperSlot.REHABILITATION, PaperKind.REHABILITATION_PROOF),
}
"""Which slot and kind of paper shows what befell the borrower."""
TAX_SLOTS = {Judged.BORROWER: PaperSlot.BORROWER_TAX, Judged.HEAD: PaperSlot.HEAD_TAX}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a slot should hold according to the transcript."""

    slot: PaperSlot
    kind: PaperKind
    person: Person
    issued_on: date | None = None
    says: Says | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Laying:
    """One go at the papers of an application.

    ``replacing``: papers that had been sent back came in again, so that a changed paper is another piece of paper, laid
    over the old one with its own day of receipt. Otherwise a change corrects the transcription of the same paper.
    ``form_received_on`` is what the application said of its receipt before; papers of that day came with the form.
    """

    application: Application
    replacing: bool
    form_received_on: date
    by: Actor
    at: datetime

    @property
    def today(self) -> date:
        return timezone.localtime(self.at).date()

    def received_on(self, paper: Paper | None) -> date:
        """When a paper came in: with the form, unless it is known to have come on another day or is coming in now."""
        if paper is None:
            return self.today if self.replacing else self.application.received_on
        return self.application.received_on if paper.received_on == self.form_received_on else paper.received_on

    def is_own(self, paper: Paper) -> bool:
        """Whether the paper was written down for this application first."""
        return paper.source_key.startswith(f"exemption:{self.application.pk}:")


def lay_papers(laying: Laying, transcript: Transcript) -> None:
    """Make the papers of an application agree with what was transcribed (the application itself is saved already)."""
    application = laying.application
    laid = papers_in_slots(application)
    wanted = {item.slot: item for item in _wanted(application, transcript)}
    for slot in PaperSlot:
        if slot in wanted:
            _lay(laying, laid.get(slot), wanted[slot])
        elif slot in laid:
            _take_out(laying, laid[slot])
    for judged, slot in TAX_SLOTS.items():
        if (
            asks_for_tax(application.form, transcript.asks_for)
            and slot not in wanted
            and (judged == Judged.BORROWER or transcript.judges_head)
        ):
            _lay_from_file(laying, judged, slot)


def _wanted(application: Application, transcript: Transcript) -> list[Wanted]:
    borrower = application.loan.borrower
    found = []
    if transcript.form != ApplicationForm.EX_OFFICIO:
        found.append(Wanted(PaperSlot.FORM, PaperKind.EXEMPTION_FORM, borrower))
    if transcript.residence_record:
        issued = transcript.residence_issued_on
        found.append(Wanted(PaperSlot.RESIDENCE_RECORD, PaperKind.RESIDENCE_RECORD, borrower, issued))
    if transcript.borrower_tax is not None:
        found.append(_tax(PaperSlot.BORROWER_TAX, borrower, transcript.borrower_tax))
    if transcript.head_tax is not None and application.head is not None:
        found.append(_tax(PaperSlot.HEAD_TAX, application.head, transcript.head_tax))
    if transcript.circumstances:
        note = transcript.circumstances
        found.append(Wanted(PaperSlot.CIRCUMSTANCES, PaperKind.CIRCUMSTANCES, borrower, note=note))
    return found + _shown(borrower, transcript)


def _shown(borrower: Person, transcript: Transcript) -> list[Wanted]:
    """The papers that show any other ground than tax."""
    found = []
    if (told := transcript.assistance) is not None:
        says = Assistance(told.since, told.until)
        kind = PaperKind.PUBLIC_ASSISTANCE_NOTICE
        found.append(Wanted(PaperSlot.ASSISTANCE, kind, borrower, told.issued_on, says))
    if (card := transcript.certificate) is not None:
        certified = Certified(card.kind, card.grade)
        kind = PaperKind.DISABILITY_CERTIFICATE
        found.append(Wanted(PaperSlot.DISABILITY, kind, borrower, card.issued_on, certified))
    if (event := transcript.event) is not None and len(transcript.ticked) == 1:
        ground = transcript.ticked[0]
        slot, kind = PROOFS[ground]
        proof = Proof(EventKind(ground.value), event.on, event.completed_on)
        found.append(Wanted(slot, kind, borrower, event.issued_on, proof))
    if transcript.household_kind:
        note = transcript.household_kind
        found.append(Wanted(PaperSlot.HOUSEHOLD_KIND, PaperKind.HOUSEHOLD_KIND, borrower, note=note))
    if transcript.returned_mail_on is not None:
        came_back = transcript.returned_mail_on
        found.append(Wanted(PaperSlot.RETURNED_MAIL, PaperKind.RETURNED_MAIL, borrower, came_back))
    if transcript.not_collectable:
        note = transcript.not_collectable
        found.append(Wanted(PaperSlot.NOT_COLLECTABLE, PaperKind.NOT_COLLECTABLE, borrower, note=note))
    return found


def _tax(slot: PaperSlot, person: Person, tax: TaxTranscript) -> Wanted:
    levies = Levies(tax.fiscal_year, tax.per_capita_levy, tax.income_levy, tax.municipality)
    return Wanted(slot, PaperKind.TAX_CERTIFICATE, person, tax.issued_on, levies)


def _lay(laying: Laying, laid: ApplicationPaper | None, wanted: Wanted) -> None:
    application = laying.application
    if laid is not None:
        paper = laid.paper
        if (
            wanted.slot != PaperSlot.FORM
            and _says_the_same(paper, wanted)
            and (laying.replacing or not laying.is_own(paper))
        ):
            return
        same_sheet = laying.is_own(paper) and paper.person_id == wanted.person.pk
        if same_sheet and (wanted.slot == PaperSlot.FORM or not laying.replacing):
            correct_paper(
                paper=paper,
                received_on=laying.received_on(paper),
                issued_on=wanted.issued_on,
                says=wanted.says,
                note=wanted.note,
                by=laying.by,
                at=laying.at,
            )
            return
        _take_out(laying, laid)
    paper = _same_on_file(application, wanted) or record_paper(
        person=wanted.person,
        kind=wanted.kind,
        received_on=laying.received_on(None),
        issued_on=wanted.issued_on,
        says=wanted.says,
        note=wanted.note,
        source_key=_next_key(application, wanted.slot),
        by=laying.by,
        at=laying.at,
    )
    ApplicationPaper.objects.create(application=application, paper=paper, slot=wanted.slot)


def _lay_from_file(laying: Laying, judged: Judged, slot: PaperSlot) -> None:
    """Lay a certificate that came in earlier, for another loan or year, if it answers this form."""
    application = laying.application
    accepted = years_asked(application.loan, application.received_on).accepted(application.fiscal_year)
    known = set(application.papers.values_list("paper_id", flat=True))
    for held in certificates_on_file(application.loan.borrower_id, application.head_id):
        if held.person == judged and held.row.fiscal_year in accepted and held.paper.pk not in known:
            ApplicationPaper.objects.create(application=application, paper=held.paper, slot=slot)
            return


def _take_out(laying: Laying, laid: ApplicationPaper) -> None:
    """Take a paper out of its slot.

    One that had been sent back stays to be seen as replaced; one that only this application ever wrote down was a slip,
    and goes.
    """
    if laying.replacing:
        laid.replaced_on = laying.today
        laid.save(update_fields=["replaced_on"])
        return
    paper = laid.paper
    laid.delete()
    if laying.is_own(paper) and not ApplicationPaper.objects.filter(paper=paper).exists():
        discard_paper(paper=paper, by=laying.by, at=laying.at)


def _next_key(application: Application, slot: PaperSlot) -> str:
    """A source key that no paper has had: the audit log must not show two papers under one."""
    used = ApplicationPaper.objects.filter(application=application, slot=slot).count()
    number = used + 1
    while Paper.objects.filter(source_key=f"exemption:{application.pk}:{slot.value}:{number}").exists():
        number += 1
    return f"exemption:{application.pk}:{slot.value}:{number}"


def _says_the_same(paper: Paper, wanted: Wanted) -> bool:
    if (paper.person_id, paper.issued_on, paper.note) != (wanted.person.pk, wanted.issued_on, wanted.note):
        return False
    return wanted.says is None or says_of(paper) == wanted.says


def _same_on_file(application: Application, wanted: Wanted) -> Paper | None:
    """The very paper, if it was written down before for another loan of the same person: known by its day of issue."""
    candidates = (
        Paper.objects.filter(
            person=wanted.person, kind=wanted.kind, issued_on=wanted.issued_on, issued_on__isnull=False
        )
        .exclude(pk__in=application.papers.values("paper"))
        .select_related(*SAYING)
    )
    return next((paper for paper in candidates if _says_the_same(paper, wanted)), None)

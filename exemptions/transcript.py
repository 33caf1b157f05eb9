"""What a clerk copied from the form and its papers, as one value that the services take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from exemptions.enums import ApplicationForm, CertificateKind, Composition, Ground, HouseholdSituation


@dataclass(frozen=True, slots=True)
class TaxTranscript:
    """One tax certificate as copied: the fiscal year, and whether each levy is charged (True) or zero (False)."""

    fiscal_year: int
    per_capita_levy: bool
    income_levy: bool
    issued_on: date | None = None
    municipality: str = ""


@dataclass(frozen=True, slots=True)
class NewHead:
    """A head of household of whom nothing is known yet, as the residence record names them."""

    name: str
    kana: str
    birth_date: date


@dataclass(frozen=True, slots=True)
class AssistanceTranscript:
    """A certificate of public assistance as copied: from which day, and until when where it has ended."""

    since: date
    until: date | None = None
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class CertificateTranscript:
    """A disability certificate as copied: its grade as written on it, and the day on which it was issued (H-23)."""

    kind: CertificateKind
    grade: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class EventTranscript:
    """A paper about a death, a disappearance or a discharge: the day it names.

    ``on`` is the day of death, of the adjudication becoming final, or of the discharge becoming final; None where a
    discharge is not final yet. ``completed_on`` is when the payments of a rehabilitation plan were completed.
    """

    on: date | None
    completed_on: date | None = None
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was copied of one application with its papers. Amounts in yen.

    ``form`` is the way it is filed and decides which of the other fields mean anything: ``fiscal_year`` is named by the
    forms 1-1-x alone, ``ticked`` are the reasons with a tick on form 1-2 and the one ground of the other ways. The head
    is given by ``head_id`` (a member of the borrower's household) or as ``new_head``, and only where the tick says that
    the head is judged. ``residence_record`` says whether it came, ``residence_issued_on`` what it says. A certificate is
    None where none came; one that is on file already is used then. ``household_kind`` and
    ``not_collectable`` name the paper that shows it, ``returned_mail_on`` is when a dunning letter came back.
    """

    fiscal_year: int | None
    received_on: date
    form: ApplicationForm = ApplicationForm.FORM_1_1
    ticked: tuple[Ground, ...] = ()
    requested_amount: int | None = None
    in_part: bool = False
    situation: HouseholdSituation | None = None
    several_situations: bool = False
    head_id: int | None = None
    new_head: NewHead | None = None
    composition: Composition | None = None
    household_kind: str = ""
    consents: frozenset[int] = frozenset()
    signed_on: date | None = None
    signed: bool = False
    phone: str = ""
    erasable_ink: bool = False
    residence_record: bool = False
    residence_issued_on: date | None = None
    borrower_tax: TaxTranscript | None = None
    head_tax: TaxTranscript | None = None
    circumstances: str = ""
    assistance: AssistanceTranscript | None = None
    certificate: CertificateTranscript | None = None
    event: EventTranscript | None = None
    notifier: str = ""
    notifier_relation: str = ""
    unknown_since: date | None = None
    returned_mail_on: date | None = None
    not_collectable: str = ""
    note: str = ""

    @property
    def judges_head(self) -> bool:
        """Whether the tick makes the head's tax count (EX-12)."""
        return self.situation == HouseholdSituation.NONE_OF_THESE

    @property
    def asks_for(self) -> frozenset[Ground]:
        """The grounds asked for: those ticked, which a form 1-1-x has none of."""
        return frozenset(self.ticked)

"""The form and its papers as a sheet that is searched for deficiencies: what was transcribed beside what it is compared
with. Pure values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from exemptions.enums import ApplicationForm, Composition, Ground, HouseholdSituation, PaperSlot, Person
from exemptions.transcript import AssistanceTranscript, CertificateTranscript, EventTranscript
from exemptions.years import YearsAsked
from japan.eras import era_date


class Code(StrEnum):
    """The kinds of deficiency, for tests and counts; people read the sentence."""

    AMOUNT_MISSING = "amount_missing"
    AMOUNT_OVER_CAP = "amount_over_cap"
    SITUATION_MISSING = "situation_missing"
    SITUATION_TWICE = "situation_twice"
    HEAD_NOT_NAMED = "head_not_named"
    CONSENT_MISSING = "consent_missing"
    DATE_MISSING = "date_missing"
    DATE_IMPOSSIBLE = "date_impossible"
    SIGNATURE_MISSING = "signature_missing"
    PHONE_MISSING = "phone_missing"
    ERASABLE_INK = "erasable_ink"
    RESIDENCE_RECORD_MISSING = "residence_record_missing"
    RESIDENCE_RECORD_UNDATED = "residence_record_undated"
    RESIDENCE_RECORD_TOO_OLD = "residence_record_too_old"
    CERTIFICATE_MISSING = "certificate_missing"
    CERTIFICATE_WRONG_YEAR = "certificate_wrong_year"
    CIRCUMSTANCES_MISSING = "circumstances_missing"
    REASON_MISSING = "reason_missing"
    PROOF_MISSING = "proof_missing"
    CERTIFICATE_WRONG_GRADE = "certificate_wrong_grade"
    NOT_FINAL = "not_final"
    HOUSEHOLD_KIND_MISSING = "household_kind_missing"
    UNKNOWN_SINCE_MISSING = "unknown_since_missing"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Deficiency:
    """One thing that is wrong. ``paper`` is where, ``text`` the sentence for the borrower, ``field`` the form's field.

    ``impossible`` marks a day that cannot be true (still to come, before the borrower was born): a slip of whoever typed
    or wrote it, so it is never stored as it is.
    """

    code: Code
    paper: PaperSlot
    text: str
    field: str
    impossible: bool = False

    @property
    def paper_ja(self) -> str:
        return str(self.paper.label)

    def to_json(self) -> dict[str, str]:
        """Return what is kept with the step that sent it back."""
        return {"code": self.code.value, "paper": self.paper.value, "text": self.text}


@dataclass(frozen=True, slots=True)
class ResidenceRecord:
    """The residence record that came in: the day it was issued, where it says so, and the day it came."""

    issued_on: date | None
    received_on: date


@dataclass(frozen=True, slots=True)
class TaxPaper:
    """A tax certificate that is there: whose, which fiscal year, when issued and when received."""

    person: Person
    fiscal_year: int
    received_on: date
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was transcribed from the form and its papers, and what it is compared with.

    ``cap_left`` is the most that can still be exempted of this loan (yen; None: no cap), ``born_on`` the borrower's
    birth, ``today`` the day of typing, ``record_months`` the age in months a residence record may have on receipt.
    ``several_situations``: more than one box is ticked on the paper. ``ticked`` are the grounds asked for by any form but
    1-1-x; ``assistance``, ``certificate`` and ``event`` what their papers say, here or on file; ``household_kind``,
    ``not_collectable`` and ``has_note`` whether something is there.
    """

    received_on: date
    today: date
    born_on: date
    years: YearsAsked
    fiscal_year: int | None
    principal: int
    cap_left: int | None
    record_months: int
    requested_amount: int | None = None
    situation: HouseholdSituation | None = None
    several_situations: bool = False
    head_named: bool = False
    consents: frozenset[int] = frozenset()
    signed_on: date | None = None
    signed: bool = False
    phone: str = ""
    erasable_ink: bool = False
    residence_record: ResidenceRecord | None = None
    certificates: tuple[TaxPaper, ...] = ()
    circumstances: bool = False
    form: ApplicationForm = ApplicationForm.FORM_1_1
    ticked: frozenset[Ground] = frozenset()
    in_part: bool = False
    composition: Composition | None = None
    household_kind: bool = False
    assistance: AssistanceTranscript | None = None
    certificate: CertificateTranscript | None = None
    event: EventTranscript | None = None
    accepts_intellectual: bool = True
    unknown_since: date | None = None
    returned_mail_on: date | None = None
    not_collectable: bool = False
    has_note: bool = False

    @property
    def judged(self) -> tuple[Person, ...]:
        """Whose certificate is asked for (EX-12); the borrower's alone while it is open whether the head is judged."""
        if self.situation == HouseholdSituation.NONE_OF_THESE:
            return (Person.BORROWER, Person.HEAD)
        return (Person.BORROWER,)


def on_form(code: Code, field: str, text: str) -> Deficiency:
    """Something that is wrong with the form itself."""
    return Deficiency(code, PaperSlot.FORM, text, field)


def impossible(
    sheet: Sheet, name: str, day: date, paper: PaperSlot, field: str, received_on: date
) -> Iterator[Deficiency]:
    """Name a day that cannot be true: to come, before the borrower was born, or after the paper was received."""
    if day > sheet.today:
        text = f"{name}が、まだ来ていない日（{era_date(day)}）です。"
    elif day < sheet.born_on:
        text = f"{name}が、借受人の生年月日 {era_date(sheet.born_on)}より前の日（{era_date(day)}）です。"
    elif day > received_on:
        text = f"{name}（{era_date(day)}）が、受け取った日 {era_date(received_on)}より後です。"
    else:
        return
    yield Deficiency(Code.DATE_IMPOSSIBLE, paper, text, field, impossible=True)

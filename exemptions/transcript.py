"""What a clerk copied from the form and its papers, as one value that the services take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from exemptions.enums import HouseholdSituation


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
class Transcript:
    """One form 1-1-x with its papers. Amounts in yen.

    The head is given by ``head_id`` (a member of the borrower's household) or as ``new_head``, and only where the tick
    says that the head is judged. ``residence_record`` says whether it came, ``residence_issued_on`` what it says.
    A tax certificate is None where none came; one that is on file already is used then.
    """

    fiscal_year: int
    received_on: date
    requested_amount: int | None = None
    situation: HouseholdSituation | None = None
    several_situations: bool = False
    head_id: int | None = None
    new_head: NewHead | None = None
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
    note: str = ""

    @property
    def judges_head(self) -> bool:
        """Whether the tick makes the head's tax count (EX-12)."""
        return self.situation == HouseholdSituation.NONE_OF_THESE

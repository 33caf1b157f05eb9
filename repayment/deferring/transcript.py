"""What was written on an application or heard on the telephone, as the forms hand it to the services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from people.enums import PaperKind
from repayment.deferring.enums import AgencyConsent, DeferralChannel, Hardship, Reachable, SpokeWith
from repayment.enums import DeferralGround


@dataclass(frozen=True, slots=True)
class LoanWish:
    """One loan to be deferred: its id, the month asked (index), and how many months."""

    loan_id: int
    from_month: int
    months: int


@dataclass(frozen=True, slots=True)
class FiledPaper:
    """One paper that lies on the desk with the application."""

    kind: PaperKind
    received_on: date
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """An application as it came in."""

    channel: DeferralChannel
    received_on: date
    ground: DeferralGround
    situation: str
    wishes: tuple[LoanWish, ...]
    papers: tuple[FiledPaper, ...] = ()
    other_debt_is_housing: bool | None = None
    exemption_explained: bool = False
    agency_consent: AgencyConsent = AgencyConsent.NOT_ASKED
    note: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What an interview adds to the application it ends in."""

    spoke_with: SpokeWith
    phone: str = ""
    reachable: tuple[Reachable, ...] = ()
    hardships: tuple[Hardship, ...] = ()
    papers_told: tuple[PaperKind, ...] = ()
